"""The bytes of a file, read within a limit: regular files, pipes, devices, standard input."""

import io
import os
import stat
from typing import BinaryIO

from kalette.types import Limits, ReadError

_BLOCK_BYTES = 1 << 20
_AT_ONCE: int = getattr(os, "O_NONBLOCK", 0)  # Windows has no pipes among its files


def file_bytes(path: str, limits: Limits) -> bytes:
    """Return what a file holds.

    A pipe that nobody writes to is refused: waiting for a writer would be waiting for ever.

    Parameters
    ----------
    path : str
        A regular file, or what can be read like one.
    limits : Limits
        Its `max_input_bytes` is checked before anything is read, and while reading.

    Raises
    ------
    ReadError
        When it cannot be read.
    LimitError
        When it is too long.
    """
    try:
        with open(path, "rb", buffering=0, opener=_opened_at_once) as file:
            status, first = os.fstat(file.fileno()), b""
            if stat.S_ISREG(status.st_mode):
                limits.require_bytes(path, status.st_size)
                first = file.read(status.st_size)
            elif stat.S_ISFIFO(status.st_mode):
                first = _first_of_pipe(file, path)
            if _AT_ONCE:
                os.set_blocking(file.fileno(), True)
            return stream_bytes(file, path, limits, first=first)
    except FileNotFoundError as error:
        raise ReadError(f"{path} does not exist; check the name and the folder") from error
    except IsADirectoryError as error:
        raise ReadError(f"{path} is a folder; name the image files in it") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{path} cannot be opened ({reason}); check its name and permissions") from error


def open_file_bytes(file: BinaryIO, name: str, limits: Limits) -> bytes:
    """Return the rest of a file that the caller has opened.

    Raises
    ------
    ReadError
        When it is closed, gives text, or cannot be read.
    LimitError
        When it is too long.

    Examples
    --------
    >>> open_file_bytes(io.BytesIO(b"abc"), "the input", Limits())
    b'abc'
    """
    try:
        return stream_bytes(file, name, limits)
    except (OSError, ValueError) as error:  # among them: it is closed
        raise ReadError(f"{name} cannot be read ({error}); leave it open, in binary mode") from error
    except TypeError as error:
        raise ReadError(f"{name} gives something other than bytes; open it in binary mode") from error


def stream_bytes(stream: BinaryIO | io.RawIOBase, name: str, limits: Limits, *, first: bytes = b"") -> bytes:
    """Return all that a stream gives, as long as that is within the limit.

    Parameters
    ----------
    stream : binary stream
        Open for reading; waits while nothing comes.
    name : str
        What messages call it.
    limits : Limits
        Its `max_input_bytes` counts.
    first : bytes
        What was read before.

    Raises
    ------
    LimitError
        As soon as more has come than may be read.

    Examples
    --------
    >>> stream_bytes(io.BytesIO(b"abc"), "the input", Limits())
    b'abc'
    """
    taken = io.BytesIO(first)
    taken.seek(len(first))
    while block := stream.read(_BLOCK_BYTES):
        taken.write(block)
        limits.require_bytes(name, taken.tell(), at_least=True)
    return taken.getvalue()


def _opened_at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe; reading waits as ever."""
    return os.open(path, flags | _AT_ONCE)


def _first_of_pipe(file: io.FileIO, path: str) -> bytes:
    """Return what is in the pipe by now, and from here on wait for more."""
    first = file.read(_BLOCK_BYTES)  # None while there is a writer that has not written
    if first == b"":
        raise ReadError(f"{path} is a pipe and nobody writes to it; start its writer first, or give a file")
    return first or b""
