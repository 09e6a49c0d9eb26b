"""Orders of palette entries: by colour, by adjacency in the image, or by first occurrence."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from kalette.types import Indices, Palette

# Rec. 601 luma in thousandths: whole numbers, so that the order is the same everywhere.
_LUMA = np.array([299, 587, 114])
_STRIP_PIXELS = 1 << 18  # counted at a time: NumPy widens them to eight bytes each


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


def modified_zeng(adjacency: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the entries in the order that the modified method of Zeng gives them.

    It begins with the two entries that are neighbours most often. The next is always the one most often
    a neighbour of those placed, and goes to the end that is nearer to its neighbours.

    Parameters
    ----------
    adjacency : ndarray
        (k, k), symmetric, with nought on the diagonal.

    References
    ----------
    A. J. Pinho, A. J. R. Neves, "A note on Zeng's technique for color reindexing of palette-based images",
    IEEE Signal Processing Letters 11(2), 2004, 232-234.

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


def by_first_place(indices: Indices, k: int) -> NDArray[np.uint8]:
    """Return the entries in the order in which they are met, row by row; those that are not met come last.

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
