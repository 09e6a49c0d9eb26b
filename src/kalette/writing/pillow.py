"""Encoding with Pillow: lossless WebP, GIF and true colour; conversion to Pillow images."""

import io

import numpy as np
from PIL import Image

from kalette.reading import Metadata
from kalette.types import Effort, Indexed, Indices, Palette, Pixels, WriteError

PillowImage = Image.Image
"""A Pillow image."""

_WEBP_MAX_SIDE = 16383
_GIF_MAX_SIDE = 65535
_WEBP_METHODS: dict[Effort, int] = {"fast": 0, "balanced": 4, "best": 6}
_OPAQUE = 255


def webp_bytes(pixels: Pixels, effort: Effort, metadata: Metadata) -> bytes:
    """Encode a lossless WebP; libwebp chooses palette and order itself.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    _require_sides(pixels.shape[:2], _WEBP_MAX_SIDE, "WebP")
    out = io.BytesIO()
    Image.fromarray(pixels).save(
        out,
        "WEBP",
        lossless=True,
        quality=100,
        method=_WEBP_METHODS[effort],
        exact=True,
        exif=metadata.exif,
        xmp=metadata.xmp,
    )
    return out.getvalue()


def gif_bytes(indexed: Indexed, metadata: Metadata) -> bytes:
    """Encode a GIF; the bytes do not depend on the order of the entries.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    palette, indices = indexed
    _require_sides(indices.shape, _GIF_MAX_SIDE, "GIF")
    image = _image_of(palette, indices)
    clear = _clear_entries(palette)
    transparency = {"transparency": clear[0]} if clear else {}
    out = io.BytesIO()
    comment = "\n".join(text for _, text in metadata.texts).encode("utf-8", "replace")
    image.save(out, "GIF", optimize=False, comment=comment, **transparency)
    return out.getvalue()


def image_from_indexed(indexed: Indexed) -> Image.Image:
    """Return a Pillow image of mode "P" with palette and transparency.

    Examples
    --------
    >>> two = Indexed(np.array([[9, 9, 9, 0], [1, 2, 3, 255]], np.uint8), np.array([[0, 1]], np.uint8))
    >>> image = image_from_indexed(two)
    >>> image.mode, image.info["transparency"], image.convert("RGBA").getpixel((1, 0))
    ('P', 0, (1, 2, 3, 255))
    """
    palette, indices = indexed
    image = _image_of(palette, indices)
    if palette.shape[1] == 4 and (palette[:, 3] < _OPAQUE).any():
        clear = _clear_entries(palette)
        only_one_clear = len(clear) == 1 and np.count_nonzero(palette[:, 3] < _OPAQUE) == 1
        image.info["transparency"] = clear[0] if only_one_clear else palette[:, 3].tobytes()
    return image


def png_of_pixels(pixels: Pixels) -> bytes:
    """Encode true-colour pixels as PNG with Pillow."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def file_of_pixels(pixels: Pixels) -> tuple[str, bytes]:
    """Encode pixels losslessly for a web page and return the media type: WebP, or PNG for large sides."""
    if max(pixels.shape[:2]) > _WEBP_MAX_SIDE:
        return "image/png", png_of_pixels(pixels)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", lossless=True, quality=50, method=0)
    return "image/webp", out.getvalue()


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resize pixels: nearest neighbour to enlarge, averaging to reduce.

    Examples
    --------
    >>> resized(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8), 4, 2).shape
    (2, 4, 3)
    """
    method = Image.Resampling.NEAREST if width >= pixels.shape[1] else Image.Resampling.BOX
    return np.asarray(Image.fromarray(pixels).resize((width, height), method))


def _image_of(palette: Palette, indices: Indices) -> Image.Image:
    image = Image.fromarray(indices)
    image.putpalette(palette[:, :3].tobytes(), "RGB")
    return image


def _clear_entries(palette: Palette) -> list[int]:
    return np.flatnonzero(palette[:, 3] == 0).tolist() if palette.shape[1] == 4 else []


def _require_sides(shape: tuple[int, ...], most: int, name: str) -> None:
    height, width = shape
    if max(height, width) > most:
        raise WriteError(
            f"the picture is {width} x {height}; {name} holds at most {most} a side, so write PNG"
        )
