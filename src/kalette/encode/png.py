"""Palette and indices to the bytes of a PNG."""

import struct
from collections.abc import Iterator

import deflate

from kalette.arrays import Indices, Palette
from kalette.encode.search import smallest
from kalette.metadata import Metadata
from kalette.settings import Effort

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH_PLACE = 24  # of the header's byte that tells the bits of a sample


def png_bytes(
    palette: Palette,
    indices: Indices,
    effort: Effort,
    metadata: Metadata,
    *,
    keep_order: bool = False,
    threads: int = 1,
) -> bytes:
    """Return a PNG; libdeflate makes the same bytes on every processor.

    Parameters
    ----------
    palette, indices, effort, metadata, keep_order, threads
        As in `encode`.

    Examples
    --------
    >>> import numpy as np
    >>> len(png_bytes(np.zeros((1, 3), np.uint8), np.zeros((9, 9), np.uint8), "fast", Metadata()))
    87
    """
    height, width = indices.shape
    layout, data = smallest(palette, indices, effort, keep_order=keep_order, threads=threads)
    header = struct.pack(">IIBBBBB", width, height, layout.depth, layout.color_type, 0, 0, 0)
    chunks = [(b"IHDR", header), *layout.chunks, *_metadata_chunks(metadata), (b"IDAT", data), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def png_bit_depth(png: bytes) -> int:
    """Return the bits of a sample in a PNG: of an index where it has a palette.

    Examples
    --------
    >>> import numpy as np
    >>> png_bit_depth(png_bytes(np.eye(5, 3, dtype=np.uint8), np.full((9, 9), 4, np.uint8), "fast", Metadata()))
    4
    """
    return png[_DEPTH_PLACE]


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


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", deflate.crc32(kind + data))
