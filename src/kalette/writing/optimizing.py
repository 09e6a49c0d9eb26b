"""PNG optimised by oxipng, which searches for colour type, palette order, bit depth and filters."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from kalette.color import with_alpha
from kalette.reading import Metadata
from kalette.types import Effort, Indices, Palette, Pixels
from kalette.writing.png_file import metadata_chunks

if TYPE_CHECKING:
    from oxipng import RawImage

HAS_OXIPNG = find_spec("oxipng") is not None
"""Whether oxipng is installed; it has no wheels for the newest Python versions."""

# oxipng's levels, by pixels.
_LEVELS: dict[Effort, tuple[tuple[int, int], ...]] = {
    "fast": ((1 << 62, 1),),
    "balanced": ((1 << 20, 5), (1 << 23, 4)),
    "best": ((1 << 23, 6),),
}
_LARGE_LEVEL = 2
# Pixels up to which Zopfli compresses drawn gradients too, if they take less than a bit per pixel: 1 to 4 %
# smaller, for 0.4 to 2 s more at 200,000 pixels.
_ZOPFLI_PIXELS: dict[Effort, int] = {"fast": 0, "balanced": 1 << 18, "best": 1 << 20}
_ZOPFLI_BITS = 1.0
_ZOPFLI_LEVEL, _ZOPFLI_ITERATIONS = 2, 3


def optimized(image: "RawImage", level: int, metadata: Metadata, *, free: bool) -> bytes:
    """Return the file that oxipng finds with libdeflate.

    Parameters
    ----------
    image : oxipng.RawImage
        The picture.
    level : int
        Of oxipng, 0 to 6.
    metadata : Metadata
        Metadata to embed.
    free : bool
        Whether the colour type may change.
    """
    _add_metadata(image, metadata)
    return bytes(image.create_optimized_png(level=level, color_type_reduction=free))


def optimized_true_color(pixels: Pixels, effort: Effort, metadata: Metadata, *, free: bool) -> bytes:
    """Return the smaller of oxipng's files with libdeflate and, if the pixels are few, Zopfli."""
    pixel_count = pixels[..., 0].size
    file = optimized(raw_image(pixels), level_for(pixel_count, effort), metadata, free=free)
    if pixel_count > _ZOPFLI_PIXELS[effort] or 8 * len(file) > _ZOPFLI_BITS * pixel_count:
        return file
    import oxipng

    image, zopfli = raw_image(pixels), oxipng.Deflaters.zopfli(_ZOPFLI_ITERATIONS)
    _add_metadata(image, metadata)
    other = image.create_optimized_png(level=_ZOPFLI_LEVEL, color_type_reduction=free, deflate=zopfli)
    return min(file, bytes(other), key=len)


def level_for(pixel_count: int, effort: Effort) -> int:
    """Return oxipng's level.

    Examples
    --------
    >>> level_for(1000, "balanced"), level_for(1 << 24, "balanced")
    (5, 2)
    """
    return next((level for most, level in _LEVELS[effort] if pixel_count <= most), _LARGE_LEVEL)


def raw_image(pixels: Pixels) -> "RawImage":
    """Return pixels, (H, W, 3 or 4) uint8, as oxipng takes them."""
    import oxipng  # most images do not need it

    height, width, channels = pixels.shape
    colors = oxipng.ColorType.rgb() if channels == 3 else oxipng.ColorType.rgba()
    return oxipng.RawImage(pixels.tobytes(), width, height, color_type=colors)


def raw_indexed(palette: Palette, indices: Indices) -> "RawImage":
    """Return an indexed picture as oxipng takes it."""
    import oxipng

    height, width = indices.shape
    entries = oxipng.ColorType.indexed(with_alpha(palette).tolist())
    return oxipng.RawImage(indices.tobytes(), width, height, color_type=entries)


def _add_metadata(image: "RawImage", metadata: Metadata) -> None:
    for kind, content in metadata_chunks(metadata):
        image.add_png_chunk(kind, content)
