"""Array types.

Shape letters: H, W pixels down and across; N distinct colours; k palette entries; d coordinates of a
colour (3, or 4 with alpha).
"""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3 or 4) uint8: sRGB, the fourth alpha, not premultiplied."""

ColorBytes = NDArray[np.uint8]
"""(N, 3 or 4) uint8: distinct colours in Z-order."""

Palette = NDArray[np.uint8]
"""(k, 3 or 4) uint8."""

Counts = NDArray[np.int64]
"""(N,) int64: pixel count of each distinct colour."""

Points = NDArray[np.float32] | NDArray[np.float64]
"""(N, d): colours in the working space; one unit is one byte step."""

Weights = NDArray[np.float64]
"""(N,) float64, not negative."""

Centroids = NDArray[np.float64]
"""(k, d) float64, in the space of the points."""

Labels = NDArray[np.int32]
"""(N,) int32: the centroid of each distinct colour."""

Indices = NDArray[np.uint8]
"""(H, W) uint8: the palette entry of each pixel."""


def in_dtype_of(points: Points, values: NDArray[np.floating]) -> Points:
    """Convert values to the dtype of the points, without a copy if they have it.

    Examples
    --------
    >>> in_dtype_of(np.zeros((1, 2), np.float32), np.ones((1, 2))).dtype
    dtype('float32')
    """
    if points.dtype == np.float32:
        return values.astype(np.float32, copy=False)
    return values.astype(np.float64, copy=False)
