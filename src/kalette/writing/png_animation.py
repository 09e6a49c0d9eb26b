"""Animated PNG (third edition of the standard), with one palette or in true colour."""

import struct
from collections.abc import Iterable
from typing import Literal

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette.reading import SIGNATURE, chunk
from kalette.types import Effort, Indices, Palette, Pixels
from kalette.writing.filters import by_bits, unfiltered
from kalette.writing.layouts import Layout, least_depth, reordered
from kalette.writing.png import deflate_level
from kalette.writing.spool import Spool
from kalette.writing.stored_frame import Canvas, StoredFrame

_DISPOSALS = {"keep": 0, "background": 1, "previous": 2}
_OVER = 1
_MILLISECONDS = 1000
_MOST_DELAY = 65535
_TRUE_COLOR_TYPES = {3: 2, 4: 6}  # of the standard, by channels
_COUNT_AT = 8 + 25  # of the chunk with the number of frames: behind signature and header


def animated_png(
    frames: Iterable[StoredFrame], canvas: Canvas, channels: Literal[3, 4] | None = None
) -> Spool:
    """Encode an animated PNG, whose clear pixels keep what is shown.

    Parameters
    ----------
    frames : iterable of StoredFrame
        With the rows of `deflated_frame` and one palette for all, or with those of `deflated_true_color`.
        Each is asked for once, and written before the next; the first covers the canvas.
    canvas : Canvas
        Size and loops.
    channels : {3, 4} or None
        Those of true colour; None: frames have a palette.
    """
    file, count = Spool(), 0
    for place, frame in enumerate(frames):
        if place == 0:
            kind = _indexed_kind(frame.palette) if channels is None else _true_color_kind(channels)
            file.append(_header(canvas, *kind))
        number = max(2 * place - 1, 0)  # of the control; data of all frames but the first are numbered too
        file.append(chunk(b"fcTL", _control(frame, number)))
        numbered = struct.pack(">I", number + 1) + frame.data
        file.append(chunk(b"fdAT", numbered) if place else chunk(b"IDAT", frame.data))
        count = place + 1
    file.append(chunk(b"IEND", b""))
    file.put(_COUNT_AT, _counted(count, canvas))
    return file


def _header(canvas: Canvas, depth: int, color_type: int, colors: bytes) -> bytes:
    """Return what precedes the first frame; the number of frames is still to come."""
    header = struct.pack(">IIBBBBB", canvas.width, canvas.height, depth, color_type, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + _counted(0, canvas) + colors


def _indexed_kind(palette: Palette) -> tuple[int, int, bytes]:
    """Return bits of an index, colour type, and the chunks of the palette."""
    layout = _layout(palette)
    return layout.depth, layout.color_type, b"".join(chunk(*each) for each in layout.chunks)


def _true_color_kind(channels: int) -> tuple[int, int, bytes]:
    return 8, _TRUE_COLOR_TYPES[channels], b""


def _counted(count: int, canvas: Canvas) -> bytes:
    return chunk(b"acTL", struct.pack(">II", count, canvas.loops))


def _control(frame: StoredFrame, number: int) -> bytes:
    place = (number, frame.width, frame.height, frame.left, frame.top)
    delay = (min(frame.delay_ms, _MOST_DELAY), _MILLISECONDS)
    return struct.pack(">IIIIIHHBB", *place, *delay, _DISPOSALS[frame.disposal], _OVER)


def deflated_frame(indices: Indices, palette: Palette, effort: Effort) -> bytes:
    """Return the deflated rows of a frame of `animated_png`.

    Parameters
    ----------
    indices : ndarray
        (h, w) uint8; k, the size of the palette, keeps what is shown.
    palette : ndarray
        (k, 3) uint8, k at most 255.
    effort : {"fast", "balanced", "best"}
        Effort of the search for fewer bytes.
    """
    layout = _layout(palette)
    rows, level = layout.rows(indices), deflate_level(indices.size, effort)
    filters = (unfiltered,) if effort == "fast" or layout.depth < 8 else (unfiltered, by_bits)
    return min((bytes(deflate.zlib_compress(each(rows), level)) for each in filters), key=len)


def deflated_true_color(
    pixels: Pixels, drawn: NDArray[np.bool_], channels: Literal[3, 4], effort: Effort
) -> bytes:
    """Return the deflated rows of a frame of `animated_png` in true colour.

    With alpha, what is kept is clear, or the same once more, whichever takes fewer bytes.

    Parameters
    ----------
    pixels : ndarray
        (h, w, 4) uint8: the place as it is shown with the frame, clear or opaque; with 3 channels, opaque.
    drawn : ndarray
        (h, w) bool: pixels that change.
    channels : {3, 4}
        Those of the file.
    effort : {"fast", "balanced", "best"}
        Effort of the search for fewer bytes.
    """
    choices = [pixels[..., :channels]]
    if channels == 4 and not drawn.all():
        choices.append(np.where(drawn[..., None], pixels, np.uint8(0)))
    level = deflate_level(drawn.size, effort)
    rows = (each.reshape(len(each), -1) for each in choices)
    return min((bytes(deflate.zlib_compress(by_bits(each, channels), level)) for each in rows), key=len)


def _layout(palette: Palette) -> Layout:
    """Return the layout of a palette and a clear entry, which is the first in the file.

    Pillow disposes of frames by filling their place with that.
    """
    entries = np.pad(palette, ((0, 1), (0, 1)), constant_values=255)
    entries[-1] = 0
    return reordered(entries, np.arange(len(entries)), least_depth(len(entries)))
