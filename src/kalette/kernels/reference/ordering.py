"""The order of palette entries, made shorter: the specification of the compiled kernel, in NumPy."""

import numpy as np
from numpy.typing import NDArray

PASSES = 32
"""Passes that `improve_order` makes at most; ten are many."""

_MOST_ENTRIES = 256


def improve_order(
    adjacency: NDArray[np.int16], order: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], int]:
    """Return an order in which entries that are often neighbours come closer, and what it costs.

    It moves one entry after the other to where the sum over all pairs of `adjacency` times the logarithm of
    1 + their distance is least, until none moves or the passes are used up. That logarithm is about what a
    difference of indices costs when it is written down.

    Parameters
    ----------
    adjacency : ndarray
        (k, k) int16, symmetric and not negative; its diagonal plays no part.
    order : ndarray
        (k,) uint8: each of 0 to k - 1 once.

    Returns
    -------
    order : ndarray
        (k,) uint8.
    cost : int
        That sum, in 128ths of a bit.

    Examples
    --------
    >>> adjacency = np.array([[0, 0, 9], [0, 0, 9], [9, 9, 0]], np.int16)
    >>> order, cost = improve_order(adjacency, np.array([0, 1, 2], np.uint8))
    >>> order.tolist(), cost / 128
    ([1, 2, 0], 18.0)
    """
    _require_order(adjacency, order)
    order = order.copy()
    rows = adjacency[np.ix_(order, order)].astype(np.int32)
    for _ in range(PASSES):
        moved = False
        for place in range(len(order)):
            moved |= _settle(rows, order, place)
        if not moved:
            break
    distances = abs(_PLACES[:, None] - _PLACES[None, :])[: len(order), : len(order)]
    return order, int((rows * _COSTS[distances]).sum(dtype=np.int64)) // 2


def _settle(rows: NDArray[np.int32], order: NDArray[np.uint8], place: int) -> bool:
    """Put the entry of a place where it costs least; ties stay, then the first to the right, then the left."""
    changes = _changes(rows, place)
    costs = np.concatenate([[0], np.cumsum(changes[place:]), np.cumsum(-changes[:place][::-1])])
    best = int(costs.argmin())
    to_right = len(changes) - place
    if best:
        shift = best if best <= to_right else to_right - best
        _move(rows, order, place, place + shift)
    return best > 0


def _changes(rows: NDArray[np.int32], place: int) -> NDArray[np.int64]:
    """Return how the cost changes as the entry of a place, taken out, goes past each of the rest in turn."""
    rest = np.delete(np.delete(rows, place, axis=0), place, axis=1)
    differences = np.delete(rows[place], place) - rest
    total: NDArray[np.int64] = (differences * _STEPS[: len(rest), : len(rest)]).sum(axis=1, dtype=np.int64)
    return total


def _move(rows: NDArray[np.int32], order: NDArray[np.uint8], start: int, end: int) -> None:
    places = np.insert(np.delete(np.arange(len(order)), start), end, start)
    order[:] = order[places]
    rows[:] = rows[np.ix_(places, places)]


def _distance_bits(n: int) -> int:
    """Return log2(n) in 128ths, straight between powers of two: what a distance of n - 1 places costs."""
    whole = n.bit_length() - 1
    return (whole << 7) + ((n << 7) >> whole) - 128


def _step(distance: int) -> int:
    """Return what an entry so far behind adds when it gets one place further away, negative when before."""
    if distance == 0:
        return 0
    step = _distance_bits(abs(distance) + 2) - _distance_bits(abs(distance) + 1)
    return step if distance < 0 else -step


_EVERY_STEP = np.array([_step(distance) for distance in range(-_MOST_ENTRIES, _MOST_ENTRIES + 1)], np.int32)
_COSTS = np.array([_distance_bits(distance + 1) for distance in range(_MOST_ENTRIES)], np.int64)
_PLACES = np.arange(_MOST_ENTRIES)
_STEPS = _EVERY_STEP[_PLACES[None, :] - _PLACES[:, None] + _MOST_ENTRIES]  # of a column, past a row


def _require_order(adjacency: NDArray[np.int16], order: NDArray[np.uint8]) -> None:
    k, shape = len(order), adjacency.shape
    if shape != (k, k):
        raise ValueError(
            f"adjacency has shape ({shape[0]}, {shape[1]}) for an order of {k} entries; it must be ({k}, {k})"
        )
    placed: set[int] = set()
    for entry in order.tolist():
        if entry >= k or entry in placed:
            raise ValueError(
                f"order holds {entry} twice or past its length of {k}; it must hold each of its places once"
            )
        placed.add(entry)
    if k and adjacency.min() < 0:
        raise ValueError("adjacency holds a number below 0; it must hold counts")
