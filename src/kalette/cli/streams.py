"""The three standard streams: usable whatever they are connected to, and free of the codecs' messages."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from kalette.types import printable


def prepare() -> None:
    """Make all three streams usable, whatever they are connected to and however they encode.

    A closed one is connected to the null device: otherwise the next file that is opened would take its
    number, and receive what a library writes there.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
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
    """Print one line on standard error, under the command's name."""
    click.echo(f"kalette: {printable(message)}", err=True)


def _descriptor(stream: io.TextIOWrapper) -> int | None:
    try:
        return stream.fileno()
    except OSError:  # it stands for a string
        return None


@contextmanager
def codecs_silent() -> Iterator[None]:
    """Keep messages of codecs out of standard error: libtiff writes to the descriptor itself."""
    import logging

    logging.getLogger("PIL").addHandler(logging.NullHandler())
    stderr = sys.stderr
    if not isinstance(stderr, io.TextIOWrapper) or _descriptor(stderr) != 2:
        yield  # another program has replaced it
        return
    stderr.flush()
    own = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = io.TextIOWrapper(
        io.FileIO(own, "w"), encoding=stderr.encoding, errors=stderr.errors, line_buffering=True
    )
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(own, 2)
        sys.stderr.close()
        sys.stderr = stderr
