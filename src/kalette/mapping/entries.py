"""Palette entries as points: partly clear pixels may take clear and opaque entries too.

Clear pixels stay clear and opaque ones opaque, so the kinds of alpha are far apart. But a pixel of alpha 2 is
nearest to the clear entry, and the rim of an icon to an opaque one. In Oklab such entries are therefore there
twice: once for their own kind, and once for partly clear pixels.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.color import CLEAR, OPAQUE, PARTIAL, Space, alpha_kinds, among_partial, sixteenths_from_srgb
from kalette.types import MAX_K, Palette


class Entries(NamedTuple):
    """Palette entries for a mapping.

    Parameters
    ----------
    points : ndarray
        (m, 3 or 4) int16: in the working space, in sixteenths of a byte step; m at most 256.
    indices : ndarray
        (m,) uint8: the palette index of each point.
    """

    points: NDArray[np.int16]
    indices: NDArray[np.uint8]


def entries_of(palette: Palette, space: Space) -> Entries:
    """Return the entries of a palette, with copies for partly clear pixels as far as there is room.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8, k at most 256.
    space : {"srgb", "oklab"}
        The working space; in sRGB each kind of alpha has its own entries only.

    Examples
    --------
    >>> palette = np.array([[0, 0, 0, 0], [0, 0, 0, 40], [0, 0, 0, 255]], np.uint8)
    >>> entries_of(palette, "oklab").indices.tolist(), entries_of(palette, "srgb").indices.tolist()
    ([0, 1, 2, 0, 2], [0, 1, 2])
    """
    points, own = sixteenths_from_srgb(palette, space), np.arange(len(palette), dtype=np.uint8)
    if space == "srgb" or palette.shape[1] == 3:
        return Entries(points, own)
    copied = _copied(palette)
    return Entries(
        np.concatenate([points, among_partial(points[copied])]), np.concatenate([own, own[copied]])
    )


def _copied(palette: Palette) -> NDArray[np.intp]:
    """Return the first clear entry, and the opaque ones."""
    kinds = alpha_kinds(palette)
    clear, opaque = np.flatnonzero(kinds == CLEAR)[:1], np.flatnonzero(kinds == OPAQUE)
    room = MAX_K - len(palette) if (kinds == PARTIAL).any() else 0
    if room < len(clear) + len(opaque):
        return clear[:room]
    return np.concatenate([clear, opaque])
