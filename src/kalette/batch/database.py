"""Temporary databases: their rows lie on the disk, so that memory does not grow with their number."""

import pickle
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from kalette.types import MissingLibraryError, WriteError

if TYPE_CHECKING:
    from sqlite3 import Connection

_Value = TypeVar("_Value")

_PRAGMAS = (
    "cache_size = -512",  # KiB in memory; smaller databases never reach the disk
    "temp_store = FILE",
    "journal_mode = OFF",  # nothing is rolled back
    "synchronous = OFF",  # nothing outlives the process
)


def temporary_database(owner: object, schema: str) -> "Connection":
    """Return a database that lives as long as its owner; its file has no name, so a kill leaves nothing.

    Parameters
    ----------
    owner : object
        What uses the database; the database is closed when the owner is collected.
    schema : str
        Statement that creates the first table.

    Raises
    ------
    MissingLibraryError
        When Python was built without SQLite.
    WriteError
        When there is no room for it.
    """
    try:
        import sqlite3
    except ImportError as error:
        raise MissingLibraryError(
            "this Python was built without SQLite, which a batch needs; use another Python"
        ) from error
    with room_needed():
        database = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(owner, database.close)
        for pragma in _PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        database.execute(schema)
    return database


@contextmanager
def room_needed() -> Iterator[None]:
    """Turn an error of the database into a sentence.

    Raises
    ------
    WriteError
        When the database cannot be written.
    """
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise WriteError(
            f"the temporary database of the batch cannot be written ({error}); "
            "make room, or name another folder for temporary files (TMPDIR; in Windows TEMP)"
        ) from error


class StoredMapping(Generic[_Value]):
    """Values by name, on the disk.

    Examples
    --------
    >>> sizes = StoredMapping()
    >>> sizes.update([("a.png", 9), ("b.png", 7), ("a.png", 8)])
    >>> sizes.get("a.png"), sizes.get("c.png"), list(sizes.values())
    (8, None, [8, 7])
    """

    def __init__(self) -> None:
        """Begin without values."""
        schema = "CREATE TABLE pairs (name BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
        self._database = temporary_database(self, schema)

    def update(self, pairs: Iterable[tuple[str, _Value]]) -> None:
        """Set values; of several for one name, the last one counts."""
        rows = ((as_key(name), pickle.dumps(value)) for name, value in pairs)
        with room_needed():
            self._database.executemany("REPLACE INTO pairs VALUES (?, ?)", rows)

    def get(self, name: str) -> _Value | None:
        """Return the value of a name; None if it has none."""
        found = self._database.execute("SELECT value FROM pairs WHERE name = ?", (as_key(name),)).fetchone()
        value: _Value | None = pickle.loads(found[0]) if found else None
        return value

    def values(self) -> Iterator[_Value]:
        """Yield all values, in the order of their names."""
        for (value,) in self._database.execute("SELECT value FROM pairs ORDER BY name"):
            yield pickle.loads(value)

    def __len__(self) -> int:
        """Return the number of values."""
        (count,) = self._database.execute("SELECT count(*) FROM pairs").fetchone()
        return int(count)


def as_key(text: str) -> bytes:
    """Return bytes in the order of texts; names of files that are no Unicode have lone surrogates.

    Examples
    --------
    >>> as_key("a.png"), as_key("\\udcff")
    (b'a.png', b'\\xed\\xb3\\xbf')
    """
    return text.encode("utf-8", "surrogatepass")
