"""The plot of growth: time and memory over megapixels, k and distinct colours, from growth.json."""

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from commands import MIB
from growth_commands import OWN, PEER
from growth_tables import CURVES
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator
from plot_style import GRID, INK, plain, sheet
from plot_style import OWN as OWN_COLOR
from plot_style import PEER as PEER_COLOR
from speed_tables import entry_of

Record = Mapping[str, Any]
_FIGURES = {"median": ("seconds", 1), "peak_bytes": ("peak memory, MiB", MIB)}
_STYLES = {OWN: (OWN_COLOR, 2.2), PEER: (PEER_COLOR, 1.4)}
_MOST_STEPS = 5  # between ticks
_MARGIN = 1.25
_LEAST_RANGE = 5  # of an axis, so that noise does not look like a step


def draw(record: Record, path: Path) -> None:
    """Draw a column for each curve that was measured, time above memory."""
    parts = [part for part in CURVES if record.get(part)]
    with sheet(path, 1 + 3.2 * len(parts), 5.8) as figure:
        panels = figure.subplots(len(_FIGURES), len(parts), squeeze=False, sharex="col")
        for row, (key, (unit, scale)) in zip(panels, _FIGURES.items(), strict=True):
            for axes, part in zip(row, parts, strict=True):
                _draw_curves(axes, record[part], key, scale)
            row[0].set_ylabel(unit)
        for axes, part in zip(panels[-1], parts, strict=True):
            _frame_across(axes, CURVES[part], [row["at"] for row in record[part]])
        _legend(figure, panels[0][0])


def _draw_curves(axes: Axes, rows: Sequence[Record], key: str, scale: float) -> None:
    """Draw one figure of both commands over the places of a part."""
    shown = []
    for name, (color, width) in _STYLES.items():
        points = [(row["at"], entry[key] / scale) for row in rows if (entry := entry_of(row, name))]
        if points:
            axes.plot(*zip(*points, strict=True), color=color, linewidth=width, marker="o", ms=4, label=name)
            shown += [value for _, value in points]
    axes.set(xscale="log", yscale="log")
    _limits(axes, shown)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(plain)
    axes.grid(color=GRID, linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)


def _frame_across(axes: Axes, label: str, places: Sequence[float]) -> None:
    """Label the axis that the panels of a column share, at some of the places measured."""
    axes.xaxis.set_major_locator(FixedLocator(apart(places)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(_short)
    axes.set_xlabel(label, color=INK)


def _limits(axes: Axes, shown: Sequence[float]) -> None:
    """Leave a margin above and below, and more where the figures are close to each other."""
    low, high = min(shown), max(shown)
    margin = max(_MARGIN, sqrt(_LEAST_RANGE * low / high))
    axes.set_ylim(low / margin, high * margin)


def apart(places: Sequence[float]) -> list[float]:
    """Return those places that are far enough from each other for their labels."""
    least = (places[-1] / places[0]) ** (1 / _MOST_STEPS)
    kept = list(places[:1])
    for place in places:
        if place >= least * kept[-1] > kept[-1]:
            kept.append(place)
    return kept


def _short(value: float, _: float | None = None) -> str:
    """Return the text of a tick, in thousands where that is shorter."""
    return plain(value) if value < 1e4 else f"{value / 1e3:.0f}k"


def _legend(figure: Figure, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
