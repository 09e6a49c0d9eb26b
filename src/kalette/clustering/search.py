"""Search for initial centroids that lead Lloyd's algorithm to a low loss.

Lloyd's algorithm ends in a local optimum near its start. Here centroids are grown by splitting clusters
(Linde, Buzo and Gray) and improved by breathing (Fritzke), which escapes from poor local optima.

Y. Linde, A. Buzo and R. M. Gray, "An algorithm for vector quantizer design", IEEE Trans. Communications
28(1), 1980. doi:10.1109/TCOM.1980.1094577
"""

from typing import NamedTuple

import numpy as np

from kalette.clustering.breathing import Breath, Settled, breathe, settle, with_splits
from kalette.clustering.cloud import Cloud, CubePyramid
from kalette.color import kinds_present
from kalette.types import MAX_K, ONE_THREAD, Centroids, Effort, Run

_SIDES = (4, 2)  # of cubes, coarse and fine
_COARSEST_SIDE, _COARSEST_DIVISOR = 8, 4  # growth begins on cubes of 8, up to k / 4 centroids
_MOST_EXACT = 1 << 13  # colours up to which breathing uses exact colours: soft shadows show steps of 1
_PASSES_AFTER_SPLITS = 2


class Plan(NamedTuple):
    """Search parameters of an effort.

    Parameters
    ----------
    growths : tuple of float
        Shares of the clusters split in a round of growth; one search for each share, of which the best is
        kept.
    many_up_to : int
        Largest k for which all these searches run; above, only the first.
    breath : Breath
        Parameters of breathing.
    fine_below : tuple of float
        Mean squared error, summed over the coordinates, below which breathing moves from cubes of 4 byte
        steps to cubes of 2, and from those to single colours.
    max_iter : int
        Maximum number of passes of Lloyd's loop on all colours after the search.
    """

    growths: tuple[float, ...]
    many_up_to: int
    breath: Breath
    fine_below: tuple[float, float]
    max_iter: int

    def growths_for(self, k: int) -> tuple[float, ...]:
        """Return the growths for k centroids."""
        return self.growths if k <= self.many_up_to else self.growths[:1]


PLANS: dict[Effort, Plan] = {
    "fast": Plan((0.5,), 0, Breath(0.25, 0.4, 2, 64, budget=192), (0, 0), 6),
    "balanced": Plan((1.0, 0.5), 16, Breath(0.25, 0.25, 2, 96, budget=2048), (45, 0), 12),
    "best": Plan((1.0, 0.5, 0.25), MAX_K, Breath(0.25, 0.5, 3, 256), (150, 25), 60),
}


def search_centroids(pyramid: CubePyramid, k: int, effort: Effort, *, run: Run = ONE_THREAD) -> Centroids:
    """Search for initial centroids with a low loss.

    The search runs on means of cubes: first with sides of 4, then, if the loss is too low for these, with
    sides of 2 or on exact colours.

    Parameters
    ----------
    pyramid : CubePyramid
        More than k colours.
    k : int
        Number of centroids, at least that of the kinds of alpha.
    effort : {"fast", "balanced", "best"}
        How long to search.
    run : Run
        Threads, callbacks.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> from kalette.clustering.histogram import count
    >>> histogram = count(np.array([[[0, 0, 0], [4, 0, 0], [90, 0, 0], [200, 0, 0]]], np.uint8))
    >>> sorted(search_centroids(histogram.in_space("srgb"), 3, "balanced")[:, 0].tolist())
    [2.0, 90.0, 200.0]
    """
    plan = PLANS[effort]
    coarse = pyramid.of_side(_SIDES[0])
    if len(coarse) <= k:
        coarse = pyramid.finest
    coarsest = pyramid.of_side(_COARSEST_SIDE)
    states = [_grown((coarsest, coarse), k, growth, run) for growth in plan.growths_for(k)]
    if k > 1:
        fine = _fine_cloud(pyramid, coarse, states[0].loss / coarse.pixel_count, plan)
        states = [breathe(fine, state.centroids, plan.breath, run=run) for state in states]
    return min(states, key=lambda state: state.loss).centroids


def search_points(cloud: Cloud, k: int, effort: Effort, *, run: Run = ONE_THREAD) -> Centroids:
    """Search for centroids like `search_centroids`, for arbitrary points.

    Parameters
    ----------
    cloud : Cloud
        More than k distinct points.
    k : int
        Number of centroids.
    effort : {"fast", "balanced", "best"}
        How long to search.
    run : Run
        Threads, callbacks.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> from kalette.clustering.cloud import cloud_of_points
    >>> cloud = cloud_of_points(np.array([[0.0], [1.0], [5.0], [9.0]]))
    >>> sorted(search_points(cloud, 3, "balanced").ravel().tolist())
    [0.5, 5.0, 9.0]
    """
    plan = PLANS[effort]  # one growth: another search would double the time
    states = [_grown((cloud, cloud), k, growth, run) for growth in plan.growths_for(MAX_K)]
    if k > 1:
        states = [breathe(cloud, state.centroids, plan.breath, run=run) for state in states]
    return min(states, key=lambda state: state.loss).centroids


def _fine_cloud(pyramid: CubePyramid, coarse: Cloud, mean_loss: float, plan: Plan) -> Cloud:
    """Return the coarsest cloud that is fine enough for this loss."""
    if len(pyramid.finest) <= _MOST_EXACT:
        return pyramid.finest
    level = sum(mean_loss < bound for bound in plan.fine_below)
    if level == 0:
        return coarse
    return pyramid.finest if level == len(_SIDES) else pyramid.of_side(_SIDES[level])


def _grown(clouds: tuple[Cloud, Cloud], k: int, growth: float, run: Run) -> Settled:
    """Split the clusters with the largest gain until there are k, or no more distinct points.

    The first, coarser cloud is used as long as there are few clusters.
    """
    state = settle(clouds[0], _mean_of_each_kind(clouds[0]), 1, run)
    for cloud, size in zip(clouds, (k // _COARSEST_DIVISOR, k), strict=True):
        state = _grown_on(cloud, settle(cloud, state.centroids, 1, run), size, growth, run)
    return state


def _grown_on(cloud: Cloud, state: Settled, k: int, growth: float, run: Run) -> Settled:
    while len(state.centroids) < k:
        run.require_wanted()
        size = len(state.centroids)
        larger = with_splits(cloud, state, min(k - size, max(1, int(growth * size))), 0, run)
        if len(larger) == size:
            break
        state = settle(cloud, larger, _PASSES_AFTER_SPLITS, run)
    return state


def _mean_of_each_kind(cloud: Cloud) -> Centroids:
    means = []
    for kind in kinds_present(cloud.kinds):
        points, weights = cloud.points[cloud.kinds == kind], cloud.weights[cloud.kinds == kind]
        total = np.cumsum(weights[:, None] * points, axis=0)[-1]
        means.append(total / np.cumsum(weights)[-1])
    return np.stack(means)
