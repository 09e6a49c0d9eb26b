"""The images of a plan, packed: some ten bytes for each, so that a plan of millions stays small."""

import heapq
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, Self, overload

_BLOCK_ITEMS = 256  # packed together
_SORTED_ITEMS = 8192  # in memory at once while a plan is sorted
_LEVEL = 3  # of zlib, which packs names that lie side by side to a tenth


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


@dataclass(frozen=True, slots=True)
class Items(Sequence[Item]):
    """Images in the order of the work, unpacked as they are read.

    Parameters
    ----------
    blocks : tuple of bytes
        Packed images, equally many in each block but the last.
    number : int
        Number of images.

    Examples
    --------
    >>> items = Items.of([Item("photos", "b.jpg", "b.png", 9, "1", 1)])
    >>> len(items), items[0].output
    (1, 'b.png')
    """

    blocks: tuple[bytes, ...] = ()
    number: int = 0

    @classmethod
    def of(cls, items: Iterable[Item]) -> Self:
        """Pack images in the order given."""
        blocks, count = list[bytes](), 0
        for block in _groups(items, _BLOCK_ITEMS):
            blocks.append(_packed(block))
            count += len(block)
        return cls(tuple(blocks), count)

    @classmethod
    def sorted_by(cls, items: Iterable[Item], key: Callable[[Item], Any]) -> Self:
        """Pack images in the order of a key; sorted parts are merged, so that few are unpacked at once."""
        parts = [cls.of(sorted(part, key=key)) for part in _groups(items, _SORTED_ITEMS)]
        return parts[0] if len(parts) == 1 else cls.of(heapq.merge(*parts, key=key))

    def __len__(self) -> int:
        """Return the number of images."""
        return self.number

    def __iter__(self) -> Iterator[Item]:
        """Yield all images."""
        for block in self.blocks:
            yield from _unpacked(block)

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        """Return an image, or a tuple of some."""
        if isinstance(place, slice):
            return tuple(self._at(each) for each in range(self.number)[place])
        return self._at(range(self.number)[place])

    def _at(self, place: int) -> Item:
        block, within = divmod(place, _BLOCK_ITEMS)
        return _kept_block(self.blocks[block])[within]


def _groups(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """Yield lists of at most so many items."""
    rest = iter(items)
    while group := list(islice(rest, most)):
        yield group


def _packed(items: Iterable[Item]) -> bytes:
    return zlib.compress(pickle.dumps([tuple(item) for item in items]), _LEVEL)


def _unpacked(block: bytes) -> list[Item]:
    return list(map(Item._make, pickle.loads(zlib.decompress(block))))


@lru_cache(maxsize=2)
def _kept_block(block: bytes) -> list[Item]:
    return _unpacked(block)
