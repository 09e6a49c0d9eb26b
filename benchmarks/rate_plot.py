"""The plot of score against bytes, from the JSON of benchmarks/rate.py."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from curves import hull
from encoders import ENCODERS, KALETTE, REFERENCE
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rate_tables import curve, metrics, pictures, row_of
from scores import Metric

Record = Mapping[str, Any]
_SHOWN = ("kodim03", "kodim05", "kodim13", "kodim15", "kodim19", "kodim23")
_COLUMNS = 3
_INK, _GRID = "#1e293b", "#e2e8f0"
_COLORS = {KALETTE: "#c2410c", REFERENCE: "#1d4ed8", "Pillow": "#64748b", "ImageMagick": "#a3a3a3"}
_LOWEST = 20  # scores below are of no use, and would press the others together


def draw(record: Record, path: Path) -> None:
    """Draw the plot and write it as PNG."""
    main = metrics(record)[0]
    names = [name for name in _SHOWN if name in pictures(record, alpha=False)] or pictures(
        record, alpha=False
    )
    rows = math.ceil(len(names) / _COLUMNS)
    with mpl.rc_context({"font.family": "DejaVu Sans", "font.size": 10, "svg.hashsalt": "kalette"}):
        figure = Figure(figsize=(10, 0.9 + 3 * rows), dpi=120, layout="constrained")
        panels = figure.subplots(rows, _COLUMNS, squeeze=False).flat
        for panel in panels[len(names) :]:
            panel.set_visible(False)
        for name, panel in zip(names, panels, strict=False):
            _draw_panel(panel, record, name, main)
        _label(figure, main)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Software": None})


def _draw_panel(axes: Axes, record: Record, picture: str, main: Metric) -> None:
    """Draw the hull of each encoder as a line, and its files as dots."""
    for each in reversed(ENCODERS):
        points = curve(row_of(record, picture, each.name), main)
        if each.name not in _COLORS or not points:
            continue
        color = _COLORS[each.name]
        knots = hull(points)
        kilobytes = [math.exp(log_bytes) / 1000 for _, log_bytes in knots]
        width = 2.2 if each.is_kalette else 1.4
        axes.plot(kilobytes, [score for score, _ in knots], color=color, linewidth=width, label=each.name)
        axes.scatter([size / 1000 for size, _ in points], [s for _, s in points], color=color, s=9)
    axes.set_xscale("log")
    axes.set_title(picture, loc="left", fontsize=10, color=_INK)
    _frame(axes, main)


def _frame(axes: Axes, main: Metric) -> None:
    if main.name == "ssimulacra2" and axes.get_ylim()[1] > _LOWEST:
        axes.set_ylim(bottom=max(axes.get_ylim()[0], _LOWEST))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
    axes.grid(which="both", color=_GRID, linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)


def _label(figure: Figure, main: Metric) -> None:
    figure.supxlabel("kilobytes (left is smaller)", fontsize=10)
    side = "up is better" if main.sense > 0 else "negated: up is better"
    figure.supylabel(f"{main.label} ({side})", fontsize=10)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside upper center", ncols=len(labels), frameon=False)
