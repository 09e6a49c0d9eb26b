"""The last block of a DEFLATE stream (RFC 1951), so that another stream can follow it."""

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

_MOST_CODE_BITS = 15
_END_OF_BLOCK, _FIRST_LENGTH = 256, 257
_LENGTHS, _DISTANCES = 29, 30  # that have a meaning
_STORED, _FIXED, _DYNAMIC = range(3)
_FIXED_LENGTHS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)  # of their own code


def last_block(stream: NDArray[np.uint8]) -> tuple[int, int]:
    """Return the bits at which the last block of a DEFLATE stream begins and ends.

    Parameters
    ----------
    stream : ndarray
        (n,) uint8; bytes after the last block are not looked at.

    Returns
    -------
    begin, end : int
        Bits from the lowest one of the first byte; the first bit of a block tells that it is the last.

    Examples
    --------
    >>> stored = np.array([1, 2, 0, 253, 255, 65, 66], np.uint8)  # last, 2 bytes, and their number inverted
    >>> last_block(stored)
    (0, 56)
    """
    bits = BitReader(stream)
    is_last = False
    while not is_last:
        begin = bits.place
        is_last, kind = bits.take(1) == 1, bits.take(2)
        _skip_block(bits, kind)
        if not bits.is_within():
            raise _broken()
    return begin, bits.place


class BitReader:
    """Bits from the lowest of each byte; zeros follow the stream."""

    def __init__(self, stream: NDArray[np.uint8]) -> None:
        """Begin at the first bit."""
        self._bits: list[int] = np.unpackbits(stream, bitorder="little").tolist()
        self.place = 0

    def take(self, count: int) -> int:
        """Return a number of so many bits."""
        taken = self._bits[self.place : self.place + count]
        self.place += count
        return sum(bit << i for i, bit in enumerate(taken))

    def is_within(self) -> bool:
        """Whether the stream holds all that was taken."""
        return self.place <= len(self._bits)


def _broken() -> ValueError:
    return ValueError("the stream is not one of DEFLATE, or ends early; pass what compression returns")


class HuffmanCode:
    """The symbol of each word, by its length and its bits from the highest one."""

    def __init__(self, lengths: list[int]) -> None:
        """Number the words by length, then by symbol; 0 is the length of no word."""
        self._symbols: dict[tuple[int, int], int] = {}
        word = 0
        for length in range(1, _MOST_CODE_BITS + 1):
            for symbol in (symbol for symbol, own in enumerate(lengths) if own == length):
                self._symbols[length, word] = symbol
                word += 1
            if word > 1 << length:  # more words than there are
                self._symbols = {}
                break
            word <<= 1

    def take(self, bits: BitReader) -> int:
        """Return the symbol of the next word."""
        word = 0
        for length in range(1, _MOST_CODE_BITS + 1):
            word = word << 1 | bits.take(1)
            if (length, word) in self._symbols and bits.is_within():
                return self._symbols[length, word]
        raise _broken()


def _skip_block(bits: BitReader, kind: int) -> None:
    if kind == _STORED:
        _skip_stored(bits)
    elif kind == _FIXED:
        _skip_symbols(bits, HuffmanCode(_FIXED_LENGTHS), HuffmanCode([5] * 32))
    elif kind == _DYNAMIC:
        _skip_dynamic(bits)
    else:
        raise _broken()


def _skip_stored(bits: BitReader) -> None:
    bits.place += -bits.place % 8
    size, inverted = bits.take(16), bits.take(16)
    if size ^ inverted != 0xFFFF:
        raise _broken()
    bits.place += 8 * size


def _skip_dynamic(bits: BitReader) -> None:
    literals, distances, stored = 257 + bits.take(5), 1 + bits.take(5), 4 + bits.take(4)
    of_lengths = [0] * len(_ORDER)
    for symbol in _ORDER[:stored]:
        of_lengths[symbol] = bits.take(3)
    lengths = _take_lengths(bits, HuffmanCode(of_lengths), literals + distances)
    _skip_symbols(bits, HuffmanCode(lengths[:literals]), HuffmanCode(lengths[literals:]))


def _take_lengths(bits: BitReader, code: HuffmanCode, count: int) -> list[int]:
    """Return lengths of words, themselves in a code: lengths, then repetitions of the last one or of 0."""
    lengths: list[int] = []
    while len(lengths) < count:
        symbol = code.take(bits)
        if symbol <= _MOST_CODE_BITS:
            lengths.append(symbol)
        elif symbol == 16 and not lengths:
            raise _broken()
        elif symbol == 16:
            lengths.extend(repeat(lengths[-1], 3 + bits.take(2)))
        else:
            lengths.extend(repeat(0, 3 + bits.take(3) if symbol == 17 else 11 + bits.take(7)))
    if len(lengths) > count:
        raise _broken()
    return lengths


def _skip_symbols(bits: BitReader, literals: HuffmanCode, distances: HuffmanCode) -> None:
    while (symbol := literals.take(bits)) != _END_OF_BLOCK:
        if symbol < _END_OF_BLOCK:
            continue
        length = symbol - _FIRST_LENGTH
        if length >= _LENGTHS:
            raise _broken()
        bits.place += 0 if length < 8 or length == 28 else length // 4 - 1
        distance = distances.take(bits)
        if distance >= _DISTANCES:
            raise _broken()
        bits.place += 0 if distance < 4 else distance // 2 - 1
