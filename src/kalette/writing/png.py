"""PNG encoding of an indexed picture: the smallest of the trials that the effort allows."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette.reading import Metadata, png_chunks
from kalette.types import ONE_THREAD, Effort, Indexed, Indices, Palette, Run
from kalette.writing import layouts, palette_order
from kalette.writing.deflating import zlib_stream
from kalette.writing.filters import by_bits, unfiltered
from kalette.writing.layouts import Layout
from kalette.writing.optimizing import (
    HAS_OXIPNG,
    level_for,
    optimized,
    optimized_true_color,
    raw_image,
    raw_indexed,
)
from kalette.writing.png_file import png_file
from kalette.writing.true_color import true_color_bits

Keeps = Literal["order", "palette", "colors"]
"""What a file preserves: the complete palette in its order; the palette in any order, or as greys; or only
the pixel colours."""

RowFilter = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
Compression = Callable[[NDArray[np.uint8]], bytes | bytearray]

_DEPTH_OFFSET = 24  # of the bit depth in the file
_QUICK_LEVEL = 1
# libdeflate's levels, by pixels. For indices of photographs 6 saves 4 to 8 % over 1, for 3 ms on Kodak; 8 and
# 9 gain nothing more; 10 and above search for the shortest parse: 5 to 9 % smaller, at a tenth of the speed.
_LEVELS: dict[Effort, tuple[tuple[int, int], ...]] = {
    "fast": (),
    "balanced": ((1 << 19, 12), (1 << 22, 10)),
    "best": ((1 << 62, 12),),
}
_LARGE_LEVEL = 6
# For indices of photographs 10 takes 60 % of the time of 12; the files are -0.03 to 0.15 % larger (Kodak).
_PHOTO_LEVEL: dict[Effort, int] = {"fast": 6, "balanced": 10, "best": 12}
_SMALL = 1 << 15  # pixels up to which every image gets all trials
_FREE = 1 << 18  # pixels up to which oxipng chooses the colour type of lossless pictures
_MEDIUM = 1 << 20  # pixels up to which an image with few colours gets trials, though not oxipng's
_LARGE = 1 << 22  # pixels above which oxipng chooses filters, with less memory
_SMOOTH_NEIGHBORS = 8  # different right neighbours per entry; fewer in smooth images
_SMOOTH_SHARE = 2  # of all pairs of entries, at most one in so many is seen in smooth images
_BAND_ROWS = 16  # of samples of a large image
_FLAT_SAMPLE, _SMOOTH_SAMPLE = 1 << 18, 1 << 19  # pixels; fewer show fewer pairs of entries
_FILTERED = 1.25  # times the bytes of unfiltered rows, above which filters do not suit a lossy picture
_FLAT_BITS = 1.0  # per pixel: flat graphics deflate to less, and to less than half of their bit depth


def png_bytes(
    indexed: Indexed, effort: Effort, metadata: Metadata, *, keeps: Keeps = "order", run: Run = ONE_THREAD
) -> bytes:
    """Encode a PNG with libdeflate, whose bytes are the same on every processor.

    Indices of photographs are compressed directly. For flat graphics, greys and small images, palette orders
    and row filters are tried, which saves much; for lossless pictures with texture only a few of them, since
    oxipng takes ten times as long as those and saves 0.2 % more.

    Parameters
    ----------
    indexed, effort, metadata, keeps, run
        As in `encode`.

    Examples
    --------
    >>> import numpy as np
    >>> black = Indexed(np.zeros((1, 3), np.uint8), np.zeros((9, 9), np.uint8))
    >>> len(png_bytes(black, "fast", Metadata()))
    110
    """
    palette, indices = indexed
    level = deflate_level(indices.size, effort)
    simple = effort != "fast" and _is_simple(palette, indices)
    if effort == "fast" or not (simple or (keeps == "colors" and indices.size <= _MEDIUM)):
        in_parts = partial(zlib_stream, level=min(level, _PHOTO_LEVEL[effort]), effort=effort, run=run)
        return _written(_plain(palette), unfiltered, indices, in_parts, metadata)
    files = []
    with ThreadPoolExecutor(run.threads) as pool:
        whole = partial(deflate.zlib_compress, compresslevel=level)
        written = partial(_written, indices=indices, compressed=whole, metadata=metadata)
        for file in pool.map(lambda trial: written(*trial), _trials(palette, indices, keeps)):
            files.append(file)
            run.step("encoding", len(files))
    if simple and keeps != "order" and HAS_OXIPNG and not _is_textured(files, keeps, indices):
        for file in _by_oxipng(palette, indices, effort, metadata, keeps):
            if not layouts.is_misread(_transparency(file)):
                files.append(file)
            run.step("encoding", len(files))
    return min(files, key=len)


def _is_textured(files: list[bytes], keeps: Keeps, indices: Indices) -> bool:
    """Whether row filters do not suit a lossy picture, by the trials without and with them.

    Such are photographs at a high rate: oxipng, which tries filters in many ways, takes twice as long as all
    other trials together, and saves 0 to 0.8 % (Kodak 3, 15, 20 and 23 in 22 to 228 colours, 14 to 34 KB).
    """
    if keeps == "colors" or not _SMALL < indices.size <= _LARGE:
        return False
    unfiltered_file, filtered_file, *_ = files
    return len(filtered_file) > _FILTERED * len(unfiltered_file)


def _trials(palette: Palette, indices: Indices, keeps: Keeps) -> Iterator[tuple[Layout, RowFilter]]:
    """Yield the layouts and filters to try besides oxipng's."""
    yield _plain(palette), unfiltered
    if indices.size > _LARGE:
        return
    yield layouts.indexed(palette, 8), by_bits
    if keeps == "order":
        return
    first_seen = palette_order.by_first_place(indices, len(palette))
    yield layouts.reordered(palette, first_seen, 8), unfiltered
    close = palette_order.modified_zeng(palette_order.adjacency_of(indices, len(palette)))
    yield layouts.reordered(palette, close, 8), by_bits
    if layouts.is_grey(palette):
        yield layouts.grey(palette), by_bits


