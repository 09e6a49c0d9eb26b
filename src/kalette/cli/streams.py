"""The standard streams: robust against closed streams, encodings and messages of codecs."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from kalette.types import printable


def prepare() -> None:
    """Make all standard streams usable, even closed ones, with any encoding.

    A closed stream is connected to the null device. Otherwise the next opened file would get its descriptor,
    and receive what a library writes to it.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free descriptor
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")


def stdout_is_closed() -> bool:
    """Whether the command was started without standard output."""
    return sys.stdout is None or getattr(sys.stdout, "name", "") == os.devnull


def say(message: str) -> None:
    """Print one line on standard error, prefixed with the command's name."""
    click.echo(f"kalette: {printable(message)}", err=True)


def _descriptor(stream: io.TextIOWrapper) -> int | None:
    try:
        return stream.fileno()
    except OSError:  # a buffer without a descriptor
        return None


@contextmanager
def codecs_silent() -> Iterator[None]:
    """Suppress messages of codecs: libtiff writes directly to the descriptor of standard error."""
    import logging

    logging.getLogger("PIL").addHandler(logging.NullHandler())
    stderr = sys.stderr
    if not isinstance(stderr, io.TextIOWrapper) or _descriptor(stderr) != 2:
        yield  # standard error has been replaced
        return
    stderr.flush()
    own = os.dup(2)
    try:  # from here on a signal may raise, and its message needs standard error
        sys.stderr = _to_descriptor(own, like=stderr)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(own, 2)
        if sys.stderr is not stderr:
            sys.stderr.close()
            sys.stderr = stderr


def _to_descriptor(descriptor: int, *, like: io.TextIOWrapper) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.FileIO(descriptor, "w"), encoding=like.encoding, errors=like.errors, line_buffering=True
    )
