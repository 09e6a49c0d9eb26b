"""The silhouette: how well each point fits its own cluster, compared with the nearest other one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.learn.arguments import counts_of_points, points_and_indices
from kalette.learn.kmeans import squared_distances
from kalette.types import SettingsError


def silhouette(
    X: NDArray[Any], idx: NDArray[np.integer], K: int, counts: NDArray[Any] | None = None
) -> float:
    """Return the mean silhouette of a clustering: near 1 for tight, distant clusters, below 0 for mixed ones.

    For a point, a is its mean distance to the others of its cluster, and b that to the points of the nearest
    other cluster; its silhouette is (b - a) / max(a, b), and 0 for a point alone in its cluster. Time grows
    with the square of the number of points.

    Parameters
    ----------
    X : ndarray
        (N, d).
    idx : ndarray
        (N,) integers, 0 to K - 1.
    K : int
        Number of clusters.
    counts : ndarray or None
        (N,) how often each point is there, for instance the pixels of a colour; None: once.

    Raises
    ------
    SettingsError
        When fewer than two clusters have points.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis",
    J. Computational and Applied Mathematics 20, 1987. doi:10.1016/0377-0427(87)90125-7

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [10.0], [11.0]])
    >>> round(silhouette(X, np.array([0, 0, 1, 1]), 2), 3), round(silhouette(X, np.array([0, 1, 0, 1]), 2), 3)
    (0.9, -0.45)
    """
    X, idx = points_and_indices(X, idx, K)
    weights = counts_of_points(X, counts)
    sizes = np.bincount(idx, weights, K)
    if np.count_nonzero(sizes) < 2:
        raise SettingsError("all points are in one cluster; a silhouette compares two at least")
    # (N, K): the sum of the distances of each point to the points of each cluster.
    sums = np.stack([np.bincount(idx, weights * np.sqrt(squared_distances(X, point)), K) for point in X])
    own = sizes[idx]
    a = sums[np.arange(len(X)), idx] / np.maximum(own - 1, 1)
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    means[np.arange(len(X)), idx] = np.inf
    b = means.min(axis=1)
    widest = np.maximum(a, b)
    shares = np.divide(b - a, widest, out=np.zeros(len(X)), where=(own > 1) & (widest > 0))
    return float(weights @ shares / weights.sum())
