"""The images of a plan, on the disk, so that a plan of millions takes no more memory than one of hundreds."""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import eq
from typing import NamedTuple, Self, overload

from kalette.batch.database import room_needed, temporary_database


class Item(NamedTuple):
    """An image of a plan.

    Parameters
    ----------
    root : str
        The place of the input: a folder, the URL of a bucket, or empty.
    path : str
        Its path in that place.
    output : str
        Path of the output below the target, with slashes.
    size_bytes : int
        Size of the input.
    version : str
        Time of modification of the input in nanoseconds, or its ETag.
    modified_ns : int
        Time of modification of the input.
    """

    root: str
    path: str
    output: str
    size_bytes: int
    version: str
    modified_ns: int

    @property
    def input(self) -> str:
        """The input as a path or URL."""
        return f"{self.root.rstrip('/')}/{self.path}" if self.root else self.path

    @property
    def identity(self) -> str:
        """What changes when the input does."""
        return f"{self.size_bytes}:{self.version}"


class Items(Sequence[Item]):
    """Images in the order of the work, read from a temporary database as they are asked for.

    Parameters
    ----------
    items : iterable of Item
        The images.
    key : callable or None
        Gives the bytes by which the images are sorted; images of equal keys keep their order. None: all do.

    Raises
    ------
    WriteError
        When there is no room for the database.

    Examples
    --------
    >>> items = Items([Item("photos", "b.jpg", "b.png", 9, "1", 1)])
    >>> len(items), items[0].output
    (1, 'b.png')
    """

    def __init__(self, items: Iterable[Item] = (), key: Callable[[Item], bytes] | None = None) -> None:
        """Take and sort all images."""
        find_key = key or _same_key
        rows = ((find_key(item), pickle.dumps(tuple(item))) for item in items)
        database = temporary_database(self, "CREATE TABLE unsorted (sort_key BLOB, packed BLOB)")
        with room_needed():
            database.executemany("INSERT INTO unsorted VALUES (?, ?)", rows)
            database.execute("CREATE TABLE items (packed BLOB)")
            cursor = database.execute(
                "INSERT INTO items SELECT packed FROM unsorted ORDER BY sort_key, rowid"
            )
            database.execute("DROP TABLE unsorted")
        self._database, self._number = database, cursor.rowcount

    def __len__(self) -> int:
        """Return the number of images."""
        return self._number

    def __iter__(self) -> Iterator[Item]:
        """Yield all images."""
        for (packed,) in self._database.execute("SELECT packed FROM items ORDER BY rowid"):
            yield Item(*pickle.loads(packed))

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        """Return an image, or a tuple of some."""
        if isinstance(place, slice):
            return tuple(self._at(each) for each in range(self._number)[place])
        return self._at(range(self._number)[place])

    def _at(self, place: int) -> Item:
        row = self._database.execute("SELECT packed FROM items WHERE rowid = ?", (place + 1,)).fetchone()
        return Item(*pickle.loads(row[0]))

    def __eq__(self, other: object) -> bool:
        """Return whether the other has the same images in the same order."""
        if not isinstance(other, Items):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        """Return a hash that equal sequences share."""
        return hash((self._number, self[:1]))

    def __reduce__(self) -> tuple[type[Self], tuple[list[Item]]]:
        """Return what pickle and copy make another one from."""
        return type(self), (list(self),)


def _same_key(_: Item) -> bytes:
    return b""
