"""Breathing: add centroids where they lower the loss most, then remove those that raise it least, in turn.

B. Fritzke, "The k-means algorithm with breathing", 2020. arXiv:2006.15666
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.cloud import Cloud
from kalette.clustering.distances import nearest_others, squared_distances
from kalette.color import alpha_kinds_of_points, kinds_present
from kalette.types import ONE_THREAD, Centroids, Labels, Run, Weights, in_dtype_of

_EXTRA_PASSES = 32  # extra passes, divided by k
_MIN_IMPROVEMENT = 1e-6  # relative fall of the loss below which a breath has failed


class Breath(NamedTuple):
    """Depth and length of the search by breathing.

    Parameters
    ----------
    depth : float
        Centroids added by the first breath, as a share of k.
    shrink : float
        Factor of the depth after failures.
    passes : int
        Passes of K-Means after adding, and again after removing; with few centroids a few more.
    tries : int
        Consecutive failures, times k, before the depth falls: breaths are fast with few centroids.
    budget : int
        Maximum number of breaths, times k.
    """

    depth: float
    shrink: float
    passes: int
    tries: int
    budget: int = 1 << 20


class Settled(NamedTuple):
    """Clusters with their means.

    Parameters
    ----------
    centroids : ndarray
        (k, d) float64.
    labels : ndarray
        (N,) int32: the nearest centroid before centroids moved to the means.
    loss : float
        Weighted sum of the squared distances of the points to the mean of their cluster.
    """

    centroids: Centroids
    labels: Labels
    loss: float


def breathe(cloud: Cloud, centroids: Centroids, breath: Breath, *, run: Run = ONE_THREAD) -> Settled:
    """Add centroids and remove others in turn, as long as the loss falls.

    Parameters
    ----------
    cloud : Cloud
        Points.
    centroids : ndarray
        (k, d) float64.
    breath : Breath
        Depth and length of the search.
    run : Run
        Threads, callbacks.

    Returns
    -------
    Settled
        k clusters; their loss never exceeds that of the given centroids.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [1.0], [20.0], [40.0]], np.float32), np.ones(4), np.zeros(4, np.int8))
    >>> poor = np.array([[0.0], [1.0], [30.0]])
    >>> sorted(breathe(cloud, poor, Breath(0.3, 0.5, 2, 9)).centroids.ravel().tolist())
    [0.5, 20.0, 40.0]
    """
    k = len(centroids)
    passes = breath.passes + _EXTRA_PASSES // k
    state = settle(cloud, centroids, 1, run)
    added, failures = max(1, int(breath.depth * k)), 0
    for number in range(1, breath.budget // k + 1):
        # After a failure, split the next best clusters.
        larger = with_splits(cloud, state, added, added * failures, run)
        other = _reduced(cloud, larger, k, passes, run) if len(larger) > k else None
        run.step("search", number)
        if other is not None and other.loss < state.loss * (1 - _MIN_IMPROVEMENT):
            state, failures = other, 0
            continue
        failures += 1
        if other is None or failures * k >= breath.tries:
            added, failures = _fewer(added, breath.shrink), 0
        if not added:
            break
    return state


def _reduced(cloud: Cloud, larger: Centroids, k: int, passes: int, run: Run) -> Settled:
    """Run K-Means on more than k centroids, keep the k most needed, and run it on those."""
    settled = settle(cloud, larger, passes, run).centroids
    kept = most_needed(cloud, settled, len(settled) - k, run=run)
    return settle(cloud, settled[kept], passes, run)


def _fewer(added: int, shrink: float) -> int:
    return 0 if added == 1 else max(1, int(added * shrink))


def settle(cloud: Cloud, centroids: Centroids, passes: int, run: Run) -> Settled:
    """Run passes of K-Means, at least one; the centroid of an empty cluster stays."""
    for _ in range(passes):
        before = centroids
        in_dtype = in_dtype_of(cloud.points, before)
        labels, sums, mass, loss = kernels.assign(cloud.points, cloud.weights, in_dtype, run.threads)
        centroids = _means(sums, mass, before)
    fall = float(np.cumsum(mass * squared_distances(centroids, before))[-1])
    return Settled(centroids, labels, loss - fall)


def _means(sums: Centroids, mass: Weights, centroids: Centroids) -> Centroids:
    held = mass[:, None]
    if mass.all():
        return sums / held
    return np.where(held > 0, sums / np.where(held > 0, held, 1.0), centroids)


def with_splits(cloud: Cloud, state: Settled, n: int, skipped: int, run: Run) -> Centroids:
    """Split the n clusters with the largest gain, after skipping some, into two centroids each."""
    k = len(state.centroids)
    gains, left, right = kernels.split_clusters(cloud.points, cloud.weights, state.labels, k, run.threads)
    best = np.argsort(-gains, kind="stable")[skipped : skipped + n]
    best = best[gains[best] > 0]
    centroids = state.centroids.copy()
    centroids[best] = left[best]
    return np.concatenate([centroids, right[best]])


def most_needed(
    cloud: Cloud, centroids: Centroids, excess: int, *, run: Run = ONE_THREAD
) -> NDArray[np.intp]:
    """Return the indices of the centroids to keep: remove those whose removal raises the loss least.

    Of two nearest neighbours only one is removed, if enough others can be.

    Parameters
    ----------
    cloud : Cloud
        Points.
    centroids : ndarray
        (k, d) float64.
    excess : int
        Number to remove, below k; the last of each kind of alpha stays.
    run : Run
        Threads.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [1.0], [20.0], [40.0]], np.float32), np.ones(4), np.zeros(4, np.int8))
    >>> most_needed(cloud, np.array([[0.0], [1.0], [20.0], [40.0]]), 1).tolist()
    [1, 2, 3]
    """
    rounded = in_dtype_of(cloud.points, centroids)
    costs = kernels.removal_costs(cloud.points, cloud.weights, rounded, run.threads)
    if len(kinds_present(cloud.kinds)) > 1:
        costs[_only_of_their_kind(centroids)] = np.inf
    order = np.argsort(costs, kind="stable")
    dropped, frozen = np.zeros(len(centroids), bool), np.zeros(len(centroids), bool)
    left = excess
    cheapest = order[: 2 * excess]  # at most half of which are frozen
    for j, nearest in zip(cheapest, nearest_others(centroids, cheapest), strict=True):
        if left and not frozen[j]:
            dropped[j] = frozen[nearest] = True
            left -= 1
    dropped[order[~dropped[order]][:left]] = True
    return np.flatnonzero(~dropped)


def _only_of_their_kind(centroids: Centroids) -> NDArray[np.bool_]:
    kinds = alpha_kinds_of_points(centroids)
    alone: NDArray[np.bool_] = np.bincount(kinds)[kinds] == 1
    return alone
