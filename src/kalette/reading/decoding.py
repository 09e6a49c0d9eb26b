"""Decoding files through Pillow: within limits, and whole or not at all.

The class of the format is made directly. `Image.open` would try every format, and warn or raise at a size
that is set for the whole process.
"""

import importlib
import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from kalette.reading import png
from kalette.reading.structure import Structure, examine, format_of, png_rows_missing
from kalette.types import UNLIMITED, DamagedError, KaletteError, Limits, Pixels, ReadError

_PLUGINS = {
    "PNG": ("PngImagePlugin", "PngImageFile"),
    "JPEG": ("JpegImagePlugin", "JpegImageFile"),
    "WEBP": ("WebPImagePlugin", "WebPImageFile"),
    "GIF": ("GifImagePlugin", "GifImageFile"),
    "BMP": ("BmpImagePlugin", "BmpImageFile"),
    "TIFF": ("TiffImagePlugin", "TiffImageFile"),
}
_READABLE = "PNG, JPEG, WebP, GIF, BMP and TIFF"
_WAY_OUT_OF_DAMAGE = (
    "it is damaged or cut short, so get it again, or take what can be decoded (--allow-truncated)"
)
_WAY_OUT_OF_BAD_HEADER = (
    "it is damaged or of a kind that Kalette does not know, so get it again or save it as PNG"
)
_END_OF_JPEG = b"\xff\xd9"
_ONES = b"\xff\0" * 8  # 64 bits of a coded scan in which no Huffman code begins
_MOST_RUN_LENGTH_PIXELS = 16_000_000
_TILE_WIDTH, _TILE_LENGTH, _PLANAR = 322, 323, 284


class Decoded(NamedTuple):
    """A decoded file.

    Parameters
    ----------
    image : PIL.Image.Image
        The image; where `pixels` is given, one pixel that carries the metadata alone.
    notes : tuple of str
        What the user should know.
    pixels : ndarray or None
        (H, W, 3 or 4) uint8, where Kalette decoded them itself.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()
    pixels: Pixels | None = None


class _File(NamedTuple):
    """A file, and how it is to be decoded."""

    data: bytes
    format: str
    structure: Structure
    name: str
    first_frame: bool
    limits: Limits


def decode_file(data: bytes, name: str, *, first_frame: bool = False, limits: Limits = UNLIMITED) -> Decoded:
    """Decode the image in a file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What messages call it.
    first_frame : bool
        Take the first frame of several, which are refused otherwise.
    limits : Limits
        Held before the memory is taken that they bound.

    Returns
    -------
    Decoded

    Raises
    ------
    LimitError
        When it is larger than a limit.
    DamagedError
        When it is not whole, and that is not allowed.
    ReadError
        When Kalette does not read such a file.
    """
    limits.require_bytes(name, len(data))
    file_format = known_format(data, name)
    structure = examine(data, file_format, limits.max_frames)
    limits.require_frames(name, structure.frames)
    if structure.size:
        limits.require_size(name, *structure.size)
    file = _File(data, file_format, structure, name, first_frame, limits)
    try:
        with damage_told(name):
            return _whole(file)
    except DamagedError as error:
        if not limits.allow_truncated:
            raise
        ended = file._replace(data=data + _END_OF_JPEG) if file_format == "JPEG" else file
        return _in_part(lambda: _opened(ended), name, error)


def decode_open(image: Image.Image, name: str, *, first_frame: bool, limits: Limits) -> Decoded:
    """Decode an image that Pillow has opened already; otherwise as `decode_file`."""
    with damage_told(name):
        # A stereo photograph (MPO) is one picture with others behind it, as its JPEG readers see it.
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
        _require_one_frame(image, frames, name, first_frame, limits)
        if frames > 1:
            image.seek(0)
    try:
        with damage_told(name):
            return Decoded(_loaded(image))
    except DamagedError as error:
        if not limits.allow_truncated:
            raise
        return _in_part(lambda: image, name, error)


def open_file(data: bytes, file_format: str) -> Image.Image:
    """Open, without decoding, with the class of the content's own format."""
    module, plugin = _PLUGINS[file_format]
    stream = _ShortReads(data) if file_format == "WEBP" else io.BytesIO(data)
    image: Image.Image = getattr(importlib.import_module(f"PIL.{module}"), plugin)(stream)
    return image


