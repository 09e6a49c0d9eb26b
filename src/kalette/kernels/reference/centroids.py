"""Distances to centroids: assignment, and the costs of removing and moving one."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import (
    require_centroids,
    require_coordinates,
    require_finite,
    require_finite_points,
    require_threads,
    require_weights,
)
from kalette.kernels.reference.nearest import distances, nearest, two_nearest
from kalette.types import Points

CHUNK = 4096
"""Points a chunk; the chunks' partial sums merge in order."""


def assign(
    points: Points, weights: NDArray[np.float64], centroids: Points, threads: int = 1
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64], float]:
    """Return one assignment step of Lloyd's algorithm.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64.
    centroids : ndarray
        (k, d), of the dtype of the points, finite.
    threads : int
        At least 1.

    Returns
    -------
    labels : ndarray
        (N,) int32: the nearest centroid by squared Euclidean distance, ties to the lowest.
    sums : ndarray
        (k, d) float64: weighted sum of each centroid's points.
    mass : ndarray
        (k,) float64: their weight.
    loss : float
        Weighted sum of the squared distances.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [5.0]])
    >>> labels, sums, mass, loss = assign(points, np.ones(3), np.array([[0.0], [4.0]]))
    >>> labels.tolist(), sums.ravel().tolist(), mass.tolist(), loss
    ([0, 0, 1], [1.0, 5.0], [2.0, 1.0], 2.0)
    """
    require_threads(threads)
    (n, d), k = points.shape, len(centroids)
    require_weights(points, weights)
    require_centroids(centroids, points.shape[1])
    require_finite_points(points, weights)
    labels, sums, mass, loss = np.empty(n, np.int32), np.zeros((k, d)), np.zeros(k), 0.0
    for first in range(0, n, CHUNK):
        chunk, weight = points[first : first + CHUNK], weights[first : first + CHUNK]
        label, distance = nearest(chunk, centroids)
        labels[first : first + CHUNK] = label
        # bincount adds in the order of the points, as the compiled loop does; sum does not.
        loss += float(np.bincount(np.zeros(len(chunk), np.intp), weight * distance)[0])
        mass += np.bincount(label, weight, k)
        sums += np.stack([np.bincount(label, weight * chunk[:, c], k) for c in range(d)], axis=1)
    return labels, sums, mass, loss


def pairwise_squared_distances(points: Points, centers: Points, threads: int = 1) -> Points:
    """Return the squared distances of all points to each center, summed coordinate by coordinate.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    centers : ndarray
        (m, d), of the dtype of the points, finite.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (m, N), of the dtype of the points.

    Examples
    --------
    >>> pairwise_squared_distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])).tolist()
    [[0.0, 25.0]]
    """
    require_threads(threads)
    require_coordinates(points.shape[1])
    require_centroids(centers, points.shape[1])
    return distances(points, centers).T.copy()


def removal_costs(
    points: Points, weights: NDArray[np.float64], centroids: Points, threads: int = 1
) -> NDArray[np.float64]:
    """Return the rise of the loss if one centroid is removed, for each.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64.
    centroids : ndarray
        (k, d), of the dtype of the points, finite, k at least 2.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (k,) float64.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [5.0]])
    >>> removal_costs(points, np.ones(3), np.array([[0.0], [4.0]])).tolist()
    [24.0, 24.0]
    """
    require_threads(threads)
    require_weights(points, weights)
    require_centroids(centroids, points.shape[1])
    if len(centroids) < 2:
        raise ValueError("there is 1 centroid; at least one other must be left")
    require_finite_points(points, weights)
    costs = np.zeros(len(centroids))
    for first in range(0, len(points), CHUNK):
        label, two = two_nearest(points[first : first + CHUNK], centroids)
        best, second = two.astype(np.float64)
        rise = weights[first : first + CHUNK] * (second - best)
        costs += np.bincount(label[0], rise, len(centroids))
    return costs


def move_costs(
    points: NDArray[np.float32],
    weights: NDArray[np.float64],
    centroids: NDArray[np.float32],
    alternatives: NDArray[np.float32],
    threads: int = 1,
) -> NDArray[np.float64]:
    """Return the rise of the loss if one centroid moves to one of its alternatives, for each.

    It is an upper bound: points are reassigned only among their two nearest centroids.

    Parameters
    ----------
    points : ndarray
        (N, d) float32.
    weights : ndarray
        (N,) float64.
    centroids : ndarray
        (k, d) float32, finite, k at least 2.
    alternatives : ndarray
        (k, moves, d) float32.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (k, moves) float64.

    Examples
    --------
    >>> points = np.array([[0.0], [2.0], [9.0]], np.float32)
    >>> centroids = np.array([[0.0], [9.0]], np.float32)
    >>> move_costs(points, np.ones(3), centroids, np.array([[[1.0]], [[8.0]]], np.float32)).tolist()
    [[-2.0], [1.0]]
    """
    require_threads(threads)
    require_weights(points, weights)
    require_centroids(centroids, points.shape[1])
    _require_alternatives(centroids, alternatives)
    require_finite_points(points, weights)
    k, moves, _ = alternatives.shape
    costs = np.zeros((k, moves))
    for first in range(0, len(points), CHUNK):
        chunk, weight = points[first : first + CHUNK], weights[first : first + CHUNK]
        two, (best, second) = two_nearest(chunk, centroids)
        # In the order of the compiled loop: each point for its nearest, then for its second.
        label, weight = two.T.ravel(), np.repeat(weight, 2)
        other = np.stack([second, best], axis=1).ravel()
        for move in range(moves):
            there = _own_distances(np.repeat(chunk, 2, axis=0), alternatives[label, move])
            rise = np.minimum(there, other).astype(np.float64) - np.repeat(best, 2)
            costs[:, move] += np.bincount(label, weight * rise, k)
    return costs


def _own_distances(points: NDArray[np.float32], centers: NDArray[np.float32]) -> NDArray[np.float32]:
    total = np.zeros(len(points), np.float32)
    for c in range(points.shape[1]):
        differences = points[:, c] - centers[:, c]
        total += differences * differences
    return total


def _require_alternatives(centroids: Points, alternatives: NDArray[np.float32]) -> None:
    (k, d), (n, moves, alternative_d) = centroids.shape, alternatives.shape
    if k < 2:
        raise ValueError("there is 1 centroid; at least one other must be there")
    if (n, alternative_d) != (k, d):
        raise ValueError(
            f"alternatives have shape ({n}, {moves}, {alternative_d}); it must be ({k}, moves, {d})"
        )
    require_finite(alternatives, "alternatives")
