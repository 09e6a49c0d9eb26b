"""The cube of a colour space, as a three-dimensional scatter plot."""

import numpy as np
from mpl_toolkits.mplot3d.axes3d import Axes3D

from kalette.report.figures.look import MUTED, PANE
from kalette.report.figures.scatter import Scatter
from kalette.report.figures.space import AXIS_NAMES, ShownSpace, coordinates, oklab_from_srgb
from kalette.types import ColorBytes

_UNLABELLED_TICKS = (128, 0.5)  # midpoints, covered by the axis name
_OKLAB_STEP = 0.1  # the limits of a and b are multiples
_PAD = 0.05  # margin, so that balls in the corners do not cover tick labels
_ELEVATION, _AZIMUTH, _BOX_ASPECT, _ZOOM = 22, -58, (1, 1, 0.86), 0.95


def cube(axes: Axes3D, colors: ColorBytes, space: ShownSpace) -> Scatter:
    """Style the axes for a colour space; the limits of Oklab's a and b follow the given colours.

    Parameters
    ----------
    axes : Axes3D
        Empty axes.
    colors : ndarray
        (N, 3 or 4) uint8: the colours to show.
    space : {"srgb", "oklab"}
        Colour space of the axes.
    """
    axes.view_init(_ELEVATION, _AZIMUTH)
    axes.set_box_aspect(_BOX_ASPECT, zoom=_ZOOM)
    axes.patch.set_visible(False)
    axes.computed_zorder = False  # draw balls above the points
    scales = zip("xyz", AXIS_NAMES[space], _limits_and_ticks(colors, space), strict=True)
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
    return Scatter(axes, lambda colors: coordinates(colors, space), {"depthshade": False})


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
