"""Palette and indices to the bytes of a lossless WebP or a GIF, through Pillow."""

import io

import numpy as np
from PIL import Image

from kalette.arrays import Indices, Palette
from kalette.errors import WriteError
from kalette.metadata import Metadata
from kalette.settings import Effort

WEBP_MAX_SIDE = 16383
GIF_MAX_SIDE = 65535
_WEBP_METHODS: dict[Effort, int] = {"fast": 0, "balanced": 4, "best": 6}


def webp_bytes(palette: Palette, indices: Indices, effort: Effort, metadata: Metadata) -> bytes:
    """Return a lossless WebP, whose encoder finds the palette and its order again by itself.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    _require_sides(indices, WEBP_MAX_SIDE, "WebP")
    out = io.BytesIO()
    Image.fromarray(palette[indices]).save(
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


def gif_bytes(palette: Palette, indices: Indices, metadata: Metadata) -> bytes:
    """Return a GIF; its bytes do not depend on the order of the entries.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    _require_sides(indices, GIF_MAX_SIDE, "GIF")
    image = Image.fromarray(indices)
    image.putpalette(palette[:, :3].tobytes(), "RGB")
    clear = np.flatnonzero(palette[:, 3] == 0).tolist() if palette.shape[1] == 4 else []
    transparency = {"transparency": clear[0]} if clear else {}
    out = io.BytesIO()
    comment = "\n".join(text for _, text in metadata.texts).encode("utf-8", "replace")
    image.save(out, "GIF", optimize=False, comment=comment, **transparency)
    return out.getvalue()


def _require_sides(indices: Indices, most: int, name: str) -> None:
    height, width = indices.shape
    if max(height, width) > most:
        raise WriteError(
            f"the picture is {width} x {height}; {name} holds at most {most} a side, so write PNG"
        )
