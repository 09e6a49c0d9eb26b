"""Distinct colours and their counts."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import (
    MOST_COUNTED_PIXELS,
    require_channels,
    require_pixels,
    require_threads,
)
from kalette.kernels.z_order import colors_from_z_keys, z_keys


def count_colors(pixels: NDArray[np.uint8], threads: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the distinct colours along the Z-order curve, and their counts.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    threads : int
        At least 1.

    Returns
    -------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) int64.

    Examples
    --------
    >>> colors, counts = count_colors(np.array([[2, 2, 2], [1, 1, 1], [2, 2, 2]], np.uint8))
    >>> colors.tolist(), counts.tolist()
    ([[1, 1, 1], [2, 2, 2]], [1, 2])
    """
    require_threads(threads)
    require_channels(pixels.shape[1])
    require_pixels(len(pixels), MOST_COUNTED_PIXELS)
    keys, counts = np.unique(z_keys(pixels), return_counts=True)
    return colors_from_z_keys(keys, pixels.shape[1]), counts.astype(np.int64)
