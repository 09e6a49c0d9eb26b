"""Palette and indices to the bytes of a file: indexed PNG, lossless WebP, GIF."""

import io
import re
import struct
from collections.abc import Iterator

import deflate
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.arrays import Indices, Palette
from kalette.errors import WriteError
from kalette.metadata import Metadata
from kalette.metrics import bit_depth
from kalette.settings import Effort, Format

WEBP_MAX_SIDE = 16383
GIF_MAX_SIDE = 65535
_NO_METADATA = Metadata()
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MISREAD_BY_PILLOW = re.compile(rb"\xff*\x00\xff*\n")  # it takes alpha 10 at the end for the end of a line
_DEFLATE_LEVELS: dict[Effort, int] = {"fast": 1, "balanced": 10, "best": 12}
_QUICK_LEVEL, _QUICK_FROM_BYTES = 6, 4_000_000  # balanced takes its time for smaller pictures only
_WEBP_METHODS: dict[Effort, int] = {"fast": 0, "balanced": 4, "best": 6}


def encode(
    palette: Palette,
    indices: Indices,
    file_format: Format,
    effort: Effort = "balanced",
    metadata: Metadata = _NO_METADATA,
) -> bytes:
    """Return the file that shows each pixel in the colour of its palette entry.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8, k at most 256; for GIF with alpha of 0 and 255 only.
    indices : ndarray
        (H, W) uint8, each below k.
    file_format : {"png", "webp", "gif"}
        What to write.
    effort : {"fast", "balanced", "best"}
        How long to look for fewer bytes.
    metadata : Metadata
        What goes with the pixels, as far as the format holds it.

    Raises
    ------
    WriteError
        When the format cannot hold a picture of this size.

    Examples
    --------
    >>> encode(np.zeros((1, 3), np.uint8), np.zeros((1, 1), np.uint8), "png")[1:4]
    b'PNG'
    """
    return {"png": _png, "webp": _webp, "gif": _gif}[file_format](palette, indices, effort, metadata)


def _deflate_level(effort: Effort, size_bytes: int) -> int:
    """Return the level: from 10 on libdeflate looks for the shortest parse, five times as long."""
    large = effort == "balanced" and size_bytes > _QUICK_FROM_BYTES
    return _QUICK_LEVEL if large else _DEFLATE_LEVELS[effort]


def _png(palette: Palette, indices: Indices, effort: Effort, metadata: Metadata) -> bytes:
    """Write an indexed PNG with libdeflate, whose bytes do not depend on the processor."""
    height, width = indices.shape
    depth = png_bit_depth(len(palette))
    header = struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", palette[:, :3].tobytes())]
    transparency = _trimmed_alpha(palette)
    if transparency:
        chunks.append((b"tRNS", transparency))
    chunks += _metadata_chunks(metadata)
    rows = _rows(indices, depth)
    chunks.append((b"IDAT", bytes(deflate.zlib_compress(rows, _deflate_level(effort, len(rows))))))
    chunks.append((b"IEND", b""))
    return _PNG_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _metadata_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.exif:
        yield b"eXIf", metadata.exif
    if metadata.xmp:
        yield b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + metadata.xmp
    for keyword, text in metadata.texts:
        key = keyword.encode("latin-1", "replace")[:79].strip() or b"Comment"
        try:
            yield b"tEXt", key + b"\0" + text.encode("latin-1")
        except UnicodeEncodeError:
            yield b"iTXt", key + bytes(5) + text.encode("utf-8", "replace")


def png_bit_depth(k: int) -> int:
    """Return the bits of an index in a PNG with k entries: 1, 2, 4 or 8.

    Examples
    --------
    >>> [png_bit_depth(k) for k in (1, 2, 3, 4, 5, 16, 17)]
    [1, 1, 2, 2, 4, 4, 8]
    """
    return next(depth for depth in (1, 2, 4, 8) if bit_depth(k) <= depth)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", deflate.crc32(kind + data))


def _trimmed_alpha(palette: Palette) -> bytes:
    """Return alpha up to the last entry that is not opaque; the rest is opaque by the standard.

    The order of a fixed palette can be one that Pillow misreads, and others with it: there the next opaque
    entry is told of as well, or, where none follows, alpha 10 becomes 11.
    """
    alpha = bytes(palette[:, 3]).rstrip(b"\xff") if palette.shape[1] == 4 else b""
    if not _MISREAD_BY_PILLOW.fullmatch(alpha):
        return alpha
    return alpha + b"\xff" if len(alpha) < len(palette) else alpha[:-1] + b"\x0b"


def _rows(indices: Indices, depth: int) -> NDArray[np.uint8]:
    """Return the picture's rows, each after its filter type: none, which suits indices best."""
    packed = indices if depth == 8 else _packed(indices, depth)
    rows = np.zeros((len(packed), packed.shape[1] + 1), np.uint8)
    rows[:, 1:] = packed
    return rows


def _packed(indices: Indices, depth: int) -> NDArray[np.uint8]:
    """Put 8 / depth indices into each byte, the first in the high bits; rows end on a whole byte."""
    per_byte = 8 // depth
    padded = np.pad(indices, ((0, 0), (0, -indices.shape[1] % per_byte)))
    packed = np.zeros((len(padded), padded.shape[1] // per_byte), np.uint8)
    for place in range(per_byte):
        packed |= padded[:, place::per_byte] << np.uint8(8 - depth * (place + 1))
    return packed


def _webp(palette: Palette, indices: Indices, effort: Effort, metadata: Metadata) -> bytes:
    _require_sides(indices, WEBP_MAX_SIDE, "WebP", "write PNG")
    out = io.BytesIO()
    Image.fromarray(palette[indices]).save(
        out,
        "WEBP",
        lossless=True,
        quality=100,
        method=_WEBP_METHODS[effort],
        exact=True,
        exif=metadata.exif,
        xmp=metadata.xmp,
    )
    return out.getvalue()


def _gif(palette: Palette, indices: Indices, _: Effort, metadata: Metadata) -> bytes:
    _require_sides(indices, GIF_MAX_SIDE, "GIF", "write PNG")
    image = Image.fromarray(indices)
    image.putpalette(palette[:, :3].tobytes(), "RGB")
    clear = np.flatnonzero(palette[:, 3] == 0).tolist() if palette.shape[1] == 4 else []
    transparency = {"transparency": clear[0]} if clear else {}
    out = io.BytesIO()
    comment = "\n".join(text for _, text in metadata.texts).encode("utf-8", "replace")
    image.save(out, "GIF", optimize=False, comment=comment, **transparency)
    return out.getvalue()


def _require_sides(indices: Indices, most: int, name: str, way_out: str) -> None:
    height, width = indices.shape
    if max(height, width) > most:
        raise WriteError(
            f"the picture is {width} x {height}; {name} holds at most {most} a side, so {way_out}"
        )
