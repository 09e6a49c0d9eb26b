"""Encoding of animations, with Pillow: GIF, animated PNG, WebP."""

import io
from collections.abc import Sequence

from PIL import Image

from kalette.types import Format, Frame, Indexed, Pixels
from kalette.writing.pillow import image_from_indexed

ANIMATION_FORMATS: dict[str, Format] = {".gif": "gif", ".png": "png", ".apng": "png", ".webp": "webp"}
"""Format by file extension."""


def animation_bytes(frames: Sequence[Frame], file_format: Format) -> bytes:
    """Encode an animation losslessly, shown for ever.

    Parameters
    ----------
    frames : sequence of Frame
        At least one, of equal size; indexed ones share one palette.
    file_format : {"png", "webp", "gif"}
        The format.

    Examples
    --------
    >>> import numpy as np
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> blinking = [Indexed(black_white, np.full((2, 2), entry, np.uint8)) for entry in (0, 1)]
    >>> animation_bytes([Frame(picture, 100) for picture in blinking], "gif")[:6]
    b'GIF89a'
    """
    first, *others = [_image(frame.picture) for frame in frames]
    delays_ms = [frame.delay_ms for frame in frames]
    out = io.BytesIO()
    first.save(
        out, file_format, save_all=True, append_images=others, duration=delays_ms, loop=0, lossless=True
    )
    return out.getvalue()


def _image(picture: Indexed | Pixels) -> Image.Image:
    return image_from_indexed(picture) if isinstance(picture, Indexed) else Image.fromarray(picture)
