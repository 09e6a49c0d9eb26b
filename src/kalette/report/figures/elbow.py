"""Curves for choosing K on points: the loss with its elbow, and the silhouette with its peak."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette.learn import Run, silhouette
from kalette.report.figures.look import ACCENT, FAINT, INK, MARGIN, MUTED, WIDTH, look, place, sheet, write
from kalette.types import SettingsError, points_of, require_all

_CURVE, _TITLE, _TICKS, _GAP, _LABELS = 520, 64, 76, 110, 100
_CELL = (WIDTH - 2 * MARGIN - _GAP) // 2


def elbow_figure(X: NDArray[np.float64], runs: Sequence[Run]) -> Figure:
    """Draw the loss and the mean silhouette of runs with different numbers of centroids.

    Parameters
    ----------
    X : ndarray
        (N, d) points.
    runs : sequence of Run
        Two or more results of `kalette.learn.run_kmeans` on these points, each with another K of at least 2.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> from kalette.learn import init_centroids, run_kmeans, sample_blobs
    >>> X = sample_blobs(60)
    >>> len(elbow_figure(X, [run_kmeans(X, init_centroids(X, K, 0)) for K in (2, 3, 4)]).axes)
    2
    """
    X = points_of("X", X)
    require_all("runs", runs, Run, "give results of kalette.learn.run_kmeans, two at least", least=2)
    ks = [len(run.centroids) for run in runs]
    if len(set(ks)) < len(ks) or min(ks) < 2:
        raise SettingsError(f"the runs have K of {ks}; give each another K, of at least 2")
    losses = [run.losses[-1] for run in runs]
    scores = [silhouette(X, run.idx, k) for run, k in zip(runs, ks, strict=True)]
    best = ks[int(np.argmax(scores))]
    with look():
        figure = sheet(WIDTH, MARGIN + _TITLE + _CURVE + _TICKS + MARGIN)
        _draw(figure, 0, ("loss", "look for the elbow"), (ks, losses), best)
        _draw(figure, 1, ("mean silhouette", f"highest at K = {best}"), (ks, scores), best)
    return figure


def _draw(
    figure: Figure, column: int, words: tuple[str, str], curve: tuple[list[int], list[float]], best: int
) -> None:
    left, width = MARGIN + _LABELS + column * (_CELL + _GAP), _CELL - _LABELS
    write(figure, left, MARGIN + _TITLE - 24, words[0], fontweight="bold")
    write(figure, left + width, MARGIN + _TITLE - 24, words[1], "right", color=MUTED)
    _draw_curve(place(figure, left, MARGIN + _TITLE, width, _CURVE), *curve, best)


def _draw_curve(axes: Axes, ks: list[int], values: list[float], best: int) -> None:
    axes.plot(ks, values, color=INK, linewidth=1.4, marker="o", markersize=4)
    axes.plot([best], [values[ks.index(best)]], color=ACCENT, marker="o", markersize=8)
    axes.set_ylim(min(0.0, *values), 1.08 * max(values))
    axes.set_xticks(ks)
    axes.set_xlabel("K")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
