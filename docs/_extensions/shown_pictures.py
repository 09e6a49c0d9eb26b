"""Pictures of the gallery: a block that ends with a result or a figure shows it, as a notebook does."""

from pathlib import Path
from typing import Any

from sphinx_gallery.scrapers import figure_rst

_VALUE_OF_BLOCK = "___"


def scraper(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the value of a block as PNG, and return the text that shows it."""
    names = block_vars["example_globals"]
    value = names.get(_VALUE_OF_BLOCK)
    names[_VALUE_OF_BLOCK] = None  # it would stay there for blocks without a value
    png = getattr(value, "_repr_png_", lambda: None)()
    if png is None:
        return ""
    path = Path(next(block_vars["image_path_iterator"]))
    path.write_bytes(png)
    return str(figure_rst([str(path)], gallery_conf["src_dir"]))
