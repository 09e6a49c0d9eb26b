"""The dictionary of an LZW coder as in GIF: strings as a trie, and the codes as bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

NO_CODE = -1
MOST_CODES = 4096
_MOST_WIDTH = 12  # bits
_LENGTH_SCALE = 65536
_MEAN_OF_CODES = 256


def symbol_count(k: int, kept: int) -> int:
    """Return the symbols: k entries, and one that keeps a pixel, if none of them does and 256 suffice."""
    return min(max(k, kept + 1), 256)


def code_size(symbols: int) -> int:
    """Return the bits of a symbol, as GIF has them: 2 to 8."""
    return max((symbols - 1).bit_length(), 2)


@dataclass
class Node:
    """A string: that of its parent and one symbol more; its first symbol; its place among siblings."""

    parent: int
    child: int
    sibling: int
    symbol: int
    first: int


class LzwDictionary:
    """Strings by code."""

    def __init__(self, symbols: int) -> None:
        """Start with the symbols."""
        self.symbols = symbols
        self.clear_code = 1 << code_size(self.symbols)
        self.end_code = self.clear_code + 1
        self.clear()

    def __getitem__(self, code: int) -> Node:
        """Return the string of a code."""
        return self.nodes[code]

    @property
    def is_full(self) -> bool:
        """Whether no code is left."""
        return self.next == MOST_CODES

    def clear(self) -> None:
        """Forget all strings but the symbols."""
        symbols = range(self.symbols)
        self.nodes = {symbol: Node(NO_CODE, NO_CODE, NO_CODE, symbol, symbol) for symbol in symbols}
        self.next = self.end_code + 1
        self.width = code_size(self.symbols) + 1

    def anticipate(self, previous: int) -> None:
        """Add what the decoder will define by a code that uses it: the string before and its first symbol."""
        self._add(previous, self[previous].first)

    def define(self, previous: int, symbol: int) -> None:
        """Define the next code: the string before, and the first symbol of the one after it."""
        parent = self[previous]
        if parent.child == self.next:
            parent.child = self[self.next].sibling  # what was anticipated
        self._add(previous, symbol)
        self.next += 1
        if self.next == 1 << self.width and self.width < _MOST_WIDTH:
            self.width += 1

    def _add(self, parent: int, symbol: int) -> None:
        above = self[parent]
        code = above.child
        while code != NO_CODE:
            if self[code].symbol == symbol:
                return
            code = self[code].sibling
        self.nodes[self.next] = Node(parent, NO_CODE, above.child, symbol, above.first)
        above.child = self.next


class CodeWriter:
    """Codes as bits, the lowest first."""

    def __init__(self) -> None:
        """Start without bits."""
        self.data = bytearray()
        self.total = self._waiting = self._count = 0

    def put(self, code: int, width: int) -> None:
        """Add the bits of a code."""
        self.total += width
        self._waiting |= code << self._count
        self._count += width
        while self._count >= 8:
            self.data.append(self._waiting & 255)
            self._waiting >>= 8
            self._count -= 8

    def finish(self) -> None:
        """Add the last bits."""
        if self._count > 0:
            self.data.append(self._waiting)


class LzwCodes(NamedTuple):
    """Codes between the clear code and the end, and the width of a code after them."""

    data: bytearray
    bits: int
    width: int


def lzw_stream(parts: Sequence[LzwCodes], symbols: int) -> bytearray:
    """Return codes that follow each other, each with a dictionary of its own."""
    writer, size = CodeWriter(), code_size(symbols)
    width = size + 1
    for part in parts:
        writer.put(1 << size, width)
        for begin in range(0, part.bits, 8):
            writer.put(part.data[begin // 8], min(part.bits - begin, 8))
        width = part.width
    writer.put((1 << size) + 1, width)
    writer.finish()
    return writer.data


class LzwCoder:
    """Codes of strings, with the dictionary that they define.

    A full dictionary is cleared once the mean length of strings is at most `worn_percent` of its best since
    then: with 100 at once.
    """

    def __init__(self, dictionary: LzwDictionary, *, worn_percent: int) -> None:
        """Start without codes."""
        self._dictionary, self._writer, self._worn_percent = dictionary, CodeWriter(), worn_percent
        self._previous = NO_CODE
        self._mean_length = self._best_length = 0

    def prepare(self) -> None:
        """Clear a dictionary of no more use, or add what the decoder will know, before the next search."""
        if self._is_worn():
            self._writer.put(self._dictionary.clear_code, self._dictionary.width)
            self._dictionary.clear()
            self._previous = NO_CODE
            self._best_length = 0
        if self._previous != NO_CODE and not self._dictionary.is_full:
            self._dictionary.anticipate(self._previous)

    def put(self, code: int, length: int, first: int) -> None:
        """Write a code, whose string has that length and that first symbol."""
        self._writer.put(code, self._dictionary.width)
        if self._previous != NO_CODE and not self._dictionary.is_full:
            self._dictionary.define(self._previous, first)
        self._previous = code
        self._mean_length += _LENGTH_SCALE // _MEAN_OF_CODES * length - self._mean_length // _MEAN_OF_CODES

    def finish(self) -> LzwCodes:
        """Return the codes."""
        self._writer.finish()
        return LzwCodes(self._writer.data, self._writer.total, self._dictionary.width)

    def _is_worn(self) -> bool:
        if not self._dictionary.is_full:
            return False
        self._best_length = max(self._best_length, self._mean_length)
        return 100 * self._mean_length <= self._worn_percent * self._best_length
