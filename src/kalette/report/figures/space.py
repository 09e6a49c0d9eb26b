"""Three-dimensional scatter plots of colours, with palette entries as balls sized by share."""

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
"""The colour space of a scatter plot."""

Floats = NDArray[np.float64]

_AXIS_NAMES = {"srgb": ("red", "green", "blue"), "oklab": ("a", "b", "L")}
_UNLABELLED_TICKS = (128, 0.5)  # midpoints, covered by the axis name
_OKLAB_STEP = 0.1  # the limits of a and b are multiples
_PAD = 0.05  # margin, so that balls in the corners do not cover tick labels
_MAX_POINTS = 4000
_POINT_AREA, _MIN_BALL_AREA, _BALL_AREA_PER_SHARE = 3.0, 10.0, 900.0  # in square points
_ELEVATION, _AZIMUTH, _BOX_ASPECT, _ZOOM = 22, -58, (1, 1, 0.86), 0.95


def oklab_from_srgb(colors: ColorBytes) -> Floats:
    """Convert colours to Oklab, with L from 0 to 1.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8; alpha is ignored.

    Returns
    -------
    ndarray
        (N, 3) float64: L, a, b.

    Examples
    --------
    >>> oklab_from_srgb(np.array([[0, 0, 0], [255, 0, 0]], np.uint8)).round(3).tolist()
    [[0.0, 0.0, 0.0], [0.628, 0.225, 0.126]]
    """
    scaled = oklab.sixteenths_from_srgb(colors[:, :3])
    return np.asarray(scaled / (oklab.WHITE_LIGHTNESS * np.array([1, oklab.CHROMA, oklab.CHROMA])))


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
    visible = np.flatnonzero(colors[:, 3] > 0) if colors.shape[1] == 4 else np.arange(len(colors))
    if len(visible) <= _MAX_POINTS:
        return visible
    cumulative = np.cumsum(np.sqrt(counts[visible]))
    targets = (np.arange(_MAX_POINTS) + 0.5) * (cumulative[-1] / _MAX_POINTS)
    chosen: NDArray[np.intp] = visible[np.unique(np.searchsorted(cumulative, targets))]
    return chosen


def frame(axes: Axes3D, colors: ColorBytes, space: ShownSpace) -> None:
    """Style the axes for a colour space; the limits of Oklab's a and b follow the given colours."""
    axes.view_init(_ELEVATION, _AZIMUTH)
    axes.set_box_aspect(_BOX_ASPECT, zoom=_ZOOM)
    axes.patch.set_visible(False)
    axes.computed_zorder = False  # draw balls above the points
    scales = zip("xyz", _AXIS_NAMES[space], _limits_and_ticks(colors, space), strict=True)
    for name, label, (limits, ticks) in scales:
        axis = getattr(axes, f"{name}axis")
        axis.set_pane_color(PANE)
        axis.line.set_color(MUTED)
        axis._axinfo["grid"].update(color="white", linewidth=0.8)
        axis.set_ticks(ticks, ["" if tick in _UNLABELLED_TICKS else f"{tick:g}" for tick in ticks])
        axis.set_tick_params(pad=-1 if name == "z" else -3)
        axis.set_label_text(label)
        axis.labelpad = -8 if name == "z" else -4
        pad = _PAD * (limits[1] - limits[0])
        getattr(axes, f"set_{name}lim")(limits[0] - pad, limits[1] + pad)


def _limits_and_ticks(
    colors: ColorBytes, space: ShownSpace
) -> tuple[tuple[tuple[float, float], tuple[float, ...]], ...]:
    """Return limits and ticks of each axis; a corner shared by two axes has a tick on one of them."""
    if space == "srgb":
        return ((0, 255), (0, 128, 255)), ((0, 255), (128, 255)), ((0, 255), (128, 255))
    largest = float(np.abs(oklab_from_srgb(colors)[:, 1:]).max(initial=_OKLAB_STEP / 2))
    end = _OKLAB_STEP * np.ceil(largest / _OKLAB_STEP)
    half = round(end / 2, 2)
    return ((-end, end), (-half, 0, half)), ((-end, end), (-half, 0, half)), ((0, 1), (0, 0.5, 1))


def points(axes: Axes3D, at: ColorBytes, shown_as: ColorBytes, space: ShownSpace, **options: Any) -> None:
    """Draw colours as small points, in their own or in other colours.

    Parameters
    ----------
    axes : Axes3D
        Axes prepared by `frame`.
    at : ndarray
        (N, 3 or 4) uint8: positions.
    shown_as : ndarray
        (N, 3 or 4) uint8: displayed colours.
    space : {"srgb", "oklab"}
        Colour space of the axes.
    **options
        Options of `Axes3D.scatter`.
    """
    axes.scatter(
        *_coordinates(at, space),
        c=shown_as / 255,
        s=_POINT_AREA,
        linewidths=0,
        depthshade=False,
        zorder=1,
        rasterized=True,  # thousands of vector shapes are slow to display
        **options,
    )


def balls(axes: Axes3D, palette: ColorBytes, shares: Floats, space: ShownSpace) -> Artist:
    """Draw palette entries as balls whose area grows with their share; clear entries are omitted.

    Parameters
    ----------
    axes : Axes3D
        Axes prepared by `frame`.
    palette : ndarray
        (k, 3 or 4) uint8.
    shares : ndarray
        (k,) shares of all pixels.
    space : {"srgb", "oklab"}
        Colour space of the axes.
    """
    visible = palette[:, 3] > 0 if palette.shape[1] == 4 else np.full(len(palette), True)
    drawn: Artist = axes.scatter(
        *_coordinates(palette[visible], space),
        c=palette[visible] / 255,
        s=_MIN_BALL_AREA + _BALL_AREA_PER_SHARE * shares[visible],
        edgecolors=INK,
        linewidths=0.7,
        depthshade=False,
        zorder=3,
    )
    return drawn


def trails(axes: Axes3D, path: Sequence[ColorBytes], space: ShownSpace) -> list[Artist]:
    """Draw the path of each palette entry over the passes; entries that end up clear are omitted.

    Parameters
    ----------
    axes : Axes3D
        Axes prepared by `frame`.
    path : sequence of ndarray
        (k, 3 or 4) uint8 palettes, one per pass.
    space : {"srgb", "oklab"}
        Colour space of the axes.
    """
    visible = path[-1][:, 3] > 0 if path[-1].shape[1] == 4 else np.full(len(path[-1]), True)
    places = np.stack([_coordinates(palette[visible], space) for palette in path])
    lines = (
        axes.plot(*places[..., entry].T, color=INK, linewidth=0.7, zorder=2) for entry in range(visible.sum())
    )
    return [line for drawn in lines for line in drawn]


def _coordinates(colors: ColorBytes, space: ShownSpace) -> Floats:
    """Return the coordinates of colours along x, y and z, (3, N)."""
    if space == "srgb":
        return colors[:, :3].T.astype(np.float64)
    return oklab_from_srgb(colors).T[[1, 2, 0]]
