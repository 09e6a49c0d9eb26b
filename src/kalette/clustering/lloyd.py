"""Lloyd's algorithm on distinct colours: the loop, its stopping rule and its history."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.cloud import VISIBILITY_UNIT, Cloud, sum_in_order
from kalette.clustering.distances import squared_distances
from kalette.color import CHROMA_STRETCH
from kalette.types import ONE_THREAD, Centroids, Labels, Pass, Points, Run, Weights, in_dtype_of

StoppedBy = Literal["labels", "shift", "max_iter", "lossless", "fixed"]
"""Stopping reason: no label changed, no centroid moved further than the tolerance, or the maximum number of
passes. Or K-Means was not needed: all colours fit into the palette, or the palette is fixed."""


class Clustering(NamedTuple):
    """The result of K-Means, and its history.

    Parameters
    ----------
    centroids : ndarray
        (k, d) float64.
    labels : ndarray
        (N,) int32: the nearest centroid of each colour, ties to the lowest.
    losses : tuple of float
        Loss at the start and after each pass; it never rises.
    history : tuple of Pass
        One for each pass.
    path : tuple of ndarray
        Centroids at the start and after each pass, with `Run.keep_history`.
    stopped_by : {"labels", "shift", "max_iter", "fixed"}
        No label changed, no centroid moved further than the tolerance, the passes were used up, or no
        centroid may move.
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
    """Centroids with the sums over their assigned colours."""

    centroids: Centroids
    labels: Labels
    sums: Centroids
    mass: Weights
    loss: float


def largest_shift(after: Centroids, before: Centroids) -> float:
    """Return the largest movement of a centroid.

    Examples
    --------
    >>> largest_shift(np.array([[3.0, 4.0], [0.0, 12.0]]), np.zeros((2, 2)))
    12.0
    """
    return float(np.sqrt(squared_distances(after, before).max()))


def total_shift(after: Centroids, before: Centroids) -> float:
    """Return the Frobenius norm of the movement of all centroids.

    Examples
    --------
    >>> total_shift(np.array([[3.0, 4.0], [0.0, 12.0]]), np.zeros((2, 2)))
    13.0
    """
    return float(np.sqrt(np.cumsum(squared_distances(after, before))[-1]))


class Stopping(NamedTuple):
    """Stopping rule of Lloyd's loop while labels still change.

    Parameters
    ----------
    max_iter : int
        Maximum number of passes, at least 1.
    tol : float
        Stop when no centroid moves further, in units of the points.
    shift : callable
        Measure of movement compared with `tol`: `largest_shift` or `total_shift`.
    """

    max_iter: int
    tol: float
    shift: Callable[[Centroids, Centroids], float] = largest_shift


def run_lloyd(
    cloud: Cloud, start: Centroids, stopping: Stopping, *, pinned: int = 0, run: Run = ONE_THREAD
) -> Clustering:
    """Move centroids to the means of their nearest colours until nothing changes.

    A pass moves each centroid to the weighted mean of its colours, then assigns each colour to its nearest
    centroid. The centroid of an empty cluster moves to the colour with the largest error. The loss never
    rises.

    Parameters
    ----------
    cloud : Cloud
        Distinct points.
    start : ndarray
        (k, d) float64.
    stopping : Stopping
        Bounds on the passes.
    pinned : int
        Number of leading centroids that never move.
    run : Run
        Threads, history, callbacks.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28(2), 1982.
    doi:10.1109/TIT.1982.1056489

    Examples
    --------
    >>> from kalette.clustering.cloud import cloud_of_points
    >>> points, start = np.array([[0.0], [1.0], [8.0], [9.0]]), np.array([[0.0], [1.0]])
    >>> found = run_lloyd(cloud_of_points(points), start, Stopping(max_iter=10, tol=0.0))
    >>> found.centroids.ravel().tolist(), found.losses, found.stopped_by
    ([0.5, 8.5], (113.0, 14.0, 1.0), 'labels')
    """
    state = _assigned(cloud, np.ascontiguousarray(start), run)
    history: list[Pass] = []
    losses, path = [state.loss], [start]
    stopped_by: StoppedBy = "max_iter"
    for number in range(1, stopping.max_iter + 1):
        moved = _assigned(cloud, _means(cloud.points, state, pinned), run)
        if moved.loss > state.loss:  # only a rounding error can raise the loss: converged
            stopped_by = "labels"
            break
        done = Pass(moved.loss, largest_shift(moved.centroids, state.centroids), _changes(state, moved))
        still = stopping.shift(moved.centroids, state.centroids) <= stopping.tol
        state = moved
        losses.append(done.loss)
        history.append(done)
        path += [state.centroids] if run.keep_history else []
        _report(number, done, run)
        if done.changed == 0 or still:
            stopped_by = "labels" if done.changed == 0 else "shift"
            break
    kept_path = tuple(path) if run.keep_history else ()
    return Clustering(state.centroids, state.labels, tuple(losses), tuple(history), kept_path, stopped_by)


