"""Matplotlib figures of compression results: comparison grid, colour scatter plots, animation of K-Means."""

from kalette.report.figures.animation import frame_count, require_steps_writable, save_steps
from kalette.report.figures.files import png_bytes, require_writable, save, svg_text
from kalette.report.figures.grid import comparison_grid
from kalette.report.figures.plot import color_plot
from kalette.report.figures.starts import starts_figure

__all__ = [
    "color_plot",
    "comparison_grid",
    "frame_count",
    "png_bytes",
    "require_steps_writable",
    "require_writable",
    "save",
    "save_steps",
    "starts_figure",
    "svg_text",
]
