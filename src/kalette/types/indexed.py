"""An indexed picture."""

from typing import NamedTuple

from kalette.types.arrays import Indices, Palette, Pixels

MAX_K = 256
"""The most entries of a palette."""


class Indexed(NamedTuple):
    """A palette, and the palette index of each pixel.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8, k at most 256.
    indices : ndarray
        (H, W) uint8, each below k.

    Examples
    --------
    >>> import numpy as np
    >>> two = Indexed(np.array([[0, 0, 0], [9, 9, 9]], np.uint8), np.array([[1, 0]], np.uint8))
    >>> two.pixels.tolist()
    [[[9, 9, 9], [0, 0, 0]]]
    """

    palette: Palette
    indices: Indices

    @property
    def pixels(self) -> Pixels:
        """The colours of the pixels, (H, W, 3 or 4) uint8."""
        pixels: Pixels = self.palette[self.indices]
        return pixels
