"""Container checks without decoding: format, size, number of frames, truncation and corruption.

Limits are enforced and damage is found before any memory is allocated for pixels. References: PNG (W3C,
third edition), JPEG (ITU-T T.81), GIF89a, WebP (RFC 9649), TIFF 6.0 and BigTIFF; boxes in `isobmff`.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import deflate

from kalette.reading import isobmff

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_TRUNCATED = "its end is missing"


class Structure(NamedTuple):
    """What the container of an image file shows.

    Parameters
    ----------
    size : tuple of int or None
        Width and height; None where Pillow reports them before it allocates memory.
    frames : int
        Number of frames, counted up to one above the limit; 1 where Pillow reports it.
    fault : str or None
        What is wrong with the file, as part of a sentence.
    scan_end : int or None
        Offset of the end of the scan, for a JPEG with one sequential scan.
    """

    size: tuple[int, int] | None = None
    frames: int = 1
    fault: str | None = None
    scan_end: int | None = None


def format_of(data: bytes) -> str | None:
    """Detect the format by its signature; None when it is not supported.

    Examples
    --------
    >>> format_of(b"GIF89a..."), format_of(b"%PDF-1.7")
    ('GIF', None)
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    named = (name for signature, name in _SIGNATURES if data.startswith(signature))
    return next(named, None) or isobmff.format_by_brand(data)


def examine(data: bytes, file_format: str, most_frames: int) -> Structure:
    """Check the container of a file.

    Parameters
    ----------
    data : bytes
        The whole file.
    file_format : str
        As `format_of` returns it.
    most_frames : int
        The limit; counting stops one above it.

    Examples
    --------
    >>> examine(b"GIF89a" + bytes(7) + b";", "GIF", 1000)
    Structure(size=(0, 0), frames=0, fault=None, scan_end=None)
    """
    if file_format == "PNG":
        fault = _png_fault(data)
        return Structure(None if fault else _png_size(data), fault=fault)
    if file_format == "JPEG":
        return _jpeg(data)
    if file_format == "GIF":
        return _gif(data, most_frames)
    if file_format == "TIFF":
        return _tiff(data, most_frames)
    if file_format in ("AVIF", "HEIF"):
        return _boxed(data)
    return _webp(data) if file_format == "WEBP" else Structure()


def _boxed(data: bytes) -> Structure:
    """Read size and frames of an AVIF or HEIC, which decoders allocate on opening."""
    try:
        size, frames = isobmff.largest_size(data), isobmff.frame_count(data)
    except struct.error:
        return Structure(fault=_TRUNCATED)
    return Structure(size, frames, _TRUNCATED if isobmff.is_cut_short(data) else None)


_MAX_EXIF_BYTES = 1 << 20  # Pillow's parsed objects take many times as much memory
_LARGE_EXIF = "it has more than 1 MiB of EXIF"

# PNG

_INFLATED_AT_ONCE = 1 << 20  # bytes
_MAX_COMPRESSED_CHUNKS = 1000  # each may inflate to Pillow's limit of 1 MiB, about a millisecond
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def _png_fault(data: bytes) -> str | None:
    """Verify every CRC (Pillow skips those of IDAT) and the presence of IEND."""
    compressed = 0
    for kind, body, checksum in png_chunks(data):
        if deflate.crc32(body, deflate.crc32(kind)) != checksum:
            return f"the checksum of its {kind.decode('latin-1')!r} chunk is wrong"
        if kind == b"eXIf" and len(body) > _MAX_EXIF_BYTES:
            return _LARGE_EXIF
        compressed += kind in (b"iCCP", b"iTXt", b"zTXt")
        if compressed > _MAX_COMPRESSED_CHUNKS:
            return f"it has more than {_MAX_COMPRESSED_CHUNKS} compressed texts and profiles"
        if kind == b"IEND":
            return None
    return _TRUNCATED


def _png_size(data: bytes) -> tuple[int, int] | None:
    return struct.unpack_from(">II", data, 16) if data[12:16] == b"IHDR" and len(data) >= 24 else None


