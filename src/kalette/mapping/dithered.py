"""Pixels mixed from palette entries, so that an area has on average the colour it should have."""

from kalette import kernels
from kalette.arrays import Indices, Palette, Pixels
from kalette.color import sixteenths_from_srgb


def map_diffused(pixels: Pixels, palette: Palette) -> Indices:
    """Return palette entries by error diffusion after Floyd and Steinberg, in serpentine order.

    Clear pixels stay clear, opaque ones opaque, and clear ones pass no error on.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.

    Returns
    -------
    ndarray
        (H, W) uint8.

    References
    ----------
    R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", Proc. SID 17(2), 1976.

    Examples
    --------
    >>> import numpy as np
    >>> grey = np.full((2, 2, 3), 128, np.uint8)
    >>> map_diffused(grey, np.array([[0] * 3, [255] * 3], np.uint8)).tolist()
    [[1, 0], [0, 1]]
    """
    return kernels.diffuse(sixteenths_from_srgb(pixels), sixteenths_from_srgb(palette))
