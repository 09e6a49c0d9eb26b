"""Each pixel takes the palette entry nearest to its colour."""

import numpy as np

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
    flat = pixels.reshape(-1, pixels.shape[2])
    return kernels.map_colors(flat, histogram.colors, labels.astype(np.uint8), threads).reshape(
        pixels.shape[:2]
    )