def _plain(palette: Palette) -> Layout:
    return layouts.indexed(palette, layouts.least_depth(len(palette)))


def png_bit_depth(png: bytes) -> int:
    """Return the bit depth of a PNG: bits per index or sample.

    Examples
    --------
    >>> import numpy as np
    >>> five = Indexed(np.eye(5, 3, dtype=np.uint8), np.full((9, 9), 4, np.uint8))
    >>> png_bit_depth(png_bytes(five, "fast", Metadata()))
    4
    """
    return png[_DEPTH_OFFSET]


def _transparency(png: bytes) -> bytes:
    """Return the tRNS data for the entries in the file."""
    return b"".join(bytes(body) for kind, body, _ in png_chunks(png) if kind == b"tRNS")


def deflate_level(pixels: int, effort: Effort) -> int:
    """Return libdeflate's level for a number of pixels.

    Examples
    --------
    >>> deflate_level(100, "balanced"), deflate_level(100, "fast")
    (12, 6)
    """
    return next((level for most, level in _LEVELS[effort] if pixels <= most), _LARGE_LEVEL)


def _is_simple(palette: Palette, indices: Indices) -> bool:
    """Whether an image is small, grey, flat or smooth, so that all trials pay off."""
    if indices.size <= _SMALL or layouts.is_grey(palette):
        return True
    k = len(palette)
    return _is_flat(_sample(indices, _FLAT_SAMPLE), k) or _is_smooth(_sample(indices, _SMOOTH_SAMPLE), k)


def _is_flat(indices: Indices, k: int) -> bool:
    bits = 8 * len(deflate.zlib_compress(indices, _QUICK_LEVEL)) / indices.size
    return bits < min(_FLAT_BITS, layouts.least_depth(k) / 2)


def _is_smooth(indices: Indices, k: int) -> bool:
    return _pairs(indices) < min(_SMOOTH_NEIGHBORS * k, k * k // _SMOOTH_SHARE)


def _sample(indices: Indices, pixels: int) -> Indices:
    """Return bands of rows sampled over a large image; a small image whole."""
    apart = _BAND_ROWS * max(1, indices.size // pixels)
    return np.concatenate([indices[top : top + _BAND_ROWS] for top in range(0, len(indices), apart)])


def _pairs(indices: Indices) -> int:
    """Return the number of distinct horizontal pairs of entries."""
    pairs = indices[:, :-1].astype(np.uint16) << 8 | indices[:, 1:]
    return int(np.count_nonzero(np.bincount(pairs.ravel(), minlength=1 << 16)))


def _written(
    layout: Layout, row_filter: RowFilter, indices: Indices, compressed: Compression, metadata: Metadata
) -> bytes:
    data = bytes(compressed(row_filter(layout.rows(indices))))
    return png_file(indices.shape, layout.color_type, layout.depth, data, metadata, before_data=layout.chunks)


def _by_oxipng(
    palette: Palette, indices: Indices, effort: Effort, metadata: Metadata, keeps: Keeps
) -> Iterator[bytes]:
    """Yield the files of oxipng: indexed, and of another colour type where that may be smaller."""
    level = level_for(indices.size, effort)
    first_seen = palette_order.by_first_place(indices, len(palette))
    places = np.argsort(first_seen).astype(np.uint8)
    yield optimized(raw_indexed(palette[first_seen], places[indices]), level, metadata, free=False)
    if keeps != "colors":
        return
    if indices.size <= _FREE or layouts.is_grey(palette):
        yield optimized(raw_image(palette[indices]), level, metadata, free=True)
    if indices.size <= _LARGE and _is_gradient(palette, indices):
        yield optimized_true_color(palette[indices], effort, metadata, free=False)


def _is_gradient(palette: Palette, indices: Indices) -> bool:
    """Whether true colour may take fewer bytes than a palette."""
    with_palette = 8 * (len(deflate.zlib_compress(indices, _QUICK_LEVEL)) + palette.size)
    return true_color_bits(palette[indices]) < with_palette
