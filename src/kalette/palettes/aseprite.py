"""Palettes of Aseprite files (.aseprite, .ase), of sprites or of a palette alone.

Source: Aseprite File Format Specifications, docs/ase-file-specs.md in its repository. Little-endian. A reader
raises a `ValueError` with the reason, or a `struct.error` when the data is truncated.
"""

import struct
from collections.abc import Iterator

from kalette.types import code_of

_MAGIC, _FRAME_MAGIC = 0xA5E0, 0xF1FA
_HEADER_BYTES, _FRAME_BYTES, _CHUNK_BYTES = 128, 16, 6
_OLD_PALETTE, _PALETTE = 0x0004, 0x2019
_HAS_NAME = 1
_MAX_ENTRIES = 256


def is_aseprite(data: bytes) -> bool:
    """Return whether data starts as an Aseprite file.

    Examples
    --------
    >>> is_aseprite(bytes(4) + b"\\xe0\\xa5"), is_aseprite(b"ASEF")
    (True, False)
    """
    return data[4:6] == struct.pack("<H", _MAGIC)


def codes_of_aseprite(data: bytes) -> list[str]:
    """Read the palette of the first frame; the older form, without alpha, where there is no other."""
    chunks = dict(_chunks_of_first_frame(data))
    if _PALETTE in chunks:
        return _codes(chunks[_PALETTE])
    if _OLD_PALETTE in chunks:
        return _old_codes(chunks[_OLD_PALETTE])
    raise ValueError("it holds no palette")


def _chunks_of_first_frame(data: bytes) -> Iterator[tuple[int, bytes]]:
    _, magic, old_count, _, count = struct.unpack_from("<IHHH2xI", data, _HEADER_BYTES)
    if magic != _FRAME_MAGIC:
        raise ValueError("its first frame is broken")
    place = _HEADER_BYTES + _FRAME_BYTES
    for _ in range(count or old_count):
        size, kind = struct.unpack_from("<IH", data, place)
        if size < _CHUNK_BYTES or place + size > len(data):
            raise struct.error
        yield kind, data[place + _CHUNK_BYTES : place + size]
        place += size


def _codes(chunk: bytes) -> list[str]:
    _, first, last = struct.unpack_from("<III", chunk)
    if not first <= last < first + _MAX_ENTRIES:
        raise ValueError(f"it has entries {first} to {last}; a palette holds 1 to {_MAX_ENTRIES}")
    codes, place = [], 20
    for _ in range(first, last + 1):
        flags, *color = struct.unpack_from("<H4B", chunk, place)
        codes.append(code_of(color))
        place += 6
        if flags & _HAS_NAME:
            place += 2 + struct.unpack_from("<H", chunk, place)[0]
    return codes


def _old_codes(chunk: bytes) -> list[str]:
    """Read packets: entries to leave out, number of colours (0 for 256), then red, green and blue of each."""
    (packets,) = struct.unpack_from("<H", chunk)
    codes, place = list[str](), 2
    for _ in range(packets):
        _, count = struct.unpack_from("<BB", chunk, place)
        place += 2
        for _ in range(count or _MAX_ENTRIES):
            codes.append(code_of(struct.unpack_from("<3B", chunk, place)))
            place += 3
    return codes
