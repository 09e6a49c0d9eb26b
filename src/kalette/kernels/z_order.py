"""Z-order keys of colours: colours close on the curve are close in space."""

import numpy as np
from numpy.typing import NDArray


def z_keys(colors: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the Z-order key of each colour, which interleaves the bits of its channels.

    Colours close on the curve are close in space, and those with equal high bits lie in one cube.

    Parameters
    ----------
    colors : ndarray
        (n, 3 or 4) uint8.

    References
    ----------
    G. M. Morton, "A computer oriented geodetic data base and a new technique in file sequencing", IBM, 1966.

    Examples
    --------
    >>> z_keys(np.array([[0, 0, 1], [1, 0, 0], [0, 0, 2]], np.uint8)).tolist()
    [1, 4, 8]
    """
    channels = colors.shape[1]
    bits = np.arange(8, dtype=np.uint32)
    spread = (((np.arange(256, dtype=np.uint32)[:, None] >> bits) & 1) << (bits * channels)).sum(1, np.uint32)
    keys = np.zeros(len(colors), np.uint32)
    for channel in range(channels):
        keys = (keys << np.uint32(1)) | spread[colors[:, channel]]
    return keys


def colors_from_z_keys(keys: NDArray[np.uint32], channels: int) -> NDArray[np.uint8]:
    """Return the colours of Z-order keys.

    Parameters
    ----------
    keys : ndarray
        (n,) uint32.
    channels : int
        3 or 4.

    Examples
    --------
    >>> colors_from_z_keys(np.array([1, 4, 8], np.uint32), 3).tolist()
    [[0, 0, 1], [1, 0, 0], [0, 0, 2]]
    """
    colors = np.zeros((len(keys), channels), np.uint8)
    for channel in range(channels):
        for bit in range(8):
            place = np.uint32(bit * channels + channels - 1 - channel)
            colors[:, channel] |= (((keys >> place) & np.uint32(1)) << np.uint32(bit)).astype(np.uint8)
    return colors
