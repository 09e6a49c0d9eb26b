"""The order of palette entries: what is close in colour gets close indices, which deflate likes."""

import numpy as np
from numpy.typing import NDArray

from kalette.arrays import Palette

# Rec. 601 luma in thousandths: whole numbers, so that the order is the same everywhere.
_LUMA = np.array([299, 587, 114])


def luma(colors: Palette) -> NDArray[np.int64]:
    """Return the luma of each colour, in thousandths.

    Parameters
    ----------
    colors : ndarray
        (k, 3 or 4) uint8.

    Examples
    --------
    >>> luma(np.array([[255, 255, 255], [0, 0, 1]], np.uint8)).tolist()
    [255000, 114]
    """
    total: NDArray[np.int64] = colors[:, :3].astype(np.int64) @ _LUMA
    return total


def by_luma(palette: Palette) -> NDArray[np.intp]:
    """Return the places of the entries: not opaque, dense to clear; then opaque, dark to light.

    That way the transparency table of a PNG ends early, and never with alpha 10 behind a clear entry, which
    Pillow takes for a line's end and reads wrongly. The order is that of the colours alone, so that a file
    that is compressed again comes out the same.

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