def png_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview, int]]:
    """Yield type, data and CRC of each complete chunk, up to IEND."""
    view, position = memoryview(data), 8
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if position > len(data):
            return
        yield (
            kind,
            view[position - length - 4 : position - 4],
            struct.unpack_from(">I", data, position - 4)[0],
        )
        if kind == b"IEND":
            return


def png_rows_missing(data: bytes) -> bool:
    """Return whether the image data of a PNG ends before the last row, which no checksum reveals.

    Parameters
    ----------
    data : bytes
        A file that Pillow decodes without an error.
    """
    inflate, size, expected = zlib.decompressobj(), 0, _filtered_bytes(data)
    for kind, body, _ in png_chunks(data):
        rest: bytes | memoryview = body if kind == b"IDAT" else b""
        while rest and size < expected and not inflate.eof:
            size += len(inflate.decompress(rest, _INFLATED_AT_ONCE))
            rest = inflate.unconsumed_tail
    return size < expected


def _filtered_bytes(data: bytes) -> int:
    """Return the size of all scanlines with their filter-type bytes (PNG, 7.2 and 8.1)."""
    width, height, depth, color_type, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * _PNG_CHANNELS[color_type]
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0)


# JPEG

_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")  # but not a stuffed zero, fill byte or RSTn
_SOI, _EOI, _SOS, _TEM, _APP1 = 0xD8, 0xD9, 0xDA, 0x01, 0xE1
_SEQUENTIAL, _PROGRESSIVE = (0xC0, 0xC1), 0xC2
_MAX_SCANS = 100  # decoding a scan visits every pixel; encoders write about ten


def _jpeg(data: bytes) -> Structure:
    """Find the scans and check that they cover all coefficients of all components."""
    frame, scans, ends, exif_bytes = b"", list[bytes](), list[int](), 0
    for kind, start, body in _jpeg_segments(data):
        if len(ends) < len(scans):
            ends.append(start)
        if kind == _EOI:
            break
        if kind in (*_SEQUENTIAL, _PROGRESSIVE) and not scans:
            frame = bytes([kind]) + body
        if kind == _SOS:
            scans.append(body)
        if len(scans) > _MAX_SCANS:
            return Structure(fault=f"it has more than {_MAX_SCANS} scans")
        exif_bytes += len(body) if kind == _APP1 and body.startswith(b"Exif") else 0
        if exif_bytes > _MAX_EXIF_BYTES:
            return Structure(fault=_LARGE_EXIF)
    else:
        return Structure(fault=_TRUNCATED)
    fault = "some of its scans are missing" if _lacks_coefficients(frame, scans) else None
    single = scans and frame[:1] and frame[0] in _SEQUENTIAL and scans[0][:1] == frame[6:7]
    return Structure(fault=fault, scan_end=ends[0] if single else None)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield marker code, offset and payload of each segment, skipping entropy-coded data."""
    position = 2
    while found := _MARKER.search(data, position):
        kind, position = found[1][0], found.end()
        has_body = kind not in (_SOI, _EOI, _TEM)
        length = int.from_bytes(data[position : position + 2], "big") if has_body else 0
        yield kind, found.start(), data[position + 2 : position + length]
        position += length


def _lacks_coefficients(frame: bytes, scans: Sequence[bytes]) -> bool:
    """Return whether a component lacks a coefficient or its low bits (T.81, B.2.2, B.2.3 and G.1.1)."""
    sent: dict[int, set[int]] = {component: set() for component in frame[7::3]}
    for scan in scans:
        count = scan[0] if scan else 0
        first, last, bits = (*scan[1 + 2 * count : 4 + 2 * count], 0, 0, 0)[:3]
        if frame[:1] and frame[0] in _SEQUENTIAL:
            first, last, bits = 0, 63, 0
        for component in scan[1 : 1 + 2 * count : 2]:
            if bits & 15 == 0:
                sent.setdefault(component, set()).update(range(first, last + 1))
    return any(len(sent[component]) < 64 for component in frame[7::3])


# GIF


def _gif(data: bytes, most_frames: int) -> Structure:
    """Walk the blocks up to the trailer: canvas size, enlarged by the first frame, and frame count."""
    try:
        width, height, flags = struct.unpack_from("<HHB", data, 6)
        position, frames = 13 + _color_table_bytes(flags), 0
        while data[position] != ord(";") and frames <= most_frames:
            introducer = data[position]
            if introducer == ord(","):
                left, top, across, down, flags = struct.unpack_from("<HHHHB", data, position + 1)
                if frames == 0:
                    width, height = max(width, left + across), max(height, top + down)
                frames += 1
                position = _after_sub_blocks(data, position + 11 + _color_table_bytes(flags))
            else:
                position = _after_sub_blocks(data, position + 2) if introducer == ord("!") else position + 1
    except (IndexError, struct.error):
        return Structure(fault=_TRUNCATED)
    return Structure((width, height), frames)


def _color_table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 128 else 0


def _after_sub_blocks(data: bytes, position: int) -> int:
    while length := data[position]:
        position += 1 + length
    return position + 1


# WebP


def _webp(data: bytes) -> Structure:
    """Read the canvas size, before libwebp allocates the canvas on opening."""
    for kind, size_bytes in _riff_chunks(data):
        if kind == b"EXIF" and size_bytes > _MAX_EXIF_BYTES:
            return Structure(fault=_LARGE_EXIF)
    kind, header = data[12:16], data[20:30]
    if len(header) < 10:
        return Structure()
    if kind == b"VP8X":
        size = int.from_bytes(header[4:7], "little") + 1, int.from_bytes(header[7:10], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(header[1:5], "little")
        size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = struct.unpack_from("<HH", header, 6)
        size = width & 0x3FFF, height & 0x3FFF
    return Structure(size)


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield FourCC and size of each chunk; payloads are padded to an even size."""
    position = 12
    while position + 8 <= len(data):
        kind, size_bytes = struct.unpack_from("<4sI", data, position)
        yield kind, size_bytes
        position += 8 + size_bytes + size_bytes % 2


