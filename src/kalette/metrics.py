"""How far a result is from its original, and how small."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette, Pixels

_STRIP_PIXELS = 1 << 18  # pixels in work at a time: keeps the memory of a comparison small


def mse(original: Pixels, result: Pixels) -> float:
    """Return the mean squared difference over pixels and over R, G and B, on the scale of 0 to 255.

    With alpha it is the mean over a black and a white background.

    Parameters
    ----------
    original, result : ndarray
        (H, W, 3 or 4) uint8, of one height and width.

    Examples
    --------
    >>> mse(np.zeros((1, 2, 3), np.uint8), np.full((1, 2, 3), 4, np.uint8))
    16.0
    """
    with_alpha = original.shape[2] == 4 or result.shape[2] == 4
    error = _premultiplied_error if with_alpha else _error
    total = sum(error(a, b) for a, b in _strips(original, result))
    return _mean_error(total, original.shape[0] * original.shape[1], 4 if with_alpha else 3)


def mse_of_entries(pixels: Pixels, palette: Palette, indices: Indices, *, threads: int = 1) -> float:
    """Return what `mse` returns for the picture of these palette entries.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8.
    indices : ndarray
        (H, W) uint8, below k.
    threads : int
        At least 1.

    Examples
    --------
    >>> pixels = np.array([[[0, 0, 0], [4, 4, 4]]], np.uint8)
    >>> mse_of_entries(pixels, np.zeros((1, 3), np.uint8), np.zeros((1, 2), np.uint8))
    8.0
    """
    channels = max(pixels.shape[2], palette.shape[1])
    flat = _with_channels(pixels, channels).reshape(-1, channels)
    entries = np.ascontiguousarray(indices).ravel()
    total = kernels.squared_error(flat, _with_channels(palette, channels), entries, threads)
    return _mean_error(total, len(entries), channels)


def psnr_db(mean_squared_error: float) -> float | None:
    """Return the peak signal-to-noise ratio in decibels; None when there is no error at all.

    Examples
    --------
    >>> round(psnr_db(1.0), 2)
    48.13
    >>> psnr_db(0.0) is None
    True
    """
    return None if mean_squared_error == 0 else 10 * math.log10(255.0 * 255.0 / mean_squared_error)


def ssim(original: Pixels, result: Pixels, *, threads: int = 1) -> float:
    """Return the mean structural similarity of luma: 1 for equal pictures.

    Gaussian window of sigma 1.5, reflected edges, and the mean over all places where the window lies
    inside the picture (over all pixels where it never does). With alpha the mean over a black and a white
    background.

    Parameters
    ----------
    original, result : ndarray
        (H, W, 3 or 4) uint8, of one height and width.
    threads : int
        At least 1; the result is the same for any number.

    References
    ----------
    Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, "Image quality assessment: from error
    visibility to structural similarity", IEEE Trans. Image Processing 13(4), 2004.
    doi:10.1109/TIP.2003.819861

    Examples
    --------
    >>> ssim(np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16, 3), np.uint8))
    1.0
    """
    channels = max(original.shape[2], result.shape[2])
    pictures = _with_channels(original, channels), _with_channels(result, channels)
    backgrounds = (0, 255) if channels == 4 else (0,)
    total = sum(kernels.similarity(*pictures, background, threads) for background in backgrounds)
    return total / len(backgrounds)


def raw_bytes(pixels: Pixels) -> int:
    """Return the size of the pixels without any compression: 3 bytes each, or 4 with alpha.

    Examples
    --------
    >>> raw_bytes(np.zeros((2, 5, 3), np.uint8))
    30
    """
    return pixels.size


def bit_depth(colors_used: int) -> int:
    """Return the bits that an index of that many entries needs: 1 to 8.

    Examples
    --------
    >>> [bit_depth(n) for n in (1, 2, 3, 16, 17, 256)]
    [1, 1, 2, 4, 5, 8]
    """
    return max(1, (colors_used - 1).bit_length())


def estimated_bytes(pixels: Pixels, colors_used: int) -> int:
    """Return what bits per pixel and a palette alone would take, as textbooks reckon it.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    colors_used : int
        Palette entries in use.

    Examples
    --------
    >>> estimated_bytes(np.zeros((128, 128, 3), np.uint8), 16)
    8240
    """
    height, width, channels = pixels.shape
    return int(-(-height * width * bit_depth(colors_used) // 8) + channels * colors_used)


def _mean_error(total: int, pixel_count: int, channels: int) -> float:
    """Take the mean of an error that with alpha is over two backgrounds, in units of 1/255."""
    return total / (pixel_count * 3 * (1 if channels == 3 else 2 * 255 * 255))


def _with_channels(colors: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """Add an opaque alpha where it is missing."""
    if colors.shape[-1] == channels:
        return np.ascontiguousarray(colors)
    return np.concatenate([colors, np.full((*colors.shape[:-1], 1), 255, np.uint8)], axis=-1)


def _strips(original: Pixels, result: Pixels) -> Iterator[tuple[Pixels, Pixels]]:
    rows = max(1, _STRIP_PIXELS // original.shape[1])
    for top in range(0, len(original), rows):
        yield original[top : top + rows], result[top : top + rows]


def _error(a: Pixels, b: Pixels) -> int:
    difference = a.astype(np.int32) - b
    return int((difference * difference).sum(dtype=np.int64))


def _premultiplied_error(a: Pixels, b: Pixels) -> int:
    """Squared differences over black and over white, both together, in units of 1/255."""
    (color_a, alpha_a), (color_b, alpha_b) = _color_and_alpha(a), _color_and_alpha(b)
    over_black = color_a * alpha_a - color_b * alpha_b
    over_white = over_black + 255 * (alpha_b - alpha_a)
    return int((over_black * over_black + over_white * over_white).sum())


def _color_and_alpha(pixels: Pixels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    color = pixels[..., :3].astype(np.int64)
    if pixels.shape[2] == 3:
        return color, np.full((*pixels.shape[:2], 1), 255, np.int64)
    return color, pixels[..., 3:].astype(np.int64)
