"""The first image file directory (IFD) of a TIFF: read, and written anew at the end of the file.

Sources: TIFF 6.0, section 2, and BigTIFF.
"""

import struct
from collections.abc import Container, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

_BYTE, _SHORT, _LONG, _LONG8, _IFD, _IFD8 = 1, 3, 4, 16, 13, 18
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_NUMBERS = {_BYTE: "B", _SHORT: "H", _LONG: "I", _LONG8: "Q", _IFD: "I", _IFD8: "Q"}


_MOST_NUMBERS = 1 << 20


class Tag(IntEnum):
    """Tags that say how samples are stored."""

    WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
    FILL_ORDER, STRIP_OFFSETS, CHANNELS, ROWS_PER_STRIP, STRIP_BYTES = 266, 273, 277, 278, 279
    PLANAR, PREDICTOR, COLOR_MAP, TILE_WIDTH, TILE_LENGTH = 284, 317, 320, 322, 323
    TILE_OFFSETS, TILE_BYTES, INK_SET, EXTRA, FORMAT, SUBSAMPLING = 324, 325, 332, 338, 339, 530


class _Format(NamedTuple):
    """How numbers and entries are packed."""

    order: str
    is_big: bool

    @property
    def entry_code(self) -> str:
        return f"{self.order}HHQ8s" if self.is_big else f"{self.order}HHI4s"

    @property
    def offset_code(self) -> str:
        return f"{self.order}Q" if self.is_big else f"{self.order}I"

    @property
    def count_code(self) -> str:
        return f"{self.order}Q" if self.is_big else f"{self.order}H"


class Directory(NamedTuple):
    """The first directory of a TIFF.

    Parameters
    ----------
    data : bytes
        The whole file.
    format : _Format
        Byte order and width of offsets.
    entries : dict of int to (int, int, bytes)
        Type, count and value (or its offset) of each tag.
    """

    data: bytes
    format: _Format
    entries: dict[int, tuple[int, int, bytes]]

    def numbers(self, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Return the whole numbers of a tag; the default without it, or when they are none."""
        kind, count, value = self.entries.get(tag, (0, 0, b""))
        code = _NUMBERS.get(kind)
        if code is None or count > _MOST_NUMBERS:
            return default
        packed = f"{self.format.order}{count}{code}"
        if struct.calcsize(packed) <= len(value):
            return struct.unpack_from(packed, value)
        (offset,) = struct.unpack(self.format.offset_code, value)
        return struct.unpack_from(packed, self.data, offset)

    def number(self, tag: int, default: int) -> int:
        """Return the first number of a tag."""
        return (*self.numbers(tag), default)[0]


def first_directory(data: bytes) -> Directory:
    """Read the first directory of a TIFF that passed the container checks.

    Raises
    ------
    struct.error
        When its end is missing.
    """
    packing = _Format("<" if data.startswith(b"II") else ">", 43 in data[2:4])
    (offset,) = struct.unpack_from(packing.offset_code, data, 8 if packing.is_big else 4)
    (count,) = struct.unpack_from(packing.count_code, data, min(offset, len(data)))
    start, size_bytes = offset + struct.calcsize(packing.count_code), struct.calcsize(packing.entry_code)
    body = data[start : start + count * size_bytes]
    if len(body) < count * size_bytes:
        raise struct.error("the end of the directory is missing")
    entries = {tag: (kind, n, value) for tag, kind, n, value in struct.iter_unpack(packing.entry_code, body)}
    return Directory(data, packing, entries)


def with_tags(directory: Directory, numbers: Mapping[int, Sequence[int]], kept: Container[int]) -> bytes:
    """Return the file as a classic TIFF with another first directory; everything else stays where it is.

    Pillow reads no BigTIFF with the high byte first.

    Parameters
    ----------
    directory : Directory
    numbers : mapping of int to sequence of int
        Numbers of the new directory by tag.
    kept : container of int
        Tags that it takes over.
    """
    data, order, tail = directory.data, directory.format.order, bytearray()
    entries = {}
    for tag, (kind, count, value) in directory.entries.items():
        size_bytes = _SIZES.get(kind, 0) * count
        if tag in kept and size_bytes <= len(value):
            entries[tag] = kind, count, value[:size_bytes]
        elif tag in kept:
            (offset,) = struct.unpack(directory.format.offset_code, value)
            entries[tag] = kind, count, data[offset : offset + size_bytes]
    for tag, values in numbers.items():
        entries[tag] = _LONG, len(values), struct.pack(f"{order}{len(values)}I", *values)
    table = struct.pack(f"{order}H", len(entries))
    for tag, (kind, count, body) in sorted(entries.items()):
        place = body.ljust(4, b"\0")
        if len(body) > 4:
            place, tail = struct.pack(f"{order}I", len(data) + len(tail)), tail + body
        table += struct.pack(f"{order}HHI4s", tag, kind, count, place)
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, len(data) + len(tail))
    return start + data[len(start) :] + tail + table + bytes(4)
