"""Activity: the local standard deviation of one coordinate."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_points

ACTIVITY_RADIUS = 3  # native/kernels.hpp holds the same number


def activity(points: NDArray[np.int16], channel: int = 0) -> NDArray[np.uint16]:
    """Return the standard deviation of one coordinate in windows of 7 x 7, rounded down.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16; windows are cut off at the borders.
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
    require_points(points.shape[2])
    if not 0 <= channel < points.shape[2]:
        raise ValueError(f"channel is {channel}; points have coordinates 0 to {points.shape[2] - 1}")
    if points.size == 0:
        return np.zeros(points.shape[:2], np.uint16)
    single = points[..., channel].astype(np.int64)
    sums = Sums(_box_sums(single), _box_sums(single * single))
    return _deviations(sums, _box_sums(np.ones_like(single)))


class Sums(NamedTuple):
    """Sums over windows, of the coordinate and of its square."""

    value: NDArray[np.int64]
    square: NDArray[np.int64]


def _deviations(sums: Sums, n: NDArray[np.int64]) -> NDArray[np.uint16]:
    variance = n * sums.square - sums.value * sums.value  # times n^2
    return (np.sqrt(variance.astype(np.float64)) / n).astype(np.uint16)


def _box_sums(values: NDArray[np.int64]) -> NDArray[np.int64]:
    for axis in (0, 1):
        size = values.shape[axis]
        steps = np.concatenate([np.zeros_like(values.take([0], axis)), values.cumsum(axis)], axis)
        ends = np.minimum(np.arange(size) + ACTIVITY_RADIUS + 1, size)
        begins = np.maximum(np.arange(size) - ACTIVITY_RADIUS, 0)
        values = steps.take(ends, axis) - steps.take(begins, axis)
    return values
