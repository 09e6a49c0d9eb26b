"""The nearest of k centroids to each point, the two nearest, or the squared distances to all."""

import numpy as np
from numpy.typing import NDArray

from kalette.types import Points


def nearest(points: Points, centroids: Points) -> tuple[NDArray[np.intp], Points]:
    """Return the label of each point's nearest centroid, ties to the lowest, and the squared distance."""
    return _least(distances(points, centroids))


def two_nearest(points: Points, centroids: Points) -> tuple[NDArray[np.intp], Points]:
    """Return labels (2, n) and squared distances (2, n) of the nearest centroid and the nearest other."""
    left = distances(points, centroids)
    first, best = _least(left)
    left[np.arange(len(points)), first] = np.inf
    other, second = _least(left)
    # Where squares overflow no centroid is second nearest: then the lowest other one is.
    return np.stack([first, np.where(other == first, 1, other)]), np.array([best, second])


def _least(from_all: Points) -> tuple[NDArray[np.intp], Points]:
    labels = from_all.argmin(axis=1)
    return labels, from_all[np.arange(len(from_all)), labels]


def distances(points: Points, centroids: Points) -> Points:
    """Return all squared distances (n, k), summed coordinate by coordinate."""
    total = np.zeros((len(points), len(centroids)), points.dtype)
    for c in range(points.shape[1]):
        differences = points[:, c, None] - centroids[None, :, c]
        total += differences * differences
    return total
