"""Initial centroids: random, k-means++, Wu.

Each returns k points of the working space, at least one of each kind of alpha that is present.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.cloud import Cloud
from kalette.clustering.distances import squared_distances
from kalette.color import kinds_present
from kalette.types import ONE_THREAD, Centroids, Points, Run, Weights


def random(cloud: Cloud, k: int, rng: Random) -> Centroids:
    """Draw k distinct points uniformly, regardless of weight.

    Parameters
    ----------
    cloud : Cloud
        At least k distinct points.
    k : int
        Number of centroids, at least that of the kinds of alpha.
    rng : random.Random
        The source of random numbers.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> corners = Cloud(np.array([[0.0], [1.0], [2.0]]), np.ones(3), np.zeros(3, np.int8))
    >>> sorted(random(corners, 3, Random(0)).ravel().tolist())
    [0.0, 1.0, 2.0]
    """
    # Random sort keys: Python guarantees a stable stream for `Random.random` only.
    shuffled = np.argsort([rng.random() for _ in range(len(cloud))], kind="stable")
    first = _first_of_each_kind(cloud.kinds, shuffled)
    others = shuffled[~np.isin(shuffled, first)]
    return np.asarray(cloud.points[np.concatenate([first, others])[:k]], np.float64)


def k_means_plus_plus(
    cloud: Cloud, k: int, rng: Random, *, candidates: int = 1, run: Run = ONE_THREAD
) -> Centroids:
    """Draw k points one after the other, with probability proportional to weight times squared distance.

    Parameters
    ----------
    cloud : Cloud
        At least k distinct points.
    k : int
        Number of centroids, at least that of the kinds of alpha.
    rng : random.Random
        The source of random numbers.
    candidates : int
        Points drawn per centroid, of which the one that lowers the loss most is kept (greedy k-means++).
    run : Run
        Threads and cancellation.

    Returns
    -------
    ndarray
        (k, d) float64.

    References
    ----------
    D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.

    Examples
    --------
    >>> far_apart = Cloud(np.array([[0.0], [0.1], [9.0]]), np.ones(3), np.zeros(3, np.int8))
    >>> k_means_plus_plus(far_apart, 2, Random(0)).ravel().tolist()
    [9.0, 0.1]
    """
    points = cloud.points.astype(np.float64)
    chosen: list[int] = []
    distances = np.full(len(cloud), np.inf)
    for kind in kinds_present(cloud.kinds):
        chosen.append(_draw(np.where(cloud.kinds == kind, cloud.weights, 0.0), 1, rng)[0])
        distances = np.minimum(distances, _distances_to(points, chosen[-1:], run)[0])
    while len(chosen) < k:
        run.require_wanted()
        drawn = _draw(cloud.weights * distances, candidates, rng)
        reached = np.minimum(distances, _distances_to(points, drawn, run))
        best = _least_loss(cloud.weights, reached)
        chosen.append(drawn[best])
        distances = reached[best]
    return points[chosen]


def wu(cloud: Cloud, k: int) -> Centroids:
    """Return the means of k boxes by Wu's quantizer: repeatedly cut where the loss falls most.

    Parameters
    ----------
    cloud : Cloud
        Distinct points; when there are fewer than k, the last centroids coincide.
    k : int
        Number of centroids, at least that of the kinds of alpha.

    Returns
    -------
    ndarray
        (k, d) float64.

    References
    ----------
    X. Wu, "Efficient statistical computations for optimal color quantization", Graphics Gems II, 1991.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [1.0], [8.0], [9.0]]), np.ones(4), np.zeros(4, np.int8))
    >>> wu(cloud, 2).ravel().tolist()
    [0.5, 8.5]
    """
    points = cloud.points.astype(np.float64)
    kinds = [cloud.kinds == kind for kind in kinds_present(cloud.kinds)]
    boxes = [_box(points[kind], cloud.weights[kind]) for kind in kinds]
    while len(boxes) < k:
        widest = max(range(len(boxes)), key=lambda i: boxes[i].gain)
        if boxes[widest].gain <= 0:
            return _with_spare(points, [box.mean for box in boxes], k)
        boxes[widest : widest + 1] = _halves(boxes[widest])
    return np.stack([box.mean for box in boxes])


def _first_of_each_kind(kinds: NDArray[np.int8], order: NDArray[np.intp]) -> NDArray[np.intp]:
    _, first = np.unique(kinds[order], return_index=True)
    return order[first]


def _draw(share: Weights, n: int, rng: Random) -> list[int]:
    """Draw n indices with probability proportional to their shares."""
    steps = np.cumsum(share)
    places = np.searchsorted(steps, [rng.random() * steps[-1] for _ in range(n)], side="right")
    # Rounding may push a draw at the top of the range past the last index with a share.
    last = len(share) - 1 - int(np.argmax(share[::-1] > 0))
    return [min(int(place), last) for place in places]


def _distances_to(points: NDArray[np.float64], places: list[int], run: Run) -> NDArray[np.float64]:
    """Return the squared distances (n, N) of n points to all points."""
    return np.asarray(kernels.pairwise_squared_distances(points, points[places], run.threads), np.float64)


def _least_loss(weights: Weights, distances: NDArray[np.float64]) -> int:
    if len(distances) == 1:
        return 0
    return int(np.argmin([_total(weights * row) for row in distances]))


@dataclass(frozen=True, slots=True)
class _Box:
    """A box of points and its best cut: the first `cut` points of `order` go left."""

    points: NDArray[np.float64]
    weights: Weights
    mean: NDArray[np.float64]
    order: NDArray[np.intp]
    cut: int
    gain: float


def _box(points: NDArray[np.float64], weights: Weights) -> _Box:
    mean = np.array([_total(weights * points[:, c]) for c in range(points.shape[1])]) / _total(weights)
    gain, cut, order = 0.0, 0, np.arange(len(points))
    for axis in range(points.shape[1]):
        axis_order = np.argsort(points[:, axis], kind="stable")
        axis_gain, axis_cut = _best_cut(points[axis_order] - mean, weights[axis_order], axis)
        if axis_gain > gain:
            gain, cut, order = axis_gain, axis_cut, axis_order
    return _Box(points, weights, mean, order, cut, gain)


def _halves(box: _Box) -> tuple[_Box, _Box]:
    left, right = box.order[: box.cut], box.order[box.cut :]
    return _box(box.points[left], box.weights[left]), _box(box.points[right], box.weights[right])


def _best_cut(points: NDArray[np.float64], weights: Weights, axis: int) -> tuple[float, int]:
    """Return the gain of the best cut of centred points, and the number of points before it."""
    if len(points) < 2:
        return 0.0, 0
    left = np.cumsum(weights)[:-1]
    right = _total(weights) - left
    moment = np.zeros(len(left))
    for c in range(points.shape[1]):
        side = np.cumsum(weights * points[:, c])[:-1]
        moment += side * side
    # For centred points the sums of the two sides are opposite, so one side gives the gain.
    gains = np.where(points[1:, axis] > points[:-1, axis], moment / left + moment / right, 0.0)
    best = int(gains.argmax())
    return float(gains[best]), best + 1


def _total(values: NDArray[np.float64]) -> float:
    """Sum sequentially: the summation order of `np.sum` depends on the machine."""
    return float(np.cumsum(values)[-1])


def _with_spare(points: Points, means: list[NDArray[np.float64]], k: int) -> Centroids:
    """Fill up to k with the points furthest from all centroids, if no box can be cut."""
    centroids = list(means)
    nearest = np.min([squared_distances(points, mean) for mean in means], axis=0)
    while len(centroids) < k:
        furthest = points[int(nearest.argmax())]
        centroids.append(furthest)
        nearest = np.minimum(nearest, squared_distances(points, furthest))
    return np.stack(centroids)
