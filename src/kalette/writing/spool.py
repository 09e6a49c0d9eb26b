"""A file that is being made: in memory while it is short, then in a temporary file without a name."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import BinaryIO

from kalette.types import WriteError

_MOST_IN_MEMORY = 1 << 24  # bytes
_BLOCK = 1 << 20  # bytes that are read at once


class Spool:
    """Bytes that can be put anywhere, and read from any thread.

    Parameters
    ----------
    most_in_memory : int
        Bytes from which they go into a temporary file, in the folder that the system names.

    Examples
    --------
    >>> spool = Spool()
    >>> spool.put(0, b"one two"), spool.put(4, b"ten")
    (7, 7)
    >>> spool.to_bytes()
    b'one ten'
    """

    def __init__(self, most_in_memory: int = _MOST_IN_MEMORY) -> None:
        """Start with nothing."""
        self._file: BinaryIO = io.BytesIO()
        self._most_in_memory, self._lock = most_in_memory, Lock()
        self.size = 0

    def __del__(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def append(self, content: bytes) -> None:
        """Put bytes at the end."""
        self.put(self.size, content)

    def put(self, begin: int, content: bytes) -> int:
        """Put bytes at a place, over those that are there, and return where they end.

        Raises
        ------
        WriteError
            When the temporary file cannot be written.
        """
        with self._lock, _write_errors():
            self._file.seek(begin)
            self._file.write(content)
            self.size = max(self.size, self._file.tell())
            if self.size > self._most_in_memory and isinstance(self._file, io.BytesIO):
                self._file = _temporary(self._file)
        return begin + len(content)

    def cut(self, size: int) -> None:
        """Drop all bytes from a place on."""
        with self._lock, _write_errors():
            self.size = self._file.truncate(size)

    def read(self, begin: int, end: int) -> bytes:
        """Return the bytes between two places."""
        with self._lock:
            self._file.seek(begin)
            return self._file.read(end - begin)

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes, some at a time."""
        for begin in range(0, self.size, _BLOCK):
            yield self.read(begin, begin + _BLOCK)

    def to_bytes(self) -> bytes:
        """Return all bytes."""
        return self.read(0, self.size)


def blocks_of(content: bytes | Spool) -> Iterable[bytes]:
    """Return all bytes, those of a spool some at a time."""
    return content.blocks() if isinstance(content, Spool) else (content,)


@contextmanager
def _write_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"a temporary file cannot be written ({error.strerror}); "
            "make room, or set TMPDIR to a folder with more"
        ) from error


def _temporary(content: io.BytesIO) -> BinaryIO:
    """Return a file with some content that is gone once it is closed."""
    from tempfile import TemporaryFile

    file: BinaryIO = TemporaryFile()  # noqa: SIM115 - it outlives this function, and goes with the spool
    file.write(content.getbuffer())
    return file
