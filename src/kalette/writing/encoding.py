"""A picture in palette entries to the bytes of a file: PNG, lossless WebP, GIF."""

from pathlib import Path

from kalette.reading import Metadata
from kalette.types import Effort, Format, Indexed, SettingsError
from kalette.writing.gif import gif_bytes
from kalette.writing.png import Keeps, png_bytes
from kalette.writing.webp import webp_bytes

SUFFIXES: dict[str, Format] = {".png": "png", ".webp": "webp", ".gif": "gif"}
"""The format of each file name ending."""

_NO_METADATA = Metadata()


def encode(
    indexed: Indexed,
    file_format: Format,
    effort: Effort = "balanced",
    metadata: Metadata = _NO_METADATA,
    *,
    keeps: Keeps = "order",
) -> bytes:
    """Return the file in which each pixel has the colour of its palette entry.

    Parameters
    ----------
    indexed : Indexed
        Palette and indices; for GIF with alpha of 0 and 255 only.
    file_format : {"png", "webp", "gif"}
        The format.
    effort : {"fast", "balanced", "best"}
        How long to search for fewer bytes.
    metadata : Metadata
        Goes with the pixels as far as the format holds it.
    keeps : {"order", "palette", "colors"}
        What a PNG keeps: the palette, whole and in its order; the palette in any order, or as greys; or only
        the colour of each pixel, with or without a palette.

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
    """Return the format that a file name asks for.

    Raises
    ------
    SettingsError
        When Kalette does not write it.

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
