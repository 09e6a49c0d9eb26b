"""Search for initial centroids that lead Lloyd's algorithm to a low loss.

Lloyd's algorithm ends in a local optimum near its start. Here centroids are grown by splitting clusters
(Linde, Buzo and Gray) and improved by breathing (Fritzke), which escapes from poor local optima.

Y. Linde, A. Buzo and R. M. Gray, "An algorithm for vector quantizer design", IEEE Trans. Communications
28(1), 1980. doi:10.1109/TCOM.1980.1094577
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kalette.clustering.breathing import Breath, breathe, settle, with_splits
from kalette.clustering.cloud import Cloud, CubePyramid
from kalette.color import kinds_present
from kalette.types import ONE_THREAD, Centroids, Effort, Run

_SIDES = (16, 8, 4, 2)  # of cubes, from coarse to fine
_GROWTH_SIDES = _SIDES[:3]
_MOST_EXACT = 1 << 13  # colours up to which breathing uses exact colours: soft shadows show steps of 1
_PASSES_AFTER_SPLITS = 2


class Plan(NamedTuple):
    """Search parameters of an effort.

    Parameters
    ----------
    growths : tuple of float
        Shares of the clusters split in a round of growth; one search for each, of which the best is kept.
    breath : Breath
        Parameters of breathing.
    detail : float
        Least mean squared error, relative to the squared side of the cubes on which breathing runs: below it,
        cubes of half the side are used.
    least_side : int
        Side of the smallest of these cubes; 1: single colours.
    max_iter : int
        Maximum number of passes of Lloyd's loop on all colours after the search.
    continues : bool
        Whether one more search starts from what the effort below found.
    """

    growths: tuple[float, ...]
    breath: Breath
    detail: float
    least_side: int
    max_iter: int
    continues: bool = False


PLANS: dict[Effort, Plan] = {
    "fast": Plan((0.5,), Breath(0.25, 0.4, 1, 48, budget=512), 2.0, 4, 6),
    "balanced": Plan((1.0,), Breath(0.25, 0.25, 2, 96, budget=2048), 2.8, 2, 12),
    "best": Plan((0.5, 0.25), Breath(0.25, 0.5, 3, 256), 8.0, 1, 60, continues=True),
}


def search_centroids(
    pyramid: CubePyramid, k: int, effort: Effort, *, found: Centroids | None = None, run: Run = ONE_THREAD
) -> Centroids:
    """Search for initial centroids with a low loss.

    The search runs on means of cubes, whose sides suit the loss: small ones only where it is low.

    Parameters
    ----------
    pyramid : CubePyramid
        More than k colours.
    k : int
        Number of centroids, at least that of the kinds of alpha.
    effort : {"fast", "balanced", "best"}
        How long to search.
    found : ndarray or None
        (k, d) float64: what a lower effort found, from which one more search starts.
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
    starts = [_grown_on_cubes(pyramid, k, growth, run) for growth in plan.growths]
    if found is not None and plan.continues:
        starts.append(found)
    return _best_breathed(_breathing_cloud(pyramid, starts[0], plan, run), starts, plan, run)


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
    plan = PLANS[effort]
    starts = [_grown(cloud, _mean_of_each_kind(cloud), k, growth, run) for growth in plan.growths]
    return _best_breathed(cloud, starts, plan, run)


def _best_breathed(cloud: Cloud, starts: Sequence[Centroids], plan: Plan, run: Run) -> Centroids:
    if len(starts[0]) == 1:
        return starts[0]
    states = [breathe(cloud, start, plan.breath, run=run) for start in starts]
    return min(states, key=lambda state: state.loss).centroids


def _breathing_cloud(pyramid: CubePyramid, start: Centroids, plan: Plan, run: Run) -> Cloud:
    """Return the coarsest cloud that is fine enough for the loss of a start."""
    if len(pyramid.finest) <= _MOST_EXACT:
        return pyramid.finest
    coarsest = pyramid.of_side(_SIDES[0], run=run)
    mean_loss = settle(coarsest, start, 1, run).loss / coarsest.pixel_count
    for side in _SIDES:
        if side == plan.least_side or mean_loss >= plan.detail * side * side:
            return pyramid.of_side(side, run=run)
    return pyramid.finest


def _grown_on_cubes(pyramid: CubePyramid, k: int, growth: float, run: Run) -> Centroids:
    """Split clusters on cubes that get finer as the loss falls; on single colours if there are few cubes."""
    centroids = _mean_of_each_kind(pyramid.of_side(_GROWTH_SIDES[0], run=run))
    for side in _GROWTH_SIDES:
        cloud = pyramid.of_side(side, run=run)
        least_loss = 0.0 if side == _GROWTH_SIDES[-1] else side * side * cloud.pixel_count
        centroids = _grown(cloud, centroids, k, growth, run, least_loss=least_loss)
    return _grown(pyramid.finest, centroids, k, growth, run)


def _grown(
    cloud: Cloud, centroids: Centroids, k: int, growth: float, run: Run, *, least_loss: float = 0.0
) -> Centroids:
    """Split the clusters with the largest gain until there are k, no more distinct points, or a low loss."""
    if len(centroids) == k:
        return centroids
    state = settle(cloud, centroids, 1, run)
    while len(state.centroids) < k and state.loss >= least_loss:
        size = len(state.centroids)
        run.step("growth", size)
        larger = with_splits(cloud, state, min(k - size, max(1, int(growth * size))), 0, run)
        if len(larger) == size:
            break
        state = settle(cloud, larger, _PASSES_AFTER_SPLITS, run)
    return state.centroids


def _mean_of_each_kind(cloud: Cloud) -> Centroids:
    means = []
    for kind in kinds_present(cloud.kinds):
        points, weights = cloud.points[cloud.kinds == kind], cloud.weights[cloud.kinds == kind]
        total = np.cumsum(weights[:, None] * points, axis=0)[-1]
        means.append(total / np.cumsum(weights)[-1])
    return np.stack(means)
