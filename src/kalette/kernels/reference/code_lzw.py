"""LZW as in GIF, without loss: pixels that show what they should already may be kept as well as drawn."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import MOST_ENTRIES
from kalette.kernels.reference.checks import (
    MOST_MAPPED_PIXELS,
    require_entries_or_kept,
    require_map,
    require_pixels,
)
from kalette.kernels.reference.lzw_dictionary import (
    NO_CODE,
    LzwCoder,
    LzwCodes,
    LzwDictionary,
    lzw_stream,
    symbol_count,
)

_MOST_LOOKAHEAD = 64
_MOST_PERCENT = 100


class IndexedFrame(NamedTuple):
    """A frame as entries of a palette, or what is kept, which serves as well where `either` is not 0."""

    indices: list[int]
    either: list[int]
    k: int
    kept: int


class String(NamedTuple):
    """A string of the dictionary."""

    code: int
    length: int


def code_lzw(
    indices: NDArray[np.uint8],
    either: NDArray[np.uint8],
    k: int,
    kept: int,
    lookahead: int = 0,
    worn_percent: int = 100,
) -> NDArray[np.uint8]:
    """Return a frame of an animation as LZW codes of GIF.

    Parameters
    ----------
    indices : ndarray
        (H, W) uint8: entries of a palette below k, or `kept`, which keeps what is shown.
    either : ndarray
        (H, W) uint8: where it is not 0, a pixel may be kept as well.
    k : int
        Number of entries, 1 to 256.
    kept : int
        The symbol that keeps what is shown: k, or an entry that is not drawn, which takes its place. With 256
        nothing can be kept.
    lookahead : int
        How many strings that are shorter than the longest are tried, with the longest after them, 0 to 64.
    worn_percent : int
        A full dictionary is cleared once the mean length of its strings is at most this share of its best,
        0 to 100; with 100 at once.

    Returns
    -------
    ndarray
        (N,) uint8, without code size and sub-blocks. The code size is that of k symbols, or of
        k + 1 with `kept` beyond them, of 256 at most.

    References
    ----------
    R. N. Horspool, "The effect of non-greedy parsing in Ziv-Lempel compression methods", Data Compression
    Conference, 1995, 302-311.

    Examples
    --------
    >>> code_lzw(np.zeros((1, 4), np.uint8), np.zeros((1, 4), np.uint8), 1, 1).tolist()
    [132, 81]
    """
    n = indices.size
    require_pixels(n, MOST_MAPPED_PIXELS)
    require_map(either, "either", indices.shape)
    if not 1 <= k <= MOST_ENTRIES:
        raise ValueError(f"k is {k}; it must be 1 to {MOST_ENTRIES}")
    if not 0 <= lookahead <= _MOST_LOOKAHEAD:
        raise ValueError(f"lookahead is {lookahead}; it must be 0 to {_MOST_LOOKAHEAD}")
    if not 0 <= worn_percent <= _MOST_PERCENT:
        raise ValueError(f"worn_percent is {worn_percent}; it must be 0 to {_MOST_PERCENT}")
    require_entries_or_kept(indices, k, kept)
    frame = IndexedFrame(indices.ravel().tolist(), either.ravel().tolist(), k, kept)
    parser = LzwParser(frame, lookahead, worn_percent)
    return np.frombuffer(bytes(lzw_stream([parser.run()], symbol_count(k, kept))), np.uint8)


class LzwParser:
    """A frame, and the dictionary so far."""

    def __init__(self, frame: IndexedFrame, lookahead: int, worn_percent: int) -> None:
        """Start with the symbols."""
        self.indices, self.either, k, self.kept = frame
        self.lookahead = lookahead
        self.dictionary = LzwDictionary(symbol_count(k, self.kept))
        self.coder = LzwCoder(self.dictionary, worn_percent=worn_percent)

    def run(self) -> LzwCodes:
        """Return the codes."""
        place = 0
        while place < len(self.indices):
            self.coder.prepare()
            code, length = self.chosen(place)
            self.coder.put(code, length, self.dictionary[code].first)
            place += length
        return self.coder.finish()

    def shows(self, place: int, symbol: int) -> bool:
        """Return whether a pixel may show a symbol."""
        return self.indices[place] == symbol or (symbol == self.kept and self.either[place] != 0)

    def chosen(self, place: int) -> String:
        """Return the string that reaches furthest with the one after it: the longest, or a shorter one."""
        best = tried = self.longest(place)
        furthest = 0
        for _ in range(self.lookahead + 1):
            end = place + tried.length
            reached = end + self.longest(end).length if end < len(self.indices) else end
            if reached > furthest:
                furthest, best = reached, tried
            tried = String(self.dictionary[tried.code].parent, tried.length - 1)
            if end == len(self.indices) or tried.code == NO_CODE:
                break
        return best

    def longest(self, place: int) -> String:
        """Return the longest string at a place; of several the first found, and keeping goes first."""
        best = String(NO_CODE, 0)
        for root in dict.fromkeys((self.kept, self.indices[place])):
            if root < self.dictionary.symbols and self.shows(place, root):
                best = self.extend(place, root, best)
        return best

    def extend(self, place: int, root: int, best: String) -> String:
        """Return the longest string that begins with a root, if it is longer than the best so far."""
        depth, code = 1, root
        while True:
            if depth > best.length:
                best = String(code, depth)
            inside = place + depth < len(self.indices)
            following = self.match(place + depth, self.dictionary[code].child) if inside else NO_CODE
            while following == NO_CODE:
                if code == root:
                    return best
                depth -= 1
                following = self.match(place + depth, self.dictionary[code].sibling)
                code = self.dictionary[code].parent
            code = following
            depth += 1

    def match(self, place: int, code: int) -> int:
        """Return the first of the siblings from a code on whose symbol a pixel may show."""
        while code != NO_CODE and not self.shows(place, self.dictionary[code].symbol):
            code = self.dictionary[code].sibling
        return code
