"""Layouts of an indexed picture in a PNG: with a palette, or as grey samples."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette.color import CLEAR, OPAQUE, PARTIAL, alpha_kinds
from kalette.types import Indices, Palette

_GREY, _INDEXED = 0, 3  # colour types of the standard
_DEPTHS = (1, 2, 4, 8)
_MISREAD_BY_PILLOW = re.compile(rb"\xff*\x00\xff*\n")  # alpha 10 at the end is read as a line feed


@dataclass(frozen=True, slots=True)
class Layout:
    """Representation of the palette entries in a file.

    Parameters
    ----------
    color_type, depth : int
        As in IHDR; depth is in bits per sample.
    samples : ndarray
        (k,) uint8: the sample of a pixel, by its entry.
    chunks : tuple of (bytes, bytes)
        Type and data of the chunks before IDAT.
    """

    color_type: int
    depth: int
    samples: NDArray[np.uint8]
    chunks: tuple[tuple[bytes, bytes], ...] = ()

    def rows(self, indices: Indices) -> NDArray[np.uint8]:
        """Return the packed rows of the picture, (H, bytes per row)."""
        is_identity = bool((self.samples == np.arange(len(self.samples))).all())
        return _packed(indices if is_identity else self.samples[indices], self.depth)


def indexed(palette: Palette, depth: int) -> Layout:
    """Return the indexed layout with the palette in its order.

    Examples
    --------
    >>> indexed(np.array([[65, 66, 67]], np.uint8), 8).chunks
    ((b'PLTE', b'ABC'),)
    """
    return _indexed(palette, np.arange(len(palette)), depth)


def reordered(palette: Palette, order: NDArray[np.integer], depth: int) -> Layout:
    """Return the indexed layout in a given order, after partly clear and then clear entries.

    That keeps tRNS short; since it ends with clear entries, Pillow never misreads it.

    Examples
    --------
    >>> palette = np.array([[1, 1, 1, 255], [2, 2, 2, 255], [0, 0, 0, 0]], np.uint8)
    >>> reordered(palette, np.array([1, 0, 2]), 8).samples.tolist()
    [2, 1, 0]
    """
    kinds = alpha_kinds(palette[order])
    return _indexed(
        palette, np.concatenate([order[kinds == kind] for kind in (PARTIAL, CLEAR, OPAQUE)]), depth
    )


def bit_depth(k: int) -> int:
    """Return the bits of an index for k entries: 1 to 8.

    Examples
    --------
    >>> [bit_depth(n) for n in (1, 2, 3, 16, 17, 256)]
    [1, 1, 2, 4, 5, 8]
    """
    return max(1, (k - 1).bit_length())


def least_depth(k: int) -> int:
    """Return the bits of an index in a PNG with k entries: 1, 2, 4 or 8.

    Examples
    --------
    >>> [least_depth(k) for k in (1, 2, 3, 4, 5, 16, 17)]
    [1, 1, 2, 2, 4, 4, 8]
    """
    return next(depth for depth in _DEPTHS if bit_depth(k) <= depth)


def grey(palette: Palette) -> Layout:
    """Return the 8-bit grey layout; all entries must be opaque greys.

    Examples
    --------
    >>> grey(np.array([[0] * 3, [255] * 3], np.uint8)).samples.tolist()
    [0, 255]
    """
    return Layout(_GREY, 8, palette[:, 0])


def is_grey(palette: Palette) -> bool:
    """Whether all entries are opaque greys.

    Examples
    --------
    >>> is_grey(np.array([[9, 9, 9], [7, 7, 7]], np.uint8)), is_grey(np.array([[9, 9, 9, 0]], np.uint8))
    (True, False)
    """
    opaque = palette.shape[1] == 3 or bool((palette[:, 3] == 255).all())
    return opaque and bool((palette[:, :1] == palette[:, :3]).all())


def is_misread(transparency: bytes) -> bool:
    """Whether Pillow, and programs that use it, misread this tRNS chunk.

    Examples
    --------
    >>> is_misread(bytes([255, 0, 10])), is_misread(bytes([0, 10, 255]))
    (True, False)
    """
    return _MISREAD_BY_PILLOW.fullmatch(transparency) is not None


def _indexed(palette: Palette, places: NDArray[np.integer], depth: int) -> Layout:
    """Return the indexed layout with entries in the given order."""
    ordered = palette[places]
    chunks = [(b"PLTE", ordered[:, :3].tobytes())]
    transparency = _trimmed_alpha(ordered)
    if transparency:
        chunks.append((b"tRNS", transparency))
    return Layout(_INDEXED, depth, np.argsort(places).astype(np.uint8), tuple(chunks))


def _trimmed_alpha(palette: Palette) -> bytes:
    """Return the tRNS data: alpha up to the last entry that is not opaque.

    Pillow would misread some orders of a fixed palette; there the next opaque entry is included, or, if none
    follows, alpha 10 becomes 11.
    """
    alpha = bytes(palette[:, 3]).rstrip(b"\xff") if palette.shape[1] == 4 else b""
    if not is_misread(alpha):
        return alpha
    return alpha + b"\xff" if len(alpha) < len(palette) else alpha[:-1] + b"\x0b"


def _packed(samples: NDArray[np.uint8], depth: int) -> NDArray[np.uint8]:
    """Pack 8 / depth samples per byte, the first in the high bits; rows are padded to whole bytes."""
    if depth == 8:
        return samples
    per_byte = 8 // depth
    padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % per_byte)))
    packed = np.zeros((len(padded), padded.shape[1] // per_byte), np.uint8)
    for place in range(per_byte):
        packed |= padded[:, place::per_byte] << np.uint8(8 - depth * (place + 1))
    return packed
