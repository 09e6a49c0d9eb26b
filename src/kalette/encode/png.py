"""Palette and indices to the bytes of a PNG: the smallest of those that the effort allows to try."""

import struct
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette import order
from kalette.arrays import Indices, Palette
from kalette.color import with_alpha
from kalette.containers import png_chunks
from kalette.encode import layouts
from kalette.encode.filters import by_bits, unfiltered
from kalette.encode.layouts import Layout
from kalette.metadata import Metadata
from kalette.png import SIGNATURE, chunk
from kalette.settings import Effort

if TYPE_CHECKING:
    from oxipng import RawImage

Keeps = Literal["order", "palette", "colors"]
"""What a file keeps: the palette as it comes, whole and in its order; the palette in any order, or greys;
or no more than what each pixel shows."""

RowFilter = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

HAS_OXIPNG = find_spec("oxipng") is not None
"""It has no wheels for the newest versions of Python; there we do without."""

_DEPTH_PLACE = 24  # of the header's byte that tells the bits of a sample
_QUICK_LEVEL = 1
# libdeflate: 8 and 9 gain nothing on indices of photographs; 10 and above look for the shortest parse:
# 5 to 9 % smaller, at a tenth of the speed.
_LEVELS: dict[Effort, tuple[tuple[int, int], ...]] = {
    "balanced": ((1 << 19, 12), (1 << 22, 10)),
    "best": ((1 << 62, 12),),
}
_LARGE_LEVEL = 6
# oxipng's levels for flat pictures of up to so many pixels.
_OXIPNG_LEVELS: dict[Effort, tuple[tuple[int, int], ...]] = {
    "balanced": ((1 << 20, 5), (1 << 23, 4)),
    "best": ((1 << 23, 6),),
}
_LARGE_OXIPNG_LEVEL = 2
_SMALL = 1 << 15  # pixels up to which all is tried, whatever they show
_MEDIUM = 1 << 20  # and up to which a picture that was drawn in few colours is, with and without its palette
_LARGE = 1 << 22  # pixels from which on filters are left to oxipng, which needs less memory for them
_NEIGHBORS = 8  # entries that one stands beside where colours run smoothly, at most
_BAND_ROWS, _SAMPLE_PIXELS = 64, 1 << 20  # of a large picture, to judge it by
_FLAT_SHARE = 8  # what deflates to an eighth of a byte a pixel is flat


def png_bytes(
    palette: Palette,
    indices: Indices,
    effort: Effort,
    metadata: Metadata,
    *,
    keeps: Keeps = "order",
) -> bytes:
    """Return a PNG; libdeflate, with which all of them are made, has the same bytes on every processor.

    The picture of a photograph's indices is best left as it is. For flat graphics, greys and small pictures
    much can be won by the order of the palette, row filters and the like, and is looked for.

    Parameters
    ----------
    palette, indices, effort, metadata, keeps
        As in `encode`.

    Examples
    --------
    >>> import numpy as np
    >>> len(png_bytes(np.zeros((1, 3), np.uint8), np.zeros((9, 9), np.uint8), "fast", Metadata()))
    110
    """
    if effort == "fast":
        return _written(_plain(palette), indices, _QUICK_LEVEL, metadata)
    level = _up_to(indices.size, _LEVELS[effort], _LARGE_LEVEL)
    if not _is_worth_trials(palette, indices, keeps):
        return _written(_plain(palette), indices, level, metadata)
    files = [
        _written(layout, indices, level, metadata, filtered)
        for layout, filtered in _ways(palette, indices, keeps)
    ]
    if keeps != "order" and HAS_OXIPNG:
        level = _up_to(indices.size, _OXIPNG_LEVELS[effort], _LARGE_OXIPNG_LEVEL)
        for image, free in _images(palette, indices, keeps):
            made = _by_oxipng(image, level, metadata, free=free)
            if not layouts.is_misread(_transparency(made)):
                files.append(made)
    return min(files, key=len)


