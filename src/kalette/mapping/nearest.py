"""Each pixel takes the palette entry nearest to its colour, or its very colour."""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette, Pixels
from kalette.color import points_from_srgb
from kalette.histogram import Histogram


def map_nearest(pixels: Pixels, histogram: Histogram, palette: Palette, *, threads: int = 1) -> Indices:
    """Return the nearest palette entry of each pixel, ties to the lowest.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    histogram : Histogram
        Of these pixels.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> from kalette.histogram import count
    >>> pixels = np.array([[[0, 0, 0], [200, 200, 200]]], np.uint8)
    >>> map_nearest(pixels, count(pixels), np.array([[250] * 3, [10] * 3], np.uint8)).tolist()
    [[1, 0]]
    """
    points, entries = points_from_srgb(histogram.colors), points_from_srgb(palette)
    labels, _, _, _ = kernels.assign(points, histogram.counts.astype(np.float64), entries, threads)
    return _looked_up(pixels, histogram, labels.astype(np.uint8), threads)


def map_exactly(pixels: Pixels, histogram: Histogram, *, threads: int = 1) -> Indices:
    """Return the place of each pixel's colour in the histogram, which is its palette.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    histogram : Histogram
        Of these pixels, at most 256 colours.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> from kalette.histogram import count
    >>> pixels = np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8)
    >>> map_exactly(pixels, count(pixels)).tolist()
    [[1, 0, 1]]
    """
    return _looked_up(pixels, histogram, np.arange(len(histogram), dtype=np.uint8), threads)


def _looked_up(pixels: Pixels, histogram: Histogram, labels: NDArray[np.uint8], threads: int) -> Indices:
    flat = pixels.reshape(-1, pixels.shape[2])
    return kernels.map_colors(flat, histogram.colors, labels, threads).reshape(pixels.shape[:2])
