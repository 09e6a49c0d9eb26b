"""PNG's row filters: the specification of the compiled kernels, in NumPy."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

FILTERS = 5
"""None, Sub, Up, Average and Paeth, as the standard numbers them."""

ROUNDS = 3
"""Times that `filters_by_bits` makes a code of what it chose, and chooses anew."""


def filters_by_bits(rows: Bytes, stride: int = 1, threads: int = 1) -> Bytes:
    """Return for each row the filter that makes the bytes of the picture cheapest.

    At first, differences count by their size. What comes of that is counted, and each byte costs what it does
    in a code made for these counts; then the rows choose again, some rounds long. So a row takes what suits
    the whole picture's code, not its own.

    Parameters
    ----------
    rows : ndarray
        (height, size) uint8.
    stride : int
        How many bytes away the left neighbour is, at least 1.
    threads : int
        At least 1.

    Returns
    -------
    filters : ndarray
        (height,) uint8: 0 none, 1 Sub, 2 Up, 3 Average, 4 Paeth.

    Examples
    --------
    >>> filters_by_bits(np.array([[9, 40, 80, 7], [10, 41, 81, 8], [11, 42, 82, 9]], np.uint8)).tolist()
    [0, 2, 2]
    """
    _require_positive("stride", stride)
    _require_positive("threads", threads)
    values = np.arange(256)
    bits = np.minimum(values, 256 - values)
    for _ in range(ROUNDS):
        filters = _cheapest(rows, stride, lambda filtered: bits[filtered].sum(axis=1))
        chosen = filter_rows(rows, filters, stride)[:, 1:]
        bits = _bits_of(np.bincount(chosen.ravel(), minlength=256))
    return _cheapest(rows, stride, lambda filtered: bits[filtered].sum(axis=1))


def filters_by_bigrams(rows: Bytes, stride: int = 1, threads: int = 1) -> Bytes:
    """Return for each row the filter that leaves it the fewest different pairs of bytes that follow each other.

    Few pairs promise long repetitions: what makes flat graphics small.

    Parameters
    ----------
    rows : ndarray
        (height, size) uint8.
    stride : int
        How many bytes away the left neighbour is, at least 1.
    threads : int
        At least 1.

    Returns
    -------
    filters : ndarray
        (height,) uint8: 0 none, 1 Sub, 2 Up, 3 Average, 4 Paeth.

    Examples
    --------
    >>> filters_by_bigrams(np.array([[1, 2, 3, 4], [3, 4, 5, 6]], np.uint8)).tolist()
    [1, 1]
    """
    _require_positive("stride", stride)
    _require_positive("threads", threads)
    return _cheapest(rows, stride, _bigrams)


def _bigrams(filtered: Bytes) -> NDArray[np.int64]:
    pairs = np.sort(filtered[:, :-1].astype(np.uint16) << 8 | filtered[:, 1:], axis=1)
    different: NDArray[np.int64] = (pairs[:, 1:] != pairs[:, :-1]).sum(axis=1) + (pairs.shape[1] > 0)
    return different


def filter_rows(rows: Bytes, filters: Bytes, stride: int = 1, threads: int = 1) -> Bytes:
    """Return the rows after these filters, each behind its filter's number.

    Parameters
    ----------
    rows : ndarray
        (height, size) uint8.
    filters : ndarray
        (height,) uint8, 0 to 4.
    stride : int
        How many bytes away the left neighbour is, at least 1.
    threads : int
        At least 1.

    Examples
    --------
    >>> filter_rows(np.array([[5, 7], [6, 9]], np.uint8), np.array([1, 2], np.uint8)).tolist()
    [[1, 5, 2], [2, 1, 2]]
    """
    _require_positive("stride", stride)
    _require_positive("threads", threads)
    _require_filters(rows, filters)
    out = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    out[:, 0] = filters
    for number in range(FILTERS):
        places = np.flatnonzero(filters == number)
        out[places, 1:] = _filtered(rows, places, number, stride)
    return out


def _cheapest(rows: Bytes, stride: int, cost: Callable[[Bytes], NDArray[np.int64]]) -> Bytes:
    """Return for each row the filter of the least cost, the lowest of equals."""
    everywhere = np.arange(len(rows))
    costs = [cost(_filtered(rows, everywhere, number, stride)) for number in range(FILTERS)]
    return np.argmin(costs, axis=0).astype(np.uint8)


def _filtered(rows: Bytes, places: NDArray[np.intp], number: int, stride: int) -> Bytes:
    """Return the rows of some places after one filter."""
    row = rows[places]
    if number == 0:
        return row
    above = rows[np.maximum(places - 1, 0)] * (places > 0).astype(np.uint8)[:, None]
    left, corner = _moved(row, stride), _moved(above, stride)
    return row - _predicted(number, left, above, corner)


def _moved(row: Bytes, stride: int) -> Bytes:
    """Return each byte's left neighbour; 0 where there is none."""
    moved = np.zeros_like(row)
    moved[:, stride:] = row[:, :-stride]
    return moved


def _predicted(number: int, left: Bytes, above: Bytes, corner: Bytes) -> Bytes:
    if number < 3:
        return left if number == 1 else above
    a, b, c = left.astype(np.int16), above.astype(np.int16), corner.astype(np.int16)
    if number == 3:
        return ((a + b) // 2).astype(np.uint8)
    to_left, to_above, to_corner = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    other = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, other)


def _bits_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what each byte costs in a code made for these counts, in 256ths of a bit; none is impossible."""
    seen = counts + 1
    total = _log2(int(seen.sum()))
    return np.array([total - _log2(count) for count in seen.tolist()], np.int64)


def _log2(n: int) -> int:
    """Return log2(n) in 256ths, straight between powers of two."""
    whole = n.bit_length() - 1
    return (whole << 8) + ((n << 8) >> whole) - 256


def _require_positive(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name} is {value}; it must be at least 1")


def _require_filters(rows: Bytes, filters: Bytes) -> None:
    if len(filters) != len(rows):
        raise ValueError(
            f"filters has {len(filters)} entries for {len(rows)} rows; there must be one for each"
        )
    if len(filters) and filters.max() >= FILTERS:
        raise ValueError(f"a filter is {filters.max()}; it must be 0 to 4")
