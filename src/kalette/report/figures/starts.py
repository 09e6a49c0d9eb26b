"""K-Means on points in a plane: centroid paths, and the local optima of random starts."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette.learn import Run
from kalette.report.figures.look import (
    ACCENT,
    FAINT,
    GROUPS,
    INK,
    MARGIN,
    MUTED,
    WIDTH,
    look,
    place,
    sheet,
    write,
)
from kalette.report.figures.passes import prepare_curve
from kalette.types import SettingsError, points_of, require_all

_PLANE, _CURVE, _TITLE, _TICKS, _GAP = 640, 420, 64, 76, 70
_CELL = (WIDTH - 2 * MARGIN - _GAP) // 2
_AXIS_LABEL_WIDTH = 100  # for tick labels


def starts_figure(X: NDArray[np.float64], runs: Sequence[Run]) -> Figure:
    """Draw the best and the worst of several K-Means runs in a plane, with the losses of all runs.

    Parameters
    ----------
    X : ndarray
        (N, 2) points.
    runs : sequence of Run
        One or more results of `kalette.learn.run_kmeans` on these points.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> from kalette.learn import init_centroids, run_kmeans, sample_blobs
    >>> X = sample_blobs(60)
    >>> figure = starts_figure(X, [run_kmeans(X, init_centroids(X, 5, seed)) for seed in range(3)])
    >>> len(figure.axes)
    4
    """
    X = points_of("X", X)
    _require_runs(runs, X)
    ranked = sorted(runs, key=lambda run: run.losses[-1])
    best, worst = ranked[0], ranked[-1]
    lower = MARGIN + _TITLE + _PLANE + _TICKS
    with look():
        figure = sheet(WIDTH, lower + _TITLE + _CURVE + _TICKS + MARGIN)
        for column, (name, run) in enumerate((("best", best), ("worst", worst))):
            left = MARGIN + column * (_CELL + _GAP)
            _title(figure, left, MARGIN, _CELL, f"{name} of {len(runs)} random starts", _outcome(run))
            _draw_run(place(figure, left, MARGIN + _TITLE, _CELL, _PLANE), X, run)
        left, width = MARGIN + _AXIS_LABEL_WIDTH, _CELL - _AXIS_LABEL_WIDTH
        _title(figure, left, lower, width, "loss after each pass", "a line for each start")
        _draw_losses(place(figure, left, lower + _TITLE, width, _CURVE), ranked)
        left += _CELL + _GAP
        _title(figure, left, lower, width, "loss in the end", "a bar for each start, sorted")
        _draw_final_losses(place(figure, left, lower + _TITLE, width, _CURVE), ranked)
    return figure


def _require_runs(runs: Sequence[Run], X: NDArray[np.float64]) -> None:
    require_all("runs", runs, Run, "give results of kalette.learn.run_kmeans, one at least", least=1)
    if any(len(run.idx) != len(X) or run.centroids.shape[1] != X.shape[1] for run in runs):
        raise SettingsError(f"X has shape {X.shape}, but a run has other points; give the points of the runs")
    if X.shape[1] != 2:
        raise SettingsError(f"X has shape {X.shape}; give points in a plane, with two columns")


def _title(figure: Figure, left: int, top: int, width: int, words: str, remark: str) -> None:
    baseline = top + _TITLE - 24
    write(figure, left, baseline, words, fontweight="bold")
    write(figure, left + width, baseline, remark, "right", color=MUTED)


def _outcome(run: Run) -> str:
    passes = "1 pass" if run.iterations == 1 else f"{run.iterations} passes"
    return f"loss {run.losses[-1]:,.1f} after {passes};  ○ start  ● end"


def _draw_run(axes: Axes, X: NDArray[np.float64], run: Run) -> None:
    """Draw the points in the colours of their clusters, and the path of each centroid."""
    order = np.lexsort(run.centroids.T)  # a cluster gets the same colour in every run that finds it
    rank = np.argsort(order)
    colors = np.array([GROUPS[number % len(GROUPS)] for number in range(len(order))])
    axes.scatter(X[:, 0], X[:, 1], c=colors[rank[run.idx]], s=9, alpha=0.55, linewidths=0)
    for trail, color in zip(np.stack(run.path, axis=1)[order], colors, strict=True):
        axes.plot(trail[:, 0], trail[:, 1], color=INK, linewidth=1, marker=".", markersize=3)
        axes.scatter(
            trail[0, 0], trail[0, 1], s=42, facecolors="white", edgecolors=INK, linewidths=1, zorder=3
        )
        axes.scatter(trail[-1, 0], trail[-1, 1], s=64, color=color, edgecolors=INK, linewidths=1, zorder=4)
    axes.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
    axes.margins(0.04)
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT)


def _draw_losses(axes: Axes, ranked: Sequence[Run]) -> None:
    longest = max(ranked, key=lambda run: run.iterations)
    prepare_curve(axes, range(longest.iterations + 1), [loss for run in ranked for loss in run.losses])
    for run in ranked[1:]:
        axes.plot(run.losses, color=MUTED, linewidth=0.8, alpha=0.7)
    axes.plot(ranked[0].losses, color=ACCENT, linewidth=1.8)
    axes.set_xlabel("pass")


def _draw_final_losses(axes: Axes, ranked: Sequence[Run]) -> None:
    losses = np.array([run.losses[-1] for run in ranked])
    colors = np.where(np.isclose(losses, losses[0]), ACCENT, MUTED)
    axes.bar(range(len(losses)), losses, color=colors.tolist(), width=0.7)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xticks([])
    axes.yaxis.set_major_formatter("{x:,g}")
