"""Curves for choosing K: the loss with its elbow, and the silhouette with its peak."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette.compression import Result
from kalette.learn import Run, silhouette
from kalette.mapping import nearest_labels
from kalette.report.figures.look import ACCENT, FAINT, INK, MARGIN, MUTED, WIDTH, look, place, sheet, write
from kalette.report.figures.passes import losses_per_pixel
from kalette.report.figures.results import require_results, require_space
from kalette.report.figures.space import ShownSpace
from kalette.types import SettingsError, points_of, require_all

_CURVE, _TITLE, _TICKS, _GAP, _LABELS = 520, 64, 76, 110, 100
_MOST_POINTS = 1500  # of a silhouette, whose time grows with their square
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
    _require_different(ks)
    losses = [run.losses[-1] for run in runs]
    scores = [silhouette(X, run.idx, k) for run, k in zip(runs, ks, strict=True)]
    return _sheet("loss", ks, losses, scores)


def color_elbow(results: Sequence[Result], space: ShownSpace = "srgb") -> Figure:
    """Draw the loss and the mean silhouette of a picture compressed to different numbers of colours.

    The silhouette is that of all pixels; where the picture has many colours, near ones count as one.

    Parameters
    ----------
    results : sequence of Result
        Two or more results for the same picture, each with another k of at least 2, made in this space.
    space : {"srgb", "oklab"}
        Colour space in which colours are compared.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> import kalette
    >>> picture = kalette.open(kalette.sample_pixels(48, 32))
    >>> figure = color_elbow([picture.compress(k, space="srgb", dither="none") for k in (2, 3, 4)])
    >>> [axes.get_xlabel() for axes in figure.axes]
    ['k', 'k']
    """
    require_results(results)
    require_space(space)
    ks = [result.k for result in results]
    _require_different(ks)
    losses = [losses_per_pixel(result)[-1] for result in results]
    return _sheet("loss per pixel", ks, losses, [_silhouette(result, space) for result in results], "k")


def _silhouette(result: Result, space: ShownSpace) -> float:
    """Return the mean silhouette of the pixels, each with its nearest palette entry."""
    shown = result.picture.histogram.bounded(_MOST_POINTS)
    labels = nearest_labels(shown.colors, result.palette, space, run=result.run).astype(np.intp)
    return silhouette(shown.in_space(space).finest.points, labels, len(result.palette), shown.counts)


def _require_different(ks: list[int]) -> None:
    if len(set(ks)) < max(len(ks), 2) or min(ks) < 2:
        raise SettingsError(f"the k are {ks}; give two at least, each another number of at least 2")


def _sheet(name: str, ks: list[int], losses: list[float], scores: list[float], label: str = "K") -> Figure:
    best = ks[int(np.argmax(scores))]
    with look():
        figure = sheet(WIDTH, MARGIN + _TITLE + _CURVE + _TICKS + MARGIN)
        _draw(figure, 0, (name, "look for the elbow", label), (ks, losses), best)
        _draw(figure, 1, ("mean silhouette", f"highest at {label} = {best}", label), (ks, scores), best)
    return figure


def _draw(
    figure: Figure, column: int, words: tuple[str, str, str], curve: tuple[list[int], list[float]], best: int
) -> None:
    left, width = MARGIN + _LABELS + column * (_CELL + _GAP), _CELL - _LABELS
    write(figure, left, MARGIN + _TITLE - 24, words[0], fontweight="bold")
    write(figure, left + width, MARGIN + _TITLE - 24, words[1], "right", color=MUTED)
    _draw_curve(place(figure, left, MARGIN + _TITLE, width, _CURVE), *curve, best)
    figure.axes[-1].set_xlabel(words[2])


def _draw_curve(axes: Axes, ks: list[int], values: list[float], best: int) -> None:
    axes.plot(ks, values, color=INK, linewidth=1.4, marker="o", markersize=4)
    axes.plot([best], [values[ks.index(best)]], color=ACCENT, marker="o", markersize=8)
    axes.set_ylim(min(0.0, *values), 1.08 * max(values))
    axes.set_xticks(ks)
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
