"""The plot of loss against time, from the JSON of benchmarks/quality.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from peers import PEERS
from plot_style import GRID, INK, OTHER, OWN, plain, sheet
from quality_tables import Rows, common_pictures, ks_of, of, right

_LEAST_PERCENT = 0.1
_APART = 4  # dots between labels
_PLACES = (
    (8, 0, "left", "center"),
    (-8, 0, "right", "center"),
    (0, 8, "center", "bottom"),
    (0, -8, "center", "top"),
    (6, 6, "left", "bottom"),
    (6, -6, "left", "top"),
    (-6, 6, "right", "bottom"),
    (-6, -6, "right", "top"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """A peer's time, and its error above the best known, in per cent."""

    name: str
    seconds: float
    percent: float
    own: bool


def points(rows: Rows) -> list[Point]:
    """Return a point for each peer: median time and mean error at the largest k."""
    shown = common_pictures(rows)
    k = ks_of(rows)[-1]
    made = []
    for peer in PEERS:
        own = [row for row in of(rows, peer.name, k) if row["picture"] in shown]
        if own:
            percent = 100 * (fmean(row["mse_to_best"] for row in own) - 1)
            seconds = median(row["seconds"] for row in own)
            made.append(Point(peer.name, seconds, max(percent, _LEAST_PERCENT), peer.is_kalette))
    return made


def draw(record: dict[str, Any], path: Path) -> None:
    """Draw the plot and write it as PNG."""
    rows = right(record["rows"])
    with sheet(path, 8, 5) as figure:
        axes = figure.subplots()
        _frame(axes, rows)
        shown = points(rows)
        for each in shown:
            color, size = (OWN, 64) if each.own else (OTHER, 40)
            axes.scatter(each.seconds, each.percent, color=color, s=size, zorder=3, edgecolors="white")
        _limits(axes, shown)
        figure.draw_without_rendering()
        _label(axes, shown)


def _frame(axes: Axes, rows: Rows) -> None:
    pictures = ", ".join(common_pictures(rows))
    axes.set(xscale="log", yscale="log")
    axes.set_xlabel("seconds from pixels to palette and indices (left is faster)")
    axes.set_ylabel("squared error above the lowest known, % (down is better)")
    axes.set_title(
        f"Error and time at {ks_of(rows)[-1]} colours, over {pictures}", loc="left", fontsize=11, color=INK
    )
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
    axes.grid(which="major", color=GRID, linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)


def _limits(axes: Axes, shown: Sequence[Point]) -> None:
    """Leave room for the labels on all sides."""
    seconds, percents = [each.seconds for each in shown], [each.percent for each in shown]
    axes.set_xlim(min(seconds) / 2.5, max(seconds) * 2.5)
    axes.set_ylim(min(percents) / 1.6, max(percents) * 1.6)


def _label(axes: Axes, shown: Sequence[Point]) -> None:
    """Label each point at the first place inside the axes that overlaps nothing."""
    taken = [_around(axes, each) for each in shown]
    for each, own in zip(shown, list(taken), strict=True):
        label = None
        for across, up, horizontal, vertical in _PLACES:
            if label is not None:
                label.remove()
            label = axes.annotate(
                each.name,
                (each.seconds, each.percent),
                xytext=(across, up),
                textcoords="offset points",
                ha=horizontal,
                va=vertical,
                color=OWN if each.own else INK,
                fontweight="bold" if each.own else "normal",
            )
            box = label.get_window_extent().padded(_APART)
            if _is_free(box, axes.bbox, [other for other in taken if other is not own]):
                taken.append(box)
                break
        else:
            taken.append(box)


def _around(axes: Axes, point: Point) -> Bbox:
    x, y = axes.transData.transform((point.seconds, point.percent))
    return Bbox.from_extents(x - 7, y - 7, x + 7, y + 7)


def _is_free(box: Bbox, frame: Bbox, taken: Sequence[Bbox]) -> bool:
    inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    return inside and not any(box.overlaps(other) for other in taken)
