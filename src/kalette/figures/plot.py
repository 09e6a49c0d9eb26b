"""The colours of a picture in space before and after compression, and how K-Means came there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette import histogram
from kalette.arrays import ColorBytes
from kalette.figures.look import HEADING, MARGIN, MUTED, WIDTH, look, place, sheet, write
from kalette.figures.passes import draw_passes, story
from kalette.figures.space import ShownSpace, balls, frame, points, sample
from kalette.mapping.nearest import nearest_labels
from kalette.result import Result

_CUBE, _ROW, _HEADING = 640, 640, 56
_CURVES = WIDTH - 2 * MARGIN - 2 * _CUBE - 150


@dataclass(frozen=True, slots=True)
class _Shown:
    """The colours that stand for a picture's, and a histogram of just them."""

    colors: ColorBytes
    cloud: histogram.Cloud


def color_plot(results: Sequence[Result], space: ShownSpace = "srgb") -> Figure:
    """Draw a row for each result: colours in space with the centroids, the same compressed, the passes.

    Each point is a colour of the picture, some thousands at most; each ball a palette entry, as large as its
    share of the pixels.

    Parameters
    ----------
    results : sequence of Result
        At least one, all of the same picture.
    space : {"srgb", "oklab"}
        In which colours are shown.

    Returns
    -------
    Figure
        To be saved with `kalette.figures.save`.

    Examples
    --------
    >>> import kalette
    >>> figure = color_plot([kalette.compress(kalette.sample_pixels(48, 32), k=4, init="random")])
    >>> len(figure.axes)
    5
    """
    shown = _shown(results[0])
    with look():
        figure = sheet(WIDTH, 2 * MARGIN + len(results) * (_HEADING + _ROW))
        for row, result in enumerate(results):
            _draw_row(figure, result, shown, space, MARGIN + row * (_HEADING + _ROW))
    return figure


def _shown(result: Result) -> _Shown:
    counted = histogram.count(result.source.pixels, threads=result.threads)
    chosen = sample(counted.colors, counted.counts)
    few = histogram.Histogram(counted.colors[chosen], counted.counts[chosen])
    return _Shown(few.colors, histogram.cloud_of(few))


def _draw_row(figure: Figure, result: Result, shown: _Shown, space: ShownSpace, top: int) -> None:
    write(figure, MARGIN, top + 24, f"k = {result.k}", fontsize=HEADING, fontweight="bold")
    write(figure, MARGIN + 150, top + 24, story(result), color=MUTED)
    top += _HEADING
    compressed = result.palette[nearest_labels(shown.cloud, result.palette, threads=result.threads)]
    columns = (("colours of the picture", shown.colors), ("the same after compression", compressed))
    for column, (title, as_colors) in enumerate(columns):
        left = MARGIN + column * _CUBE
        axes = place(figure, left, top, _CUBE, _ROW, projection="3d")
        write(figure, left, top + 22, title)
        frame(axes, shown.colors, space)
        points(axes, shown.colors, as_colors, space)
        balls(axes, result.palette, shares_of(result), space)
    draw_passes(figure, result, WIDTH - MARGIN - _CURVES, top, _CURVES, _ROW - 20)


def shares_of(result: Result) -> NDArray[np.float64]:
    """Return for each palette entry its part of all pixels, (k,)."""
    counts = np.bincount(result.indices.ravel(), minlength=len(result.palette))
    return np.asarray(counts / counts.sum())
