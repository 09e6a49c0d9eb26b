"""Encoding of an indexed picture as PNG, lossless WebP or GIF."""

from pathlib import Path

from kalette.reading import Metadata
from kalette.types import Effort, Format, Indexed, SettingsError
from kalette.writing.gif import gif_bytes
from kalette.writing.png import Keeps, png_bytes
from kalette.writing.webp import webp_bytes

SUFFIXES: dict[str, Format] = {".png": "png", ".webp": "webp", ".gif": "gif"}
"""Format by file extension."""

_NO_METADATA = Metadata()


def encode(
    indexed: Indexed,
    file_format: Format,
    effort: Effort = "balanced",
    metadata: Metadata = _NO_METADATA,
    *,
    keeps: Keeps = "order",
) -> bytes:
    """Encode an indexed picture losslessly.

    Parameters
    ----------
    indexed : Indexed
        Palette and indices; for GIF with alpha 0 and 255 only.
    file_format : {"png", "webp", "gif"}
        The format.
    effort : {"fast", "balanced", "best"}
        Effort of the search for a smaller file.
    metadata : Metadata
        Metadata to embed, as far as the format supports them.
    keeps : {"order", "palette", "colors"}
        What a PNG preserves: the complete palette in its order; the palette in any order, or as greys; or
        only the pixel colours, with or without a palette.

    Raises
    ------
    WriteError
        When the format cannot hold an image of this size.

    Examples
    --------
    >>> import numpy as np
    >>> encode(Indexed(np.zeros((1, 3), np.uint8), np.zeros((1, 1), np.uint8)), "png")[1:4]
    b'PNG'
    """
    if file_format == "webp":
        return webp_bytes(indexed.pixels, effort, metadata)
    if file_format == "gif":
        return gif_bytes(indexed, metadata)
    return png_bytes(indexed, effort, metadata, keeps=keeps)


def format_of(path: Path) -> Format:
    """Return the format for a file's extension.

    Raises
    ------
    SettingsError
        When Kalette does not write such files.

    Examples
    --------
    >>> format_of(Path("photo.webp"))
    'webp'
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError(
            f"{path} asks for a format that Kalette does not write; end it in .png, .webp or .gif"
        )
    return SUFFIXES[path.suffix.lower()]
