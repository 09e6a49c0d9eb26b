"""Images of Pillow: opened within limits, and loaded completely unless a part is asked for."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from kalette.reading.decoding_errors import damaged
from kalette.reading.opening import open_header
from kalette.reading.raster import Raster
from kalette.reading.structure import Structure
from kalette.types import AnimationError, Limits, ReadError

if TYPE_CHECKING:
    from kalette.reading.tiff import Layout

_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
_COUNTED = ("GIF", "TIFF", "AVIF", "HEIF")  # by their structure
_MAX_RLE_PIXELS = 16_000_000
_TILE_WIDTH, _TILE_LENGTH, _PLANAR = 322, 323, 284


class Decoded(NamedTuple):
    """A decoded file.

    Parameters
    ----------
    image : PIL.Image.Image
        The image; its metadata alone when `raster` is given.
    notes : tuple of str
        What the user should know.
    raster : Raster or None
        The samples, where Kalette decodes them itself.
    cicp : bytes
        Colour codes of the file, which Pillow leaves out; empty without.
    directories : frozenset of int
        Tags of the directories of EXIF and GPS in a TIFF, which the image may lack.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()
    raster: Raster | None = None
    cicp: bytes = b""
    directories: frozenset[int] = frozenset()


class EncodedFile(NamedTuple):
    """A file with the options for decoding it.

    Parameters
    ----------
    data : bytes
        The whole file.
    format : str
        As `structure.format_of` returns it.
    structure : Structure
        What its container shows.
    name : str
        Name of the file in messages.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    limits : Limits
        Checked before memory is allocated.
    threads : int
        At least 1.
    """

    data: bytes
    format: str
    structure: Structure
    name: str
    first_frame: bool
    limits: Limits
    threads: int


def open_checked(file: EncodedFile) -> Image.Image:
    """Open a file within its limits."""
    image = open_header(file.data, file.format, file.name)
    frames = number_of_frames(image, file.structure)
    require_one_frame(image, frames, file.name, file.first_frame, file.limits)
    if file.format == "BMP":
        _require_fast_rle(image, file.name)
    return with_pixels(image) if file.format == "TIFF" else image


def number_of_frames(image: Image.Image, structure: Structure) -> int:
    """Return the number of frames; Pillow would decode all frames of a GIF or TIFF to count them.

    Of a HEIC with several pictures, the primary one is taken, as by any viewer.
    """
    return structure.frames if image.format in _COUNTED else getattr(image, "n_frames", 1)


def require_one_frame(
    image: "Image.Image | Layout", frames: int, name: str, first_frame: bool, limits: Limits
) -> None:
    """Refuse several frames unless the first is asked for, and those beyond the limits."""
    limits.require_frames(name, frames)
    counted = 1 if first_frame else frames
    limits.require_size(name, *image.size, frames=counted, instead="compress the first frame (--first-frame)")
    if frames > 1 and not first_frame and getattr(image, "format", None) in _ANIMATED:
        raise AnimationError(
            f"{name} has {frames} frames and one image is taken; animate it (kalette animate), or ask for "
            "the first frame (--first-frame)"
        )
    if frames > 1 and not first_frame:
        raise ReadError(
            f"{name} has {frames} frames and Kalette takes one; ask for the first (--first-frame)"
        )


def require_all_strips(image: Any, name: str, limits: Limits) -> None:
    """Refuse a TIFF with missing strips, which Pillow leaves blank, or with oversized tiles."""
    if image.tile[0][0] == "libtiff":
        limits.require_size(name, image.tag_v2.get(_TILE_WIDTH, 1), image.tag_v2.get(_TILE_LENGTH, 1))
        return
    planes = len(image.getbands()) if image.tag_v2.get(_PLANAR) == 2 else 1
    filled = sum((x1 - x0) * (y1 - y0) for _, (x0, y0, x1, y1), *_ in image.tile)
    if filled < image.size[0] * image.size[1] * planes:
        raise damaged(name, "its last strips are missing")


def with_pixels(image: Image.Image) -> Image.Image:
    """Allocate the pixels of a TIFF here, since Pillow would apply its own limit."""
    image.im = Image.new(image.mode, getattr(image, "_tile_size", image.size), None).im
    return image


def _require_fast_rle(image: Any, name: str) -> None:
    """Refuse a large run-length encoded BMP: Pillow decodes runs in Python, which would take minutes."""
    pixels = image.size[0] * image.size[1]
    if image.tile[0][0] == "bmp_rle" and pixels > _MAX_RLE_PIXELS:
        raise ReadError(
            f"{name} is a BMP in run lengths with {pixels:,} pixels and of those at most "
            f"{_MAX_RLE_PIXELS:,} are read; save it as PNG first"
        )


def loaded(image: Image.Image, *, partial: bool = False) -> Image.Image:
    """Return an image with its pixels: all of them, or those decoded before an error."""
    key = _transparency_key(image)
    try:
        image.load()
    except Exception as error:
        if not partial or isinstance(error, MemoryError):
            raise
        _keep_partial(image)
    if image.format == "GIF":
        return _with_clear_margin(image)
    if key is None:
        return image
    image = image.copy()
    image.info["transparency"] = key
    return image


def _with_clear_margin(image: Any) -> Image.Image:
    """Clear what the first frame of a GIF leaves uncovered of its canvas; Pillow gives it entry 0."""
    left, top, right, bottom = image.dispose_extent
    uncovered = np.ones(image.size[::-1], bool)
    uncovered[top:bottom, left:right] = False
    canvas: Image.Image = image
    if not uncovered.any():
        return canvas
    pixels = np.array(image.convert("RGBA"))
    pixels[uncovered] = 0
    canvas = Image.fromarray(pixels)
    canvas.info = image.info
    return canvas


def _keep_partial(image: Any) -> None:
    """Keep the rows decoded so far as the complete image."""
    image.tile = []
    image.load()
    if image.format == "TIFF":
        image.load_end()  # applies the orientation


def _transparency_key(image: Image.Image) -> int | tuple[int, ...] | None:
    """Return the colour key of a PNG (tRNS) scaled to 8 bits where Pillow leaves it in the file's bit depth.

    None where Pillow's value is right.
    """
    tiles = getattr(image, "tile", None)  # Pillow's decoding jobs, with their raw modes
    key, raw_mode = image.info.get("transparency"), tiles[0][3] if tiles else None
    if isinstance(key, int) and raw_mode in ("L;2", "L;4"):
        return key * (85 if raw_mode == "L;2" else 17)
    return None
