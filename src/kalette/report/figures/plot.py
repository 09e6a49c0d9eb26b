"""Scatter plots of the colours before and after compression, with the convergence of K-Means."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette.compression import Result
from kalette.mapping import nearest_labels
from kalette.report.figures.look import MARGIN, MUTED, WIDTH, look, sheet, write
from kalette.report.figures.passes import draw_passes, outcome_text, write_heading
from kalette.report.figures.results import require_results, require_space, require_view
from kalette.report.figures.space import ShownSpace
from kalette.report.figures.views import View, sampled, scatter_in

_CUBE, _ROW, _HEADING = 640, 640, 56
_CURVES_WIDTH = WIDTH - 2 * MARGIN - 2 * _CUBE - 150


def color_plot(results: Sequence[Result], space: ShownSpace = "srgb", view: View = "cube") -> Figure:
    """Draw a row for each result: original colours with centroids, compressed colours, convergence curves.

    Each point is a colour of the picture, a few thousand at most; each ball is a palette entry, with an area
    that grows with its share of the pixels.

    Parameters
    ----------
    results : sequence of Result
        One or more results for the same picture.
    space : {"srgb", "oklab"}
        Colour space of the axes.
    view : {"cube", "plane"}
        All three dimensions, or the plane of the first two principal components.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> import kalette
    >>> figure = color_plot([kalette.compress(kalette.sample_pixels(48, 32), k=4, init="random")])
    >>> len(figure.axes)
    5
    """
    require_results(results)
    require_space(space)
    require_view(view)
    with look():
        figure = sheet(WIDTH, 2 * MARGIN + len(results) * (_HEADING + _ROW))
        for row, result in enumerate(results):
            _draw_row(figure, result, MARGIN + row * (_HEADING + _ROW), space, view)
    return figure


def _draw_row(figure: Figure, result: Result, top: int, space: ShownSpace, view: View) -> None:
    write(figure, write_heading(figure, result, top + 24), top + 24, outcome_text(result), color=MUTED)
    top += _HEADING
    histogram = result.picture.original.histogram
    shown = sampled(histogram)
    compressed = result.palette[nearest_labels(shown.colors, result.palette, "srgb", run=result.run)]
    columns = (("colours of the picture", shown.colors), ("the same after compression", compressed))
    for column, (title, as_colors) in enumerate(columns):
        left = MARGIN + column * _CUBE
        scatter = scatter_in(figure, (left, top, _CUBE), histogram, space, view)
        write(figure, left, top + 22, title)
        scatter.points(shown.colors, as_colors)
        scatter.balls(result.palette, shares_of(result))
    draw_passes(figure, result, WIDTH - MARGIN - _CURVES_WIDTH, top, _CURVES_WIDTH, _ROW - 20)


def shares_of(result: Result) -> NDArray[np.float64]:
    """Return the share of the pixels of each palette entry, (k,)."""
    return np.asarray(result.entry_counts / result.indices.size)
