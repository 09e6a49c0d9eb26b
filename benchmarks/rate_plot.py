"""The plots of score against bytes, from the JSON of benchmarks/rate.py."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from curves import hull
from encoders import ENCODERS, KALETTE, REFERENCE
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
from plot_style import FAINT, GRID, INK, OTHER, OWN, PEER, plain, sheet
from rate_tables import curve, metrics, pictures, row_of
from scores import Metric

Record = Mapping[str, Any]
_CHOSEN = ("kodim03", "kodim05", "kodim13", "kodim15", "kodim19", "kodim23")
_COLUMNS = 3
_COLORS = {KALETTE: OWN, REFERENCE: PEER, "Pillow": OTHER, "ImageMagick": FAINT}
_LEAST = 20  # SSIMULACRA2 below this is useless, and would compress the scale
_MARGIN = 1.05


def draw(record: Record, path: Path, *, alpha: bool) -> None:
    """Draw the samples with alpha, or a selection of the others, and write the plot as PNG."""
    names = pictures(record, alpha=alpha)
    names = [name for name in _CHOSEN if name in names] or names
    rows = math.ceil(len(names) / _COLUMNS)
    with sheet(path, 10, 1 + 2.8 * rows) as figure:
        panels = list(figure.subplots(rows, _COLUMNS, squeeze=False).flat)
        main = metrics(record)[0]
        for name, panel in zip(names, panels, strict=False):
            _draw_panel(panel, record, name, main)
        for panel in panels[len(names) :]:
            panel.set_visible(False)
        _label(figure, panels[0], main)


def _draw_panel(axes: Axes, record: Record, picture: str, main: Metric) -> None:
    """Draw the hull of each encoder as a line and its files as dots."""
    shown = []
    for each in reversed(ENCODERS):
        points = curve(row_of(record, picture, each.name), main)
        if each.name not in _COLORS or not points:
            continue
        color, width = _COLORS[each.name], 2.2 if each.is_kalette else 1.4
        knots = hull(points)
        line = [math.exp(log_bytes) / 1000 for _, log_bytes in knots], [score for score, _ in knots]
        axes.plot(*line, color=color, linewidth=width, label=each.name)
        axes.scatter([size / 1000 for size, _ in points], [score for _, score in points], color=color, s=9)
        shown += points
    axes.set_xscale("log")
    axes.set_title(picture, loc="left", fontsize=10, color=INK)
    _frame(axes, shown, main)


def _frame(axes: Axes, points: Sequence[tuple[float, float]], main: Metric) -> None:
    useful = [point for point in points if main.name != "ssimulacra2" or point[1] >= _LEAST]
    if useful and len(useful) < len(points):
        sizes, scores = zip(*useful, strict=True)
        axes.set_ylim(min(scores) - 2, max(scores) + 2)
        axes.set_xlim(min(sizes) / _MARGIN / 1000, max(sizes) * _MARGIN / 1000)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(plain)
    axes.grid(color=GRID, linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)


def _label(figure: Figure, panel: Axes, main: Metric) -> None:
    figure.supxlabel("kilobytes (left is smaller)", fontsize=10)
    side = "up is better" if main.sense > 0 else "negated, so up is better"
    figure.supylabel(f"{main.label} ({side})", fontsize=10)
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside upper center", ncols=len(labels), frameon=False)
