"""Boxes of AVIF and HEIC files, read without decoding: brand, size, frames, colour codes.

Sources: ISO/IEC 14496-12 (ISOBMFF), ISO/IEC 23008-12 (HEIF), AV1 Image File Format.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_SEQUENCE_BRANDS = {b"avis", b"msf1", b"hevc", b"hevx"}
_MOST_BRANDS, _MOST_BOXES = 64, 10_000


class Box(NamedTuple):
    """A box: its kind, and where its payload starts and ends; the end may lie beyond the file."""

    kind: bytes
    start: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two offsets."""
    end = len(data) if end is None else min(end, len(data))
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size_bytes, kind = struct.unpack_from(">I4s", data, start)
        header_bytes = 8
        if size_bytes == 1 and start + 16 <= end:
            (size_bytes,) = struct.unpack_from(">Q", data, start + 8)
            header_bytes = 16
        if size_bytes == 0:
            size_bytes = end - start
        if size_bytes < header_bytes:
            return
        yield Box(kind, start + header_bytes, start + size_bytes)
        start += size_bytes


def format_by_brand(data: bytes) -> str | None:
    """Return AVIF or HEIF by the brands at the start of a file; None for any other file.

    Examples
    --------
    >>> size = (24).to_bytes(4, "big")
    >>> format_by_brand(size + b"ftypmif1" + bytes(4) + b"avifmiaf")
    'AVIF'
    >>> format_by_brand(size + b"ftypisom" + bytes(4) + b"isommp41") is None
    True
    """
    if data[4:8] != b"ftyp":
        return None
    brands = set(_brands(data))
    if data[8:12] not in _HEIF_BRANDS - {b"mif1", b"msf1"} and brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None


def is_cut_short(data: bytes) -> bool:
    """Return whether a box reaches beyond the end."""
    return any(box.end > len(data) for box in boxes(data))


def largest_size(data: bytes) -> tuple[int, int] | None:
    """Return the size of the largest image of a file; None if it gives none."""
    extents = (box.start + 4 for box in _properties(data) if box.kind == b"ispe")
    sizes = [struct.unpack_from(">II", data, place) for place in extents]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def frame_count(data: bytes) -> int:
    """Return the number of frames of a sequence; 1 for a still image."""
    movie = next((box for box in boxes(data) if box.kind == b"moov"), None)
    if movie is None or data[8:12] not in _SEQUENCE_BRANDS:
        return 1
    place = data.find(b"stsz", movie.start, movie.end)  # sample sizes of the first track
    if place < 0 or place + 16 > len(data):
        return 1
    return max(1, _number(data, place + 12, is_long=True))


def color_codes(data: bytes) -> bytes:
    """Return primaries and transfer function of the primary image (nclx), as a cICP chunk has them.

    Decoders apply the matrix and the range themselves; where both codes are unspecified, nothing is said.
    """
    try:
        found = _primary_color(data)
    except (struct.error, IndexError):
        return b""
    primaries, transfer = found or (_UNSPECIFIED, _UNSPECIFIED)
    if primaries == transfer == _UNSPECIFIED or max(primaries, transfer) > 255:
        return b""
    primaries = _SRGB_PRIMARIES if primaries == _UNSPECIFIED else primaries
    transfer = _SRGB_CURVE if transfer == _UNSPECIFIED else transfer
    return bytes([primaries, transfer, 0, 1])


_UNSPECIFIED, _SRGB_PRIMARIES, _SRGB_CURVE = 2, 1, 13  # codes of H.273


def _brands(data: bytes) -> Iterator[bytes]:
    first = next(boxes(data), None)
    end = min(first.end, len(data), 16 + 4 * _MOST_BRANDS) if first else 0
    yield data[8:12]
    for place in range(16, end - 3, 4):
        yield data[place : place + 4]


def _meta(data: bytes) -> list[Box]:
    meta = next((box for box in boxes(data) if box.kind == b"meta"), None)
    return list(boxes(data, meta.start + 4, meta.end)) if meta else []


def _properties(data: bytes) -> list[Box]:
    """Return the item properties, in their order."""
    for box in _meta(data):
        if box.kind == b"iprp":
            for inner in boxes(data, box.start, box.end):
                if inner.kind == b"ipco":
                    return [each for each in boxes(data, inner.start, inner.end) if each.end <= len(data)]
    return []


def _primary_color(data: bytes) -> tuple[int, int] | None:
    properties = _properties(data)
    for number in _primary_properties(data):
        box = properties[number - 1] if 0 < number <= len(properties) else None
        if box and box.kind == b"colr" and data[box.start : box.start + 4] == b"nclx":
            primaries, transfer = struct.unpack_from(">HH", data, box.start + 4)
            return primaries, transfer
    return None


def _primary_properties(data: bytes) -> list[int]:
    """Return the numbers of the properties of the primary item, from 1 (23008-12, 9.3.2)."""
    meta = _meta(data)
    place = next((box.start for box in meta if box.kind == b"pitm"), None)
    if place is None:
        return []
    primary = _number(data, place + 4, is_long=data[place] > 0)
    for outer in meta:
        for box in boxes(data, outer.start, outer.end) if outer.kind == b"iprp" else ():
            if box.kind == b"ipma":
                found = dict(_associations(data, box))
                if primary in found:
                    return found[primary]
    return []


def _associations(data: bytes, box: Box) -> Iterator[tuple[int, list[int]]]:
    is_long, is_wide = data[box.start] > 0, data[box.start + 3] & 1
    (count,) = struct.unpack_from(">I", data, box.start + 4)
    place = box.start + 8
    for _ in range(min(count, _MOST_BOXES)):
        item = _number(data, place, is_long=is_long)
        place += 4 if is_long else 2
        many, place = data[place], place + 1
        if is_wide:
            numbers = [number & 0x7FFF for number in struct.unpack_from(f">{many}H", data, place)]
        else:
            numbers = [number & 0x7F for number in data[place : place + many]]
        yield item, numbers
        place += many * (2 if is_wide else 1)


def _number(data: bytes, place: int, *, is_long: bool) -> int:
    (number,) = struct.unpack_from(">I" if is_long else ">H", data, place)
    return int(number)
