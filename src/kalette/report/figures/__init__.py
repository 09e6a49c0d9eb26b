"""Matplotlib figures of compression results: comparison grid, colour scatter plots, animation of K-Means."""

from kalette.types import MissingLibraryError

try:
    import matplotlib as _matplotlib  # noqa: F401 - asked for before the modules that draw with it
except ImportError as error:
    raise MissingLibraryError(
        "figures need Matplotlib 3.8 or later; install it with: pip install 'kalette[plot]'"
    ) from error

from kalette.report.figures.animation import frame_count, require_steps_writable, save_steps
from kalette.report.figures.curves import comparison_curves
from kalette.report.figures.elbow import color_elbow, elbow_figure
from kalette.report.figures.files import png_bytes, require_writable, save, svg_text
from kalette.report.figures.frames import frames_figure
from kalette.report.figures.grid import comparison_grid
from kalette.report.figures.plot import color_plot
from kalette.report.figures.starts import starts_figure

__all__ = [
    "color_elbow",
    "color_plot",
    "comparison_curves",
    "comparison_grid",
    "elbow_figure",
    "frame_count",
    "frames_figure",
    "png_bytes",
    "require_steps_writable",
    "require_writable",
    "save",
    "save_steps",
    "starts_figure",
    "svg_text",
]
