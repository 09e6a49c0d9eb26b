"""Reading an image from any source as upright 8-bit sRGB pixels."""

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from kalette.color import without_alpha
from kalette.reading.arrays import pixels_from_array
from kalette.reading.color_tags import color_tags
from kalette.reading.decoding import decode_file, decode_open
from kalette.reading.decoding_errors import decoding_errors
from kalette.reading.density import Density, density_of
from kalette.reading.files import file_bytes, open_file_bytes
from kalette.reading.loading import Decoded
from kalette.reading.metadata import Metadata, metadata_of
from kalette.reading.opening import known_format, open_file
from kalette.reading.orientation import TURNS, transposition_of
from kalette.reading.png import plain_entries
from kalette.reading.raster import Raster
from kalette.reading.raw import is_raw, raw_entries
from kalette.reading.srgb import pixels_from_raster
from kalette.reading.structure import format_of
from kalette.types import DEFAULT_LIMITS, Indexed, Limits, Pixels, ReadError, require_kind

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | Image.Image | ArrayLike
"""Source of an image: a path, a file's bytes, an open binary file, a Pillow image, or an array (H, W)
or (H, W, 1 to 4) of uint8, uint16, bool or float in 0 to 1."""

_16_BIT_GREY = ("I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True, slots=True)
class SourceImage:
    """An image as read.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8 sRGB; four channels only if some pixel is not opaque.
    name : str
        Name of the image in messages.
    input_bytes : int or None
        Size of its file; None without a file.
    notes : tuple of str
        Notes for the user.
    metadata : Metadata or None
        Metadata that remain valid; None unless asked for.
    density : Density or None
        Pixels per metre, as the file gives them.
    """

    pixels: Pixels
    name: str
    input_bytes: int | None
    notes: tuple[str, ...] = ()
    metadata: Metadata | None = None
    density: Density | None = None


def read(
    source: Source,
    *,
    first_frame: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    keep_metadata: bool = False,
    name: str = "the input",
    threads: int = 1,
) -> SourceImage:
    """Read an image: oriented by its EXIF, converted to sRGB, 8 bits per channel.

    Parameters
    ----------
    source : path, bytes, binary file, PIL.Image.Image or array
        A file (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC, by content), an open image, or an array as for
        `pixels_from_array`.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    limits : Limits
        Limits on a file or an open image; they do not apply to an array.
    keep_metadata : bool
        Keep the metadata that remain valid.
    name : str
        Name in messages, for bytes and unnamed streams.
    threads : int
        At least 1.

    Raises
    ------
    ReadError
        When Kalette cannot read the image.

    Examples
    --------
    >>> read(np.zeros((2, 3, 4), np.uint8)).pixels.shape
    (2, 3, 4)
    """
    require_kind("limits", limits, Limits, "give kalette.Limits(...), or leave it out")
    if isinstance(source, Image.Image):
        if 0 in source.size:
            raise ReadError(f"the image is {source.width} x {source.height}; it needs at least one pixel")
        decoded = decode_open(source, "the image", first_frame=first_frame, limits=limits)
        return _normalized(decoded, "the image", None, keep_metadata)
    if hasattr(source, "__array__"):
        pixels = pixels_from_array(np.asanyarray(source))
        return SourceImage(_without_opaque_alpha(pixels), "the array", None)
    label, data = file_of(source, name, limits)
    decoded = decode_file(data, label, first_frame=first_frame, limits=limits, threads=threads)
    return _normalized(decoded, label, len(data), keep_metadata)


def file_of(source: Any, name: str, limits: Limits) -> tuple[str, bytes]:
    """Return name and bytes of a path, bytes or a binary file."""
    if isinstance(source, bytes | bytearray | memoryview):
        return name, bytes(source)
    if isinstance(source, str | os.PathLike):
        path = os.fsdecode(source)
        return path, file_bytes(path, limits)
    if callable(getattr(source, "read", None)):
        if isinstance(source, io.TextIOBase):
            raise ReadError("the file is open as text; open it in binary mode, with 'rb'")
        own_name = getattr(source, "name", None)
        label = own_name if isinstance(own_name, str) else name
        return label, open_file_bytes(source, label, limits)
    raise ReadError(
        f"the source is of type {type(source).__name__}; give a path, bytes, an open binary file, "
        "a Pillow image or an array"
    )


def pixels_of_frame(image: Image.Image, cicp: bytes, name: str) -> Pixels:
    """Return a decoded frame of an open file, upright and in sRGB.

    Parameters
    ----------
    image : PIL.Image.Image
        At its frame, loaded.
    cicp : bytes
        Colour codes of the file, as a cICP chunk has them; empty where it has none.
    name : str
        Name of the frame in messages.
    """
    return _normalized(Decoded(image, cicp=cicp), name, None, keep_metadata=False).pixels


def read_entries(data: bytes) -> Indexed | None:
    """Decode an indexed file to palette and indices; None for a true-colour file.

    Parameters
    ----------
    data : bytes
        A file that Kalette wrote.
    """
    if is_raw(data):
        return raw_entries(data)
    file_format = known_format(data, "the output")
    entries = plain_entries(data) if file_format == "PNG" else None
    if entries is not None:
        return entries
    image = open_file(data, file_format)
    if image.mode != "P":
        return None
    image.load()
    indices, transparency = np.asarray(image), image.info.get("transparency")
    colors = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    if transparency is None:
        return Indexed(colors, indices)
    alpha = np.full((len(colors), 1), 255, np.uint8)
    if isinstance(transparency, bytes):
        alpha[: len(transparency), 0] = np.frombuffer(transparency, np.uint8)[: len(colors)]
    else:
        alpha[transparency] = 0
    return Indexed(np.hstack([colors, alpha]), indices)


def is_image(data: bytes) -> bool:
    """Return whether data starts with the signature of an image format that Kalette reads.

    Examples
    --------
    >>> is_image(b"GIF89a..."), is_image(b"#ff8000")
    (True, False)
    """
    return format_of(data) is not None


def _normalized(decoded: Decoded, name: str, input_bytes: int | None, keep_metadata: bool) -> SourceImage:
    with decoding_errors(name, "convert it to RGB or RGBA first"):
        transposition, notes = transposition_of(decoded.image)
        pixels, color_notes = _upright_srgb(decoded, transposition, name)
        density = density_of(decoded.image, is_turned=transposition in TURNS)
    notes = decoded.notes + notes + color_notes
    if not keep_metadata:
        return SourceImage(pixels, name, input_bytes, notes, density=density)
    metadata, metadata_notes = metadata_of(decoded.image, pixels.shape[1::-1], density, decoded.directories)
    return SourceImage(pixels, name, input_bytes, notes + metadata_notes, metadata, density)


def _upright_srgb(
    decoded: Decoded, transposition: Image.Transpose | None, name: str
) -> tuple[Pixels, tuple[str, ...]]:
    raster = decoded.raster or _raster_of(decoded.image, name)
    pixels, notes = pixels_from_raster(raster, color_tags(decoded.image, decoded.cicp), name)
    if transposition is not None:
        pixels = np.asarray(Image.fromarray(pixels).transpose(transposition))
    return _without_opaque_alpha(np.ascontiguousarray(pixels)), notes


def _raster_of(image: Image.Image, name: str) -> Raster:
    """Return the samples of an open image; palettes and rare models become RGB, as Pillow converts them."""
    if image.mode in _16_BIT_GREY:
        return _deep_grey(np.asarray(image).astype(np.uint16), image.info.get("transparency"))
    if image.mode in ("I", "F"):
        raise ReadError(f"{name} has 32-bit samples; Kalette reads 8 and 16 bits, so convert it first")
    if image.mode == "CMYK":
        return Raster(np.asarray(image), "CMYK")
    if image.mode in ("1", "L", "LA", "La"):
        mode = "LA" if image.has_transparency_data else "L"
        samples = np.asarray(image if image.mode == mode else image.convert(mode))
        return Raster(samples.reshape(*samples.shape[:2], -1), "L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return Raster(np.asarray(image if image.mode == mode else image.convert(mode)), "RGB")


def _deep_grey(values: NDArray[np.uint16], key: int | None) -> Raster:
    if key is None:
        return Raster(values[..., None], "L")
    return Raster(np.stack([values, np.where(values == key, 0, 65535).astype(np.uint16)], axis=2), "L")


def _without_opaque_alpha(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 4 and (pixels[..., 3] == 255).all():
        return without_alpha(pixels)
    return pixels
