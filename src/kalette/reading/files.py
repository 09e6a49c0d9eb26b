"""Reading files within a size limit: regular files, pipes, devices, standard input."""

import io
import os
import stat
from typing import BinaryIO

from kalette.types import Limits, ReadError

_BLOCK_BYTES = 1 << 20
_NONBLOCK: int = getattr(os, "O_NONBLOCK", 0)  # Windows has no pipes among its files


def file_bytes(path: str, limits: Limits) -> bytes:
    """Return the content of a file.

    A pipe without a writer is an error, since reading it could block for ever.

    Parameters
    ----------
    path : str
        A regular file, pipe or device.
    limits : Limits
        `max_input_bytes` is checked before and during reading.

    Raises
    ------
    ReadError
        When the file cannot be read.
    LimitError
        When it is larger than `max_input_bytes`.
    """
    try:
        with open(path, "rb", buffering=0, opener=_open_nonblocking) as file:
            status, first = os.fstat(file.fileno()), b""
            if stat.S_ISREG(status.st_mode):
                limits.require_bytes(path, status.st_size)
                first = file.read(status.st_size)
            elif stat.S_ISFIFO(status.st_mode):
                first = _read_pipe_start(file, path)
            if _NONBLOCK:
                os.set_blocking(file.fileno(), True)
            return stream_bytes(file, path, limits, first=first)
    except FileNotFoundError as error:
        raise ReadError(f"{path} does not exist; check the name and the folder") from error
    except IsADirectoryError as error:
        raise ReadError(f"{path} is a folder; name the image files in it, or run kalette batch") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{path} cannot be opened ({reason}); check its name and permissions") from error


def open_file_bytes(file: BinaryIO, name: str, limits: Limits) -> bytes:
    """Read an open file to its end.

    Raises
    ------
    ReadError
        When it is closed, in text mode, or cannot be read.
    LimitError
        When it is larger than `max_input_bytes`.

    Examples
    --------
    >>> open_file_bytes(io.BytesIO(b"abc"), "the input", Limits())
    b'abc'
    """
    try:
        return stream_bytes(file, name, limits)
    except (OSError, ValueError) as error:  # ValueError: the file is closed
        raise ReadError(f"{name} cannot be read ({error}); leave it open, in binary mode") from error
    except TypeError as error:
        raise ReadError(f"{name} gives something other than bytes; open it in binary mode") from error


def stream_bytes(stream: BinaryIO | io.RawIOBase, name: str, limits: Limits, *, first: bytes = b"") -> bytes:
    """Read a stream to its end, within a size limit.

    Parameters
    ----------
    stream : binary stream
        Open for reading, in blocking mode.
    name : str
        Name of the stream in messages.
    limits : Limits
        `max_input_bytes` applies.
    first : bytes
        Bytes already read from it.

    Raises
    ------
    LimitError
        As soon as more than `max_input_bytes` have been read.

    Examples
    --------
    >>> stream_bytes(io.BytesIO(b"abc"), "the input", Limits())
    b'abc'
    """
    buffer = io.BytesIO(first)
    buffer.seek(len(first))
    while block := stream.read(_BLOCK_BYTES):
        buffer.write(block)
        limits.require_bytes(name, buffer.tell(), at_least=True)
    return buffer.getvalue()


def _open_nonblocking(path: str, flags: int) -> int:
    """Open without blocking on a pipe that has no writer yet."""
    return os.open(path, flags | _NONBLOCK)


def _read_pipe_start(file: io.FileIO, path: str) -> bytes:
    """Return what a pipe holds now, or raise when it has no writer."""
    first = file.read(_BLOCK_BYTES)  # None: there is a writer, but no data yet; b"": no writer
    if first == b"":
        raise ReadError(f"{path} is a pipe and nobody writes to it; start its writer first, or give a file")
    return first or b""
