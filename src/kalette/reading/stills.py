"""Animations as stills: each frame of a GIF, APNG or WebP as a file of its own, with its place on the canvas.

References: GIF89a; PNG (W3C, third edition), 11.3.4; WebP (RFC 9649), 2.7.1.
"""

import struct
from collections.abc import Iterator
from typing import Literal, NamedTuple

import deflate

from kalette.reading.structure import png_chunks

Disposal = Literal["keep", "background", "previous"]

_DISPOSALS: dict[int, Disposal] = {0: "keep", 1: "background", 2: "previous"}  # of APNG
_GIF_DISPOSALS: dict[int, Disposal] = {2: "background", 3: "previous"}
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FOREVER = 0


class Still(NamedTuple):
    """A frame as stored.

    Parameters
    ----------
    data : bytes
        A file with one image; empty for a frame without pixels.
    left, top, width, height : int
        Its place on the canvas.
    delay_ms : float
        As stored.
    disposal : {"keep", "background", "previous"}
        What becomes of its place after it: as it is, clear, or as before the frame.
    blends : bool
        Whether it is drawn over the canvas; else it replaces its place.
    """

    data: bytes
    left: int
    top: int
    width: int
    height: int
    delay_ms: float
    disposal: Disposal
    blends: bool


class Stills(NamedTuple):
    """The canvas of an animation and its frames.

    Parameters
    ----------
    width, height : int
        The canvas; 0 where the first frame gives it.
    loops : int
        How often it is shown; 0 is for ever.
    frames : tuple of Still
        In order.
    """

    width: int
    height: int
    loops: int
    frames: tuple[Still, ...]


def stills_of(data: bytes, file_format: str) -> Stills | None:
    """Split an animation into stills; None for a file that has no animation, or one that is not split.

    Parameters
    ----------
    data : bytes
        A file whose container was checked.
    file_format : str
        As `structure.format_of` returns it.

    Examples
    --------
    >>> stills_of(b"GIF89a" + bytes([2, 0, 1, 0, 0, 0, 0]) + b";", "GIF")
    Stills(width=2, height=1, loops=1, frames=())
    """
    split = {"GIF": _gif, "PNG": _apng, "WEBP": _webp}.get(file_format)
    return None if split is None else split(data)


# GIF


def _gif(data: bytes) -> Stills:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + _table_bytes(flags)
    global_table, global_bits = data[13:position], flags & 135
    frames, control, loops = list[Still](), bytes(4), 1
    while position < len(data) and data[position] != ord(";"):
        if data[position] == ord(","):
            still, position = _gif_still(data, position, (global_table, global_bits), control)
            frames.append(still)
            control = bytes(4)
            continue
        if data[position] != ord("!"):
            position += 1
            continue
        label, body = data[position + 1], data[position + 3 : position + 3 + data[position + 2]]
        if label == 0xF9 and len(body) == 4:
            control = body
        elif label == 0xFF and body in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
            loops = _gif_loops(data[position + 14 : position + 19], loops)
        position = _after_sub_blocks(data, position + 2)
    return Stills(width, height, loops, tuple(frames))


def _gif_loops(block: bytes, loops: int) -> int:
    """Return the plays of a looping extension, which counts repetitions after the first play."""
    if block[:2] != b"\x03\x01" or len(block) < 4:
        return loops
    repeats: int = struct.unpack_from("<H", block, 2)[0]
    return _FOREVER if repeats == 0 else repeats + 1


def _gif_still(data: bytes, position: int, table: tuple[bytes, int], control: bytes) -> tuple[Still, int]:
    left, top, width, height, flags = struct.unpack_from("<HHHHB", data, position + 1)
    start = position + 10 + _table_bytes(flags)
    end = _after_sub_blocks(data, start + 1)
    colors, bits = (data[position + 10 : start], flags & 135) if flags & 128 else table
    screen = struct.pack("<HHBBB", width, height, bits, 0, 0)
    image = b"," + struct.pack("<HHHHB", 0, 0, width, height, flags & 64)
    transparency = b"!\xf9\x04" + bytes([control[0] & 1]) + bytes(2) + control[3:4] + b"\0"
    file = b"GIF89a" + screen + colors + transparency + image + data[start:end] + b";"
    disposal = _GIF_DISPOSALS.get(control[0] >> 2 & 7, "keep")
    delay_ms = 10 * struct.unpack_from("<H", control, 1)[0]
    still = Still(file if width and height else b"", left, top, width, height, delay_ms, disposal, True)
    return still, end


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 128 else 0