@contextmanager
def damage_told(name: str, way_out: str = _WAY_OUT_OF_DAMAGE) -> Iterator[None]:
    """Turn whatever Pillow raises into one sentence: its decoders answer damage with many exceptions."""
    try:
        yield
    except KaletteError:
        raise
    except MemoryError as error:
        raise ReadError(f"{name} needs more memory than there is; make it smaller first") from error
    except Image.DecompressionBombError as error:
        raise ReadError(
            f"{name} is larger than Pillow takes of its format ({one_line(error)}); save it as PNG first"
        ) from error
    except Exception as error:
        raise _damaged(name, _reason(error), way_out) from error


def one_line(error: BaseException) -> str:
    """Return what an exception says, in one line of no more than 200 letters."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _reason(error: Exception) -> str:
    """Return Pillow's message about a file, but not the errors of its own code on broken structures."""
    origin = error.__cause__ if isinstance(error, SyntaxError) and error.__cause__ else error
    internal = isinstance(origin, struct.error | LookupError | TypeError | AssertionError | AttributeError)
    return "its structure is broken" if internal else one_line(error)


def _damaged(name: str, reason: str, way_out: str = _WAY_OUT_OF_DAMAGE) -> DamagedError:
    error = DamagedError(f"{name} cannot be read ({reason}); {way_out}")
    error.reason = reason
    return error


class _ShortReads(io.BytesIO):
    """Returns fewer bytes than asked for, so that Pillow's WebP class does not apply its limit.

    That limit is set for the whole process; Kalette's has been applied before.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; with a size the signature at most."""
        return super().read(16 if size is not None and size > 16 else size)


def known_format(data: bytes, name: str) -> str:
    """Return a file's format, or refuse what Kalette does not read."""
    if not data:
        raise ReadError(f"{name} is empty; get the file again")
    file_format = format_of(data)
    if file_format is None:
        raise ReadError(f"{name} is not an image that Kalette knows; it reads {_READABLE}")
    return file_format


def _whole(file: _File) -> Decoded:
    """Decode, and raise unless every row is there."""
    if file.structure.fault:
        raise _damaged(file.name, file.structure.fault)
    pixels = png.true_color_pixels(file.data) if file.format == "PNG" else None
    if pixels is not None:
        head = _head(png.without_pixels(file.data), file.format, file.name)
        return Decoded(_loaded(head), pixels=pixels)
    image = _opened(file._replace(data=_pixels_alone(file)))
    if file.format == "TIFF":
        _require_strips(image, file.name, file.limits)
    tiles = list(getattr(image, "tile", ()))
    loaded = _loaded(image)
    if file.format == "PNG" and _may_lack_rows(image, tiles) and png_rows_missing(file.data):
        raise _damaged(file.name, "its last rows are missing")
    return Decoded(loaded)


def _opened(file: _File) -> Image.Image:
    """Open within the limits, and take memory for the pixels where Pillow would ask its own limit."""
    image = _head(file.data, file.format, file.name)
    frames = _frame_count(image, file.structure)
    _require_one_frame(image, frames, file.name, file.first_frame, file.limits)
    if file.format == "BMP":
        _require_quick_decoder(image, file.name)
    if file.format == "TIFF":
        image.im = Image.new(image.mode, getattr(image, "_tile_size", image.size), None).im
    return image


def _head(data: bytes, file_format: str, name: str) -> Image.Image:
    with damage_told(name, _WAY_OUT_OF_BAD_HEADER):
        return open_file(data, file_format)


def _require_quick_decoder(image: Any, name: str) -> None:
    """Refuse a BMP on which Pillow, which decodes runs in Python, would work for minutes."""
    pixels = image.size[0] * image.size[1]
    if image.tile[0][0] == "bmp_rle" and pixels > _MOST_RUN_LENGTH_PIXELS:
        raise ReadError(
            f"{name} is a BMP in run lengths with {pixels:,} pixels and of those at most "
            f"{_MOST_RUN_LENGTH_PIXELS:,} are read; save it as PNG first"
        )


