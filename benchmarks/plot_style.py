"""The common style of all plots."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

OWN, PEER, OTHER, FAINT = "#c2410c", "#1d4ed8", "#64748b", "#a3a3a3"
INK, GRID = "#1e293b", "#e2e8f0"


@contextmanager
def sheet(path: Path, width: float, height: float) -> Iterator[Figure]:
    """Give a figure of that size in inches to draw on, and write it as PNG."""
    with mpl.rc_context({"font.family": "DejaVu Sans", "font.size": 10, "svg.hashsalt": "kalette"}):
        figure = Figure(figsize=(width, height), dpi=120, layout="constrained")
        yield figure
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Software": None})


def plain(value: float, _: float | None = None) -> str:
    """Return the text of a tick."""
    return f"{value:g}"
