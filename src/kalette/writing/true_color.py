"""True-colour PNG, exact: the smallest form of drawn gradients, whose rows differ little."""

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette.reading import Metadata
from kalette.types import Effort, Pixels
from kalette.writing.filters import by_bits
from kalette.writing.optimizing import HAS_OXIPNG, optimized_true_color
from kalette.writing.png_file import png_file

_COLOR_TYPES = {3: 2, 4: 6}  # of the standard, by channels
_QUICK_LEVEL, _LEVEL = 1, 10  # of libdeflate
_BAND_ROWS, _SAMPLE_PIXELS = 16, 1 << 15
# Bits per pixel, estimated: drawn gradients take 0.03 to 4.2, photographs 5 to 17.
SMOOTH_BITS = 4.5


def is_smooth(pixels: Pixels) -> bool:
    """Whether true colour may take fewer bytes than a palette with dithering.

    Examples
    --------
    >>> is_smooth(np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 64, axis=1).repeat(3, axis=2))
    True
    >>> is_smooth(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    False
    """
    return true_color_bits(pixels) < SMOOTH_BITS * pixels[..., 0].size


def true_color_bits(pixels: Pixels) -> float:
    """Return about the number of bits in true colour, from bands of rows without their first.

    Examples
    --------
    >>> true_color_bits(np.zeros((64, 64, 3), np.uint8)) < 1000
    True
    """
    bands = _bands(pixels)
    sampled = sum(band[..., 0].size for band in bands)
    data = np.concatenate([np.diff(band, axis=0, prepend=band[:1]).ravel() for band in bands])
    bits: int = 8 * len(deflate.zlib_compress(data, _QUICK_LEVEL))
    return bits * (pixels[..., 0].size / sampled)


def true_color_png(pixels: Pixels, effort: Effort, metadata: Metadata) -> bytes:
    """Encode pixels exactly, in true colour or what needs fewer bytes.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    effort, metadata
        As in `kalette.writing.encode`.

    Examples
    --------
    >>> true_color_png(np.zeros((2, 2, 3), np.uint8), "balanced", Metadata())[1:4]
    b'PNG'
    """
    if HAS_OXIPNG:
        return optimized_true_color(pixels, effort, metadata, free=True)
    height, width, channels = pixels.shape
    rows = by_bits(pixels.reshape(height, width * channels), channels)
    data = bytes(deflate.zlib_compress(rows, _LEVEL))
    return png_file((height, width), _COLOR_TYPES[channels], 8, data, metadata)


def _bands(pixels: Pixels) -> list[NDArray[np.uint8]]:
    """Return bands of rows, apart as far as the sample allows."""
    apart = _BAND_ROWS * max(1, pixels[..., 0].size // _SAMPLE_PIXELS)
    return [pixels[top : top + _BAND_ROWS] for top in range(0, len(pixels), apart)]
