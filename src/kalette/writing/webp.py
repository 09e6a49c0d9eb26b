"""Lossless WebP encoding, with Pillow."""

import io

from PIL import Image

from kalette.reading import Metadata
from kalette.types import Effort, Pixels
from kalette.writing.pillow import png_of_pixels, require_sides

_MAX_SIDE = 16383
_METHODS: dict[Effort, int] = {"fast": 0, "balanced": 4, "best": 6}


def webp_bytes(pixels: Pixels, effort: Effort, metadata: Metadata) -> bytes:
    """Encode a lossless WebP; libwebp chooses palette and order itself.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    require_sides(pixels.shape[:2], _MAX_SIDE, "WebP")
    out = io.BytesIO()
    Image.fromarray(pixels).save(
        out,
        "WEBP",
        lossless=True,
        quality=100,
        method=_METHODS[effort],
        exact=True,
        exif=metadata.exif,
        xmp=metadata.xmp,
    )
    return out.getvalue()


def file_of_pixels(pixels: Pixels) -> tuple[str, bytes]:
    """Encode pixels losslessly for a web page and return the media type: WebP, or PNG for large sides."""
    if max(pixels.shape[:2]) > _MAX_SIDE:
        return "image/png", png_of_pixels(pixels)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", lossless=True, quality=50, method=0)
    return "image/webp", out.getvalue()
