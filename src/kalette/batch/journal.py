"""Journals: lines that a run appends to its target, and that survive its death at any moment."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from kalette.types import WriteError
from kalette.writing import make_folder, remove_unfinished

PRIVATE = ".kalette"
"""Folder of a target that holds the journal."""

_TAIL_BYTES = 1 << 20  # no line is longer


class Journal(Protocol):
    """Lines in the order of their writing; open for one run."""

    @property
    def name(self) -> str:
        """Its path or URL, for messages."""

    def lines(self) -> Iterator[bytes]:
        """Yield all lines."""

    def append(self, line: bytes) -> None:
        """Append a line, which ends in a newline; raise `WriteError` if that is impossible."""

    def close(self) -> None:
        """Write everything, and let other runs have it."""


class FileJournal:
    """A journal in a folder of the file system, locked for one run at a time.

    Parameters
    ----------
    root : Path
        The target.

    Raises
    ------
    WriteError
        When another run is at work there.
    """

    def __init__(self, root: Path) -> None:
        """Lock and open the journal; remove what a killed run left: half a line, unfinished outputs."""
        folder = root / PRIVATE
        make_folder(folder)
        self.path = folder / "ledger.jsonl"
        self._lock = FileLock(folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise WriteError(
                f"another run is at work in {root}; wait for its end, or choose another target"
            ) from error
        try:
            self._file = self.path.open("a+b")
            self._drop_torn_line()
            remove_unfinished(folder)
        except BaseException:
            self._lock.release()
            raise

    @property
    def name(self) -> str:
        """The path, for messages."""
        return str(self.path)

    def lines(self) -> Iterator[bytes]:
        """Yield all lines."""
        self._file.seek(0)
        return iter(self._file)

    def append(self, line: bytes) -> None:
        """Append a line, which ends in a newline."""
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise WriteError(f"{self.path} cannot be written ({error.strerror}); make room") from error

    def close(self) -> None:
        """Flush the journal to the disk and release the target."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._lock.release()

    def _drop_torn_line(self) -> None:
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, end - 1))
        if self._file.read() in (b"", b"\n"):
            return
        start = max(0, end - _TAIL_BYTES)
        self._file.seek(start)
        tail = self._file.read()
        self._file.truncate(start + tail.rfind(b"\n") + 1)
