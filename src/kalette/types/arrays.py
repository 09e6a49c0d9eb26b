"""Array types.

Shape letters: H, W pixels down and across; N distinct colours; k palette entries; d coordinates of a
colour (3, or 4 with alpha).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.types.checks import wrong
from kalette.types.errors import SettingsError

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


def numbers_of(name: str, value: Any) -> NDArray[np.float64]:
    """Return numbers as a float64 array, without a copy if they are one, or raise.

    Examples
    --------
    >>> numbers_of("init", object)
    Traceback (most recent call last):
    kalette.SettingsError: init is <class 'object'>; give an array of numbers
    """
    try:
        return np.asarray(value, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise wrong(name, value, "give an array of numbers") from error


def points_of(name: str, value: Any) -> NDArray[np.float64]:
    """Return points as a float64 array (N, d), without a copy if they are one, or raise.

    Examples
    --------
    >>> points_of("X", [[1, 2], [3, 4]]).shape
    (2, 2)
    >>> points_of("X", [1, 2])
    Traceback (most recent call last):
    kalette.SettingsError: X has shape (2,); give an array (N, d), a row for each point
    """
    points = numbers_of(name, value)
    if points.ndim != 2:
        raise SettingsError(f"{name} has shape {points.shape}; give an array (N, d), a row for each point")
    return points


def is_bytes(value: Any, dimensions: int) -> bool:
    """Return whether a value is a uint8 array of so many dimensions whose last one is 3 or 4 channels.

    Examples
    --------
    >>> is_bytes(np.zeros((2, 3), np.uint8), 2), is_bytes([[1, 2, 3]], 2)
    (True, False)
    """
    is_array = isinstance(value, np.ndarray) and value.dtype == np.uint8
    return bool(is_array and value.ndim == dimensions and value.shape[-1] in (3, 4))
