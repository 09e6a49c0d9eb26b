"""Oklab, a perceptually uniform colour space.

B. Ottosson, "A perceptual color space for image processing", 2020. Conversions use additions,
multiplications, divisions and rounding only, so that the bits are the same on every machine.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kalette import kernels

CHROMA = 1.0
"""Weight of a and b relative to lightness, chosen by the measured quality of palettes; see docs."""

WHITE_LIGHTNESS = 255 * 16
"""Lightness of white, in sixteenths of a byte step."""

_SCALE = np.array([WHITE_LIGHTNESS, CHROMA * WHITE_LIGHTNESS, CHROMA * WHITE_LIGHTNESS])
_LMS_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_LINEAR_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def sixteenths_from_srgb(colors: NDArray[np.uint8], *, threads: int = 1) -> NDArray[np.int16]:
    """Return colours as points of Oklab, white at a lightness of 4080, hue stretched by `CHROMA`.

    Parameters
    ----------
    colors : ndarray
        (..., 3) uint8.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (..., 3) int16: lightness 0 to 4080, then the axes from green to red and from blue to yellow.

    Examples
    --------
    >>> sixteenths_from_srgb(np.array([[255, 255, 255], [255, 0, 0]], np.uint8)).tolist()
    [[4080, 0, 0], [2562, 917, 513]]
    """
    flat = np.ascontiguousarray(colors.reshape(-1, 3))
    return kernels.oklab(flat, _linear_bytes(), _SCALE, threads).reshape(colors.shape)


def srgb_from_points(points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Convert points of Oklab to the nearest sRGB bytes; lightness is in 0-255 units.

    Parameters
    ----------
    points : ndarray
        (k, 3) float64; colours outside the sRGB gamut are clipped per channel.

    Examples
    --------
    >>> srgb_from_points(np.array([[255.0, 0.0, 0.0], [160.0, 57.5, 33.0]])).tolist()
    [[255, 255, 255], [255, 0, 0]]
    """
    lab = points / (_SCALE / 16)
    lms = _times(_LMS_FROM_LAB, lab)
    linear = _times(_LINEAR_FROM_LMS, lms * lms * lms)
    return np.searchsorted(_rounding_thresholds(), linear).astype(np.uint8)


def _times(matrix: tuple[tuple[float, ...], ...], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply by a matrix in a fixed order, without BLAS, whose bits differ between machines."""
    a, b, c = vectors.T
    return np.stack([row[0] * a + row[1] * b + row[2] * c for row in matrix], axis=1)


@cache
def _linear_bytes() -> NDArray[np.float64]:
    """Return the linear light of each byte."""
    return kernels.linear_from_srgb(np.arange(256) / 255)


@cache
def _rounding_thresholds() -> NDArray[np.float64]:
    """Return the linear light at the midpoint between each byte and the next."""
    return kernels.linear_from_srgb((np.arange(255) + 0.5) / 255)
