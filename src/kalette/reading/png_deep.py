"""PNG with 16-bit samples, of which Pillow drops the low bytes: every colour type, interlaced or not."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.reading.raster import Model, Raster
from kalette.reading.structure import ADAM7, png_chunks

_DEPTH, _OPAQUE = 16, 65_535
_CHANNELS: dict[int, tuple[Model, int]] = {0: ("L", 1), 2: ("RGB", 3), 4: ("L", 2), 6: ("RGB", 4)}
_MAX_FILTER_TYPE = 4
_WHOLE = ((0, 0, 1, 1),)  # the only pass of an image that is not interlaced


class _Header(NamedTuple):
    width: int
    height: int
    depth: int
    color_type: int
    compression: int
    filter_method: int
    interlaced: int


def deep_raster(data: bytes) -> Raster | None:
    """Decode a PNG with 16-bit samples.

    Parameters
    ----------
    data : bytes
        A file that passed the container checks and the size limits.

    Returns
    -------
    Raster or None
        uint16 samples, the transparency key as alpha; None for any other depth and for broken data.
    """
    bodies: dict[bytes, list[memoryview]] = {}
    for kind, body, _ in png_chunks(data):
        bodies.setdefault(kind, []).append(body)
    headers = bodies.get(b"IHDR", [])
    if len(headers) != 1 or len(headers[0]) != 13:
        return None
    header = _Header(*struct.unpack(">IIBBBBB", headers[0]))
    if header.depth != _DEPTH or header.color_type not in _CHANNELS or header.filter_method:
        return None
    samples = _samples(header, b"".join(bodies.get(b"IDAT", [])))
    if samples is None:
        return None
    key = bytes(bodies.get(b"tRNS", [b""])[0])
    return Raster(_with_key(samples, key), _CHANNELS[header.color_type][0])


def _samples(header: _Header, compressed: bytes) -> NDArray[np.uint16] | None:
    """Return (H, W, channels); None if the data are broken or too short."""
    pixel_bytes = 2 * _CHANNELS[header.color_type][1]
    parts = list(_passes(header))
    size = sum(rows * (1 + columns * pixel_bytes) for _, rows, columns in parts)
    try:
        stream = zlib.decompressobj().decompress(compressed, size) if size else b""
    except zlib.error:
        return None
    if len(stream) < size or not size:
        return None
    samples = np.empty((header.height, header.width, pixel_bytes // 2), np.uint16)
    for (x, y, dx, dy), rows, columns in parts:
        length = rows * (1 + columns * pixel_bytes)
        scanlines = np.frombuffer(stream[:length], np.uint8).reshape(rows, -1)
        stream = stream[length:]
        if scanlines[:, 0].max() > _MAX_FILTER_TYPE:
            return None
        unfiltered = kernels.unfilter(scanlines, pixel_bytes)
        samples[y::dy, x::dx] = unfiltered.view(">u2").astype(np.uint16)
    return samples


def _passes(header: _Header) -> Iterator[tuple[tuple[int, int, int, int], int, int]]:
    """Yield offsets and steps, rows and columns of each pass that has pixels."""
    for x, y, dx, dy in ADAM7 if header.interlaced else _WHOLE:
        columns, rows = -(-(header.width - x) // dx), -(-(header.height - y) // dy)
        if columns > 0 and rows > 0:
            yield (x, y, dx, dy), rows, columns


def _with_key(samples: NDArray[np.uint16], key: bytes) -> NDArray[np.uint16]:
    """Return samples with alpha 0 where all 16 bits of every channel equal the transparency key (tRNS)."""
    channels = samples.shape[2]
    if channels not in (1, 3) or len(key) != 2 * channels:
        return samples
    is_clear = (samples == np.frombuffer(key, ">u2")).all(axis=2, keepdims=True)
    return np.concatenate([samples, np.where(is_clear, 0, _OPAQUE).astype(np.uint16)], axis=2)
