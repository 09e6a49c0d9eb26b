"""Out of poor optima: a search that adds centroids where they help most and takes away those least missed.

Lloyd's loop ends in the optimum that its start lies next to. Here the start is grown by splitting (after
Linde, Buzo and Gray) and then breathed (after Fritzke): centroids are added and taken away in turn, many at
first, then fewer, as long as the loss falls.

Y. Linde, A. Buzo and R. M. Gray, "An algorithm for vector quantizer design", IEEE Trans. Communications
28(1), 1980. doi:10.1109/TCOM.1980.1094577
B. Fritzke, "The k-means algorithm with breathing", 2020. arXiv:2006.15666
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Centroids, ColorBytes, Labels, in_dtype_of
from kalette.color import alpha_kinds_of_points, kinds_present, nearest_others, squared_distances
from kalette.histogram import Cloud, coarse_cloud_of
from kalette.settings import MAX_K, Effort

_SIDES = (4, 2)
_COARSEST_SIDE, _COARSEST_UP_TO = 8, 4  # growing begins on cubes of 8, up to a quarter of k
_FEW_COLORS = (
    1 << 13
)  # up to which the colours themselves are breathed on: steps of 1 are seen in soft shadows
_PASSES_AFTER_SPLITS = 2
_MORE_PASSES = 32  # shared out over k: few centroids move further, and their passes are cheap
_LEAST_FALL = 1e-6  # a fall of the loss below this share is not worth another round


class Breath(NamedTuple):
    """How long and how deep to breathe.

    Parameters
    ----------
    depth : float
        Centroids added at once, as a share of k, at the beginning.
    shrink : float
        How many fewer after failures: the factor.
    passes : int
        Passes of K-Means after adding and again after taking away; with few centroids a few more.
    tries : int
        Fewer are added after this many failures in a row, divided by k: with few colours a breath is cheap.
    budget : int
        Breaths at most, times k.
    """

    depth: float
    shrink: float
    passes: int
    tries: int
    budget: int = 1 << 20


class Plan(NamedTuple):
    """What an effort means for the search.

    Parameters
    ----------
    growths : tuple of float
        Share of the clusters that are split in one round of growing; one search for each, the best is kept.
    many_up_to : int
        Centroids up to which there is more than the first of these searches.
    breath : Breath
        How to breathe.
    fine_below : tuple of float
        Mean squared error, summed over the coordinates, below which cubes of 4, and then of 2 byte steps are
        too coarse to breathe on.
    max_iter : int
        Passes of Lloyd's loop at most, on all colours, after the search.
    """

    growths: tuple[float, ...]
    many_up_to: int
    breath: Breath
    fine_below: tuple[float, float]
    max_iter: int

    def growths_for(self, k: int) -> tuple[float, ...]:
        """Return the growths for so many centroids."""
        return self.growths if k <= self.many_up_to else self.growths[:1]


PLANS: dict[Effort, Plan] = {
    "fast": Plan((0.5,), 0, Breath(0.25, 0.4, 2, 64, budget=192), (0, 0), 6),
    "balanced": Plan((1.0, 0.5), 16, Breath(0.25, 0.25, 2, 96, budget=2048), (45, 0), 12),
    "best": Plan((1.0, 0.5, 0.25), MAX_K, Breath(0.25, 0.5, 3, 256), (150, 25), 60),
}


class Settled(NamedTuple):
    """Clusters with their means.

    Parameters
    ----------
    centroids : ndarray
        (k, d) float64.
    labels : ndarray
        (N,) int32: nearest before the centroids moved to the means.
    loss : float
        Weighted sum of the squared distances of the points to the mean of their cluster.
    """

    centroids: Centroids
    labels: Labels
    loss: float


def search(
    colors: ColorBytes,
    cloud: Cloud,
    k: int,
    effort: Effort,
    *,
    pixel_count: float | None = None,
    threads: int = 1,
) -> Centroids:
    """Return centroids to start Lloyd's loop from that lead to a low loss.

    The search runs on the means of small cubes of colours: of 4 byte steps at first, then, where the loss
    is so low that these are too coarse, of 2 or on the colours themselves.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8, along the Z-order curve, N above k.
    cloud : Cloud
        Of these colours.
    k : int
        Number of centroids, at least that of the kinds of alpha.
    effort : {"fast", "balanced", "best"}
        How long to search.
    pixel_count : float or None
        Over how many pixels the loss is a mean, where some points weigh more than their pixels; None takes
        the weight of all points.
    threads : int
        At least 1; the result is the same for any number.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> from kalette.histogram import cloud_of, count
    >>> colors = count(np.array([[[0, 0, 0], [4, 0, 0], [90, 0, 0], [200, 0, 0]]], np.uint8))
    >>> sorted(search(colors.colors, cloud_of(colors), 3, "balanced")[:, 0].tolist())
    [2.0, 90.0, 200.0]
    """
    plan = PLANS[effort]
    coarse = coarse_cloud_of(colors, cloud, _SIDES[0])
    if len(coarse) <= k:
        coarse = cloud
    coarsest = coarse_cloud_of(colors, cloud, _COARSEST_SIDE)
    states = [_grown((coarsest, coarse), k, growth, threads) for growth in plan.growths_for(k)]
    if k > 1:
        mean_loss = states[0].loss / (pixel_count or float(np.cumsum(coarse.weights)[-1]))
        fine = _fine_cloud(colors, cloud, coarse, mean_loss, plan)
        states = [breathe(fine, state.centroids, plan.breath, threads=threads) for state in states]
    return min(states, key=lambda state: state.loss).centroids


def _fine_cloud(colors: ColorBytes, cloud: Cloud, coarse: Cloud, mean_loss: float, plan: Plan) -> Cloud:
    """Return the coarsest cloud that is fine enough for so low a loss."""
    if len(cloud) <= _FEW_COLORS:
        return cloud
    level = sum(mean_loss < bound for bound in plan.fine_below)
    if level == 0:
        return coarse
    return cloud if level == len(_SIDES) else coarse_cloud_of(colors, cloud, _SIDES[level])


def _grown(clouds: tuple[Cloud, Cloud], k: int, growth: float, threads: int) -> Settled:
    """Split clusters, those first that gain most by it, until there are k or no more distinct points.

    The first, coarser cloud serves as long as there are few clusters.
    """
    state = _settled(clouds[0], _mean_of_each_kind(clouds[0]), 1, threads)
    for cloud, size in zip(clouds, (k // _COARSEST_UP_TO, k), strict=True):
        state = _grown_on(cloud, _settled(cloud, state.centroids, 1, threads), size, growth, threads)
    return state


def _grown_on(cloud: Cloud, state: Settled, k: int, growth: float, threads: int) -> Settled:
    while len(state.centroids) < k:
        size = len(state.centroids)
        larger = _with_splits(cloud, state, min(k - size, max(1, int(growth * size))), 0, threads)
        if len(larger) == size:
            break
        state = _settled(cloud, larger, _PASSES_AFTER_SPLITS, threads)
    return state


def breathe(cloud: Cloud, centroids: Centroids, breath: Breath, *, threads: int = 1) -> Settled:
    """Add centroids and take others away as long as that lowers the loss.

    Parameters
    ----------
    cloud : Cloud
        Points.
    centroids : ndarray
        (k, d) float64.
    breath : Breath
        How deep and how long.
    threads : int
        At least 1.

    Returns
    -------
    Settled
        k clusters: never with a higher loss than those of the centroids given.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [1.0], [20.0], [40.0]], np.float32), np.ones(4), np.zeros(4, np.int8))
    >>> poor = np.array([[0.0], [1.0], [30.0]])
    >>> sorted(breathe(cloud, poor, Breath(0.3, 0.5, 2, 9)).centroids.ravel().tolist())
    [0.5, 20.0, 40.0]
    """
    k = len(centroids)
    passes = breath.passes + _MORE_PASSES // k
    state = _settled(cloud, centroids, 1, threads)
    added, failures = max(1, int(breath.depth * k)), 0
    for _ in range(breath.budget // k):
        other = _breath(cloud, state, added, failures, passes, threads)
        if other is not None and other.loss < state.loss * (1 - _LEAST_FALL):
            state, failures = other, 0
            continue
        failures += 1
        if other is None or failures * k >= breath.tries:
            added, failures = _fewer(added, breath.shrink), 0
        if not added:
            break
    return state


def search_points(cloud: Cloud, k: int, effort: Effort, *, threads: int = 1) -> Centroids:
    """Return centroids to start Lloyd's loop from, as `search` does, for points of any kind.

    Parameters
    ----------
    cloud : Cloud
        More than k distinct points.
    k : int
        Number of centroids.
    effort : {"fast", "balanced", "best"}
        How long to search.
    threads : int
        At least 1; the result is the same for any number.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [1.0], [5.0], [9.0]]), np.ones(4), np.zeros(4, np.int8))
    >>> sorted(search_points(cloud, 3, "balanced").ravel().tolist())
    [0.5, 5.0, 9.0]
    """
    plan = PLANS[effort]  # as for many centroids: another search would take as long as the first
    states = [_grown((cloud, cloud), k, growth, threads) for growth in plan.growths_for(MAX_K)]
    if k > 1:
        states = [breathe(cloud, state.centroids, plan.breath, threads=threads) for state in states]
    return min(states, key=lambda state: state.loss).centroids


def _fewer(added: int, shrink: float) -> int:
    return 0 if added == 1 else max(1, int(added * shrink))


def _breath(cloud: Cloud, state: Settled, n: int, failures: int, passes: int, threads: int) -> Settled | None:
    """Add n and take n away; after failures at the next best places, and None when there are none."""
    k = len(state.centroids)
    larger = _with_splits(cloud, state, n, n * failures, threads)
    if len(larger) == k:
        return None
    larger = _settled(cloud, larger, passes, threads).centroids
    kept = most_needed(cloud, larger, len(larger) - k, threads)
    return _settled(cloud, larger[kept], passes, threads)


def _settled(cloud: Cloud, centroids: Centroids, passes: int, threads: int) -> Settled:
    """Make passes of K-Means; a centroid without points stays where it is."""
    for _ in range(passes):
        labels, sums, mass, loss = kernels.assign(
            cloud.points, cloud.weights, in_dtype_of(cloud.points, centroids), threads
        )
        served = mass > 0
        means = np.where(served[:, None], sums / np.where(served, mass, 1.0)[:, None], centroids)
        loss -= float(np.cumsum(mass * squared_distances(means, centroids))[-1])
        centroids = means
    return Settled(centroids, labels, loss)


def _with_splits(cloud: Cloud, state: Settled, n: int, skipped: int, threads: int) -> Centroids:
    """Put two centroids in place of one, for the n clusters that gain most beyond those skipped."""
    k = len(state.centroids)
    gains, left, right = kernels.split_clusters(cloud.points, cloud.weights, state.labels, k, threads)
    best = np.argsort(-gains, kind="stable")[skipped : skipped + n]
    best = best[gains[best] > 0]
    centroids = state.centroids.copy()
    centroids[best] = left[best]
    return np.concatenate([centroids, right[best]])


def most_needed(cloud: Cloud, centroids: Centroids, excess: int, threads: int) -> NDArray[np.intp]:
    """Return the places of all but those whose loss costs least; of close neighbours one goes, if possible.

    Parameters
    ----------
    cloud : Cloud
        Points.
    centroids : ndarray
        (k, d) float64.
    excess : int
        How many go, below k; the last of a kind of alpha stays.
    threads : int
        At least 1.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [1.0], [20.0], [40.0]], np.float32), np.ones(4), np.zeros(4, np.int8))
    >>> most_needed(cloud, np.array([[0.0], [1.0], [20.0], [40.0]]), 1, 1).tolist()
    [1, 2, 3]
    """
    rounded = in_dtype_of(cloud.points, centroids)
    costs = kernels.removal_costs(cloud.points, cloud.weights, rounded, threads)
    if len(kinds_present(cloud.kinds)) > 1:
        costs[_only_of_their_kind(centroids)] = np.inf
    order = np.argsort(costs, kind="stable")
    dropped, frozen = np.zeros(len(centroids), bool), np.zeros(len(centroids), bool)
    left = excess
    cheapest = order[: 2 * excess]  # of which no more than half are frozen
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


def _mean_of_each_kind(cloud: Cloud) -> Centroids:
    means = []
    for kind in kinds_present(cloud.kinds):
        points, weights = cloud.points[cloud.kinds == kind], cloud.weights[cloud.kinds == kind]
        total = np.cumsum(weights[:, None] * points, axis=0)[-1]
        means.append(total / np.cumsum(weights)[-1])
    return np.stack(means)
