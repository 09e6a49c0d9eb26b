"""Image codecs, each with its settings: from pixels to a file, and back.

JPEG, WebP and AVIF are Pillow's encoders, JPEG XL is that of imagecodecs.
Codecs that are missing are left out.
"""

import importlib.util
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from encoders import KALETTE
from PIL import Image, ImageFile, features

import kalette
from kalette.types import Pixels

Setting = Mapping[str, Any]
EXACT = "exact"
"""Key of the settings of a codec that loses nothing."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec with the settings that make its curve, and those that lose nothing, if it has such."""

    name: str
    encode: Callable[[Pixels, Setting], bytes]
    decode: Callable[[bytes], Pixels]
    settings: tuple[Setting, ...]
    exact: Setting | None = None

    def asked(self, *, smoke: bool) -> tuple[Setting, ...]:
        """Return the settings of a run; a smoke run takes the ends of the curve."""
        return (*self.settings[:1], *self.settings[-1:]) if smoke else self.settings


def codecs() -> Iterator[Codec]:
    """Yield Kalette and every codec that is installed."""
    yield Codec(KALETTE, _kalette, _by_pillow, (*_RATES, *_FEW_COLORS), {})
    yield Codec(f"{KALETTE}, WebP", _kalette, _by_pillow, (), {"format": "webp"})
    yield Codec("JPEG", _saved_as("JPEG"), _by_pillow, (*_JPEG_420, *_JPEG_444))
    yield Codec("WebP", _saved_as("WEBP"), _by_pillow, _WEBP, {"lossless": True, "quality": 100, "method": 6})
    if features.check("avif"):
        yield Codec("AVIF", _saved_as("AVIF"), _by_pillow, _AVIF)
    if importlib.util.find_spec("imagecodecs"):
        yield Codec("JPEG XL", _jpeg_xl, _by_imagecodecs, _JPEG_XL, {"lossless": True, "effort": 9})


_RATES = tuple({"k": 256, "rate": rate} for rate in (0.0, 0.3, 0.55, 0.7, 0.85, 1.0))
_FEW_COLORS = tuple({"k": k, "rate": 1.0} for k in (128, 64, 32))
_JPEG = {"optimize": True, "progressive": True}
_JPEG_420 = tuple({**_JPEG, "quality": q, "subsampling": "4:2:0"} for q in (20, 30, 40, 50, 60, 70, 80, 90))
_JPEG_444 = tuple({**_JPEG, "quality": q, "subsampling": "4:4:4"} for q in (70, 80, 90, 95, 98))
_WEBP = tuple({"quality": q, "method": 6} for q in (10, 25, 40, 55, 70, 80, 88, 95, 100))
_AVIF = tuple({"quality": q, "subsampling": "4:4:4"} for q in (25, 35, 45, 55, 65, 75, 85, 95))
_JPEG_XL = tuple({"distance": d, "effort": 7} for d in (7.0, 5.0, 3.5, 2.5, 1.8, 1.2, 0.8, 0.5))


def _kalette(pixels: Pixels, setting: Setting) -> bytes:
    return kalette.compress(pixels, threads=1, **setting).to_bytes()


def _saved_as(format_name: str) -> Callable[[Pixels, Setting], bytes]:
    def encode(pixels: Pixels, setting: Setting) -> bytes:
        ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 2 * pixels.nbytes)  # a small progressive JPEG needs it
        made = io.BytesIO()
        Image.fromarray(pixels).save(made, format_name, **setting)
        return made.getvalue()

    return encode


def _by_pillow(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as image:
        return np.ascontiguousarray(image.convert("RGB"))


def _jpeg_xl(pixels: Pixels, setting: Setting) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpegxl_encode(pixels, **setting))


def _by_imagecodecs(data: bytes) -> Pixels:
    import imagecodecs

    return np.ascontiguousarray(imagecodecs.jpegxl_decode(data))


def versions() -> dict[str, str | None]:
    """Return the version of each codec's library; None if it is missing."""
    found: dict[str, str | None] = {
        "kalette": kalette.__version__,
        "libjpeg-turbo": features.version("libjpeg_turbo"),
        "libwebp": features.version("webp"),
        "libavif": features.version("avif"),
        "libjxl": None,
    }
    if importlib.util.find_spec("imagecodecs"):
        import imagecodecs

        found["libjxl"] = imagecodecs.jpegxl_version().removeprefix("libjxl ")
    return found
