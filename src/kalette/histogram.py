"""An image's distinct colours with counts: what all palette work runs on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import ColorBytes, Counts, Pixels, Points, Weights


@dataclass(frozen=True, slots=True)
class Histogram:
    """Distinct colours, in lexicographic order, with the number of pixels of each.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) int64.
    """

    colors: ColorBytes
    counts: Counts

    def __len__(self) -> int:
        """Return the number of distinct colours."""
        return len(self.colors)

    @property
    def pixel_count(self) -> int:
        """The number of pixels counted."""
        return int(self.counts.sum())


def count(pixels: Pixels, *, threads: int = 1) -> Histogram:
    """Return the histogram of an image; the order of its pixels does not matter.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    threads : int
        At least 1.

    Examples
    --------
    >>> histogram = count(np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8))
    >>> histogram.colors.tolist(), histogram.counts.tolist()
    ([[1, 2, 3], [9, 9, 9]], [1, 2])
    """
    return Histogram(*kernels.count_colors(pixels.reshape(-1, pixels.shape[-1]), threads))


def merge(histograms: Sequence[Histogram]) -> Histogram:
    """Return the histogram of all the images together.

    Parameters
    ----------
    histograms : sequence of Histogram
        At least one, all with the same number of channels.

    Examples
    --------
    >>> one = count(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8))
    >>> merge([one, one]).counts.tolist()
    [2, 2]
    """
    colors = np.concatenate([histogram.colors for histogram in histograms])
    counts = np.concatenate([histogram.counts for histogram in histograms])
    distinct, place = np.unique(colors, axis=0, return_inverse=True)
    merged = np.zeros(len(distinct), np.int64)
    np.add.at(merged, place.ravel(), counts)
    return Histogram(distinct, merged)


def coarsen(points: Points, weights: Weights, cell: float) -> tuple[NDArray[np.float64], Weights]:
    """Return the weighted means of the points in each cell of a cubic grid, with the cells' weights.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64, all positive.
    cell : float
        Side of a cell, in the unit of the points.

    Returns
    -------
    means : ndarray
        (M, d) float64, ordered by cell.
    weights : ndarray
        (M,) float64.

    Examples
    --------
    >>> means, weights = coarsen(np.array([[0.0], [3.0], [8.0]]), np.array([1.0, 2.0, 1.0]), 4.0)
    >>> means.ravel().tolist(), weights.tolist()
    ([2.0, 8.0], [3.0, 1.0])
    """
    grid = np.floor(points / cell).astype(np.int64)
    grid -= grid.min(axis=0)
    keys = np.ravel_multi_index(tuple(grid.T), tuple(grid.max(axis=0) + 1))
    _, place = np.unique(keys, return_inverse=True)
    mass = np.bincount(place, weights).astype(np.float64)
    sums = [np.bincount(place, weights * points[:, c]) for c in range(points.shape[1])]
    return np.stack([total / mass for total in sums], axis=1), mass
