"""Encoding of animations: GIF, animated PNG, WebP."""

import io
from collections.abc import Sequence
from typing import Literal

from PIL import Image

from kalette.types import Indexed, Pixels
from kalette.writing.pillow import image_from_indexed

AnimationFormat = Literal["GIF", "PNG", "WEBP"]

ANIMATION_FORMATS: dict[str, AnimationFormat] = {
    ".gif": "GIF",
    ".png": "PNG",
    ".apng": "PNG",
    ".webp": "WEBP",
}
"""Format by file extension."""


def encode_animation(
    frames: Sequence[Indexed | Pixels], durations_ms: Sequence[int], file_format: AnimationFormat
) -> bytes:
    """Encode an animation that loops for ever.

    Parameters
    ----------
    frames : sequence of Indexed or ndarray
        At least one, of equal size: indexed with one shared palette, or (H, W, 3) uint8 pixels.
    durations_ms : sequence of int
        Duration of each frame.
    file_format : {"GIF", "PNG", "WEBP"}
        The format.

    Examples
    --------
    >>> import numpy as np
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> frames = [Indexed(black_white, np.full((2, 2), entry, np.uint8)) for entry in (0, 1)]
    >>> encode_animation(frames, [100, 100], "GIF")[:6]
    b'GIF89a'
    """
    images = [
        image_from_indexed(frame) if isinstance(frame, Indexed) else Image.fromarray(frame)
        for frame in frames
    ]
    out = io.BytesIO()
    images[0].save(
        out, file_format, save_all=True, append_images=images[1:], duration=list(durations_ms), loop=0
    )
    return out.getvalue()
