"""PNG of true colour, by libdeflate and a kernel of our own: in half of Pillow's time, which reads others."""

import struct

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Pixels
from kalette.containers import png_chunks

_CHANNELS = {2: 3, 6: 4}  # of the colour types of red, green and blue, with alpha or without
_CHANGING = {b"tRNS", b"acTL"}  # chunks that make something else of the pixels
_MOST_FILTER_TYPE = 4
_OF_PIXELS = (b"IHDR", b"IDAT", b"IEND")
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def true_color_pixels(data: bytes) -> Pixels | None:
    """Decode a PNG with 8 bits of red, green and blue, with alpha or without, row by row.

    Parameters
    ----------
    data : bytes
        A file without fault, of a size for which there is memory.

    Returns
    -------
    ndarray or None
        (H, W, 3 or 4) uint8, as Pillow decodes them; None for all other kinds, and where something is out of
        the ordinary: Pillow knows what to say of it.
    """
    chunks = [(kind, body) for kind, body, _ in png_chunks(data)]
    shape = _shape(*chunks[0]) if _CHANGING.isdisjoint(kind for kind, _ in chunks) else None
    if shape is None:
        return None
    height, width, channels = shape
    rows = _inflated(b"".join(body for kind, body in chunks if kind == b"IDAT"), height, 1 + width * channels)
    if rows is None or rows[:, 0].max() > _MOST_FILTER_TYPE:
        return None
    return kernels.unfilter(rows, channels)


def _shape(kind: bytes, body: memoryview) -> tuple[int, int, int] | None:
    """Return height, width and channels that a header tells; None for what Pillow is to read."""
    if kind != b"IHDR" or len(body) != 13:
        return None
    width, height, depth, color_type, _, _, interlaced = struct.unpack(">IIBBBBB", body)
    if depth != 8 or interlaced or color_type not in _CHANNELS:
        return None
    return height, width, _CHANNELS[color_type]


def _inflated(data: bytes, height: int, row_bytes: int) -> NDArray[np.uint8] | None:
    """Return the rows with their filter types; None unless there are just as many."""
    try:
        rows = np.frombuffer(deflate.zlib_decompress(data, height * row_bytes), np.uint8)
    except deflate.DeflateError:
        return None
    return rows.reshape(height, row_bytes) if 0 < len(rows) == height * row_bytes else None


def without_pixels(data: bytes) -> bytes:
    """Return a PNG of one pixel that says of itself what this one says beside its size and pixels.

    Parameters
    ----------
    data : bytes
        A file whose pixels `true_color_pixels` has decoded.
    """
    beside = [chunk(kind, body) for kind, body, _ in png_chunks(data) if kind not in _OF_PIXELS]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", deflate.zlib_compress(bytes(4)))
    return b"".join((SIGNATURE, header, *beside, pixel, chunk(b"IEND", b"")))


def chunk(kind: bytes, data: bytes | bytearray | memoryview) -> bytes:
    """Return a chunk with its length and checksum.

    Examples
    --------
    >>> chunk(b"IEND", b"").hex(" ", 4)
    '00000000 49454e44 ae426082'
    """
    checksum = deflate.crc32(data, deflate.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", checksum)))
