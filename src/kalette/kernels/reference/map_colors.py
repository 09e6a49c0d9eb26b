"""Pixels to labels through the distinct colours."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_ascending, require_channels, require_threads
from kalette.kernels.z_order import z_keys


def map_colors(
    pixels: NDArray[np.uint8], colors: NDArray[np.uint8], labels: NDArray[np.uint8], threads: int = 1
) -> NDArray[np.uint8]:
    """Return for each pixel the label of its colour.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    colors : ndarray
        (N, 3 or 4) uint8, as `count_colors` returns them.
    labels : ndarray
        (N,) uint8.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (n,) uint8.

    Examples
    --------
    >>> colors = np.array([[1, 1, 1], [2, 2, 2]], np.uint8)
    >>> map_colors(colors[[1, 0, 1]], colors, np.array([7, 9], np.uint8)).tolist()
    [9, 7, 9]
    """
    require_threads(threads)
    channels, m = pixels.shape[1], len(colors)
    require_channels(channels)
    if colors.shape[1] != channels:
        raise ValueError(f"colors have {colors.shape[1]} channels and pixels {channels}; they must agree")
    if len(labels) != m:
        raise ValueError(f"labels has {len(labels)} entries for {m} colors; there must be one for each")
    sought, keys = z_keys(pixels), z_keys(colors)
    require_ascending(keys)
    if len(sought) == 0:
        return np.zeros(0, np.uint8)
    places = np.searchsorted(keys, sought)
    if m == 0 or not np.array_equal(keys[np.minimum(places, m - 1)], sought):
        raise ValueError(
            "a pixel has a color that is not among colors; they must hold every color of the pixels"
        )
    return labels[places]
