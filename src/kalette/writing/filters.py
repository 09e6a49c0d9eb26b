"""PNG row filters: none, or the difference from a prediction."""

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_ROUNDS = 3  # then hardly any row changes its filter


def unfiltered(rows: Bytes) -> Bytes:
    """Return the rows unfiltered (filter type 0), which is best for most indices.

    Parameters
    ----------
    rows : ndarray
        (height, size) uint8, one byte a pixel or less.

    Examples
    --------
    >>> unfiltered(np.array([[5, 7]], np.uint8)).tolist()
    [[0, 5, 7]]
    """
    return _numbered(rows, np.zeros(len(rows), np.uint8))


def by_bits(rows: Bytes, pixel_bytes: int = 1) -> Bytes:
    """Filter the rows with minimum entropy; each row starts with its filter type.

    In the first round a byte costs its absolute value. The filtered bytes then define an entropy code, whose
    code lengths are the costs of the next round, so that filters suit the code of the whole image.

    Parameters
    ----------
    rows : ndarray
        (height, size) uint8.
    pixel_bytes : int
        Bytes of a pixel, 1 to 4.

    Examples
    --------
    >>> by_bits(np.array([[9, 40, 80, 7], [10, 41, 81, 8], [11, 42, 82, 9]], np.uint8)).tolist()
    [[0, 9, 40, 80, 7], [2, 1, 1, 1, 1], [2, 1, 1, 1, 1]]
    """
    candidates = _filtered(rows, pixel_bytes)
    bits = np.minimum(np.arange(256), 256 - np.arange(256)).astype(np.int32)
    for _ in range(_ROUNDS + 1):
        numbers = np.argmin([bits[candidate].sum(axis=1) for candidate in candidates], axis=0).astype(
            np.uint8
        )
        chosen = np.choose(numbers[:, None], candidates)
        bits = _bits_of(np.bincount(chosen.ravel(), minlength=256))
    return _numbered(chosen, numbers)


def _numbered(rows: Bytes, numbers: Bytes) -> Bytes:
    return np.concatenate([numbers[:, None], rows], axis=1)


def _filtered(rows: Bytes, pixel_bytes: int) -> list[Bytes]:
    """Return the rows after each filter, in the order of their types: None, Sub, Up, Average, Paeth."""
    left, above = np.zeros_like(rows), np.zeros_like(rows)
    left[:, pixel_bytes:], above[1:] = rows[:, :-pixel_bytes], rows[:-1]
    corner = np.zeros_like(rows)
    corner[1:, pixel_bytes:] = rows[:-1, :-pixel_bytes]
    average = ((left.astype(np.uint16) + above) // 2).astype(np.uint8)
    return [rows, rows - left, rows - above, rows - average, rows - _paeth(left, above, corner)]


def _paeth(left: Bytes, above: Bytes, corner: Bytes) -> Bytes:
    """Return the Paeth predictor: the neighbour nearest to left + above - corner, ties in that order."""
    a, b, c = (each.astype(np.int16) for each in (left, above, corner))
    to_left, to_above, to_corner = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    other = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, other)


def _bits_of(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the ideal code length of each byte for these counts, in 256ths of a bit."""
    seen = counts + 1
    total = _log2(int(seen.sum()))
    return np.array([total - _log2(count) for count in seen.tolist()], np.int32)


def _log2(n: int) -> int:
    """Return log2(n) in 256ths, piecewise linear between powers of two, in integers."""
    whole = n.bit_length() - 1
    return (whole << 8) + ((n << 8) >> whole) - 256
