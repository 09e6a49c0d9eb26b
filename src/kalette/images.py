"""Reading images through Pillow: formats by content, orientation, profiles, depths, alpha."""

import importlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.arrays import Indices, Palette, Pixels, as_pixels
from kalette.errors import KaletteError, ReadError

Source = str | os.PathLike[str] | bytes | Image.Image | NDArray[Any]
"""What an image can be read from: a path, a file's bytes, a Pillow image or (H, W, 3 or 4) uint8 pixels."""

ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PngImagePlugin", "PngImageFile"),
    (b"\xff\xd8\xff", "JpegImagePlugin", "JpegImageFile"),
    (b"GIF87a", "GifImagePlugin", "GifImageFile"),
    (b"GIF89a", "GifImagePlugin", "GifImageFile"),
    (b"BM", "BmpImagePlugin", "BmpImageFile"),
    (b"II*\0", "TiffImagePlugin", "TiffImageFile"),
    (b"MM\0*", "TiffImagePlugin", "TiffImageFile"),
)
READABLE = "PNG, JPEG, WebP, GIF, BMP and TIFF"


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
    """

    pixels: Pixels
    name: str
    input_bytes: int | None
    notes: tuple[str, ...] = ()


def read(source: Source, *, first_frame: bool = False, name: str = "the input") -> SourceImage:
    """Read an image: turned as its EXIF says, in sRGB, 8 bits a channel.

    Parameters
    ----------
    source : path, bytes, PIL.Image.Image or ndarray
        A file (PNG, JPEG, WebP, GIF, BMP or TIFF by its content), an open image, or (H, W, 3 or 4) uint8.
    first_frame : bool
        Take the first frame of an animated file, which is refused otherwise.
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
    if isinstance(source, np.ndarray):
        return SourceImage(_without_idle_alpha(as_pixels(source)), "the array", None)
    if isinstance(source, Image.Image):
        return _guarded(lambda: source, "the image", None, first_frame)
    if isinstance(source, bytes):
        return _guarded(lambda: _opened(source, name), name, len(source), first_frame)
    if isinstance(source, str | os.PathLike):
        return read(_file_bytes(Path(source)), first_frame=first_frame, name=os.fspath(source))
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
    image = _opened(data, "the output")
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


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f"{path} does not exist; check the name and the folder") from error
    except IsADirectoryError as error:
        raise ReadError(f"{path} is a folder; name the image files in it") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{path} cannot be opened ({reason}); check its name and permissions") from error


def _guarded(
    open_image: Callable[[], Image.Image], name: str, input_bytes: int | None, first_frame: bool
) -> SourceImage:
    try:
        return _normalized(open_image(), name, input_bytes, first_frame)
    except KaletteError:
        raise
    except MemoryError as error:
        raise ReadError(f"{name} needs more memory than there is; make it smaller first") from error
    # Pillow's decoders answer damaged files with many kinds of exception; to a user all mean the same.
    except Exception as error:
        raise ReadError(
            f"{name} cannot be read ({_one_line(error)}); it is damaged or cut short, so get it again"
        ) from error


def _opened(data: bytes, name: str) -> Image.Image:
    """Open with the plugin of the content's own format, past Pillow's process-wide switches and guesses."""
    if not data:
        raise ReadError(f"{name} is empty; get the file again")
    plugin = _plugin_of(data)
    if plugin is None:
        raise ReadError(f"{name} is not an image that Kalette knows; it reads {READABLE}")
    module = importlib.import_module(f"PIL.{plugin[0]}")
    image: Image.Image = getattr(module, plugin[1])(io.BytesIO(data))
    return image


def is_image(data: bytes) -> bool:
    """Return whether the content begins like that of an image file that Kalette reads.

    Examples
    --------
    >>> is_image(b"GIF89a..."), is_image(b"#ff8000")
    (True, False)
    """
    return _plugin_of(data) is not None


def _plugin_of(data: bytes) -> tuple[str, str] | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebPImagePlugin", "WebPImageFile"
    return next(((module, name) for start, module, name in _SIGNATURES if data.startswith(start)), None)


def _normalized(image: Image.Image, name: str, input_bytes: int | None, first_frame: bool) -> SourceImage:
    # A stereo photograph (MPO) is one picture with others behind it, as its JPEG readers see it.
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    if frames > 1 and not first_frame:
        raise ReadError(
            f"{name} has {frames} frames and Kalette takes one; ask for the first (--first-frame)"
        )
    if frames > 1:
        image.seek(0)
    key = _transparency_key(image)
    image.load()
    if key is not None:
        image = image.copy()
        image.info["transparency"] = key
    orientation, notes = _orientation(image)
    profile = image.info.get("icc_profile")
    upright = _with_8_bits(image, name)
    if profile:
        upright, profile_notes = _in_srgb(upright, profile)
        notes += profile_notes
    if orientation in _TURNS:
        upright = upright.transpose(_TURNS[orientation])
    return SourceImage(as_pixels(_pixels_of(upright)), name, input_bytes, notes)


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


def _orientation(image: Image.Image) -> tuple[int, tuple[str, ...]]:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1)), ()
    # A picture with broken EXIF is still a picture; Pillow has no one exception for it.
    except Exception as error:
        return 1, (f"its EXIF is damaged ({_one_line(error)}), so it is not turned",)


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


def _in_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, tuple[str, ...]]:
    """Convert from the embedded profile to sRGB, keeping alpha."""
    from PIL import ImageCms

    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    opaque = image if image.mode in ("L", "RGB", "CMYK") else image.convert(_opaque_mode(image))
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, opaque.mode, "RGB")
    except (ImageCms.PyCMSError, OSError) as error:
        return image, (f"its colour profile cannot be used ({_one_line(error)}), so it is taken as sRGB",)
    if opaque.mode == "RGB" and _is_identity(transform):
        return image, ()
    converted = ImageCms.applyTransform(opaque, transform)
    assert converted is not None  # only the in-place form returns None
    if alpha is not None:
        converted.putalpha(alpha)
    return converted, ()


def _opaque_mode(image: Image.Image) -> str:
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
        return _without_idle_alpha(np.array(image.convert("RGBA")))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _without_idle_alpha(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 4 and (pixels[..., 3] == 255).all():
        return np.ascontiguousarray(pixels[..., :3])
    return pixels


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