# TIFF

_MAX_TAG_VALUES = 1 << 20  # Pillow makes an object of each; enough for 16 x 16 tiles at `MAX_PIXELS`
_BYTES, _ASCII, _UNDEFINED = 1, 2, 7


def _tiff(data: bytes, most_frames: int) -> Structure:
    """Follow the chain of image file directories (IFD), one for each frame, up to the limit."""
    order, big = "<" if data.startswith(b"II") else ">", 43 in data[2:4]
    offset_format, count_format, entry = (
        (f"{order}Q", f"{order}Q", f"{order}HHQ8x") if big else (f"{order}I", f"{order}H", f"{order}HHI4x")
    )
    seen: set[int] = set()
    try:
        (offset,) = struct.unpack_from(offset_format, data, 8 if big else 4)
        while offset and offset not in seen and len(seen) <= most_frames:
            (count,) = struct.unpack_from(count_format, data, min(offset, len(data)))
            first = offset + struct.calcsize(count_format)
            seen.add(offset)
            end = first + count * struct.calcsize(entry)
            if len(seen) == 1 and _has_oversized_tag(data[first:end], entry):
                return Structure(fault=f"it has a tag of more than {_MAX_TAG_VALUES:,} numbers")
            (offset,) = struct.unpack_from(offset_format, data, min(end, len(data)))
    except struct.error:
        return Structure(fault=_TRUNCATED)
    return Structure(frames=max(len(seen), 1))


def _has_oversized_tag(directory: bytes, entry: str) -> bool:
    entries = directory[: len(directory) // struct.calcsize(entry) * struct.calcsize(entry)]
    return any(
        kind not in (_BYTES, _ASCII, _UNDEFINED) and count > _MAX_TAG_VALUES
        for _, kind, count in struct.iter_unpack(entry, entries)
    )
