"""Palettes in and out: hex lists, CSS, JSON, GIMP, Adobe Swatch Exchange, Photoshop, SVG, PNG."""

from kalette.palettes.files import read_palette
from kalette.palettes.swatches import FORMATS, OPAQUE_ONLY, Order, PaletteFormat, Swatches, palette_format_of

__all__ = [
    "FORMATS",
    "OPAQUE_ONLY",
    "Order",
    "PaletteFormat",
    "Swatches",
    "palette_format_of",
    "read_palette",
]
