"""PNG by libdeflate and a kernel of our own, in half of Pillow's time: true colour, and what Kalette writes.

All other kinds are Pillow's, and whatever is out of the ordinary: it knows what to say of that.
"""

import struct
from collections.abc import Sequence
from itertools import groupby

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.reading.structure import png_chunks
from kalette.types import Indexed, Pixels

_CHANNELS = {2: 3, 3: 1, 6: 4}  # of each colour type; 6 has alpha
_CHANGING = {b"tRNS", b"acTL", b"fcTL", b"fdAT"}  # chunks that make something else of the pixels
_OF_PIXELS = {b"IHDR", b"IDAT", b"IEND"}
_MOST_FILTER_TYPE = 4
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_Chunks = Sequence[tuple[bytes, memoryview]]


def true_color_pixels(data: bytes) -> Pixels | None:
    """Decode a PNG with 8 bits of red, green and blue, with alpha or without, row by row.

    Parameters
    ----------
    data : bytes
        A file without fault, of a size for which there is memory.

    Returns
    -------
    ndarray or None
        (H, W, 3 or 4) uint8, as Pillow decodes them; None for all other kinds.
    """
    chunks = _chunks(data)
    channels = _channels(chunks)
    if channels not in (3, 4) or not _is_plain([kind for kind, _ in chunks]):
        return None
    rows = _rows(chunks, channels)
    return None if rows is None or rows[:, 0].max() > _MOST_FILTER_TYPE else kernels.unfilter(rows, channels)


def plain_entries(data: bytes) -> Indexed | None:
    """Decode a PNG of palette entries with 8 bits each, in rows without filters.

    Parameters
    ----------
    data : bytes
        A file that Kalette wrote.

    Returns
    -------
    Indexed or None
        None for all other kinds.
    """
    chunks = _chunks(data)
    rows = _rows(chunks, 1) if _channels(chunks) == 1 else None
    if rows is None or rows[:, 0].any():
        return None
    found = {kind: np.frombuffer(body, np.uint8) for kind, body in chunks if kind in (b"PLTE", b"tRNS")}
    palette, indices = found[b"PLTE"].reshape(-1, 3), rows[:, 1:]
    if b"tRNS" not in found:
        return Indexed(palette, indices)
    alpha = np.full(len(palette), 255, np.uint8)
    alpha[: len(found[b"tRNS"])] = found[b"tRNS"]
    return Indexed(np.column_stack([palette, alpha]), indices)


def _is_plain(kinds: list[bytes]) -> bool:
    """Whether there is one header, one run of pixels, and nothing that makes something else of them."""
    runs = [kind for kind, _ in groupby(kinds)]
    return runs.count(b"IDAT") == 1 and kinds.count(b"IHDR") == 1 and _CHANGING.isdisjoint(kinds)


def _chunks(data: bytes) -> _Chunks:
    return [(kind, body) for kind, body, _ in png_chunks(data)]


def _channels(chunks: _Chunks) -> int | None:
    """Return the bytes of a pixel; None where samples are no bytes, or rows do not come in their order."""
    kind, header = chunks[0]
    if kind != b"IHDR" or len(header) != 13:
        return None
    depth, color_type, _, filter_method, interlaced = header[8:]
    return None if depth != 8 or filter_method or interlaced else _CHANNELS.get(color_type)


def _rows(chunks: _Chunks, channels: int) -> NDArray[np.uint8] | None:
    """Return rows, (H, 1 + channels * W), each after its filter type; None unless they are just as many."""
    width, height = struct.unpack_from(">II", chunks[0][1])
    shape = height, 1 + width * channels
    coded = b"".join(body for kind, body in chunks if kind == b"IDAT")
    try:
        rows = np.frombuffer(deflate.zlib_decompress(coded, shape[0] * shape[1]), np.uint8)
    except deflate.DeflateError:
        return None
    return rows.reshape(shape) if width and 0 < len(rows) == shape[0] * shape[1] else None


def without_pixels(data: bytes) -> bytes:
    """Return a PNG of one pixel that says of itself what this one says beside its size and pixels.

    Parameters
    ----------
    data : bytes
        A file whose pixels `true_color_pixels` has decoded.
    """
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", deflate.zlib_compress(bytes(4)))
    chunks = _chunks(data)
    first = [kind for kind, _ in chunks].index(b"IDAT")
    before, behind = (  # where Pillow is less strict
        b"".join(chunk(kind, body) for kind, body in part if kind not in _OF_PIXELS)
        for part in (chunks[:first], chunks[first:])
    )
    return b"".join((SIGNATURE, header, before, pixel, behind, chunk(b"IEND", b"")))


def chunk(kind: bytes, data: bytes | bytearray | memoryview) -> bytes:
    """Return a chunk with its length and checksum.

    Examples
    --------
    >>> chunk(b"IEND", b"").hex(" ", 4)
    '00000000 49454e44 ae426082'
    """
    checksum = deflate.crc32(data, deflate.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", checksum)))
