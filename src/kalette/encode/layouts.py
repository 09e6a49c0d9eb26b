"""The ways in which a PNG can hold a picture of few colours: with a palette in some order, or without one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette import order
from kalette.arrays import Indices, Palette
from kalette.metrics import bit_depth

_GREY, _RGB, _INDEXED, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6  # colour types of the standard
_CHUNK_FRAME_BYTES = 12
_MISREAD_BY_PILLOW = re.compile(rb"\xff*\x00\xff*\n")  # it takes alpha 10 at the end for the end of a line

Order = NDArray[np.uint8]
"""(k,) places of palette entries."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in the file for each palette entry.

    Parameters
    ----------
    color_type, depth : int
        As in the header of the file; depth is bits a sample.
    samples : ndarray
        (k, 1 to 4) uint8: the samples of a pixel, by its entry.
    chunks : tuple of (bytes, bytes)
        Kind and data of what comes before the pixels.
    """

    color_type: int
    depth: int
    samples: NDArray[np.uint8]
    chunks: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def stride(self) -> int:
        """Bytes from a pixel to its left neighbour, for row filters; 1 where a byte holds several."""
        return self.samples.shape[1]

    @property
    def chunk_bytes(self) -> int:
        """What the chunks take in the file."""
        return sum(_CHUNK_FRAME_BYTES + len(data) for _, data in self.chunks)

    def rows(self, indices: Indices) -> NDArray[np.uint8]:
        """Return the bytes of the picture's rows, (H, bytes a row)."""
        if self.stride > 1:
            return self.samples[indices].reshape(len(indices), -1)
        samples = self.samples[:, 0][indices]
        return samples if self.depth == 8 else _packed(samples, self.depth)


def _packed(samples: NDArray[np.uint8], depth: int) -> NDArray[np.uint8]:
    """Put 8 / depth samples into each byte, the first in the high bits; rows end on a whole byte."""
    per_byte = 8 // depth
    padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % per_byte)))
    packed = np.zeros((len(padded), padded.shape[1] // per_byte), np.uint8)
    for place in range(per_byte):
        packed |= padded[:, place::per_byte] << np.uint8(8 - depth * (place + 1))
    return packed


def plain(palette: Palette) -> Layout:
    """Return the layout with the palette as it comes, and as few bits an index as can be.

    Examples
    --------
    >>> [plain(np.zeros((k, 3), np.uint8)).depth for k in (1, 2, 3, 4, 5, 16, 17)]
    [1, 1, 2, 2, 4, 4, 8]
    """
    return _indexed(palette, np.arange(len(palette)), _least_depth(len(palette)))


def in_order(palette: Palette, places: Order) -> Iterator[Layout]:
    """Give the layouts with the palette in an order: of few bits an index, and of 8, which can pack better."""
    yield _indexed(palette, places, _least_depth(len(palette)))
    if len(palette) <= 16:
        yield _indexed(palette, places, 8)


def orders(palette: Palette, indices: Indices, *, kicks: int, many: bool) -> list[Order]:
    """Return orders of the entries that may pay, each once.

    As they come, and such that neighbours in the picture are close; many more where repetitions make most of the
    file, since then it hangs on details which of them is best.
    """
    given = np.arange(len(palette), dtype=np.uint8)
    adjacency = order.adjacency_of(indices, len(palette))
    close = order.by_adjacency(adjacency, kicks)
    found = [given, close]
    if many:
        path = order.by_heaviest_path(adjacency)
        scans = (indices, indices[::-1, ::-1], indices.T)
        found += [order.by_first_place(each, len(palette)) for each in scans]
        turned = (order.edge_first(each, indices) for each in (given, close, close[::-1], path, path[::-1]))
        found += [given[::-1], *turned]
    found = [each for places in found for each in _with_short_transparency(palette, places)]
    distinct = {places.tobytes(): places for places in found if _is_exact(palette[places])}
    return list(distinct.values())


def _with_short_transparency(palette: Palette, places: Order) -> list[Order]:
    """Return the order, and one with all that is not opaque in front."""
    if palette.shape[1] == 3:
        return [places]
    opaque = palette[places, 3] == 255
    return [places, np.concatenate([places[~opaque], places[opaque]])]


def without_palette(palette: Palette) -> Iterator[Layout]:
    """Give the layouts that hold the colours themselves: grey, where all are; else red, green and blue.

    Clear is told by alpha, or by one colour that stands for it, where there is only one and nothing between.
    """
    grey = bool((palette[:, :1] == palette[:, :3]).all())
    colors = palette[:, :1] if grey else palette[:, :3]
    clear = _clear_color(palette)
    if clear is None or len(clear):
        yield Layout(_GREY_ALPHA, 8, palette[:, ::3]) if grey else Layout(_RGBA, 8, palette)
    if clear is None:
        return
    if grey:
        least = next(depth for depth in (1, 2, 4, 8) if not (colors % _step(depth)).any())
        for depth in sorted({least, 8}):
            yield Layout(_GREY, depth, colors // _step(depth), _key(clear[:1] // _step(depth)))
    else:
        yield Layout(_RGB, 8, colors, _key(clear))


def _clear_color(palette: Palette) -> NDArray[np.uint8] | None:
    """Return the one colour that stands for clear, (1, 3), or (0, 3) where all is opaque; None where none can."""
    if palette.shape[1] == 3:
        return palette[:0]
    clear = palette[:, 3] == 0
    solid = palette[~clear]
    if clear.sum() > 1 or (solid[:, 3] < 255).any() or (solid[:, :3] == palette[clear, :3]).all(axis=1).any():
        return None
    return palette[clear, :3]


def _step(depth: int) -> int:
    """Return how far apart the greys of a depth are."""
    return 255 // ((1 << depth) - 1)


def _key(clear: NDArray[np.uint8]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the chunk that says which colour is clear; a sample takes two bytes."""
    return ((b"tRNS", clear.astype(">u2").tobytes()),) if len(clear) else ()


def _indexed(palette: Palette, places: NDArray[np.integer], depth: int) -> Layout:
    """Return the layout with the entries of the palette in the order of these places."""
    ordered = palette[places]
    chunks = [(b"PLTE", ordered[:, :3].tobytes())]
    transparency = _transparency(ordered)
    if transparency:
        chunks.append((b"tRNS", transparency))
    samples = np.argsort(places).astype(np.uint8)[:, None]
    return Layout(_INDEXED, depth, samples, tuple(chunks))


def _least_depth(k: int) -> int:
    return next(depth for depth in (1, 2, 4, 8) if bit_depth(k) <= depth)


def _transparency(palette: Palette) -> bytes:
    """Return alpha up to the last entry that is not opaque; the rest is opaque by the standard.

    Where Pillow, and others with it, would misread it, the next opaque entry is told of as well, or, in a fixed
    order where none follows, alpha 10 becomes 11.
    """
    alpha = _trimmed_alpha(palette)
    if not _MISREAD_BY_PILLOW.fullmatch(alpha):
        return alpha
    return alpha + b"\xff" if len(alpha) < len(palette) else alpha[:-1] + b"\x0b"


def _trimmed_alpha(palette: Palette) -> bytes:
    return bytes(palette[:, 3]).rstrip(b"\xff") if palette.shape[1] == 4 else b""


def _is_exact(palette: Palette) -> bool:
    """Whether the file tells the alpha of all entries, in this order."""
    return _transparency(palette).startswith(_trimmed_alpha(palette))
