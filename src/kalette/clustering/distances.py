"""Squared Euclidean distances, with the same bits on every machine."""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.types import Points


def squared_distances(points: Points, centers: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the squared distance of each point to one center, or of each to its own.

    Coordinates are added one by one, so that the bits are the same on every machine.

    Parameters
    ----------
    points : ndarray
        (N, d).
    centers : ndarray
        (d,) or (N, d).

    Examples
    --------
    >>> squared_distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.zeros(2)).tolist()
    [0.0, 25.0]
    """
    squares = np.subtract(points, centers, dtype=np.float64)
    squares *= squares
    total: NDArray[np.float64] = squares[:, 0].copy()
    for c in range(1, points.shape[1]):
        total += squares[:, c]
    return total


def nearest_others(points: NDArray[np.float64], places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of the nearest other point for each given index; ties go to the first.

    Parameters
    ----------
    points : ndarray
        (N, d) float64, N at least 2.
    places : ndarray
        (m,), m at least 1.

    Examples
    --------
    >>> nearest_others(np.array([[0.0], [3.0], [1.0], [5.0]]), np.array([0, 1, 3])).tolist()
    [2, 2, 1]
    """
    points = np.ascontiguousarray(points, np.float64)
    distances = kernels.pairwise_squared_distances(points, points[places])
    distances[np.arange(len(places)), places] = np.inf
    nearest: NDArray[np.intp] = distances.argmin(axis=1)
    return nearest
