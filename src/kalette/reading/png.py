"""Fast PNG decoding with libdeflate, in half of Pillow's time: 8-bit true colour and Kalette's own files.

16-bit samples are decoded in `png_deep`; everything else goes to Pillow, which has the error messages.
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

_CHANNELS = {2: 3, 3: 1, 6: 4}  # by colour type: RGB, indexed, RGBA
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_PIXEL_MODIFIERS = {b"tRNS", *_ANIMATION}
_PIXEL_CHUNKS = {b"IHDR", b"IDAT", b"IEND", b"tRNS"}
_MAX_FILTER_TYPE = 4
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_Chunks = Sequence[tuple[bytes, memoryview]]


def true_color_pixels(data: bytes, *, threads: int = 1) -> Pixels | None:
    """Decode a non-interlaced PNG with 8-bit RGB or RGBA samples.

    Parameters
    ----------
    data : bytes
        A file that passed the container checks and the size limits.
    threads : int
        At least 1.

    Returns
    -------
    ndarray or None
        (H, W, 3 or 4) uint8, equal to Pillow's; None for any other kind of PNG.
    """
    chunks = _chunks(data)
    channels = _channels(chunks)
    if channels not in (3, 4) or not _is_unmodified([kind for kind, _ in chunks]):
        return None
    scanlines = _scanlines(chunks, channels)
    if scanlines is None or scanlines[:, 0].max() > _MAX_FILTER_TYPE:
        return None
    return kernels.unfilter(scanlines, channels, threads)


def plain_entries(data: bytes) -> Indexed | None:
    """Decode an indexed PNG with 8-bit indices and unfiltered scanlines.

    Parameters
    ----------
    data : bytes
        A file that Kalette wrote.

    Returns
    -------
    Indexed or None
        None for any other kind of PNG.
    """
    chunks = _chunks(data)
    scanlines = _scanlines(chunks, 1) if _channels(chunks) == 1 else None
    if scanlines is None or scanlines[:, 0].any():
        return None
    found = {kind: np.frombuffer(body, np.uint8) for kind, body in chunks if kind in (b"PLTE", b"tRNS")}
    palette, indices = found[b"PLTE"].reshape(-1, 3), scanlines[:, 1:]
    if b"tRNS" not in found:
        return Indexed(palette, indices)
    alpha = np.full(len(palette), 255, np.uint8)
    alpha[: len(found[b"tRNS"])] = found[b"tRNS"]
    return Indexed(np.column_stack([palette, alpha]), indices)


def _is_unmodified(kinds: list[bytes]) -> bool:
    """Return whether there is one IHDR, one run of IDAT, and no transparency key or animation."""
    runs = [kind for kind, _ in groupby(kinds)]
    return runs.count(b"IDAT") == 1 and kinds.count(b"IHDR") == 1 and _PIXEL_MODIFIERS.isdisjoint(kinds)


def _chunks(data: bytes) -> _Chunks:
    return [(kind, body) for kind, body, _ in png_chunks(data)]


def _channels(chunks: _Chunks) -> int | None:
    """Return the channels of a pixel; None unless samples have 8 bits and scanlines are in order."""
    kind, header = chunks[0]
    if kind != b"IHDR" or len(header) != 13:
        return None
    depth, color_type, _, filter_method, interlaced = header[8:]
    return None if depth != 8 or filter_method or interlaced else _CHANNELS.get(color_type)


def _scanlines(chunks: _Chunks, channels: int) -> NDArray[np.uint8] | None:
    """Return scanlines with their filter types, (H, 1 + channels * W); None if the size does not match."""
    width, height = struct.unpack_from(">II", chunks[0][1])
    shape = height, 1 + width * channels
    compressed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    try:
        scanlines = np.frombuffer(deflate.zlib_decompress(compressed, shape[0] * shape[1]), np.uint8)
    except deflate.DeflateError:
        return None
    return scanlines.reshape(shape) if width and 0 < len(scanlines) == shape[0] * shape[1] else None


def is_animated(data: bytes) -> bool:
    """Return whether a PNG has chunks of an animation."""
    return not _ANIMATION.isdisjoint(kind for kind, _ in _chunks(data))


def color_codes(data: bytes) -> bytes:
    """Return the payload of cICP, which Pillow leaves out; empty without it.

    Parameters
    ----------
    data : bytes
        A file that passed the container checks.
    """
    return next((bytes(body) for kind, body in _chunks(data) if kind == b"cICP"), b"")


def without_pixels(data: bytes) -> bytes:
    """Return a PNG with a single pixel and all ancillary chunks of this one.

    Parameters
    ----------
    data : bytes
        A file that Kalette decodes without Pillow.
    """
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", deflate.zlib_compress(bytes(4)))
    chunks = _chunks(data)
    first = [kind for kind, _ in chunks].index(b"IDAT")
    before, after = (  # Pillow is less strict about chunks after the pixels
        b"".join(chunk(kind, body) for kind, body in part if kind not in _PIXEL_CHUNKS)
        for part in (chunks[:first], chunks[first:])
    )
    return b"".join((SIGNATURE, header, before, pixel, after, chunk(b"IEND", b"")))


def chunk(kind: bytes, data: bytes | bytearray | memoryview) -> bytes:
    """Return a PNG chunk: length, type, data and CRC.

    Examples
    --------
    >>> chunk(b"IEND", b"").hex(" ", 4)
    '00000000 49454e44 ae426082'
    """
    checksum = deflate.crc32(data, deflate.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", checksum)))
