"""Weighted means of cubes of colours."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import (
    require_begins,
    require_finite_points,
    require_points,
    require_positive,
    require_threads,
    require_weights,
)


def cube_means(
    points: NDArray[np.float32], weights: NDArray[np.float64], begins: NDArray[np.int64], threads: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the means of the points of each cube, and their weights.

    Parameters
    ----------
    points : ndarray
        (n, 3 or 4) float32; those of a cube are contiguous.
    weights : ndarray
        (n,) float64, positive.
    begins : ndarray
        (m,) int64: the first point of each cube.
    threads : int
        At least 1.

    Examples
    --------
    >>> points = np.array([[0, 0, 0], [4, 0, 0], [9, 9, 9]], np.float32)
    >>> means, mass = cube_means(points, np.array([1.0, 3, 2]), np.array([0, 2]))
    >>> means.tolist(), mass.tolist()
    ([[3.0, 0.0, 0.0], [9.0, 9.0, 9.0]], [4.0, 2.0])
    """
    require_threads(threads)
    require_points(points.shape[1])
    require_weights(points, weights)
    require_begins(begins, len(points))
    require_positive(weights)
    require_finite_points(points, weights)
    cubes = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(points)))
    mass = np.bincount(cubes, weights=weights).astype(np.float64, copy=False)
    sums = [np.bincount(cubes, weights=weights * axis) for axis in points.T]
    return np.stack([total / mass for total in sums], axis=1).astype(np.float32), mass
