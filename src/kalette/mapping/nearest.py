"""Each pixel takes the palette entry nearest to its colour."""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import ColorBytes, Indices, Palette, Pixels
from kalette.color import points_from_srgb
from kalette.histogram import Cloud


def nearest_labels(cloud: Cloud, palette: Palette, *, threads: int = 1) -> NDArray[np.uint8]:
    """Return the nearest palette entry of each distinct colour, ties to the lowest.

    Parameters
    ----------
    cloud : Cloud
        The distinct colours of an image.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (N,) uint8.

    Examples
    --------
    >>> from kalette.histogram import cloud_of, count
    >>> colors = count(np.array([[[0, 0, 0], [200, 200, 200]]], np.uint8))
    >>> nearest_labels(cloud_of(colors), np.array([[250] * 3, [10] * 3], np.uint8)).tolist()
    [1, 0]
    """
    entries = points_from_srgb(palette, cloud.space)
    labels, _, _, _ = kernels.assign(cloud.points, cloud.weights, entries, threads)
    return labels.astype(np.uint8)


def map_labels(pixels: Pixels, colors: ColorBytes, labels: NDArray[np.uint8], *, threads: int = 1) -> Indices:
    """Return for each pixel the label of its colour.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    colors : ndarray
        (N, 3 or 4) uint8: every colour of the pixels, as a histogram has them.
    labels : ndarray
        (N,) uint8, one for each distinct colour.
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
    >>> map_labels(pixels, count(pixels).colors, np.array([4, 0], np.uint8)).tolist()
    [[0, 4, 0]]
    """
    flat = pixels.reshape(-1, pixels.shape[2])
    return kernels.map_colors(flat, colors, labels, threads).reshape(pixels.shape[:2])
