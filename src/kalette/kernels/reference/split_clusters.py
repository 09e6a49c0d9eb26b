"""The gain of splitting each cluster in two by 2-means, and the two means."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.centroids import CHUNK
from kalette.kernels.reference.checks import (
    require_finite_points,
    require_labels,
    require_threads,
    require_weights,
)
from kalette.types import Points

SPLIT_PASSES = 2
"""Passes of 2-means in `split_clusters`."""


def split_clusters(
    points: Points, weights: NDArray[np.float64], labels: NDArray[np.int32], k: int, threads: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the fall of the loss if one cluster is split in two, for each, and the two means.

    The means start a standard deviation to both sides of the cluster's mean, along its widest axis, and take
    two passes of 2-means.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64.
    labels : ndarray
        (N,) int32, at least 0 and below k.
    k : int
        Number of clusters.
    threads : int
        At least 1.

    Returns
    -------
    gains : ndarray
        (k,) float64.
    left, right : ndarray
        (k, d) float64.

    Examples
    --------
    >>> points, labels = np.array([[0.0], [2.0], [7.0]]), np.array([0, 0, 1], np.int32)
    >>> gains, left, right = split_clusters(points, np.ones(3), labels, 2)
    >>> gains.tolist(), left.ravel().tolist(), right.ravel().tolist()
    ([2.0, 0.0], [0.0, 7.0], [2.0, 7.0])
    """
    require_threads(threads)
    require_weights(points, weights)
    if k < 1:
        raise ValueError(f"k is {k}; it must be at least 1")
    require_labels(labels, len(points), k)
    require_finite_points(points, weights)
    whole = _sum_parts(points, weights, labels, k)
    left, right = _place_means(whole)
    for _ in range(SPLIT_PASSES):
        nearer = _squared_distances(points, right[labels]) < _squared_distances(points, left[labels])
        halves = _sum_parts(points, weights, 2 * labels + nearer, 2 * k)
        _move_means(halves, left, right)
    moments = _moments(halves)
    return moments[0::2] + moments[1::2] - _moments(whole), left, right


class Parts(NamedTuple):
    """Weighted sums over the points of each part."""

    mass: NDArray[np.float64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]


def _sum_parts(points: Points, weights: NDArray[np.float64], parts: NDArray[np.int32], n: int) -> Parts:
    out = Parts(np.zeros(n), np.zeros((n, points.shape[1])), np.zeros((n, points.shape[1])))
    for first in range(0, len(points), CHUNK):
        chunk = slice(first, first + CHUNK)
        part, weight, place = parts[chunk], weights[chunk], points[chunk].astype(np.float64)
        out.mass[:] += np.bincount(part, weight, n)
        for c in range(points.shape[1]):
            out.sums[:, c] += np.bincount(part, weight * place[:, c], n)
            out.squares[:, c] += np.bincount(part, weight * (place[:, c] * place[:, c]), n)
    return out


def _place_means(clusters: Parts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first means: a standard deviation to both sides of the mean, along the widest axis."""
    mass, sums, squares = clusters
    share = np.where(mass > 0, mass, 1.0)[:, None]
    means = sums / share
    variances = squares / share - means * means
    variances = np.fmax(variances, -1.0)  # where squares overflow, the variance is NaN
    widest = (np.arange(len(mass)), variances.argmax(axis=1))
    left, right = means.copy(), means.copy()
    deviations = np.sqrt(np.maximum(variances[widest], 0.0))
    left[widest] -= deviations
    right[widest] += deviations
    return left, right


def _squared_distances(points: Points, centers: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros(len(points))
    for c in range(points.shape[1]):
        differences = points[:, c] - centers[:, c]
        total += differences * differences
    return total


def _moments(parts: Parts) -> NDArray[np.float64]:
    """Return |sum|^2 / mass: how much lower a part's loss is around its mean than around the origin."""
    norms = np.zeros(len(parts.mass))
    for c in range(parts.sums.shape[1]):
        norms += parts.sums[:, c] * parts.sums[:, c]
    return np.where(parts.mass > 0, norms / np.where(parts.mass > 0, parts.mass, 1.0), 0.0)


def _move_means(halves: Parts, left: NDArray[np.float64], right: NDArray[np.float64]) -> None:
    """Move each mean to the middle of its part; one without points stays."""
    for side, mean in enumerate((left, right)):
        mass, sums = halves.mass[side::2], halves.sums[side::2]
        mean[mass > 0] = sums[mass > 0] / mass[mass > 0, None]
