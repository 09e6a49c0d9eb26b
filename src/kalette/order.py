"""The order of palette entries: neighbours in colour or in the picture get close indices."""

from collections import deque
from random import Random

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette

# Rec. 601 luma in thousandths: whole numbers, so that the order is the same everywhere.
_LUMA = np.array([299, 587, 114])
_STRIP_PIXELS = 1 << 18  # counted at a time: NumPy widens them to eight bytes each
_MOST_ADJACENT = np.iinfo(np.int16).max
_LONGEST_MOVE = 40


def luma(colors: Palette) -> NDArray[np.int64]:
    """Return the luma of each colour, in thousandths.

    Parameters
    ----------
    colors : ndarray
        (k, 3 or 4) uint8.

    Examples
    --------
    >>> luma(np.array([[255, 255, 255], [0, 0, 1]], np.uint8)).tolist()
    [255000, 114]
    """
    total: NDArray[np.int64] = colors[:, :3].astype(np.int64) @ _LUMA
    return total


def by_luma(palette: Palette) -> NDArray[np.intp]:
    """Return the places of the entries: not opaque, dense to clear; then opaque, dark to light.

    That way the transparency table of a PNG ends early, and never with alpha 10 behind a clear entry, which
    Pillow takes for a line's end and reads wrongly. The order is that of the colours alone, so that a file
    that is compressed again comes out the same.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8.

    Examples
    --------
    >>> by_luma(np.array([[255, 255, 255, 255], [0, 0, 0, 255], [9, 9, 9, 100]], np.uint8)).tolist()
    [2, 1, 0]
    """
    if palette.shape[1] == 3:
        return np.lexsort((*palette.T, luma(palette)))
    alpha = palette[:, 3].astype(np.int64)
    return np.lexsort((*palette.T, luma(palette), -alpha, alpha == 255))


