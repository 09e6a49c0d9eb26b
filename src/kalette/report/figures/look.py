"""Common style and layout of all figures: sizes, colours, fonts, and placement on a sheet.

Positions and sizes are in dots from the upper left corner. Text on a sheet of `WIDTH` dots is legible when
the sheet is shown a thousand pixels wide.
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
"""Font sizes in points."""

INK, MUTED, FAINT, PANE, ACCENT = "#1e293b", "#64748b", "#e2e8f0", "#f1f5f9", "#c2410c"

GROUPS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#0891b2", "#65a30d", "#57534e")
"""Categorical colours for clusters of points."""

_RC_PARAMS = {
    "font.family": "DejaVu Sans",  # bundled with Matplotlib
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
# No dates and versions, for reproducible bytes.
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
ENDINGS = tuple(_METADATA)
"""File formats of figures, which are also their extensions."""

_LOCK = RLock()  # Matplotlib's rcParams are process-wide


@contextmanager
def look() -> Iterator[None]:
    """Apply Kalette's Matplotlib style instead of the user's; one thread at a time."""
    with _LOCK, matplotlib.style.context(["default", _RC_PARAMS]):
        yield


class _Sheet(Figure):
    """A figure with a notebook representation."""

    def _repr_png_(self) -> bytes:
        return rendered(self, "png")


def rendered(figure: Figure, file_format: str) -> bytes:
    """Render a figure in Kalette's style to a file in one of the formats `ENDINGS`."""
    out = io.BytesIO()
    with look():
        figure.savefig(out, format=file_format, dpi="figure", metadata=_METADATA[file_format])
    return out.getvalue()


def sheet(width: int, height: int) -> Figure:
    """Return an empty figure, with its size in dots."""
    return _Sheet(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")


def place(figure: Figure, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
    """Add axes to a sheet at a position in dots."""
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
    """Write a line of text; `left` is its anchor, the right end with right alignment."""
    across, down = figure.get_size_inches() * DPI
    line: Text = figure.text(left / across, 1 - baseline / down, words, ha=align, va="baseline", **options)
    return line
