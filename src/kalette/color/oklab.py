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

BACKGROUND = 104
"""Grey, 0 to 255, over which partly clear colours are compared.

Over black alone, hues beside red, green and blue count too little for white backgrounds: all hues under a
gradient of alpha lose 8 points of SSIMULACRA 2 at k = 64 to 256. With 96 faded greys lose 2 points over
white, with 108 or more an icon loses half a point over black.
"""

_PARTS = 16  # of a byte step, for colours over the background
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
        (..., 3 or 4) uint8; with a fourth channel as they look over `BACKGROUND`, or without if that is 0.
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
    >>> sixteenths_from_srgb(np.array([[255, 0, 0, 255], [255, 0, 0, 1]], np.uint8)).tolist()
    [[2562, 917, 513], [2108, 5, 2]]
    """
    channels = colors.shape[-1]
    flat = np.ascontiguousarray(colors.reshape(-1, channels))
    linear = _linear_bytes() if channels == 3 else _linear_over_background()
    return kernels.oklab(flat, linear, _SCALE, threads).reshape(*colors.shape[:-1], 3)


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
    return np.searchsorted(_thresholds(1), _linear_from_points(points)).astype(np.uint8)


def srgb_sixteenths_from_points(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Convert points of Oklab to sRGB in sixteenths of a byte step, for colours seen in part.

    Parameters
    ----------
    points : ndarray
        (k, 3) float64; colours outside the sRGB gamut are clipped per channel.

    Examples
    --------
    >>> srgb_sixteenths_from_points(np.array([[254.9, 0.0, 0.0]])).tolist()
    [[4078, 4078, 4078]]
    """
    return np.searchsorted(_thresholds(_PARTS), _linear_from_points(points))


def cones_from_srgb(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the light that the long, middle and short cones of the eye get; all of white is 1.

    Light of neighbours can be added, unlike points of Oklab.

    Parameters
    ----------
    colors : ndarray
        (n, 3) uint8.

    Examples
    --------
    >>> cones_from_srgb(np.array([[255, 255, 255], [255, 0, 0]], np.uint8)).round(2).tolist()
    [[1.0, 1.0, 1.0], [0.41, 0.21, 0.09]]
    """
    return _times(kernels.CONES_FROM_LINEAR, _linear_bytes()[colors])


def from_cone_roots(
    long: NDArray[np.float32], middle: NDArray[np.float32], short: NDArray[np.float32]
) -> tuple[NDArray[np.float32], ...]:
    """Return lightness, the axis from green to red and that from blue to yellow; white is at 1, 0, 0.

    As this is linear, differences of roots give differences of these.

    Parameters
    ----------
    long, middle, short : ndarray
        (n,) float32: cube roots of the light of cones.

    Examples
    --------
    >>> one = np.ones(1, np.float32)
    >>> [round(float(axis[0]), 4) for axis in from_cone_roots(one, one, one)]
    [1.0, 0.0, 0.0]
    """
    return tuple(row[0] * long + row[1] * middle + row[2] * short for row in kernels.LAB_FROM_CONES)


def _linear_from_points(points: NDArray[np.float64]) -> NDArray[np.float64]:
    lms = _times(_LMS_FROM_LAB, points / (_SCALE / 16))
    return _times(_LINEAR_FROM_LMS, lms * lms * lms)


def _times(matrix: tuple[tuple[float, ...], ...], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply by a matrix in a fixed order, without BLAS, whose bits differ between machines."""
    a, b, c = vectors.T
    return np.stack([row[0] * a + row[1] * b + row[2] * c for row in matrix], axis=1)


@cache
def _linear_bytes() -> NDArray[np.float64]:
    """Return the linear light of each byte."""
    return kernels.linear_from_srgb(np.arange(256) / 255)


@cache
def _linear_over_background() -> NDArray[np.float64]:
    """Return the linear light of each byte at each alpha, alpha 0 as 255."""
    alpha = np.arange(256)[:, None]
    alpha[0] = 255
    over = alpha * np.arange(256) + (255 - alpha) * BACKGROUND
    linear = kernels.linear_from_srgb(np.arange(255 * _PARTS + 2) / (255 * _PARTS))
    below, rest = np.divmod(over.ravel() * _PARTS, 255)
    found: NDArray[np.float64] = linear[below] + (linear[below + 1] - linear[below]) * (rest / 255)
    return found


@cache
def _thresholds(parts: int) -> NDArray[np.float64]:
    """Return the linear light at the midpoint between each part of a byte and the next."""
    return kernels.linear_from_srgb((np.arange(255 * parts) + 0.5) / (255 * parts))
