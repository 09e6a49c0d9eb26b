"""Raw files: a palette and packed indices after a header of 16 bytes, for displays, consoles and games.

`docs/hardware.md` defines the layout; `kalette.reading.raw` reads it.
"""

import struct

from kalette.color import OPAQUE, PARTIAL, alpha_kinds
from kalette.reading import RAW_HEADER, RAW_LAYOUTS, RAW_SIGNATURE
from kalette.types import LEVELS, Grid, Indexed, Palette, WriteError, places_on_grid
from kalette.writing.layouts import indexed as indexed_layout
from kalette.writing.layouts import least_depth

_FIRST_IS_CLEAR = 128


def raw_file(indexed: Indexed, grid: Grid | None = None) -> bytes:
    """Encode a raw file.

    Parameters
    ----------
    indexed : Indexed
        The picture.
    grid : {"rgb565", "rgb555", "rgb444", "web"} or None
        The grid of its entries. The first three give entries of 16 bits; then only the first may be clear,
        and the others are opaque.

    Raises
    ------
    WriteError
        When an entry of 16 bits would need alpha.

    Examples
    --------
    >>> import numpy as np
    >>> red = Indexed(np.array([[255, 0, 0]], np.uint8), np.zeros((1, 9), np.uint8))
    >>> raw_file(red, "rgb565")[16:].hex()
    '00f80000'
    """
    palette, indices = indexed
    depth = least_depth(len(palette))
    layout, entries = _entries(palette, grid)
    height, width = indices.shape
    header = struct.pack(RAW_HEADER, RAW_SIGNATURE, width, height, len(palette), depth, layout)
    return header + entries + indexed_layout(palette, depth).rows(indices).tobytes()


def _entries(palette: Palette, grid: Grid | None) -> tuple[int, bytes]:
    """Return the layout of the entries in the header, and the entries."""
    if grid not in RAW_LAYOUTS:
        return RAW_LAYOUTS["rgb" if palette.shape[1] == 3 else "rgba"], palette.tobytes()
    kinds = alpha_kinds(palette)
    if (kinds[1:] != OPAQUE).any() or kinds[0] == PARTIAL:
        raise WriteError(
            f"the palette has alpha that 16 bits of {grid} cannot hold: only the first may be clear; "
            "flatten the picture or leave the grid out"
        )
    clear = 0 if kinds[0] == OPAQUE else _FIRST_IS_CLEAR
    places = places_on_grid(palette, grid).astype("<u2")
    green, blue = ((len(levels) - 1).bit_length() for levels in LEVELS[grid][1:])
    words = places[:, 0] << (green + blue) | places[:, 1] << blue | places[:, 2]
    return RAW_LAYOUTS[grid] | clear, words.astype("<u2").tobytes()
