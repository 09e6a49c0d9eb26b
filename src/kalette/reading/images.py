"""Reading an image from any source as upright 8-bit sRGB pixels."""

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from kalette.reading.arrays import bytes_from_16_bits, pixels_from_array
from kalette.reading.decoding import (
    Decoded,
    decode_file,
    decode_open,
    decoding_errors,
    known_format,
    open_file,
)
from kalette.reading.files import file_bytes, open_file_bytes
from kalette.reading.metadata import Metadata, metadata_of
from kalette.reading.orientation import transposition_of
from kalette.reading.png import plain_entries
from kalette.reading.profiles import opaque_mode, transform_to_srgb, transformed
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
    """

    pixels: Pixels
    name: str
    input_bytes: int | None
    notes: tuple[str, ...] = ()
    metadata: Metadata | None = None


def read(
    source: Source,
    *,
    first_frame: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    keep_metadata: bool = False,
    name: str = "the input",
) -> SourceImage:
    """Read an image: oriented by its EXIF, converted to sRGB, 8 bits per channel.

    Parameters
    ----------
    source : path, bytes, binary file, PIL.Image.Image or array
        A file (PNG, JPEG, WebP, GIF, BMP or TIFF, by content), an open image, or an array as for
        `pixels_from_array`.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    limits : Limits
        Limits on a file or an open image; they do not apply to an array.
    keep_metadata : bool
        Keep the metadata that remain valid.
    name : str
        Name in messages, for bytes and unnamed streams.

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
        decoded = decode_open(source, "the image", first_frame=first_frame, limits=limits)
        return _normalized(decoded, "the image", None, keep_metadata)
    if hasattr(source, "__array__"):
        pixels = pixels_from_array(np.asanyarray(source))
        return SourceImage(_without_opaque_alpha(pixels), "the array", None)
    label, data = _file_of(source, name, limits)
    decoded = decode_file(data, label, first_frame=first_frame, limits=limits)
    return _normalized(decoded, label, len(data), keep_metadata)


def _file_of(source: Any, name: str, limits: Limits) -> tuple[str, bytes]:
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


def read_entries(data: bytes) -> Indexed | None:
    """Decode an indexed file to palette and indices; None for a true-colour file.

    Parameters
    ----------
    data : bytes
        A file that Kalette wrote.
    """
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
        pixels, notes = _upright_srgb(decoded, name)
    if not keep_metadata:
        return SourceImage(pixels, name, input_bytes, notes)
    metadata, metadata_notes = metadata_of(decoded.image, pixels.shape[1], pixels.shape[0])
    return SourceImage(pixels, name, input_bytes, notes + metadata_notes, metadata)


def _upright_srgb(decoded: Decoded, name: str) -> tuple[Pixels, tuple[str, ...]]:
    transposition, orientation_notes = transposition_of(decoded.image)
    image = _with_8_bits(decoded.image, name)
    transform, profile_notes = transform_to_srgb(image.info.get("icc_profile"), opaque_mode(image))
    notes = decoded.notes + orientation_notes + profile_notes
    if decoded.pixels is not None and transform is None and transposition is None:
        return _without_opaque_alpha(decoded.pixels), notes
    if decoded.pixels is not None:
        image = Image.fromarray(decoded.pixels)
    if transform is not None:
        image = transformed(image, transform)
    if transposition is not None:
        image = image.transpose(transposition)
    return _without_opaque_alpha(pixels_from_array(_rgb_or_rgba(image))), notes


def _with_8_bits(image: Image.Image, name: str) -> Image.Image:
    """Round 16-bit grey to 8 bits, and undo premultiplied grey; Pillow converts all other modes itself."""
    if image.mode == "La":
        return image.convert("LA")
    if image.mode in _16_BIT_GREY:
        values = np.asarray(image).astype(np.uint16)
        grey, key = Image.fromarray(bytes_from_16_bits(values)), image.info.get("transparency")
        if key is None:
            return grey
        clear = Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
        return Image.merge("LA", (grey, clear))
    if image.mode in ("I", "F"):
        raise ReadError(f"{name} has 32-bit samples; Kalette reads 8 and 16 bits, so convert it first")
    return image


def _rgb_or_rgba(image: Image.Image) -> Pixels:
    if image.has_transparency_data:
        return np.array(image.convert("RGBA"))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _without_opaque_alpha(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 4 and (pixels[..., 3] == 255).all():
        return np.ascontiguousarray(pixels[..., :3])
    return pixels
