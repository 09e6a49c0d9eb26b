"""Flags that the server sets for its worker processes: a small file, mapped into the memory of each."""

import mmap
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from kalette.types import WriteError

_IN_MEMORY = "/dev/shm"  # of Linux: writable where all else is read-only


class SharedFlags:
    """Flags of the process that makes them, and of all processes that get a pickled copy.

    Parameters
    ----------
    count : int
        How many there are; all are false.

    Raises
    ------
    WriteError
        When there is no place for a temporary file.

    Examples
    --------
    >>> flags = SharedFlags(2)
    >>> flags[1] = True
    >>> flags[0], flags[1]
    (False, True)
    >>> flags.close()
    """

    def __init__(self, count: int) -> None:
        """Make the file."""
        folder = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
        try:
            self._folder = TemporaryDirectory(prefix="kalette-", dir=folder, ignore_cleanup_errors=True)
            path = Path(self._folder.name, "flags")
            path.write_bytes(bytes(count))
        except OSError as error:
            raise WriteError(f"no temporary file can be written ({error.strerror}); set TMPDIR") from error
        self.__setstate__(path)

    def __getitem__(self, number: int) -> bool:
        """Return a flag."""
        return self._flags[number] != 0

    def __setitem__(self, number: int, value: bool) -> None:
        """Set a flag, for all processes."""
        self._flags[number] = value

    def __getstate__(self) -> Path:
        """Return where the file is."""
        return self._path

    def __setstate__(self, path: Path) -> None:
        """Map the file."""
        self._path = path
        with path.open("r+b") as file:
            self._flags = mmap.mmap(file.fileno(), 0)

    def close(self) -> None:
        """Remove the file; the process that made it calls this, when no other uses it any more."""
        self._flags.close()
        self._folder.cleanup()
