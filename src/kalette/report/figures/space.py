"""Colours as points in space, each in its own colour, and centroids among them, sized by share."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.artist import Artist
from mpl_toolkits.mplot3d.axes3d import Axes3D
from numpy.typing import NDArray

from kalette.color import oklab
from kalette.report.figures.look import INK, MUTED, PANE
from kalette.types import ColorBytes, Counts

ShownSpace = Literal["srgb", "oklab"]
"""The space that a scatter shows."""

Floats = NDArray[np.float64]

_NAMES = {"srgb": ("red", "green", "blue"), "oklab": ("a", "b", "L")}
_UNNAMED = (128, 0.5)  # middles, where the name of the axis stands
_TENTH = 0.1  # ends of a and b are multiples of it
_PAD = 0.05  # around the space, so that balls in its corners leave the numbers free
_MOST_POINTS = 4000
_POINT_AREA, _LEAST_BALL, _BALL_OF_ALL = 3.0, 10.0, 900.0  # in square points
_ELEVATION, _AZIMUTH, _SIDES, _ZOOM = 22, -58, (1, 1, 0.86), 0.95


def oklab_from_srgb(colors: ColorBytes) -> Floats:
    """Return colours in Oklab, in its own units.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8; alpha is left aside.

    Returns
    -------
    ndarray
        (N, 3) float64: L, a, b.

    Examples
    --------
    >>> oklab_from_srgb(np.array([[0, 0, 0], [255, 0, 0]], np.uint8)).round(3).tolist()
    [[0.0, 0.0, 0.0], [0.628, 0.225, 0.126]]
    """
    sixteenths = oklab.sixteenths_from_srgb(colors[:, :3])
    return np.asarray(sixteenths / (oklab.WHITE_LIGHTNESS * np.array([1, oklab.CHROMA, oklab.CHROMA])))


def sample(colors: ColorBytes, counts: Counts) -> NDArray[np.intp]:
    """Return which colours to show: some thousands at most, frequent ones first, none that is clear.

    Steps of equal length are taken along the colours' curve, each colour being as long as the square root
    of its count: the same colours every time, and from everywhere.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8, along the Z-order curve.
    counts : ndarray
        (N,) pixels of each.

    Examples
    --------
    >>> sample(np.array([[0, 0, 0, 0], [9, 9, 9, 255]], np.uint8), np.array([5, 1])).tolist()
    [1]
    """
    seen = np.flatnonzero(colors[:, 3] > 0) if colors.shape[1] == 4 else np.arange(len(colors))
    if len(seen) <= _MOST_POINTS:
        return seen
    ends = np.cumsum(np.sqrt(counts[seen]))
    steps = (np.arange(_MOST_POINTS) + 0.5) * (ends[-1] / _MOST_POINTS)
    chosen: NDArray[np.intp] = seen[np.unique(np.searchsorted(ends, steps))]
    return chosen


def frame(axes: Axes3D, colors: ColorBytes, space: ShownSpace) -> None:
    """Draw the axes of a space, quietly; in Oklab a and b end where the given colours do."""
    axes.view_init(_ELEVATION, _AZIMUTH)
    axes.set_box_aspect(_SIDES, zoom=_ZOOM)
    axes.patch.set_visible(False)
    axes.computed_zorder = False  # balls are seen through the points
    for name, words, (ends, ticks) in zip("xyz", _NAMES[space], _ends_and_ticks(colors, space), strict=True):
        axis = getattr(axes, f"{name}axis")
        axis.set_pane_color(PANE)
        axis.line.set_color(MUTED)
        axis._axinfo["grid"].update(color="white", linewidth=0.8)
        axis.set_ticks(ticks, ["" if tick in _UNNAMED else f"{tick:g}" for tick in ticks])
        axis.set_tick_params(pad=-1 if name == "z" else -3)
        axis.set_label_text(words)
        axis.labelpad = -8 if name == "z" else -4
        pad = _PAD * (ends[1] - ends[0])
        getattr(axes, f"set_{name}lim")(ends[0] - pad, ends[1] + pad)


def _ends_and_ticks(
    colors: ColorBytes, space: ShownSpace
) -> tuple[tuple[tuple[float, float], tuple[float, ...]], ...]:
    """Return for each axis where it ends and what is marked; corners that two share are marked on one."""
    if space == "srgb":
        return ((0, 255), (0, 128, 255)), ((0, 255), (128, 255)), ((0, 255), (128, 255))
    largest = float(np.abs(oklab_from_srgb(colors)[:, 1:]).max(initial=_TENTH / 2))
    end = _TENTH * np.ceil(largest / _TENTH)
    half = round(end / 2, 2)
    return ((-end, end), (-half, 0, half)), ((-end, end), (-half, 0, half)), ((0, 1), (0, 0.5, 1))


def points(axes: Axes3D, at: ColorBytes, shown_as: ColorBytes, space: ShownSpace, **options: Any) -> None:
    """Draw colours as small points, in these or other colours.

    Parameters
    ----------
    axes : Axes3D
        Framed for the space.
    at : ndarray
        (N, 3 or 4) uint8: where.
    shown_as : ndarray
        (N, 3 or 4) uint8: how.
    space : {"srgb", "oklab"}
        Of the axes.
    **options
        Of Matplotlib's scatter.
    """
    axes.scatter(
        *_places(at, space),
        c=shown_as / 255,
        s=_POINT_AREA,
        linewidths=0,
        depthshade=False,
        zorder=1,
        rasterized=True,  # thousands of them as shapes would be slow to show
        **options,
    )


def balls(axes: Axes3D, palette: ColorBytes, shares: Floats, space: ShownSpace) -> Artist:
    """Draw palette entries as balls, the larger the more pixels they stand for; clear ones are left out.

    Parameters
    ----------
    axes : Axes3D
        Framed for the space.
    palette : ndarray
        (k, 3 or 4) uint8.
    shares : ndarray
        (k,) parts of all pixels.
    space : {"srgb", "oklab"}
        Of the axes.
    """
    seen = palette[:, 3] > 0 if palette.shape[1] == 4 else np.full(len(palette), True)
    drawn: Artist = axes.scatter(
        *_places(palette[seen], space),
        c=palette[seen] / 255,
        s=_LEAST_BALL + _BALL_OF_ALL * shares[seen],
        edgecolors=INK,
        linewidths=0.7,
        depthshade=False,
        zorder=3,
    )
    return drawn


def trails(axes: Axes3D, path: Sequence[ColorBytes], space: ShownSpace) -> list[Artist]:
    """Draw where each palette entry came along; those that are clear in the end are left out.

    Parameters
    ----------
    axes : Axes3D
        Framed for the space.
    path : sequence of ndarray
        (k, 3 or 4) uint8: palettes pass by pass.
    space : {"srgb", "oklab"}
        Of the axes.
    """
    seen = path[-1][:, 3] > 0 if path[-1].shape[1] == 4 else np.full(len(path[-1]), True)
    places = np.stack([_places(palette[seen], space) for palette in path])
    lines = (
        axes.plot(*places[..., entry].T, color=INK, linewidth=0.7, zorder=2) for entry in range(seen.sum())
    )
    return [line for drawn in lines for line in drawn]


def _places(colors: ColorBytes, space: ShownSpace) -> Floats:
    """Return where colours lie along the axes, (3, N)."""
    if space == "srgb":
        return colors[:, :3].T.astype(np.float64)
    return oklab_from_srgb(colors).T[[1, 2, 0]]