def _ways(palette: Palette, indices: Indices, keeps: Keeps) -> Iterator[tuple[Layout, RowFilter]]:
    """Yield what is worth a trial beside what oxipng finds."""
    yield _plain(palette), unfiltered
    if indices.size > _LARGE:
        return
    yield layouts.indexed(palette, 8), by_bits
    if keeps == "order":
        return
    yield layouts.reordered(palette, order.by_first_place(indices, len(palette)), 8), unfiltered
    close = order.modified_zeng(order.adjacency_of(indices, len(palette)))
    yield layouts.reordered(palette, close, 8), by_bits
    if layouts.is_grey(palette):
        yield layouts.grey(palette), by_bits


def _plain(palette: Palette) -> Layout:
    return layouts.indexed(palette, layouts.least_depth(len(palette)))


def png_bit_depth(png: bytes) -> int:
    """Return the bits of a sample in a PNG: of an index where it has a palette.

    Examples
    --------
    >>> import numpy as np
    >>> palette, indices = np.eye(5, 3, dtype=np.uint8), np.full((9, 9), 4, np.uint8)
    >>> png_bit_depth(png_bytes(palette, indices, "fast", Metadata()))
    4
    """
    return png[_DEPTH_PLACE]


def _transparency(png: bytes) -> bytes:
    """Return the alpha of the entries, as far as the file tells it."""
    return b"".join(bytes(body) for kind, body, _ in png_chunks(png) if kind == b"tRNS")


def _up_to(pixel_count: int, levels: tuple[tuple[int, int], ...], beyond: int) -> int:
    return next((level for most, level in levels if pixel_count <= most), beyond)


def _is_worth_trials(palette: Palette, indices: Indices, keeps: Keeps) -> bool:
    """Whether the picture is small, drawn, grey, flat or smooth: photographs in colour are not."""
    if indices.size <= (_MEDIUM if keeps == "colors" else _SMALL) or layouts.is_grey(palette):
        return True
    sample = _sample(indices)
    flat = _FLAT_SHARE * len(deflate.zlib_compress(sample, _QUICK_LEVEL)) < sample.size
    return flat or _NEIGHBORS * len(palette) > _pairs(sample)


def _sample(indices: Indices) -> Indices:
    """Return bands of rows from all over a large picture, and a small one whole."""
    apart = _BAND_ROWS * max(1, indices.size // _SAMPLE_PIXELS)
    return np.concatenate([indices[top : top + _BAND_ROWS] for top in range(0, len(indices), apart)])


def _pairs(indices: Indices) -> int:
    """Return how many different pairs of entries stand side by side."""
    pairs = indices[:, :-1].astype(np.uint16) << 8 | indices[:, 1:]
    return int(np.count_nonzero(np.bincount(pairs.ravel(), minlength=1 << 16)))


def _written(
    layout: Layout, indices: Indices, level: int, metadata: Metadata, filtered: RowFilter = unfiltered
) -> bytes:
    height, width = indices.shape
    header = struct.pack(">IIBBBBB", width, height, layout.depth, layout.color_type, 0, 0, 0)
    data = bytes(deflate.zlib_compress(filtered(layout.rows(indices)), level))
    chunks = [(b"IHDR", header), *layout.chunks, *_metadata_chunks(metadata), (b"IDAT", data), (b"IEND", b"")]
    return b"".join((SIGNATURE, *(chunk(kind, content) for kind, content in chunks)))


def _images(palette: Palette, indices: Indices, keeps: Keeps) -> Iterator[tuple["RawImage", bool]]:
    """Yield the picture in its entries, and where it may do better without a palette in its colours as well.

    With each goes whether oxipng is free to take another colour type.
    """
    import oxipng  # here, as most pictures are written without it

    height, width = indices.shape
    entries = oxipng.ColorType.indexed(with_alpha(palette).tolist())
    yield oxipng.RawImage(indices.tobytes(), width, height, color_type=entries), False
    if keeps == "colors" and indices.size <= _MEDIUM:
        colors = oxipng.ColorType.rgb() if palette.shape[1] == 3 else oxipng.ColorType.rgba()
        yield oxipng.RawImage(palette[indices].tobytes(), width, height, color_type=colors), True


def _by_oxipng(image: "RawImage", level: int, metadata: Metadata, *, free: bool) -> bytes:
    """Let oxipng look for palette, order, bit depth and filters."""
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