def _frame_count(image: Image.Image, structure: Structure) -> int:
    """Return the number of frames; for GIF and TIFF not from Pillow, which would go through all of them."""
    return structure.frames if image.format in ("GIF", "TIFF") else getattr(image, "n_frames", 1)


def _pixels_alone(file: _File) -> bytes:
    """Leave out what follows the one scan of a JPEG.

    libjpeg fills up a scan that ends early with grey when a marker follows, and reports it when nothing
    follows. The ones let it look ahead at the true end.
    """
    scan_end = file.structure.scan_end
    return file.data if scan_end is None else file.data[:scan_end] + _ONES


def _require_one_frame(image: Image.Image, frames: int, name: str, first_frame: bool, limits: Limits) -> None:
    limits.require_frames(name, frames)
    limits.require_size(name, *image.size, frames=1 if first_frame else frames)
    if frames > 1 and not first_frame:
        raise ReadError(
            f"{name} has {frames} frames and Kalette takes one; ask for the first (--first-frame)"
        )


def _require_strips(image: Any, name: str, limits: Limits) -> None:
    """Refuse a TIFF of which Pillow would leave a part blank, or libtiff take memory for more."""
    if image.tile[0][0] == "libtiff":
        limits.require_size(name, image.tag_v2.get(_TILE_WIDTH, 1), image.tag_v2.get(_TILE_LENGTH, 1))
        return
    planes = len(image.getbands()) if image.tag_v2.get(_PLANAR) == 2 else 1
    filled = sum((x1 - x0) * (y1 - y0) for _, (x0, y0, x1, y1), *_ in image.tile)
    if filled < image.size[0] * image.size[1] * planes:
        raise _damaged(name, "its last strips are missing")


def _in_part(open_again: Callable[[], Image.Image], name: str, error: DamagedError) -> Decoded:
    """Decode as far as that goes; the rest stays blank."""
    try:
        with damage_told(name):
            image = _loaded(open_again(), in_part=True)
            if not np.asarray(image).any():
                raise _damaged(name, "all of it is blank")
    except DamagedError as worse:
        raise DamagedError(
            f"{name} cannot be read, not even in part ({error.reason}); get it again"
        ) from worse
    note = f"it is not whole ({error.reason}); what could be decoded was taken, the rest is blank"
    return Decoded(image, (note,))


def _loaded(image: Image.Image, *, in_part: bool = False) -> Image.Image:
    key = _transparency_key(image)
    try:
        image.load()
    except Exception as error:
        if not in_part or isinstance(error, MemoryError):
            raise
        _end_loading(image)
    if key is None:
        return image
    image = image.copy()
    image.info["transparency"] = key
    return image


def _end_loading(image: Any) -> None:
    """Let Pillow take what is decoded by now for the whole."""
    image.tile = []
    image.load()
    if image.format == "TIFF":
        image.load_end()  # turns it


def _transparency_key(image: Image.Image) -> int | tuple[int, ...] | None:
    """Return the clear colour of a PNG in the scale of the pixels, where Pillow leaves it in the file's.

    None where there is nothing to mend.
    """
    tiles = getattr(image, "tile", None)  # what is still to be decoded, and from which layout
    key, raw_mode = image.info.get("transparency"), tiles[0][3] if tiles else None
    if isinstance(key, int) and raw_mode in ("L;2", "L;4"):
        return key * (85 if raw_mode == "L;2" else 17)
    if isinstance(key, tuple) and raw_mode == "RGB;16B":
        return tuple(sample >> 8 for sample in key)
    return None


def _may_lack_rows(image: Image.Image, tiles: list[Any]) -> bool:
    """Whether the last row is as blank as before decoding, or cannot tell."""
    width, height = image.size
    if [tile[1] for tile in tiles] != [(0, 0, width, height)]:
        return False  # a frame of an animation that covers a part
    if image.info.get("interlace"):
        return True
    # Not by `crop`, which asks the limit of the process.
    last = image.resize((width, 1), Image.Resampling.NEAREST, (0, height - 1, width, height))
    return not np.asarray(last).any()
