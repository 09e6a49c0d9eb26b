"""Scatter plots of colours, with palette entries as balls sized by share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from kalette.report.figures.look import INK
from kalette.report.figures.space import Floats
from kalette.types import ColorBytes, Counts

_MAX_POINTS = 4000
_POINT_AREA, _MIN_BALL_AREA, _BALL_AREA_PER_SHARE = 3.0, 10.0, 900.0  # in square points


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """Axes on which colours have a place.

    Parameters
    ----------
    axes : Axes or Axes3D
        Prepared axes.
    coordinates : callable
        Takes (N, 3 or 4) uint8 colours, and returns their places, (N, 2 or 3) float64.
    options : mapping
        Options of `axes.scatter`.
    """

    axes: Any  # Matplotlib, which is untyped
    coordinates: Callable[[ColorBytes], Floats]
    options: Mapping[str, Any]

    def points(self, at: ColorBytes, shown_as: ColorBytes) -> None:
        """Draw colours as small points, in their own or in other colours.

        Parameters
        ----------
        at : ndarray
            (N, 3 or 4) uint8: positions.
        shown_as : ndarray
            (N, 3 or 4) uint8: displayed colours.
        """
        self.axes.scatter(
            *self.coordinates(at).T,
            c=shown_as / 255,
            s=_POINT_AREA,
            linewidths=0,
            zorder=1,
            rasterized=True,  # thousands of vector shapes are slow to display
            **self.options,
        )

    def balls(self, palette: ColorBytes, shares: Floats) -> Artist:
        """Draw palette entries as balls whose area grows with their share; clear entries are omitted.

        Parameters
        ----------
        palette : ndarray
            (k, 3 or 4) uint8.
        shares : ndarray
            (k,) shares of all pixels.
        """
        visible = _visible(palette)
        drawn: Artist = self.axes.scatter(
            *self.coordinates(palette[visible]).T,
            c=palette[visible] / 255,
            s=_MIN_BALL_AREA + _BALL_AREA_PER_SHARE * shares[visible],
            edgecolors=INK,
            linewidths=0.7,
            zorder=3,
            **self.options,
        )
        return drawn

    def trails(self, path: Sequence[ColorBytes]) -> list[Artist]:
        """Draw the path of each palette entry over the passes; entries that end up clear are omitted.

        Parameters
        ----------
        path : sequence of ndarray
            (k, 3 or 4) uint8 palettes, one per pass.
        """
        visible = _visible(path[-1])
        places = np.stack([self.coordinates(palette[visible]) for palette in path])
        lines = (
            self.axes.plot(*places[:, entry].T, color=INK, linewidth=0.7, zorder=2)
            for entry in range(visible.sum())
        )
        return [line for drawn in lines for line in drawn]


def _visible(colors: ColorBytes) -> NDArray[np.bool_]:
    return colors[:, 3] > 0 if colors.shape[1] == 4 else np.full(len(colors), True)


def sample(colors: ColorBytes, counts: Counts) -> NDArray[np.intp]:
    """Choose the colours to show: at most a few thousand, none that is clear.

    Systematic sampling along the Z-order curve, with probability proportional to the square root of the
    count: deterministic, and spread over the whole space.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8, in Z-order.
    counts : ndarray
        (N,) pixel counts.

    Examples
    --------
    >>> sample(np.array([[0, 0, 0, 0], [9, 9, 9, 255]], np.uint8), np.array([5, 1])).tolist()
    [1]
    """
    visible = np.flatnonzero(_visible(colors))
    if len(visible) <= _MAX_POINTS:
        return visible
    cumulative = np.cumsum(np.sqrt(counts[visible]))
    targets = (np.arange(_MAX_POINTS) + 0.5) * (cumulative[-1] / _MAX_POINTS)
    chosen: NDArray[np.intp] = visible[np.unique(np.searchsorted(cumulative, targets))]
    return chosen
