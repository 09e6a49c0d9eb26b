"""Raw files as `kalette.writing` makes them: what a program on a device reads, to measure the result.

`docs/hardware.md` defines the layout.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from kalette.types import LEVELS, Grid, Indexed, Indices, Palette, colors_at

RAW_SIGNATURE = b"KRAW"
RAW_HEADER = "<4sIIHBB"
"""Signature, width, height, entries, bits an index, layout of an entry; little-endian."""

RAW_LAYOUTS = {"rgb": 1, "rgba": 2, "rgb565": 3, "rgb555": 4, "rgb444": 5}
"""Number of each layout of an entry; 128 is added if the first entry of 16 bits is clear."""

_GRIDS: dict[int, Grid] = {3: "rgb565", 4: "rgb555", 5: "rgb444"}


def is_raw(data: bytes) -> bool:
    """Whether data are a raw file of Kalette.

    Examples
    --------
    >>> is_raw(b"KRAW..."), is_raw(b"GIF89a...")
    (True, False)
    """
    return data.startswith(RAW_SIGNATURE)


def raw_entries(data: bytes) -> Indexed:
    """Decode a raw file that Kalette wrote.

    Parameters
    ----------
    data : bytes
        The whole file.

    Examples
    --------
    >>> file = b"KRAW" + bytes([3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 1]) + bytes([0, 0, 0, 9, 9, 9]) + b"\\xa0"
    >>> raw_entries(file).indices.tolist()
    [[1, 0, 1]]
    """
    _, width, height, count, depth, layout = struct.unpack_from(RAW_HEADER, data)
    start = struct.calcsize(RAW_HEADER)
    size = {1: 3, 2: 4}.get(layout, 2) * count
    palette = _palette(data[start : start + size], layout)
    return Indexed(palette, _indices(data[start + size :], width, height, depth))


def _palette(data: bytes, layout: int) -> Palette:
    if layout in (RAW_LAYOUTS["rgb"], RAW_LAYOUTS["rgba"]):
        return np.frombuffer(data, np.uint8).reshape(-1, 3 if layout == RAW_LAYOUTS["rgb"] else 4)
    grid = _GRIDS[layout & 127]
    words = np.frombuffer(data, "<u2").astype(np.int16)
    places = np.empty((len(words), 3), np.int16)
    for channel in (2, 1, 0):
        levels = len(LEVELS[grid][channel])
        places[:, channel] = words & (levels - 1)
        words = words >> (levels - 1).bit_length()
    colors = colors_at(places, grid)
    if layout < 128:
        return colors
    alpha = np.full((len(colors), 1), 255, np.uint8)
    alpha[0] = 0
    return np.hstack([colors, alpha])


def _indices(data: bytes, width: int, height: int, depth: int) -> Indices:
    rows = np.frombuffer(data, np.uint8).reshape(height, -1)
    samples: NDArray[np.uint8] = np.stack(
        [(rows >> np.uint8(shift)) & np.uint8((1 << depth) - 1) for shift in range(8 - depth, -1, -depth)],
        axis=2,
    )
    return samples.reshape(height, -1)[:, :width]
