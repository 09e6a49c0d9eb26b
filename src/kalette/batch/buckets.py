"""Buckets of object stores: S3, Google Cloud Storage, Azure, or memory, through obstore."""

import itertools
import os
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from kalette.batch.journal import PRIVATE, Journal
from kalette.batch.places import File
from kalette.types import Limits, MissingLibraryError, ReadError, SettingsError, WriteError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_FLUSH_LINES = 200  # of a journal, that become one object
_FLUSH_S = 5.0  # after which fewer do, as soon as the next line arrives


class Bucket:
    """A bucket, or a folder in one; credentials come from the environment, as obstore documents.

    Parameters
    ----------
    root : str
        URL, such as ``s3://photos/2024``; ``memory://`` lives as long as the process.

    Raises
    ------
    MissingLibraryError
        Without obstore.
    SettingsError
        When the URL names no bucket.
    """

    def __init__(self, root: str) -> None:
        """Open the bucket, without a request."""
        self.root = root.rstrip("/")
        self._store = _store_of(self.root)

    def files(self) -> Iterator[File]:
        """Yield all files below the root, except hidden ones."""
        listed = self._listed(None)
        return (each for each in listed if not any(part.startswith(".") for part in each.name.split("/")))

    def read(self, name: str, limits: Limits) -> bytes:
        """Return the content of a file."""
        where = f"{self.root}/{name}"
        try:
            found = self._store.get(name)
            limits.require_bytes(where, found.meta["size"])
            return bytes(found.bytes())
        except FileNotFoundError as error:
            raise ReadError(f"{where} does not exist; check the name and the bucket") from error
        except _errors() as error:
            raise ReadError(f"{where} cannot be read ({_brief(error)}); check access and network") from error

    def write(self, name: str, data: bytes, *, overwrite: bool) -> None:
        """Write a whole file; raise `WriteError` for one that exists, unless it may be overwritten."""
        from obstore.exceptions import AlreadyExistsError

        where = f"{self.root}/{name}"
        try:
            self._store.put(name, data, mode="overwrite" if overwrite else "create")
        except AlreadyExistsError as error:
            raise WriteError(
                f"{where} exists; allow overwriting (--overwrite), or choose another name"
            ) from error
        except _errors() as error:
            raise WriteError(
                f"{where} cannot be written ({_brief(error)}); check access and network"
            ) from error

    def size(self, name: str) -> int | None:
        """Return the size of a file; None if there is none."""
        try:
            return int(self._store.head(name)["size"])
        except FileNotFoundError:
            return None
        except _errors() as error:
            raise WriteError(
                f"{self.root}/{name} cannot be looked at ({_brief(error)}); check access and network"
            ) from error

    def set_times(self, name: str, modified_ns: int) -> None:
        """Do nothing: a bucket sets the times of its files itself."""

    def journal(self) -> Journal:
        """Open the journal of the bucket."""
        return BucketJournal(self)

    def journal_parts(self) -> list[str]:
        """Return the names of the parts of the journal, in the order of their writing."""
        return sorted(each.name for each in self._listed(f"{PRIVATE}/ledger"))

    def _listed(self, prefix: str | None) -> Iterator[File]:
        try:
            for page in self._store.list(prefix):
                for meta in page:
                    modified_ns = int(meta["last_modified"].timestamp() * 1e9)
                    yield File(meta["path"], meta["size"], meta["e_tag"] or str(modified_ns), modified_ns)
        except _errors() as error:
            raise ReadError(
                f"{self.root} cannot be listed ({_brief(error)}); check name, access and network"
            ) from error


class BucketJournal:
    """A journal in a bucket: parts of many lines, since objects cannot be appended to.

    A bucket has no lock. Two runs write parts of their own and, at worst, do an image twice, with the same
    bytes. A kill loses the lines of the last seconds, whose images are done again.

    Parameters
    ----------
    bucket : Bucket
        The target.
    """

    def __init__(self, bucket: Bucket) -> None:
        """Begin without a request."""
        self._bucket = bucket
        self._run = f"{time.time_ns():020d}-{os.urandom(4).hex()}"
        self._numbers = itertools.count()
        self._waiting: list[bytes] = []
        self._flushed_s = time.monotonic()

    @property
    def name(self) -> str:
        """The URL, for messages."""
        return f"{self._bucket.root}/{PRIVATE}/ledger"

    def lines(self) -> Iterator[bytes]:
        """Yield all lines."""
        for part in self._bucket.journal_parts():
            yield from self._bucket.read(part, Limits()).splitlines(keepends=True)

    def append(self, line: bytes) -> None:
        """Append a line, which is written together with others."""
        self._waiting.append(line)
        if len(self._waiting) >= _FLUSH_LINES or time.monotonic() - self._flushed_s > _FLUSH_S:
            self._flush()

    def close(self) -> None:
        """Write the lines that wait."""
        self._flush()

    def _flush(self) -> None:
        if self._waiting:
            name = f"{PRIVATE}/ledger/{self._run}-{next(self._numbers):08d}.jsonl"
            self._bucket.write(name, b"".join(self._waiting), overwrite=False)
            self._waiting.clear()
        self._flushed_s = time.monotonic()


@lru_cache(maxsize=64)
def _store_of(root: str) -> "ObjectStore":
    try:
        from obstore.store import MemoryStore, from_url
    except ImportError as error:
        raise MissingLibraryError(
            f"{root} is a bucket, which needs obstore; install it with pip install 'kalette[cloud]'"
        ) from error
    if root.startswith("memory:"):
        return MemoryStore()
    try:
        return from_url(root)
    except Exception as error:  # obstore has no common base class for these
        raise SettingsError(
            f"{root} names no bucket ({_brief(error)}); give s3://, gs:// or az:// with its name"
        ) from error


def _errors() -> tuple[type[Exception], ...]:
    from obstore.exceptions import BaseError

    return (BaseError, OSError)


def _brief(error: Exception) -> str:
    """Return the first line of an error, without the XML and the structures that obstore appends."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].partition(": <?xm")[0]
