"""Palette and indices to the bytes of a file: PNG, lossless WebP, GIF."""

from kalette.arrays import Indices, Palette
from kalette.encode.others import GIF_MAX_SIDE, WEBP_MAX_SIDE, gif_bytes, webp_bytes
from kalette.encode.png import Keeps, png_bit_depth, png_bytes
from kalette.metadata import Metadata
from kalette.settings import Effort, Format

__all__ = ["GIF_MAX_SIDE", "WEBP_MAX_SIDE", "Keeps", "encode", "png_bit_depth"]

_NO_METADATA = Metadata()


def encode(
    palette: Palette,
    indices: Indices,
    file_format: Format,
    effort: Effort = "balanced",
    metadata: Metadata = _NO_METADATA,
    *,
    keeps: Keeps = "order",
) -> bytes:
    """Return the file that shows each pixel in the colour of its palette entry.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8, k at most 256; for GIF with alpha of 0 and 255 only.
    indices : ndarray
        (H, W) uint8, each below k.
    file_format : {"png", "webp", "gif"}
        What to write.
    effort : {"fast", "balanced", "best"}
        How long to look for fewer bytes.
    metadata : Metadata
        What goes with the pixels, as far as the format holds it.
    keeps : {"order", "palette", "colors"}
        What a PNG keeps: the palette as it comes, whole and in its order; the palette in any order, or greys
        as such; or no more than what each pixel shows, with or without a palette.

    Raises
    ------
    WriteError
        When the format cannot hold a picture of this size.

    Examples
    --------
    >>> import numpy as np
    >>> encode(np.zeros((1, 3), np.uint8), np.zeros((1, 1), np.uint8), "png")[1:4]
    b'PNG'
    """
    if file_format == "webp":
        return webp_bytes(palette, indices, effort, metadata)
    if file_format == "gif":
        return gif_bytes(palette, indices, metadata)
    return png_bytes(palette, indices, effort, metadata, keeps=keeps)
