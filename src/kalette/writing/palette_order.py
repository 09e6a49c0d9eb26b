"""Palette reordering: by luma, by index adjacency in the image (modified Zeng), or by first occurrence."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from kalette.types import LUMA, Indices, Palette

# Luma in thousandths; integers make the order the same on every machine.
_LUMA_THOUSANDTHS = np.rint(np.multiply(LUMA, 1000)).astype(np.int64)
_STRIP_PIXELS = 1 << 18  # per strip, since `bincount` needs int64


def luma(colors: Palette) -> NDArray[np.int64]:
    """Return the Rec. 601 luma of each colour, in thousandths.

    Parameters
    ----------
    colors : ndarray
        (k, 3 or 4) uint8.

    Examples
    --------
    >>> luma(np.array([[255, 255, 255], [0, 0, 1]], np.uint8)).tolist()
    [255000, 114]
    """
    total: NDArray[np.int64] = colors[:, :3].astype(np.int64) @ _LUMA_THOUSANDTHS
    return total


def by_luma(palette: Palette) -> NDArray[np.intp]:
    """Return the order of entries: translucent by falling alpha, then opaque from dark to light.

    This keeps the tRNS chunk of a PNG short, and avoids alpha 10 after a clear entry at its end, which
    Pillow mistakes for a line feed. The order depends on the colours alone, so that compressing a
    compressed file again gives the same file.

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
    """Count how often two entries are 4-neighbours in the image (the cross-count matrix).

    Parameters
    ----------
    indices : ndarray
        (H, W) uint8, below k.
    k : int
        Number of entries.

    Returns
    -------
    adjacency : ndarray
        (k, k) int64, symmetric, with a zero diagonal.

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
    """Order entries by the modified Zeng method: frequent neighbours get close indices.

    Start with the most adjacent pair. Then repeatedly take the entry most adjacent to those placed, and
    append it at the end that is closer to its neighbours.

    Parameters
    ----------
    adjacency : ndarray
        (k, k), symmetric, with a zero diagonal.

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
    adjacency_to_placed = adjacency[:, list(placed)].sum(axis=1)
    adjacency_to_placed[list(placed)] = -1
    while len(placed) < k:
        entry = int(adjacency_to_placed.argmax())
        # Weight of a neighbour by its place: negative near the left end, positive near the right.
        end_weights = np.arange(1 - len(placed), len(placed), 2)
        if int(adjacency[entry, list(placed)] @ end_weights) < 0:
            placed.appendleft(entry)
        else:
            placed.append(entry)
        adjacency_to_placed += np.where(adjacency_to_placed >= 0, adjacency[entry], 0)
        adjacency_to_placed[entry] = -1
    return np.array(placed, np.uint8)


def by_first_place(indices: Indices, k: int) -> NDArray[np.uint8]:
    """Order entries by first occurrence in raster order; unused ones come last.

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
