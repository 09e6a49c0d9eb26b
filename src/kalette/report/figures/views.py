"""Views of colours in a figure: the cube of their space, or a plane through it."""

from typing import Literal

from matplotlib.figure import Figure

from kalette.clustering import Histogram
from kalette.report.figures.cube import cube
from kalette.report.figures.look import place
from kalette.report.figures.plane import plane
from kalette.report.figures.scatter import Scatter, sample
from kalette.report.figures.space import ShownSpace

View = Literal["cube", "plane"]
"""How a scatter plot shows colours: in three dimensions, or in the plane of their principal components."""

Box = tuple[int, int, int]
"""Left, top and side of a square in dots."""

_AXIS_ROOM = 40  # for the labels of a plane


def sampled(histogram: Histogram) -> Histogram:
    """Return the histogram of the colours that are shown as points, a few thousand at most."""
    chosen = sample(histogram.colors, histogram.counts)
    return Histogram(histogram.colors[chosen], histogram.counts[chosen])


def scatter_in(figure: Figure, box: Box, histogram: Histogram, space: ShownSpace, view: View) -> Scatter:
    """Add axes for the colours of a picture to a sheet.

    Parameters
    ----------
    figure : Figure
        The sheet.
    box : tuple of int
        Left, top and side in dots.
    histogram : Histogram
        All colours of the picture.
    space : {"srgb", "oklab"}
        Colour space.
    view : {"cube", "plane"}
        How it is shown.
    """
    left, top, side = box
    if view == "cube":
        return cube(place(figure, left, top, side, side, projection="3d"), sampled(histogram).colors, space)
    inner = side - 2 * _AXIS_ROOM
    return plane(place(figure, left + _AXIS_ROOM, top + _AXIS_ROOM, inner, inner), histogram, space)
