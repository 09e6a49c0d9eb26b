"""Encoding of a picture or an animation as PNG, lossless WebP or GIF."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kalette.reading import Metadata
from kalette.types import ONE_THREAD, Effort, Format, Frame, Indexed, Pixels, Run, SettingsError, WriteError
from kalette.writing.animation import animation_bytes
from kalette.writing.gif import gif_bytes
from kalette.writing.png import Keeps, png_bytes
from kalette.writing.raw import raw_file
from kalette.writing.true_color import true_color_png
from kalette.writing.webp import webp_bytes

SUFFIXES: dict[str, Format] = {".png": "png", ".webp": "webp", ".gif": "gif", ".raw": "raw"}
"""Format by file extension."""

_NO_METADATA = Metadata()


def encode(
    content: Indexed | Pixels | Sequence[Frame],
    file_format: Format,
    effort: Effort = "balanced",
    metadata: Metadata = _NO_METADATA,
    *,
    keeps: Keeps = "order",
    run: Run = ONE_THREAD,
) -> bytes:
    """Encode a picture or an animation losslessly.

    Parameters
    ----------
    content : Indexed, ndarray or sequence of Frame
        Palette and indices, for GIF with alpha 0 and 255 only; (H, W, 3 or 4) uint8 pixels, for PNG and WebP;
        or the frames of an animation, which take no further arguments.
    file_format : {"png", "webp", "gif", "raw"}
        The format.
    effort : {"fast", "balanced", "best"}
        Effort of the search for a smaller file.
    metadata : Metadata
        Metadata to embed, as far as the format supports them.
    keeps : {"order", "palette", "colors"}
        What a PNG preserves: the complete palette in its order; the palette in any order, or as greys; or
        only the pixel colours, with or without a palette.
    run : Run
        Callbacks: a step is a trial.

    Raises
    ------
    WriteError
        When the format cannot hold an image of this size or kind.

    Examples
    --------
    >>> import numpy as np
    >>> encode(Indexed(np.zeros((1, 3), np.uint8), np.zeros((1, 1), np.uint8)), "png")[1:4]
    b'PNG'
    """
    run.require_wanted()
    if file_format == "raw":
        return _raw_of(content)
    if isinstance(content, np.ndarray):
        return _encoded_pixels(content, file_format, effort, metadata)
    if not isinstance(content, Indexed):
        return animation_bytes(content, file_format)
    if file_format == "webp":
        return webp_bytes(content.pixels, effort, metadata)
    if file_format == "gif":
        return gif_bytes(content, metadata)
    return png_bytes(content, effort, metadata, keeps=keeps, run=run)


def _raw_of(content: Indexed | Pixels | Sequence[Frame]) -> bytes:
    if not isinstance(content, Indexed):
        raise WriteError("the content is not one indexed picture, which alone a raw file holds; quantize it")
    return raw_file(content)


def _encoded_pixels(pixels: Pixels, file_format: Format, effort: Effort, metadata: Metadata) -> bytes:
    if file_format == "gif":
        raise WriteError("the content is pixels without a palette, which GIF cannot hold; quantize it")
    if file_format == "webp":
        return webp_bytes(pixels, effort, metadata)
    return true_color_png(pixels, effort, metadata)


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
            f"{path} asks for a format that Kalette does not write; end it in .png, .webp, .gif or .raw"
        )
    return SUFFIXES[path.suffix.lower()]
