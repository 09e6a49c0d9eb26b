"""What the look of a picture needs: Oklab, and how lively each place is. Twins of the compiled kernels."""

import numpy as np
from numpy.typing import NDArray

ACTIVITY_REACH = 3  # native/kernels.hpp holds the same number
_CUBE_ROOT_BITS = 0x2A9F7893782DA1CE
_DARKEST = 1e-15
_CONES_FROM_LINEAR = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB_FROM_CONES = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def oklab(
    colors: NDArray[np.uint8], linear: NDArray[np.float64], scale: NDArray[np.float64], threads: int = 1
) -> NDArray[np.int16]:
    """Return points of Oklab, each coordinate times its scale, rounded.

    Parameters
    ----------
    colors : ndarray
        (n, 3) uint8.
    linear : ndarray
        (256,) float64: linear light of each byte.
    scale : ndarray
        (3,) float64.
    threads : int
        At least 1; without effect here.

    References
    ----------
    B. Ottosson, "A perceptual color space for image processing", 2020.

    Examples
    --------
    >>> steps = np.arange(256) / 255
    >>> oklab(np.array([[255, 255, 255]], np.uint8), steps, np.full(3, 100.0)).tolist()
    [[100, 0, 0]]
    """
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1")
    if colors.shape[1] != 3:
        raise ValueError(f"colors have {colors.shape[1]} channels; they must have 3")
    if len(linear) != 256 or len(scale) != 3:
        raise ValueError(f"linear has {len(linear)} entries and scale {len(scale)}; they must have 256 and 3")
    red, green, blue = linear[colors].T
    light = [a * red + b * green + c * blue for a, b, c in _CONES_FROM_LINEAR]
    cones = [_cube_roots(np.maximum(cone, _DARKEST)) for cone in light]
    axes = [a * cones[0] + b * cones[1] + c * cones[2] for a, b, c in _LAB_FROM_CONES]
    return np.rint(np.stack(axes, axis=1) * scale).astype(np.int16)


def _cube_roots(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Guess from the bits of the numbers, three per cent off, and take two steps of Halley's method."""
    roots = (values.view(np.int64) // 3 + _CUBE_ROOT_BITS).view(np.float64)
    for _ in range(2):
        cubes = roots * roots * roots
        roots = roots * ((cubes + 2 * values) / (2 * cubes + values))
    return roots


def activity(points: NDArray[np.int16], channel: int = 0) -> NDArray[np.uint16]:
    """Return the standard deviation of one coordinate in a window of 7 x 7, rounded down.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16; windows end at the borders.
    channel : int
        Which coordinate.

    Returns
    -------
    ndarray
        (H, W) uint16, in the unit of the points.

    Examples
    --------
    >>> activity(np.array([[[0, 9, 9], [4, 9, 9]]], np.int16)).tolist()
    [[2, 2]]
    """
    if points.shape[2] not in (3, 4):
        raise ValueError(f"points have {points.shape[2]} coordinates; they must have 3 or 4")
    if not 0 <= channel < points.shape[2]:
        raise ValueError(f"channel is {channel}; points have coordinates 0 to {points.shape[2] - 1}")
    single = points[..., channel].astype(np.int64)
    n, value, square = _box_sums(np.ones_like(single)), _box_sums(single), _box_sums(single * single)
    return (np.sqrt((n * square - value * value).astype(np.float64)) / n).astype(np.uint16)


def _box_sums(values: NDArray[np.int64]) -> NDArray[np.int64]:
    for axis in (0, 1):
        size = values.shape[axis]
        steps = np.concatenate([np.zeros_like(values.take([0], axis)), values.cumsum(axis)], axis)
        ends = np.minimum(np.arange(size) + ACTIVITY_REACH + 1, size)
        begins = np.maximum(np.arange(size) - ACTIVITY_REACH, 0)
        values = steps.take(ends, axis) - steps.take(begins, axis)
    return values
