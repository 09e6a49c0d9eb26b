"""Reading images through Pillow: formats by content, orientation, profiles, depths, alpha."""

import io
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.arrays import Indices, Palette, Pixels, as_pixels
from kalette.containers import format_of
from kalette.decoding import Decoded, damage_told, decode_file, decode_open, known_format, one_line, open_file
from kalette.errors import ReadError, SettingsError
from kalette.limits import DEFAULT_LIMITS, Limits
from kalette.metadata import Metadata, metadata_of
from kalette.png import plain_entries
from kalette.sources import file_bytes

Source = str | os.PathLike[str] | bytes | Image.Image | NDArray[Any]
"""What an image can be read from: a path, a file's bytes, a Pillow image or (H, W, 3 or 4) uint8 pixels."""

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class SourceImage:
    """An image as Kalette works on it.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8 sRGB; four channels only where some pixel is not opaque.
    name : str
        What messages call it.
    input_bytes : int or None
        Size of the file it came from; None for pixels that came from none.
    notes : tuple of str
        What the user should know of the reading.
    metadata : Metadata or None
        What is to be kept beside the pixels.
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
    """Read an image: turned as its EXIF says, in sRGB, 8 bits a channel.

    Parameters
    ----------
    source : path, bytes, PIL.Image.Image or ndarray
        A file (PNG, JPEG, WebP, GIF, BMP or TIFF by its content), an open image, or (H, W, 3 or 4) uint8.
    first_frame : bool
        Take the first frame of an animated file, which is refused otherwise.
    limits : Limits
        What a file or an open image may be at most; an array is taken as it is.
    keep_metadata : bool
        Keep what stays true of the metadata, which is left behind otherwise.
    name : str
        What messages call bytes.

    Raises
    ------
    ReadError
        When it is no image that Kalette can read.

    Examples
    --------
    >>> read(np.zeros((2, 3, 4), np.uint8)).pixels.shape
    (2, 3, 4)
    """
    if not isinstance(limits, Limits):
        raise SettingsError(f"limits is {limits!r}; give kalette.Limits(...), or leave it out")
    if isinstance(source, np.ndarray):
        return SourceImage(_without_idle_alpha(as_pixels(source)), "the array", None)
    if isinstance(source, Image.Image):
        decoded = decode_open(source, "the image", first_frame=first_frame, limits=limits)
        return _normalized(decoded, "the image", None, keep_metadata)
    called, data = _file_of(source, name, limits)
    decoded = decode_file(data, called, first_frame=first_frame, limits=limits)
    return _normalized(decoded, called, len(data), keep_metadata)


def _file_of(source: object, name: str, limits: Limits) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        return name, source
    if isinstance(source, str | os.PathLike):
        path = os.fsdecode(source)
        return path, file_bytes(path, limits)
    raise ReadError(
        f"the source is a {type(source).__name__}; give a path, bytes, a Pillow image or an array"
    )


def read_entries(data: bytes) -> tuple[Palette, Indices] | None:
    """Decode an indexed file to its palette and indices; None when it holds pixels.

    Parameters
    ----------
    data : bytes
        A file that Kalette wrote.

    Returns
    -------
    palette : ndarray
        (k, 3 or 4) uint8.
    indices : ndarray
        (H, W) uint8.
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
        return colors, indices
    alpha = np.full((len(colors), 1), 255, np.uint8)
    if isinstance(transparency, bytes):
        alpha[: len(transparency), 0] = np.frombuffer(transparency, np.uint8)[: len(colors)]
    else:
        alpha[transparency] = 0
    return np.hstack([colors, alpha]), indices


def _normalized(decoded: Decoded, name: str, input_bytes: int | None, keep_metadata: bool) -> SourceImage:
    image, notes, pixels = decoded
    with damage_told(name, "convert it to RGB or RGBA first"):
        orientation, orientation_notes = _orientation(image)
        upright = _with_8_bits(image, name)
        transform, profile_notes = _transform_to_srgb(image.info.get("icc_profile"), _opaque_mode(upright))
        if pixels is None or transform is not None or orientation in _TURNS:
            if pixels is not None:
                upright = Image.fromarray(pixels)
            if transform is not None:
                upright = _transformed(upright, transform)
            if orientation in _TURNS:
                upright = upright.transpose(_TURNS[orientation])
            pixels = _pixels_of(upright)
        pixels = as_pixels(_without_idle_alpha(pixels))
    notes += orientation_notes + profile_notes
    if not keep_metadata:
        return SourceImage(pixels, name, input_bytes, notes)
    metadata, metadata_notes = metadata_of(image, pixels.shape[1], pixels.shape[0])
    return SourceImage(pixels, name, input_bytes, notes + metadata_notes, metadata)


def is_image(data: bytes) -> bool:
    """Return whether the content begins like that of an image file that Kalette reads.

    Examples
    --------
    >>> is_image(b"GIF89a..."), is_image(b"#ff8000")
    (True, False)
    """
    return format_of(data) is not None


def _orientation(image: Image.Image) -> tuple[int, tuple[str, ...]]:
    try:
        return int(image.getexif().get(_ORIENTATION, 1)), ()
    # A picture with broken EXIF is still a picture; Pillow has no one exception for it.
    except Exception as error:
        return 1, (f"its EXIF is damaged ({one_line(error)}), so it is not turned",)


def _with_8_bits(image: Image.Image, name: str) -> Image.Image:
    """Bring 16-bit grey to 8 bits by rounding; the other depths Pillow reads as 8 bits itself."""
    if image.mode in ("I;16", "I;16L", "I;16B", "I;16N"):
        values = np.asarray(image).astype(np.uint32)
        grey = Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))
        key = image.info.get("transparency")
        if key is None:
            return grey
        clear = Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
        return Image.merge("LA", (grey, clear))
    if image.mode in ("I", "F"):
        raise ReadError(f"{name} has 32-bit samples; Kalette reads 8 and 16 bits, so convert it first")
    return image


def _transform_to_srgb(profile: bytes | None, mode: str) -> tuple[Any, tuple[str, ...]]:
    """Return how colours come from an embedded profile to sRGB; None where they stay as they are."""
    if not profile:
        return None, ()
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError) as error:
        return None, (f"its colour profile cannot be used ({one_line(error)}), so it is taken as sRGB",)
    return None if mode == "RGB" and _is_identity(transform) else transform, ()


def _transformed(image: Image.Image, transform: Any) -> Image.Image:
    """Convert colours, and keep alpha."""
    from PIL import ImageCms

    mode = _opaque_mode(image)
    converted = ImageCms.applyTransform(image if image.mode == mode else image.convert(mode), transform)
    assert converted is not None  # only the in-place form returns None
    if image.has_transparency_data:
        converted.putalpha(image.convert("RGBA").getchannel("A"))
    return converted


def _opaque_mode(image: Image.Image) -> str:
    if image.mode in ("L", "RGB", "CMYK"):
        return image.mode
    return "L" if image.mode in ("1", "LA", "La") else "RGB"


def _is_identity(transform: Any) -> bool:
    """Whether a transform moves no colour by more than one step: an sRGB profile under whatever name."""
    from PIL import ImageCms

    steps = np.linspace(0, 255, 16).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(64, 64, 3)
    turned = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    return bool(np.abs(turned.astype(np.int16) - cube).max() <= 1)


def _pixels_of(image: Image.Image) -> Pixels:
    if image.has_transparency_data:
        return np.array(image.convert("RGBA"))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _without_idle_alpha(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 4 and (pixels[..., 3] == 255).all():
        return np.ascontiguousarray(pixels[..., :3])
    return pixels