def adjacency_of(indices: Indices, k: int) -> NDArray[np.int64]:
    """Return how often two entries are neighbours, beside or above each other.

    Parameters
    ----------
    indices : ndarray
        (H, W) uint8, below k.
    k : int
        Number of entries.

    Returns
    -------
    adjacency : ndarray
        (k, k) int64, symmetric, with nought on the diagonal.

    Examples
    --------
    >>> adjacency_of(np.array([[0, 0, 1], [2, 1, 1]], np.uint8), 3).tolist()
    [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    """
    pairs = np.zeros(k * k, np.int64)
    strip = max(1, _STRIP_PIXELS // indices.shape[1])
    for top in range(0, len(indices), strip):
        rows = indices[top : top + strip + 1].astype(np.int64)
        here = rows[:strip]
        pairs += np.bincount((here[:, :-1] * k + here[:, 1:]).ravel(), minlength=k * k)
        pairs += np.bincount((rows[:-1] * k + rows[1:]).ravel(), minlength=k * k)
    adjacency = pairs.reshape(k, k)
    adjacency = adjacency + adjacency.T
    np.fill_diagonal(adjacency, 0)
    return adjacency


def by_adjacency(adjacency: NDArray[np.int64], kicks: int = 0) -> NDArray[np.uint8]:
    """Return the entries in an order in which neighbours in the picture have indices close to each other.

    A first order by the modified method of Zeng is improved entry by entry (`kernels.improve_order`). What is
    left is a poor optimum; each kick moves a stretch of the order elsewhere, and stays when that ends better.

    Parameters
    ----------
    adjacency : ndarray
        (k, k), as `adjacency_of` returns it.
    kicks : int
        Tries to get out of poor optima.

    Examples
    --------
    >>> by_adjacency(np.array([[0, 0, 9], [0, 0, 4], [9, 4, 0]])).tolist()
    [0, 2, 1]
    """
    counts = np.minimum(adjacency, _MOST_ADJACENT).astype(np.int16)
    order, cost = kernels.improve_order(counts, modified_zeng(adjacency))
    rng = Random(0)
    for _ in range(kicks if len(order) > 3 else 0):
        other, other_cost = kernels.improve_order(counts, _kicked(order, rng))
        if other_cost < cost:
            order, cost = other, other_cost
    return order


def modified_zeng(adjacency: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the entries in the order that the modified method of Zeng gives them.

    It begins with the two entries that are neighbours most often. The next is always the one that is most often
    a neighbour of those placed, and goes to the end that is nearer to its neighbours.

    Parameters
    ----------
    adjacency : ndarray
        (k, k), symmetric, with nought on the diagonal.

    References
    ----------
    A. J. Pinho, A. J. R. Neves, "A note on Zeng's technique for color reindexing of palette-based images",
    IEEE Signal Processing Letters 11 (2), 2004, 232-234, https://ieeexplore.ieee.org/document/1261987

    Examples
    --------
    >>> modified_zeng(np.array([[0, 0, 9], [0, 0, 4], [9, 4, 0]])).tolist()
    [0, 2, 1]
    """
    k = len(adjacency)
    placed = deque(divmod(int(adjacency.argmax()), k) if adjacency.any() else range(min(k, 2)))
    to_placed = adjacency[:, list(placed)].sum(axis=1)
    to_placed[list(placed)] = -1
    while len(placed) < k:
        entry = int(to_placed.argmax())
        # How much nearer its neighbours are, seen from the right, than from the left.
        lean = np.arange(1 - len(placed), len(placed), 2)
        if int(adjacency[entry, list(placed)] @ lean) < 0:
            placed.appendleft(entry)
        else:
            placed.append(entry)
        to_placed += np.where(to_placed >= 0, adjacency[entry], 0)
        to_placed[entry] = -1
    return np.array(placed, np.uint8)


def by_heaviest_path(adjacency: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the entries along a path on which neighbours in the order are neighbours in the picture most often.

    Pairs of entries are joined, those that are neighbours most often first, where that makes longer paths.

    Parameters
    ----------
    adjacency : ndarray
        (k, k), symmetric, with nought on the diagonal.

    References
    ----------
    S. Battiato, G. Gallo, G. Impoco and F. Stanco, "An efficient re-indexing algorithm for color-mapped images",
    IEEE Transactions on Image Processing 13 (11), 2004, 1419-1423

    Examples
    --------
    >>> by_heaviest_path(np.array([[0, 0, 9], [0, 0, 4], [9, 4, 0]])).tolist()
    [0, 2, 1]
    """
    first, second = np.triu_indices(len(adjacency), 1)
    heaviest = np.argsort(-adjacency[first, second], kind="stable")
    path_of = [[entry] for entry in range(len(adjacency))]  # a path for each entry, one for all that are on it
    for a, b in zip(first[heaviest].tolist(), second[heaviest].tolist(), strict=True):
        left, right = path_of[a], path_of[b]
        if left is right or a not in (left[0], left[-1]) or b not in (right[0], right[-1]):
            continue
        joined = (left if left[-1] == a else left[::-1]) + (right if right[0] == b else right[::-1])
        for entry in joined:
            path_of[entry] = joined
    return np.array(path_of[0], np.uint8)


def by_first_place(indices: Indices, k: int) -> NDArray[np.uint8]:
    """Return the entries in the order in which they are met, row by row; those that are not come last.

    Parameters
    ----------
    indices : ndarray
        (H, W) uint8, below k.
    k : int
        Number of entries.

    Examples
    --------
    >>> by_first_place(np.array([[2, 2, 0]], np.uint8), 3).tolist()
    [2, 0, 1]
    """
    flat = indices.ravel()
    first = np.full(k, flat.size)
    first[flat[::-1]] = np.arange(flat.size)[::-1]
    return np.argsort(first, kind="stable").astype(np.uint8)


def edge_first(order: NDArray[np.uint8], indices: Indices) -> NDArray[np.uint8]:
    """Return the order turned such that the entry most common at the left and right edges comes first.

    Its index, 0, is also the byte before a row without filter: so runs of it go on from row to row.

    Parameters
    ----------
    order : ndarray
        (k,) uint8.
    indices : ndarray
        (H, W) uint8, below k.

    Examples
    --------
    >>> edge_first(np.array([2, 0, 1], np.uint8), np.array([[1, 2, 0, 1]], np.uint8)).tolist()
    [1, 2, 0]
    """
    edges = np.bincount(indices[:, [0, -1]].ravel(), minlength=len(order))
    return np.roll(order, -int(np.flatnonzero(order == edges.argmax())[0]))


def _kicked(order: NDArray[np.uint8], rng: Random) -> NDArray[np.uint8]:
    """Return the order with a stretch of it elsewhere, turned round or not."""
    length = rng.randrange(2, max(3, min(_LONGEST_MOVE, len(order) // 4)))
    start = rng.randrange(len(order) - length + 1)
    stretch, rest = order[start : start + length], np.delete(order, np.s_[start : start + length])
    return np.insert(rest, rng.randrange(len(rest) + 1), stretch if rng.random() < 0.5 else stretch[::-1])
