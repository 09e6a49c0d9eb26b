"""The look that all figures share: sizes, colours, letters, and where things stand on a sheet.

Places and sizes are in dots from the upper left corner. A sheet of `WIDTH` dots has letters that are
legible when it is shown a thousand pixels wide.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Literal

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

DPI = 200
WIDTH = 2000
MARGIN = 44

HEADING, NORMAL = 10.0, 8.5
"""Sizes of letters in points."""

INK, MUTED, FAINT, PANE, ACCENT = "#1e293b", "#64748b", "#e2e8f0", "#f1f5f9", "#c2410c"

GROUPS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#0891b2", "#65a30d", "#57534e")
"""Colours of groups of points, to be told apart."""

_RULES = {
    "font.family": "DejaVu Sans",  # comes with Matplotlib
    "font.size": NORMAL,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": NORMAL,
    "ytick.labelsize": NORMAL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "svg.hashsalt": "kalette",
}
# Without dates and versions, so that bytes depend on the drawing alone.
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
ENDINGS = tuple(_METADATA)
"""What the name of a figure's file may end in."""

_LOCK = RLock()  # Matplotlib keeps its rules for the whole process


@contextmanager
def look() -> Iterator[None]:
    """Draw with Kalette's rules, whatever the user's are; for one thread at a time."""
    with _LOCK, matplotlib.style.context(["default", _RULES]):
        yield


class _Sheet(Figure):
    """A figure that shows itself in a notebook."""

    def _repr_png_(self) -> bytes:
        return rendered(self, "png")


def rendered(figure: Figure, file_format: str) -> bytes:
    """Return a figure as a file in one of the formats of `ENDINGS`, drawn with Kalette's rules."""
    out = io.BytesIO()
    with look():
        figure.savefig(out, format=file_format, dpi="figure", metadata=_METADATA[file_format])
    return out.getvalue()


def sheet(width: int, height: int) -> Figure:
    """Return an empty figure."""
    return _Sheet(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")


def place(figure: Figure, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
    """Return new axes at a place on the sheet."""
    across, down = figure.get_size_inches() * DPI
    box = (left / across, 1 - (top + height) / down, width / across, height / down)
    axes: Axes = figure.add_axes(box, **options)
    return axes


def write(
    figure: Figure,
    left: float,
    baseline: float,
    words: str,
    align: Literal["left", "center", "right"] = "left",
    **options: Any,
) -> Text:
    """Write one line; `left` is where it ends when it is aligned right."""
    across, down = figure.get_size_inches() * DPI
    line: Text = figure.text(left / across, 1 - baseline / down, words, ha=align, va="baseline", **options)
    return line
