"""Animated GIF (GIF89a), from coded frames."""

import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kalette.types import Palette
from kalette.writing.pillow import require_sides
from kalette.writing.spool import Spool
from kalette.writing.stored_frame import Canvas, StoredFrame, hundredths

_MAX_SIDE = 65535
_DISPOSALS = {"keep": 1, "background": 2, "previous": 3}
_HAS_TABLE = 0x80
_MOST_REPEATS = 65535
_MOST_HEAD = 8 + 10  # bytes before the codes of a frame, without a table
_MOST_HEADER = 13 + 768 + 19  # bytes: the screen, a table of 256 colours, the looping extension


class _Draft(NamedTuple):
    """A frame whose codes are in the file, and where; its own are dropped."""

    frame: StoredFrame
    codes: slice


def animated_gif(frames: Iterable[StoredFrame], canvas: Canvas) -> Spool:
    """Encode an animated GIF. Frames whose palettes begin the global one have no table of their own.

    Codes go into the file as they come, behind room for a table; when the global table is known, they move
    forward over the room that is not needed. So they are never held twice.

    Parameters
    ----------
    frames : iterable of StoredFrame
        With LZW codes; each is asked for once.
    canvas : Canvas
        Size and loops.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    require_sides((canvas.height, canvas.width), _MAX_SIDE, "GIF")
    file = Spool()
    file.append(bytes(_MOST_HEADER))
    drafts = [_draft(frame, file) for frame in frames]
    shared = _most_shared([frame.palette for frame, _ in drafts])
    bits = max((_bits(frame) for frame, _ in drafts if _begins(frame.palette, shared)), default=1)
    delays = hundredths(frame.delay_ms for frame, _ in drafts)
    end = file.put(0, _header(shared, bits, canvas))
    for (frame, codes), delay in zip(drafts, delays, strict=True):
        head = _head(frame, delay, not _begins(frame.palette, shared))
        end = file.put(end, head + file.read(codes.start, codes.stop))
    file.cut(file.put(end, b";"))
    return file


def _header(shared: Palette, bits: int, canvas: Canvas) -> bytes:
    flags = _HAS_TABLE | bits - 1
    screen = struct.pack("<HHBBB", canvas.width, canvas.height, flags, 0, 0)
    return b"GIF89a" + screen + _table(shared, bits) + _looping(canvas.loops)


def _most_shared(palettes: Sequence[Palette]) -> Palette:
    """Return the palette that the most others begin; of several the longest."""
    uses = Counter(palette.tobytes() for palette in palettes)
    begins, best = list[tuple[bytes, int]](), (0, 0, b"")
    for text in sorted(uses):  # after each one that it begins with
        while begins and not text.startswith(begins[-1][0]):
            begins.pop()
        total = uses[text] + (begins[-1][1] if begins else 0)
        begins.append((text, total))
        best = max(best, (total, len(text), text))
    return np.frombuffer(best[2], np.uint8).reshape(-1, 3)


def _begins(palette: Palette, longer: Palette) -> bool:
    return np.array_equal(palette, longer[: len(palette)])


def _looping(loops: int) -> bytes:
    """Return the looping extension, which counts repetitions; without it an animation is shown once."""
    if loops == 1:
        return b""
    repeats = 0 if loops == 0 else min(loops - 1, _MOST_REPEATS)
    return b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", repeats) + b"\0"


def _draft(frame: StoredFrame, file: Spool) -> _Draft:
    """Write the codes of a frame behind room for all that precedes them."""
    file.append(bytes(_MOST_HEAD + table_bytes(frame.palette)))
    begin = file.size
    file.append(bytes([max(_bits(frame), 2)]) + _sub_blocks(frame.data))
    return _Draft(frame._replace(data=b""), slice(begin, file.size))


def _head(frame: StoredFrame, delay: int, local: bool) -> bytes:
    """Return what precedes the codes of a frame."""
    keeps = frame.kept < 256
    flags = _DISPOSALS[frame.disposal] << 2 | keeps
    control = b"!\xf9\x04" + struct.pack("<BHBB", flags, min(delay, 65535), frame.kept if keeps else 0, 0)
    table_flags = _HAS_TABLE | _bits(frame) - 1 if local else 0
    place = struct.pack("<HHHHB", frame.left, frame.top, frame.width, frame.height, table_flags)
    return control + b"," + place + (_table(frame.palette, _bits(frame)) if local else b"")


def _bits(frame: StoredFrame) -> int:
    """Return the bits of a symbol: an entry, or the one that keeps what is shown."""
    return _symbol_bits(max(len(frame.palette), frame.kept + 1))


def _symbol_bits(symbols: int) -> int:
    return max((min(symbols, 256) - 1).bit_length(), 1)


def table_bytes(palette: Palette) -> int:
    """Return the size of a local colour table, with room for what keeps a pixel."""
    return 3 << _symbol_bits(len(palette) + 1)


def _table(palette: Palette, bits: int) -> bytes:
    table = np.zeros((1 << bits, 3), np.uint8)
    table[: len(palette)] = palette[:, :3]
    return table.tobytes()


def _sub_blocks(data: bytes) -> bytes:
    blocks = (data[begin : begin + 255] for begin in range(0, len(data), 255))
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
