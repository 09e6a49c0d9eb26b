"""Lossless WebP encoding, with Pillow."""

import io

from PIL import Image

from kalette.reading import Metadata
from kalette.types import Effort, Pixels
from kalette.writing.pillow import require_sides

WEBP_MAX_SIDE = 16383
"""Pixels."""

_METHODS: dict[Effort, int] = {"fast": 0, "balanced": 4, "best": 6}


def webp_bytes(pixels: Pixels, effort: Effort, metadata: Metadata) -> bytes:
    """Encode a lossless WebP; libwebp chooses palette and order itself.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    require_sides(pixels.shape[:2], WEBP_MAX_SIDE, "WebP")
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
