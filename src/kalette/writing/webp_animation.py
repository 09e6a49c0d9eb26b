"""Animated WebP (RFC 9649, https://doi.org/10.17487/RFC9649), from lossless frames that Pillow encodes."""

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kalette.reading import Metadata
from kalette.types import Effort, Pixels
from kalette.writing.pillow import require_sides
from kalette.writing.spool import Spool
from kalette.writing.stored_frame import Canvas, StoredFrame
from kalette.writing.webp import WEBP_MAX_SIDE, webp_bytes

_ANIMATED, _WITH_ALPHA = 0x02, 0x10
_HEAD_BYTES = 12  # of the file, before its first chunk
_MOST_DELAY = (1 << 24) - 1
_FRAME_HEAD = 16  # bytes of a frame's chunk before its image
_CLEARED = 1  # the place of a frame becomes clear after it; every frame is blended with what is shown
_NO_METADATA = Metadata()


def animated_webp(frames: Iterable[StoredFrame], canvas: Canvas) -> Spool:
    """Encode an animated WebP, whose clear pixels keep what is shown.

    Parameters
    ----------
    frames : iterable of StoredFrame
        With the chunks of `webp_frame`, at even places; each is asked for once, and written before the next.
        None is disposed of to what was shown before it.
    canvas : Canvas
        Size and loops.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    require_sides((canvas.height, canvas.width), WEBP_MAX_SIDE, "WebP")
    file, has_alpha = Spool(), False
    file.append(_header(canvas, 0, has_alpha=False))
    for number, frame in enumerate(frames):
        leaves_clear = number == 0 and (frame.width, frame.height) != canvas[:2]
        has_alpha = has_alpha or leaves_clear or _has_alpha(frame.data)
        head = struct.pack("<4sI", b"ANMF", _FRAME_HEAD + len(frame.data)) + _frame_head(frame)
        file.append(head + frame.data)
    file.put(0, _header(canvas, file.size, has_alpha=has_alpha))
    return file


def webp_frame(pixels: Pixels, drawn: NDArray[np.bool_], effort: Effort) -> bytes:
    """Return the chunk of a lossless frame for `animated_webp`.

    What is kept is clear, or the same once more, whichever takes fewer bytes.

    Parameters
    ----------
    pixels : ndarray
        (h, w, 4) uint8: the place as it is shown with the frame, clear or opaque.
    drawn : ndarray
        (h, w) bool: pixels that change.
    effort : {"fast", "balanced", "best"}
        Effort of the search for fewer bytes.
    """
    choices = [np.where(drawn[..., None], pixels, np.uint8(0))]
    if effort != "fast" and not drawn.all():
        choices.append(pixels)
    return min((webp_bytes(each, effort, _NO_METADATA)[_HEAD_BYTES:] for each in choices), key=len)


def _header(canvas: Canvas, size_bytes: int, *, has_alpha: bool) -> bytes:
    """Return what precedes the first frame of a file of a size."""
    flags = _ANIMATED | (_WITH_ALPHA if has_alpha else 0)
    features = struct.pack("<I", flags) + _int24(canvas.width - 1) + _int24(canvas.height - 1)
    animation = struct.pack("<IH", 0, canvas.loops)  # a clear background
    riff = struct.pack("<4sI4s", b"RIFF", max(size_bytes - 8, 0), b"WEBP")
    return riff + _chunk_head(b"VP8X", features) + _chunk_head(b"ANIM", animation)


def _chunk_head(kind: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(content)) + content


def _frame_head(frame: StoredFrame) -> bytes:
    numbers = (frame.left // 2, frame.top // 2, frame.width - 1, frame.height - 1)
    delay_ms = min(frame.delay_ms, _MOST_DELAY)
    flags = _CLEARED if frame.disposal == "background" else 0
    return b"".join(map(_int24, (*numbers, delay_ms))) + bytes([flags])


def _has_alpha(chunk: bytes) -> bool:
    """Return whether a lossless chunk says that it uses alpha: a bit behind signature, width and height."""
    return bool(chunk[8 + 4] & 0x10)


def _int24(number: int) -> bytes:
    return number.to_bytes(3, "little")