def assign_to_fixed(cloud: Cloud, centroids: Centroids, *, run: Run = ONE_THREAD) -> Clustering:
    """Assign each colour to its nearest centroid, without moving centroids.

    Parameters
    ----------
    cloud : Cloud
        Distinct points.
    centroids : ndarray
        (k, d) float64.
    run : Run
        Threads.

    Examples
    --------
    >>> from kalette.clustering.cloud import cloud_of_points
    >>> fixed = np.array([[0.0], [9.0], [9.0]])
    >>> found = assign_to_fixed(cloud_of_points(np.array([[1.0], [8.0]])), fixed)
    >>> found.labels.tolist(), found.losses, found.stopped_by
    ([0, 1], (2.0,), 'fixed')
    """
    state = _assigned(cloud, np.ascontiguousarray(centroids), run)
    return Clustering(state.centroids, state.labels, (state.loss,), (), (), "fixed")


def loss_in_working_space(cloud: Cloud, found: Clustering) -> float:
    """Return the loss of a clustering in the working space.

    Chroma is not stretched there, and all colours are equally visible.

    Parameters
    ----------
    cloud : Cloud
        The clustered points, in any space of a search.
    found : Clustering
        Their clustering.

    Examples
    --------
    >>> points = np.array([[0.0, 3.0, 0.0], [4.0, 0.0, 0.0]], np.float32)
    >>> cloud = Cloud(points, np.ones(2), np.zeros(2, np.int8), "oklab-chroma")
    >>> found = assign_to_fixed(cloud, np.zeros((1, 3)))
    >>> found.losses, loss_in_working_space(cloud, found)
    ((25.0,), 20.0)
    """
    if cloud.space != "oklab-chroma" and cloud.visibility is None:
        return found.losses[-1]
    axes = [axis.copy() for axis in found.centroids.T]
    scales = np.ones(len(axes))
    if cloud.space == "oklab-chroma":
        scales[1:3] /= CHROMA_STRETCH**2

    def losses(some: slice) -> Weights:
        labels = found.labels[some]
        total = np.zeros(len(labels))
        for number, axis in enumerate(axes):  # axis by axis takes two fifths of the time
            apart = cloud.points[some, number] - axis.take(labels)
            total += apart * apart * scales[number]
        total *= cloud.weights[some]
        return total if cloud.visibility is None else total * VISIBILITY_UNIT / cloud.visibility.shares[some]

    return sum_in_order(len(cloud), losses)


def _assigned(cloud: Cloud, centroids: Centroids, run: Run) -> _State:
    """Assign colours to their nearest centroids; the kernel sums points, weights and loss."""
    in_dtype = in_dtype_of(cloud.points, centroids)
    labels, sums, mass, loss = kernels.assign(cloud.points, cloud.weights, in_dtype, run.threads)
    return _State(centroids, labels, sums, mass, loss)


def _report(number: int, done: Pass, run: Run) -> None:
    if run.on_pass:
        run.on_pass(number, done)
    run.step("lloyd", number)


def _means(points: Points, state: _State, pinned: int) -> Centroids:
    """Return cluster means; the centroids of empty clusters move to the colours with the largest error."""
    means = state.sums / np.where(state.mass == 0, 1.0, state.mass)[:, None]
    means[:pinned] = state.centroids[:pinned]
    idle = pinned + np.flatnonzero(state.mass[pinned:] == 0)
    if len(idle):
        means[idle] = _colors_of_largest_error(points, state, idle)
    return means


def _colors_of_largest_error(points: Points, state: _State, idle: NDArray[np.intp]) -> Centroids:
    """Return a new position for each idle centroid, its old one if no error is left."""
    distances = squared_distances(points, state.centroids[state.labels])
    worst = np.argsort(-distances, kind="stable")[: len(idle)]
    worst = worst[distances[worst] > 0]
    return np.concatenate([points[worst].astype(np.float64), state.centroids[idle[len(worst) :]]])


def _changes(before: _State, after: _State) -> int:
    return int(np.count_nonzero(after.labels != before.labels))
