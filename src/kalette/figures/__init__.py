"""Pictures of what K-Means did, as Matplotlib figures: made to be looked at, not to be measured."""

from kalette.figures.files import png_bytes, require_writable, save, svg_text
from kalette.figures.grid import comparison_grid

__all__ = ["comparison_grid", "png_bytes", "require_writable", "save", "svg_text"]
