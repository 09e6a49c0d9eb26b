"""Estimated cost of literals and matches in a deflate stream (RFC 1951), in sixteenths of a bit."""

BIT = 16

WINDOW = 32768  # the longest distance of a match
SHORTEST_MATCH = 3  # entries

_DISTANCE_CODE = 3 * BIT  # without its extra bits
_PLAIN_DISTANCES = 4  # largest distance without extra bits
_SHORT_LENGTH_CODE, _LONG_LENGTH_CODE = 7 * BIT // 2, 9 * BIT // 2
_SHORT_LENGTHS = 10  # longest match length without extra bits
_HUFFMAN_GAIN = 3 * BIT // 2  # what Huffman coding takes off a literal of log2 k bits
MOST_ENTRIES = 256  # of a palette

ENTRY_EXTENSION = 1  # the cost of extending a match by one more entry


def distance_bits(distance: int) -> int:
    """Return the cost of a match's distance."""
    extra = max((distance - 1).bit_length() - (_PLAIN_DISTANCES - 1).bit_length(), 0)
    return _DISTANCE_CODE + BIT * extra


def length_bits(length: int) -> int:
    """Return the cost of a match's length."""
    return _SHORT_LENGTH_CODE if length <= _SHORT_LENGTHS else _LONG_LENGTH_CODE


def start_bits(distance: int) -> int:
    """Return the cost of a match's start."""
    return distance_bits(distance) + length_bits(1)


def literal_bits(k: int) -> int:
    """Return the cost of a literal, of a palette of k entries."""
    return max(BIT * (k - 1).bit_length() - _HUFFMAN_GAIN, BIT)


MOST_LITERAL_BITS = literal_bits(MOST_ENTRIES)
