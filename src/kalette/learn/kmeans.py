"""K-Means to read: initialization, the two steps of a pass, and the loop, in plain NumPy.

`X` has one point per row; for an image, `X = pixels.reshape(-1, 3) / 255`. `kalette.compress` runs the same
algorithm on distinct colours with counts, in compiled code; from the same start, it finds the same centroids.

>>> X = np.array([[0.0, 0.0], [0.0, 2.0], [8.0, 0.0], [8.0, 2.0]])
>>> found = run_kmeans(X, initial_centroids=X[:2])
>>> found.centroids.tolist(), found.losses
([[4.0, 0.0], [4.0, 2.0]], (128.0, 64.0))
>>> run_kmeans(X, initial_centroids=X[1:3]).losses
(8.0, 4.0)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.learn.arguments import (
    finite_points_and_centroids,
    points_and_centroids,
    points_and_indices,
    points_and_own_centroids,
    points_to_choose_from,
    require_sample,
    require_stopping,
)

Floats = NDArray[np.float64]

BLOB_CENTERS: Floats = np.array([[1.5, 1.5], [2.0, 5.0], [4.5, 3.2], [7.5, 5.2], [7.0, 1.2]])
"""(5, 2): centres of the clusters of `sample_blobs`."""

_BLOB_SPREADS = (0.35, 0.5, 0.3, 0.55, 0.45)


@dataclass(frozen=True, slots=True)
class Run:
    """The result of K-Means, with its history.

    Parameters
    ----------
    centroids : ndarray
        (K, d) float64.
    idx : ndarray
        (N,) integers: the index of each point's closest centroid.
    losses : tuple of float
        Sum of squared distances at the start and after each pass; it never rises.
    path : tuple of ndarray
        (K, d) centroids at the start and after each pass.
    """

    centroids: Floats
    idx: NDArray[np.intp]
    losses: tuple[float, ...]
    path: tuple[Floats, ...]

    @property
    def iterations(self) -> int:
        """The number of passes."""
        return len(self.losses) - 1


def find_closest_centroids(X: NDArray[Any], centroids: NDArray[Any]) -> NDArray[np.intp]:
    """Assign each point to its closest centroid: the first step of a pass.

    Parameters
    ----------
    X : ndarray
        (N, d).
    centroids : ndarray
        (K, d).

    Returns
    -------
    ndarray
        (N,) integers, 0 to K - 1; ties go to the lowest index.

    Examples
    --------
    >>> find_closest_centroids(np.array([[0.0], [2.0], [5.0]]), np.array([[0.0], [4.0]])).tolist()
    [0, 0, 1]
    """
    X, centroids = points_and_centroids(X, centroids)
    distances = [squared_distances(X, centroid) for centroid in centroids]
    return np.asarray(np.argmin(distances, axis=0))


def compute_centroids(X: NDArray[Any], idx: NDArray[np.integer], K: int) -> Floats:
    """Move each centroid to the mean of its points: the second step of a pass.

    Parameters
    ----------
    X : ndarray
        (N, d).
    idx : ndarray
        (N,) integers, 0 to K - 1.
    K : int
        Number of centroids.

    Returns
    -------
    ndarray
        (K, d) float64; NaN for a centroid without points.

    Examples
    --------
    >>> compute_centroids(np.array([[0.0], [2.0], [5.0]]), np.array([0, 0, 1]), 2).tolist()
    [[1.0], [5.0]]
    """
    X, idx = points_and_indices(X, idx, K)
    counts = np.bincount(idx, minlength=K)[:, np.newaxis]
    sums = np.stack([np.bincount(idx, weights=axis, minlength=K) for axis in X.T], axis=1)
    means = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def init_centroids(X: NDArray[Any], K: int, seed: int) -> Floats:
    """Choose K distinct points at random as initial centroids.

    Parameters
    ----------
    X : ndarray
        (N, d), with N at least K.
    K : int
        Number of centroids.
    seed : int
        Random seed.

    Returns
    -------
    ndarray
        (K, d) float64.

    Raises
    ------
    SettingsError
        When K is below 1 or above N.

    Examples
    --------
    >>> sorted(init_centroids(np.array([[0.0], [2.0], [5.0]]), 3, seed=0).ravel().tolist())
    [0.0, 2.0, 5.0]
    """
    X = points_to_choose_from(X, K, seed)
    return X[np.random.default_rng(seed).permutation(len(X))[:K]]


def run_kmeans(
    X: NDArray[Any], initial_centroids: NDArray[Any], *, max_iters: int = 100, tol: float = 0.0
) -> Run:
    """Run K-Means: repeat the two steps until no assignment changes.

    An empty cluster is reseeded with the point that is furthest from its centroid.

    Parameters
    ----------
    X : ndarray
        (N, d), finite values.
    initial_centroids : ndarray
        (K, d), finite values, for instance from `init_centroids`.
    max_iters : int
        Maximum number of passes.
    tol : float
        Stop as well when no centroid moves by more than this distance.

    Returns
    -------
    Run
        Centroids, assignments and history.

    Raises
    ------
    SettingsError
        When the shapes do not match or a value is not finite.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28(2), 1982.
    doi:10.1109/TIT.1982.1056489

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [8.0], [9.0]])
    >>> found = run_kmeans(X, X[:2])
    >>> found.idx.tolist(), found.losses
    ([0, 0, 1, 1], (113.0, 14.0, 1.0))
    >>> [centroids.ravel().tolist() for centroids in found.path]
    [[0.0, 1.0], [0.0, 6.0], [0.5, 8.5]]
    """
    X, centroids = finite_points_and_centroids(X, initial_centroids)
    require_stopping(max_iters, tol)
    idx = find_closest_centroids(X, centroids)
    losses, path = [_loss(X, idx, centroids)], [centroids]
    for _ in range(max_iters):
        moved = _reseed_empty(compute_centroids(X, idx, len(centroids)), X, idx, centroids)
        closest = find_closest_centroids(X, moved)
        loss = _loss(X, closest, moved)
        if loss > losses[-1]:  # only a rounding error can raise the loss: converged
            break
        unchanged = np.array_equal(closest, idx)
        largest_shift = np.sqrt(squared_distances(moved, centroids).max())
        idx, centroids = closest, moved
        losses.append(loss)
        path.append(centroids)
        if unchanged or largest_shift <= tol:
            break
    return Run(centroids, idx, tuple(losses), tuple(path))


def squared_distances(X: NDArray[Any], centroids: NDArray[Any]) -> Floats:
    """Return the squared Euclidean distance of each point to one centroid, or of each to its own.

    Parameters
    ----------
    X : ndarray
        (N, d).
    centroids : ndarray
        (d,) or (N, d).

    Examples
    --------
    >>> squared_distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.zeros(2)).tolist()
    [0.0, 25.0]
    """
    X, centroids = points_and_own_centroids(X, centroids)
    return np.asarray(((X - centroids) ** 2).sum(axis=1), np.float64)


def sample_blobs(n: int = 300, seed: int = 0) -> Floats:
    """Return a sample data set: five Gaussian clusters of different widths in a plane.

    K-Means with K = 5 ends in different local optima from random starts, some with two centroids in one
    cluster.

    Parameters
    ----------
    n : int
        Number of points, the same for each cluster.
    seed : int
        Random seed.

    Returns
    -------
    ndarray
        (n, 2) float64, with means `BLOB_CENTERS`.

    Examples
    --------
    >>> sample_blobs(300, seed=0).shape
    (300, 2)
    """
    require_sample(n, seed)
    group = np.arange(n) % len(BLOB_CENTERS)
    offsets = np.random.default_rng(seed).standard_normal((n, 2))
    return np.asarray(BLOB_CENTERS[group] + offsets * np.take(_BLOB_SPREADS, group)[:, np.newaxis])


def _loss(X: Floats, idx: NDArray[np.intp], centroids: Floats) -> float:
    return float(squared_distances(X, centroids[idx]).sum())


def _reseed_empty(means: Floats, X: Floats, idx: NDArray[np.intp], centroids: Floats) -> Floats:
    """Move the centroids of empty clusters to the points with the largest error, if there is an error."""
    empty = np.flatnonzero(np.isnan(means[:, 0]))
    if len(empty) == 0:
        return means
    distances = squared_distances(X, centroids[idx])
    worst = np.argsort(-distances, kind="stable")[: len(empty)]
    worst = worst[distances[worst] > 0]
    means[empty] = centroids[empty]
    means[empty[: len(worst)]] = X[worst]
    return means
