"""PNG encoding of an indexed picture: the smallest of the trials that the effort allows."""

import struct
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette.color import with_alpha
from kalette.reading import SIGNATURE, Metadata, chunk, png_chunks
from kalette.types import ONE_THREAD, Effort, Indexed, Indices, Palette, Run
from kalette.writing import layouts, palette_order
from kalette.writing.filters import by_bits, unfiltered
from kalette.writing.layouts import Layout

if TYPE_CHECKING:
    from oxipng import RawImage

Keeps = Literal["order", "palette", "colors"]
"""What a file preserves: the complete palette in its order; the palette in any order, or as greys; or only
the pixel colours."""

RowFilter = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

HAS_OXIPNG = find_spec("oxipng") is not None
"""Whether oxipng is installed; it has no wheels for the newest Python versions."""

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
# oxipng's levels for flat graphics, by pixels.
_OXIPNG_LEVELS: dict[Effort, tuple[tuple[int, int], ...]] = {
    "balanced": ((1 << 20, 5), (1 << 23, 4)),
    "best": ((1 << 23, 6),),
}
_LARGE_OXIPNG_LEVEL = 2
_SMALL = 1 << 15  # pixels up to which every image gets all trials
_MEDIUM = 1 << 20  # pixels up to which an image with few colours gets trials, though not oxipng's
_LARGE = 1 << 22  # pixels above which oxipng chooses filters, with less memory
_SMOOTH_NEIGHBORS = 8  # different right neighbours per entry; fewer in smooth images
_SMOOTH_SHARE = 2  # of all pairs of entries, at most one in so many is seen in smooth images
_BAND_ROWS, _SAMPLE_PIXELS = 64, 1 << 20  # sampling of a large image
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
    level = _level(indices, _LEVELS[effort], _LARGE_LEVEL)
    if effort == "fast":
        return _written(_plain(palette), unfiltered, indices, level, metadata)
    simple = _is_simple(palette, indices)
    if not (simple or (keeps == "colors" and indices.size <= _MEDIUM)):
        return _written(_plain(palette), unfiltered, indices, level, metadata)
    files = []
    for layout, row_filter in _trials(palette, indices, keeps):
        files.append(_written(layout, row_filter, indices, level, metadata))
        run.step("encoding", len(files))
    if simple and keeps != "order" and HAS_OXIPNG:
        level = _level(indices, _OXIPNG_LEVELS[effort], _LARGE_OXIPNG_LEVEL)
        for image, free in _images(palette, indices, keeps):
            optimized = _by_oxipng(image, level, metadata, free=free)
            if not layouts.is_misread(_transparency(optimized)):
                files.append(optimized)
            run.step("encoding", len(files))
    return min(files, key=len)


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


def _level(indices: Indices, levels: tuple[tuple[int, int], ...], beyond: int) -> int:
    """Return the level for the number of pixels."""
    return next((level for most, level in levels if indices.size <= most), beyond)


def _is_simple(palette: Palette, indices: Indices) -> bool:
    """Whether an image is small, grey, flat or smooth, so that all trials pay off."""
    if indices.size <= _SMALL or layouts.is_grey(palette):
        return True
    sample = _sample(indices)
    return _is_flat(sample, len(palette)) or _is_smooth(sample, len(palette))


def _is_flat(indices: Indices, k: int) -> bool:
    bits = 8 * len(deflate.zlib_compress(indices, _QUICK_LEVEL)) / indices.size
    return bits < min(_FLAT_BITS, layouts.least_depth(k) / 2)


def _is_smooth(indices: Indices, k: int) -> bool:
    return _pairs(indices) < min(_SMOOTH_NEIGHBORS * k, k * k // _SMOOTH_SHARE)


def _sample(indices: Indices) -> Indices:
    """Return bands of rows sampled over a large image; a small image whole."""
    apart = _BAND_ROWS * max(1, indices.size // _SAMPLE_PIXELS)
    return np.concatenate([indices[top : top + _BAND_ROWS] for top in range(0, len(indices), apart)])


def _pairs(indices: Indices) -> int:
    """Return the number of distinct horizontal pairs of entries."""
    pairs = indices[:, :-1].astype(np.uint16) << 8 | indices[:, 1:]
    return int(np.count_nonzero(np.bincount(pairs.ravel(), minlength=1 << 16)))


def _written(
    layout: Layout, row_filter: RowFilter, indices: Indices, level: int, metadata: Metadata
) -> bytes:
    height, width = indices.shape
    header = struct.pack(">IIBBBBB", width, height, layout.depth, layout.color_type, 0, 0, 0)
    data = bytes(deflate.zlib_compress(row_filter(layout.rows(indices)), level))
    chunks = [(b"IHDR", header), *layout.chunks, *_metadata_chunks(metadata), (b"IDAT", data), (b"IEND", b"")]
    return b"".join((SIGNATURE, *(chunk(kind, content) for kind, content in chunks)))


def _images(palette: Palette, indices: Indices, keeps: Keeps) -> Iterator[tuple["RawImage", bool]]:
    """Yield the indexed image, and the true-colour image if that may be smaller.

    Each comes with a flag: whether oxipng may change the colour type.
    """
    import oxipng  # most images do not need it

    height, width = indices.shape
    entries = oxipng.ColorType.indexed(with_alpha(palette).tolist())
    yield oxipng.RawImage(indices.tobytes(), width, height, color_type=entries), False
    if keeps == "colors" and (indices.size <= _SMALL or layouts.is_grey(palette)):
        colors = oxipng.ColorType.rgb() if palette.shape[1] == 3 else oxipng.ColorType.rgba()
        yield oxipng.RawImage(palette[indices].tobytes(), width, height, color_type=colors), True


def _by_oxipng(image: "RawImage", level: int, metadata: Metadata, *, free: bool) -> bytes:
    """Let oxipng search for palette, order, bit depth and filters."""
    for kind, content in _metadata_chunks(metadata):
        image.add_png_chunk(kind, content)
    return bytes(image.create_optimized_png(level=level, color_type_reduction=free))


def _metadata_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.exif:
        yield b"eXIf", metadata.exif
    if metadata.xmp:
        yield b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + metadata.xmp
    for keyword, text in metadata.texts:
        key = keyword.encode("latin-1", "replace")[:79].strip() or b"Comment"
        try:
            yield b"tEXt", key + b"\0" + text.encode("latin-1")
        except UnicodeEncodeError:
            yield b"iTXt", key + bytes(5) + text.encode("utf-8", "replace")
