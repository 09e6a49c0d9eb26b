"""K-Means on distinct colours: Lloyd's loop, when it stops, and what it tells of its way."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Centroids, Labels, Points, Weights, in_dtype_of
from kalette.color import squared_distances

StoppedBy = Literal["labels", "shift", "max_iter", "lossless", "fixed"]


class Pass(NamedTuple):
    """What one pass of K-Means did.

    Parameters
    ----------
    loss : float
        Weighted sum of squared distances after it.
    max_shift : float
        How far the centroid moved that moved furthest.
    changed : int
        Distinct colours that went to another centroid.
    """

    loss: float
    max_shift: float
    changed: int


class Clustering(NamedTuple):
    """Where K-Means ended, and how it came there.

    Parameters
    ----------
    centroids : ndarray
        (k, d) float64.
    labels : ndarray
        (N,) int32: the nearest centroid of each colour, ties to the lowest.
    losses : tuple of float
        Loss at the start and after each pass; never rising.
    history : tuple of Pass
        One for each pass.
    path : tuple of ndarray
        Centroids at the start and after each pass, when they were to be kept.
    stopped_by : {"labels", "shift", "max_iter", "fixed"}
        No label changed, no centroid moved further than `tol`, the passes were used up, or no centroid may
        move.
    """

    centroids: Centroids
    labels: Labels
    losses: tuple[float, ...]
    history: tuple[Pass, ...]
    path: tuple[Centroids, ...]
    stopped_by: StoppedBy

    @property
    def iterations(self) -> int:
        """The number of passes."""
        return len(self.history)


class _State(NamedTuple):
    """Centroids with the colours that each serves."""

    centroids: Centroids
    labels: Labels
    sums: Centroids
    mass: Weights
    loss: float


def largest_shift(after: Centroids, before: Centroids) -> float:
    """Return how far the centroid moved that moved furthest.

    Examples
    --------
    >>> largest_shift(np.array([[3.0, 4.0], [0.0, 12.0]]), np.zeros((2, 2)))
    12.0
    """
    return float(np.sqrt(squared_distances(after, before).max()))


def total_shift(after: Centroids, before: Centroids) -> float:
    """Return how far all centroids moved together: the Frobenius norm of their difference.

    Examples
    --------
    >>> total_shift(np.array([[3.0, 4.0], [0.0, 12.0]]), np.zeros((2, 2)))
    13.0
    """
    return float(np.sqrt(np.cumsum(squared_distances(after, before))[-1]))


def lloyd(
    points: Points,
    weights: Weights,
    start: Centroids,
    *,
    max_iter: int,
    tol: float,
    pinned: int = 0,
    threads: int = 1,
    keep_path: bool = False,
    on_pass: Callable[[int, Pass], None] | None = None,
    shift: Callable[[Centroids, Centroids], float] = largest_shift,
) -> Clustering:
    """Move centroids to the means of the colours they serve until nothing changes.

    A pass moves each centroid to the weighted mean of its colours, then gives each colour to its nearest
    centroid. A centroid without colours moves to the worst served colour. The loss never rises.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64, distinct.
    weights : ndarray
        (N,) float64, positive.
    start : ndarray
        (k, d) float64.
    max_iter : int
        Passes at most, at least 1.
    tol : float
        Stop when no centroid moves further, in the unit of the points.
    pinned : int
        So many of the first centroids serve their colours without ever moving.
    threads : int
        At least 1; the result is the same for any number.
    keep_path : bool
        Keep the centroids of each pass.
    on_pass : callable or None
        Called with the number of the pass and what it did.
    shift : callable
        What is held against `tol`, of centroids after and before a pass: `largest_shift` or `total_shift`.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28(2), 1982.
    doi:10.1109/TIT.1982.1056489

    Examples
    --------
    >>> points, start = np.array([[0.0], [1.0], [8.0], [9.0]]), np.array([[0.0], [1.0]])
    >>> found = lloyd(points, np.ones(4), start, max_iter=10, tol=0.0)
    >>> found.centroids.ravel().tolist(), found.losses, found.stopped_by
    ([0.5, 8.5], (113.0, 14.0, 1.0), 'labels')
    """
    state = _serve(points, weights, np.ascontiguousarray(start), threads)
    losses, history, path = [state.loss], [], [start]
    stopped_by: StoppedBy = "max_iter"
    for number in range(1, max_iter + 1):
        moved = _serve(points, weights, _means(points, state, pinned), threads)
        if moved.loss > state.loss:  # only by rounding, in the last bits: there is no better state to move to
            stopped_by = "labels"
            break
        done = Pass(moved.loss, largest_shift(moved.centroids, state.centroids), _changes(state, moved))
        still = shift(moved.centroids, state.centroids) <= tol
        state = moved
        losses.append(done.loss)
        history.append(done)
        if keep_path:
            path.append(state.centroids)
        if on_pass:
            on_pass(number, done)
        if done.changed == 0 or still:
            stopped_by = "labels" if done.changed == 0 else "shift"
            break
    return Clustering(
        state.centroids,
        state.labels,
        tuple(losses),
        tuple(history),
        tuple(path if keep_path else ()),
        stopped_by,
    )


def serve(points: Points, weights: Weights, centroids: Centroids, *, threads: int = 1) -> Clustering:
    """Give each colour to the nearest of centroids that do not move.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64, distinct.
    weights : ndarray
        (N,) float64, positive.
    centroids : ndarray
        (k, d) float64.
    threads : int
        At least 1; the result is the same for any number.

    Examples
    --------
    >>> served = serve(np.array([[1.0], [8.0]]), np.ones(2), np.array([[0.0], [9.0], [9.0]]))
    >>> served.labels.tolist(), served.losses, served.stopped_by
    ([0, 1], (2.0,), 'fixed')
    """
    state = _serve(points, weights, np.ascontiguousarray(centroids), threads)
    return Clustering(state.centroids, state.labels, (state.loss,), (), (), "fixed")


def _serve(points: Points, weights: Weights, centroids: Centroids, threads: int) -> _State:
    labels, sums, mass, loss = kernels.assign(points, weights, in_dtype_of(points, centroids), threads)
    return _State(centroids, labels, sums, mass, loss)


def _means(points: Points, state: _State, pinned: int) -> Centroids:
    """Return the mean of each centroid's colours; those without any get the worst served colours.

    The first few are pinned where they are.
    """
    means = state.sums / np.where(state.mass == 0, 1.0, state.mass)[:, None]
    means[:pinned] = state.centroids[:pinned]
    idle = pinned + np.flatnonzero(state.mass[pinned:] == 0)
    if len(idle):
        means[idle] = _worst_served(points, state, idle)
    return means


def _worst_served(points: Points, state: _State, idle: NDArray[np.intp]) -> Centroids:
    """Return a place for each idle centroid: the colours furthest from theirs; none moves to an exact one."""
    distances = squared_distances(points, state.centroids[state.labels])
    worst = np.argsort(-distances, kind="stable")[: len(idle)]
    worst = worst[distances[worst] > 0]
    return np.concatenate([points[worst].astype(np.float64), state.centroids[idle[len(worst) :]]])


def _changes(before: _State, after: _State) -> int:
    return int(np.count_nonzero(after.labels != before.labels))