def _after_sub_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += 1 + data[position]
    return position + 1


# APNG


def _apng(data: bytes) -> Stills | None:
    """Split an APNG; its default image is a frame only after an fcTL."""
    header, shared, plays = b"", list[bytes](), None
    control, body, frames = b"", list[bytes](), list[Still]()

    def end_frame() -> None:
        if control and body:
            frames.append(_apng_still(control, header, shared, body))

    for kind, content, _ in png_chunks(data):
        if kind == b"IHDR":
            header = bytes(content)
        elif kind == b"acTL" and len(content) == 8:
            plays = struct.unpack(">II", content)[1]
        elif kind == b"fcTL" and len(content) == 26:
            end_frame()
            control, body = bytes(content), []
        elif kind in (b"IDAT", b"fdAT"):
            body.append(bytes(content[4 if kind == b"fdAT" else 0 :]))
        elif not frames and not body and kind not in (b"IEND", b"fcTL", b"acTL"):
            shared.append(_png_chunk(kind, bytes(content)))
    end_frame()
    if plays is None or not frames:
        return None
    width, height = struct.unpack_from(">II", header)
    return Stills(width, height, plays, tuple(frames))


def _apng_still(control: bytes, header: bytes, shared: list[bytes], body: list[bytes]) -> Still:
    width, height, left, top, numerator, denominator, dispose, blend = struct.unpack_from(
        ">IIIIHHBB", control, 4
    )
    parts = [_png_chunk(b"IHDR", control[4:12] + header[8:]), *shared, _png_chunk(b"IDAT", b"".join(body))]
    file = _PNG_SIGNATURE + b"".join(parts) + _png_chunk(b"IEND", b"")
    delay_ms = 1000 * numerator / (denominator or 100)
    disposal = _DISPOSALS.get(dispose, "keep")
    return Still(file, left, top, width, height, delay_ms, disposal, blend == 1)


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    checksum = deflate.crc32(content, deflate.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


# WebP


def _webp(data: bytes) -> Stills | None:
    if data[12:16] != b"VP8X" or not data[20] & 2:
        return None
    width, height = _int24(data, 24) + 1, _int24(data, 27) + 1
    profile, loops, frames = b"", 1, list[Still]()
    for kind, content in _riff_chunks(data, 12):
        if kind == b"ICCP":
            profile = _riff_chunk(kind, content)
        elif kind == b"ANIM" and len(content) >= 6:
            loops = struct.unpack_from("<H", content, 4)[0]
        elif kind == b"ANMF" and len(content) >= 16:
            frames.append(_webp_still(content, profile))
    return Stills(width, height, loops, tuple(frames))


def _webp_still(content: bytes, profile: bytes) -> Still:
    left, top, width, height = 2 * _int24(content, 0), 2 * _int24(content, 3), *_webp_size(content, 6)
    flags, chunks = content[15], dict(_riff_chunks(content, 16))
    image = [(kind, chunks[kind]) for kind in (b"ALPH", b"VP8 ", b"VP8L") if kind in chunks]
    features = (0x10 if b"ALPH" in chunks or b"VP8L" in chunks else 0) | (0x20 if profile else 0)
    head = _riff_chunk(b"VP8X", bytes([features, 0, 0, 0]) + content[6:12])
    body = b"WEBP" + head + profile + b"".join(_riff_chunk(*each) for each in image)
    disposal: Disposal = "background" if flags & 1 else "keep"
    file = b"RIFF" + struct.pack("<I", len(body)) + body
    return Still(file, left, top, width, height, _int24(content, 12), disposal, not flags & 2)


def _webp_size(content: bytes, position: int) -> tuple[int, int]:
    return _int24(content, position) + 1, _int24(content, position + 3) + 1


def _int24(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 3], "little")


def _riff_chunks(data: bytes, position: int) -> Iterator[tuple[bytes, bytes]]:
    while position + 8 <= len(data):
        kind, size_bytes = struct.unpack_from("<4sI", data, position)
        yield kind, data[position + 8 : position + 8 + size_bytes]
        position += 8 + size_bytes + size_bytes % 2


def _riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
