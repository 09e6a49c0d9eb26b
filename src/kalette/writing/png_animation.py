"""Animated PNG (third edition of the standard) with one palette, from indexed frames."""

import struct
from collections.abc import Iterable

import deflate
import numpy as np

from kalette.reading import SIGNATURE, chunk
from kalette.types import Effort, Indices, Palette
from kalette.writing.filters import by_bits, unfiltered
from kalette.writing.layouts import Layout, least_depth, reordered
from kalette.writing.png import deflate_level
from kalette.writing.spool import Spool
from kalette.writing.stored_frame import Canvas, StoredFrame

_DISPOSALS = {"keep": 0, "background": 1, "previous": 2}
_OVER = 1
_MILLISECONDS = 1000
_MOST_DELAY = 65535
_COUNT_AT = 8 + 25  # of the chunk with the number of frames: behind signature and header


def animated_png(frames: Iterable[StoredFrame], canvas: Canvas) -> Spool:
    """Encode an animated PNG with one palette, whose clear pixels keep what is shown.

    Parameters
    ----------
    frames : iterable of StoredFrame
        With the rows of `deflated_frame`; each is asked for once, and written before the next. The first
        covers the canvas; all have one palette.
    canvas : Canvas
        Size and loops.
    """
    file, count = Spool(), 0
    for place, frame in enumerate(frames):
        if place == 0:
            file.append(_header(frame.palette, canvas))
        number = max(2 * place - 1, 0)  # of the control; data of all frames but the first are numbered too
        file.append(chunk(b"fcTL", _control(frame, number)))
        numbered = struct.pack(">I", number + 1) + frame.data
        file.append(chunk(b"fdAT", numbered) if place else chunk(b"IDAT", frame.data))
        count = place + 1
    file.append(chunk(b"IEND", b""))
    file.put(_COUNT_AT, _counted(count, canvas))
    return file


def _header(palette: Palette, canvas: Canvas) -> bytes:
    """Return what precedes the first frame; the number of frames is still to come."""
    layout = _layout(palette)
    header = struct.pack(">IIBBBBB", canvas.width, canvas.height, layout.depth, layout.color_type, 0, 0, 0)
    colors = b"".join(chunk(kind, content) for kind, content in layout.chunks)
    return SIGNATURE + chunk(b"IHDR", header) + _counted(0, canvas) + colors


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


def _layout(palette: Palette) -> Layout:
    """Return the layout of a palette and a clear entry, which is the first in the file.

    Pillow disposes of frames by filling their place with that.
    """
    entries = np.pad(palette, ((0, 1), (0, 1)), constant_values=255)
    entries[-1] = 0
    return reordered(entries, np.arange(len(entries)), least_depth(len(entries)))
