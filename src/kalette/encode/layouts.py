"""The ways in which a PNG holds a picture of few colours: with a palette, or as greys."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette.arrays import Indices, Palette
from kalette.metrics import bit_depth

_GREY, _INDEXED = 0, 3  # colour types of the standard
_DEPTHS = (1, 2, 4, 8)
_MISREAD_BY_PILLOW = re.compile(rb"\xff*\x00\xff*\n")  # it takes alpha 10 at the end for the end of a line


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in the file for each palette entry.

    Parameters
    ----------
    color_type, depth : int
        As in the header of the file; depth is bits a sample.
    samples : ndarray
        (k,) uint8: what stands for a pixel, by its entry.
    chunks : tuple of (bytes, bytes)
        Kind and data of what comes before the pixels.
    """

    color_type: int
    depth: int
    samples: NDArray[np.uint8]
    chunks: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def has_palette(self) -> bool:
        """Whether the file holds the palette, in its order."""
        return self.color_type == _INDEXED

    def rows(self, indices: Indices) -> NDArray[np.uint8]:
        """Return the bytes of the picture's rows, (H, bytes a row)."""
        return _packed(self.samples[indices], self.depth)


def indexed(palette: Palette) -> Layout:
    """Return the layout with the palette in its order, and as few bits an index as can be.

    Examples
    --------
    >>> [indexed(np.zeros((k, 3), np.uint8)).depth for k in (1, 2, 3, 4, 5, 16, 17)]
    [1, 1, 2, 2, 4, 4, 8]
    """
    return _indexed(palette, _every(palette), _least_depth(len(palette)))


def in_bytes(palette: Palette) -> Layout:
    """Return the layout with the palette in its order and a byte an index: at times it repeats better.

    Examples
    --------
    >>> in_bytes(np.zeros((2, 3), np.uint8)).depth
    8
    """
    return _indexed(palette, _every(palette), 8)


def edge_first(palette: Palette, indices: Indices) -> Iterator[Layout]:
    """Yield layouts with the palette turned such that what is most common at the edges comes first.

    Its index, 0, is also the byte before a row without filter: so runs of it go on from row to row.

    Examples
    --------
    >>> palette, indices = np.array([[0] * 3, [255] * 3], np.uint8), np.array([[1, 0, 1]], np.uint8)
    >>> [(layout.depth, layout.samples.tolist()) for layout in edge_first(palette, indices)]
    [(1, [1, 0]), (8, [1, 0])]
    """
    edges = np.bincount(indices[:, [0, -1]].ravel(), minlength=len(palette))
    places = np.roll(_every(palette), -int(edges.argmax()))
    yield from (_indexed(palette, places, depth) for depth in sorted({_least_depth(len(palette)), 8}))


def greys(palette: Palette) -> Iterator[Layout]:
    """Yield layouts without palette where all entries are opaque greys: of few bits, if such tell them, and 8.

    Examples
    --------
    >>> [layout.depth for layout in greys(np.array([[0] * 3, [255] * 3], np.uint8))]
    [1, 8]
    """
    if not is_grey(palette):
        return
    shades = palette[:, 0]
    least = next(depth for depth in _DEPTHS if not (shades % _step(depth)).any())
    yield from (Layout(_GREY, depth, shades // _step(depth)) for depth in sorted({least, 8}))


def is_grey(palette: Palette) -> bool:
    """Whether all entries are opaque greys.

    Examples
    --------
    >>> is_grey(np.array([[9, 9, 9], [7, 7, 7]], np.uint8)), is_grey(np.array([[9, 9, 9, 0]], np.uint8))
    (True, False)
    """
    opaque = palette.shape[1] == 3 or bool((palette[:, 3] == 255).all())
    return opaque and bool((palette[:, :1] == palette[:, :3]).all())


def _step(depth: int) -> int:
    """Return how far apart the greys of a depth are."""
    return 255 // ((1 << depth) - 1)


def _least_depth(k: int) -> int:
    return next(depth for depth in _DEPTHS if bit_depth(k) <= depth)


def _every(palette: Palette) -> NDArray[np.intp]:
    return np.arange(len(palette))


def _indexed(palette: Palette, places: NDArray[np.intp], depth: int) -> Layout:
    """Return the layout with the entries in the order of these places."""
    ordered = palette[places]
    chunks = [(b"PLTE", ordered[:, :3].tobytes())]
    transparency = _trimmed_alpha(ordered)
    if transparency:
        chunks.append((b"tRNS", transparency))
    return Layout(_INDEXED, depth, np.argsort(places).astype(np.uint8), tuple(chunks))


def _trimmed_alpha(palette: Palette) -> bytes:
    """Return alpha up to the last entry that is not opaque; the rest is opaque by the standard.

    The order of a fixed palette can be one that Pillow misreads, and others with it: there the next opaque
    entry is told of as well, or, where none follows, alpha 10 becomes 11.
    """
    alpha = bytes(palette[:, 3]).rstrip(b"\xff") if palette.shape[1] == 4 else b""
    if not _MISREAD_BY_PILLOW.fullmatch(alpha):
        return alpha
    return alpha + b"\xff" if len(alpha) < len(palette) else alpha[:-1] + b"\x0b"


def _packed(samples: NDArray[np.uint8], depth: int) -> NDArray[np.uint8]:
    """Put 8 / depth samples into each byte, the first in the high bits; rows end on a whole byte."""
    if depth == 8:
        return samples
    per_byte = 8 // depth
    padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % per_byte)))
    packed = np.zeros((len(padded), padded.shape[1] // per_byte), np.uint8)
    for place in range(per_byte):
        packed |= padded[:, place::per_byte] << np.uint8(8 - depth * (place + 1))
    return packed
