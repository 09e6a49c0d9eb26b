"""Places that hold inputs or outputs: folders."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

from kalette.batch.journal import PRIVATE, FileJournal, Journal
from kalette.reading import file_bytes
from kalette.types import Limits, ReadError, WriteError
from kalette.writing import make_folder, write_whole

_OPEN_FOLDERS = 64  # folders in folders that are read as they are listed; deeper ones are listed first


class File(NamedTuple):
    """A file of a place.

    Parameters
    ----------
    name : str
        Path from the place's root, with slashes.
    size_bytes : int
        Size.
    version : str
        Changes with the content: time of modification in nanoseconds, or an ETag.
    modified_ns : int
        Time of modification, nanoseconds since 1970.
    """

    name: str
    size_bytes: int
    version: str
    modified_ns: int


class Place(Protocol):
    """A folder or a bucket."""

    def files(self) -> Iterator[File]:
        """Yield all files below the root, except hidden ones."""

    def read(self, name: str, limits: Limits) -> bytes:
        """Return the content of a file."""

    def write(self, name: str, data: bytes, *, overwrite: bool) -> None:
        """Write a whole file; raise `WriteError` for one that exists, unless it may be overwritten."""

    def size(self, name: str) -> int | None:
        """Return the size of a file; None if there is none."""

    def set_times(self, name: str, modified_ns: int) -> None:
        """Set the time of modification; a bucket has none to set."""

    def journal(self) -> Journal:
        """Open the journal of the place for one run."""


def is_bucket(name: str) -> bool:
    """Return whether a name is that of a bucket.

    Examples
    --------
    >>> is_bucket("s3://photos/2024"), is_bucket("photos/2024")
    (True, False)
    """
    return "://" in name


@lru_cache(maxsize=64)
def place_of(root: str) -> Place:
    """Return the place of a root: a folder, or the URL of a bucket."""
    if is_bucket(root):
        from kalette.batch.buckets import Bucket

        return Bucket(root)
    return Folder(Path(root))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the file system.

    Parameters
    ----------
    root : Path
        The folder.
    """

    root: Path

    def files(self) -> Iterator[File]:
        """Yield all files below the folder, except hidden ones; links to folders are not followed."""
        levels = [self._listed("")]  # what is left of the folders from the root to the current one
        while levels:
            for found in levels[-1]:
                if isinstance(found, File):
                    yield found
                    continue
                listed = self._listed(found)
                levels.append(listed if len(levels) < _OPEN_FOLDERS else iter(list(listed)))
                break
            else:
                levels.pop()

    def _listed(self, below: str) -> Iterator[File | str]:
        """Yield the files in a folder, and the paths of the folders in it."""
        try:
            with os.scandir(self.root / below) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        yield f"{below}{entry.name}/"
                    elif entry.is_file():
                        yield _file(f"{below}{entry.name}", entry.stat())
        except OSError as error:
            raise ReadError(
                f"{self.root / below} cannot be listed ({error.strerror}); check the name and permissions"
            ) from error

    def read(self, name: str, limits: Limits) -> bytes:
        """Return the content of a file."""
        return file_bytes(str(self.root / name), limits)

    def write(self, name: str, data: bytes, *, overwrite: bool) -> None:
        """Write a whole file, and the folders that it needs."""
        path = self.root / name
        make_folder(path.parent)
        if overwrite and not path.resolve().is_relative_to(self.root.resolve()):
            raise WriteError(
                f"{path} is a link that leads out of {self.root}; remove it, or choose another target"
            )
        private = self.root / PRIVATE
        write_whole(path, data, overwrite=overwrite, unfinished=private if private.is_dir() else None)

    def size(self, name: str) -> int | None:
        """Return the size of a file; None if there is none."""
        try:
            return (self.root / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise WriteError(f"{self.root / name} cannot be looked at ({error.strerror})") from error

    def set_times(self, name: str, modified_ns: int) -> None:
        """Set the time of modification."""
        os.utime(self.root / name, ns=(modified_ns, modified_ns))

    def journal(self) -> Journal:
        """Open the journal of the folder, which is made if need be."""
        return FileJournal(self.root)


def file_at(path: str, name: str) -> File:
    """Return a file of the file system, under another name.

    Raises
    ------
    ReadError
        When there is none.
    """
    try:
        return _file(name, os.stat(path))  # noqa: PTH116 - Path takes 1.2 s longer for 100,000 files
    except (OSError, ValueError) as error:
        raise ReadError(f"{path} does not exist; check the name and the folder") from error


def _file(name: str, status: os.stat_result) -> File:
    return File(name, status.st_size, str(status.st_mtime_ns), status.st_mtime_ns)
