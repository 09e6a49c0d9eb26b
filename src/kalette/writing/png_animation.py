"""Animated PNG (third edition of the standard) with one palette, from indexed frames."""

import io
import struct

import deflate
import numpy as np

from kalette.reading import SIGNATURE, chunk
from kalette.types import Effort, Indices, Palette
from kalette.writing.filters import by_bits, unfiltered
from kalette.writing.layouts import Layout, least_depth, reordered
from kalette.writing.png import deflate_level
from kalette.writing.stored_frame import Canvas, StoredFrame, taken_out

_DISPOSALS = {"keep": 0, "background": 1, "previous": 2}
_OVER = 1
_MILLISECONDS = 1000
_MOST_DELAY = 65535


def png_animation_bytes(frames: list[StoredFrame], canvas: Canvas) -> bytes:
    """Encode an animated PNG with one palette, whose clear pixels keep what is shown.

    Parameters
    ----------
    frames : list of StoredFrame
        With the rows of `deflated_frame`; it is empty afterwards. The first covers the canvas; all have one
        palette.
    canvas : Canvas
        Size and loops.
    """
    layout = _layout(frames[0].palette)
    header = struct.pack(">IIBBBBB", canvas.width, canvas.height, layout.depth, layout.color_type, 0, 0, 0)
    file = io.BytesIO()
    file.write(SIGNATURE + chunk(b"IHDR", header))
    file.write(chunk(b"acTL", struct.pack(">II", len(frames), canvas.loops)))
    file.writelines(chunk(kind, content) for kind, content in layout.chunks)
    for place, frame in enumerate(taken_out(frames)):
        number = max(2 * place - 1, 0)  # of the control; data of all frames but the first are numbered too
        file.write(chunk(b"fcTL", _control(frame, number)))
        numbered = struct.pack(">I", number + 1) + frame.data
        file.write(chunk(b"fdAT", numbered) if place else chunk(b"IDAT", frame.data))
    file.write(chunk(b"IEND", b""))
    return file.getvalue()


def _control(frame: StoredFrame, number: int) -> bytes:
    place = (number, frame.width, frame.height, frame.left, frame.top)
    delay = (min(frame.delay_ms, _MOST_DELAY), _MILLISECONDS)
    return struct.pack(">IIIIIHHBB", *place, *delay, _DISPOSALS[frame.disposal], _OVER)


def deflated_frame(indices: Indices, palette: Palette, effort: Effort) -> bytes:
    """Return the deflated rows of a frame of `png_animation_bytes`.

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
