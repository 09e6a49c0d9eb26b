"""Loop count and delays of an animated AVIF, which Pillow does not tell or tells frame by frame.

Sources: ISO/IEC 14496-12 (8.3.2 tkhd, 8.4.2 mdhd, 8.6.1.2 stts, 8.6.6 elst); AV1 Image File Format 1.1: an
edit list that repeats fills the duration of its track.
"""

import struct
from typing import NamedTuple

from kalette.reading.isobmff import Box, boxes

_REPEATS = 1  # flag of an edit list


class AvifTiming(NamedTuple):
    """When an animation shows its frames.

    Parameters
    ----------
    loops : int
        How often it is shown; 0 is for ever, and what a file without an edit list gets.
    shortest_ms : float
        Delay of its shortest frame, in milliseconds; infinite where the file names none.
    """

    loops: int
    shortest_ms: float


def avif_timing(data: bytes) -> AvifTiming:
    """Read the timing of the first track; what is missing or cut short counts as not named.

    Examples
    --------
    >>> avif_timing(b"no file")
    AvifTiming(loops=0, shortest_ms=inf)
    """
    try:
        return AvifTiming(_loops(data), _shortest_ms(data))
    except (struct.error, IndexError):
        return AvifTiming(0, float("inf"))


def _loops(data: bytes) -> int:
    header, edits = _box(data, b"moov", b"trak", b"tkhd"), _box(data, b"moov", b"trak", b"edts", b"elst")
    if header is None or edits is None:
        return 0
    if not data[edits.start + 3] & _REPEATS:
        return 1
    is_long = data[header.start] > 0
    track = _units(data, header.start + (28 if is_long else 20), is_long=is_long)
    once = _units(data, edits.start + 8, is_long=data[edits.start] > 0)
    is_endless = track == (1 << (64 if is_long else 32)) - 1
    return 0 if is_endless or once == 0 else max(1, -(-track // once))


def _shortest_ms(data: bytes) -> float:
    header = _box(data, b"moov", b"trak", b"mdia", b"mdhd")
    times = _box(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts")
    if header is None or times is None:
        return float("inf")
    units = _units(data, header.start + (20 if data[header.start] else 12), is_long=False)  # a second
    place, end = times.start + 8, min(times.end, len(data))
    pairs = struct.iter_unpack(">II", data[place : end - (end - place) % 8])
    return 1000 * min((delta for count, delta in pairs if count), default=float("inf")) / max(units, 1)


def _box(data: bytes, *path: bytes) -> Box | None:
    """Return the first box at a path of kinds."""
    box = Box(b"", 0, len(data))
    for kind in path:
        inner = next((each for each in boxes(data, box.start, box.end) if each.kind == kind), None)
        if inner is None:
            return None
        box = inner
    return box


def _units(data: bytes, place: int, *, is_long: bool) -> int:
    (units,) = struct.unpack_from(">Q" if is_long else ">I", data, place)
    return int(units)
