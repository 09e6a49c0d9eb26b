"""Metrics: quality and size of an output file."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.compression.picture import Picture
from kalette.reading import is_raw, raw_entries, read, read_entries
from kalette.types import ONE_THREAD, UNLIMITED, Indexed, Pixels, Run
from kalette.writing import bit_depth

_STRIP_PIXELS = 1 << 18  # compared at a time, to bound memory


@dataclass(frozen=True, eq=False, repr=False)
class Foreseen:
    """The quality of pixels that a file will hold, measured while it is encoded.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    ssim, ssimulacra2 : float
        Of these pixels beside the original.
    """

    pixels: Pixels
    ssim: float
    ssimulacra2: float


@dataclass(frozen=True, eq=False, repr=False)
class Metrics:
    """The quality of an output file, measured on its decoded pixels on first access.

    Parameters
    ----------
    original : ndarray
        (H, W, 3 or 4) uint8: the picture as it was read.
    data : bytes
        The file.
    run : Run
        Threads.
    foreseen : Foreseen or None
        Taken where the file holds these pixels.
    """

    original: Pixels
    data: bytes
    run: Run = ONE_THREAD
    foreseen: Foreseen | None = None

    @property
    def decoded(self) -> Pixels:
        """Decoded pixels of the file, not cached; (H, W, 3 or 4) uint8."""
        if is_raw(self.data):
            return raw_entries(self.data).pixels
        return read(self.data, limits=UNLIMITED, threads=self.run.threads).pixels

    @cached_property
    def mse(self) -> float:
        """Mean squared error."""
        entries = read_entries(self.data)
        if entries is None:
            return mse(self.original, self.decoded)
        return mse_of_entries(self.original, entries, run=self.run)

    @property
    def psnr_db(self) -> float | None:
        """Peak signal-to-noise ratio in decibels; None if lossless."""
        return psnr_db(self.mse)

    @cached_property
    def ssim(self) -> float:
        """Structural similarity."""
        if self._known is not None:
            return self._known.ssim
        return ssim(self.original, self.decoded, run=self.run)

    @cached_property
    def ssimulacra2(self) -> float:
        """SSIMULACRA 2."""
        if self._known is not None:
            return self._known.ssimulacra2
        return ssimulacra2(self.original, self.decoded, run=self.run)

    @cached_property
    def _known(self) -> Foreseen | None:
        foreseen = self.foreseen
        return foreseen if foreseen and np.array_equal(foreseen.pixels, self.decoded) else None


def foresee(original: Pixels, expected: Pixels, *, run: Run = ONE_THREAD) -> Foreseen:
    """Measure the pixels that a file will hold.

    Parameters
    ----------
    original, expected : ndarray
        (H, W, 3 or 4) uint8, of one height and width.
    run : Run
        Threads.

    Examples
    --------
    >>> black = np.zeros((16, 16, 3), np.uint8)
    >>> foresee(black, black).ssimulacra2
    100.0
    """
    return Foreseen(expected, ssim(original, expected, run=run), ssimulacra2(original, expected, run=run))


def measure(
    picture: Picture, data: bytes, *, run: Run = ONE_THREAD, foreseen: Foreseen | None = None
) -> Metrics:
    """Return the metrics of an output file against the original picture.

    Parameters
    ----------
    picture : Picture
        The picture, or one adapted from it.
    data : bytes
        A file that Kalette wrote.
    run : Run
        Threads.
    foreseen : Foreseen or None
        What was measured while the file was encoded.

    Examples
    --------
    >>> from kalette.writing import encode
    >>> black = Picture(np.zeros((2, 2, 3), np.uint8), "the array")
    >>> measure(black, encode(np.full((2, 2, 3), 4, np.uint8), "png")).mse
    16.0
    """
    return Metrics(picture.original.pixels, data, run, foreseen)


def mse(original: Pixels, result: Pixels) -> float:
    """Return the mean squared error over pixels and over R, G and B, in 0-255 units.

    With alpha, it is the mean over a black and a white background.

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
    return _mean_error(total, original, 4 if with_alpha else 3)


def mse_of_entries(original: Pixels, result: Indexed, *, run: Run = ONE_THREAD) -> float:
    """Return the `mse` of an indexed picture.

    Parameters
    ----------
    original : ndarray
        (H, W, 3 or 4) uint8.
    result : Indexed
        Of the same height and width.
    run : Run
        Threads.

    Examples
    --------
    >>> original = np.array([[[0, 0, 0], [4, 4, 4]]], np.uint8)
    >>> mse_of_entries(original, Indexed(np.zeros((1, 3), np.uint8), np.zeros((1, 2), np.uint8)))
    8.0
    """
    channels = max(original.shape[2], result.palette.shape[1])
    flat = _with_channels(original, channels).reshape(-1, channels)
    entries = np.ascontiguousarray(result.indices).ravel()
    total = kernels.squared_error(flat, _with_channels(result.palette, channels), entries, run.threads)
    return _mean_error(total, original, channels)


def psnr_db(mean_squared_error: float) -> float | None:
    """Return the peak signal-to-noise ratio in decibels; None if lossless.

    Examples
    --------
    >>> round(psnr_db(1.0), 2)
    48.13
    >>> psnr_db(0.0) is None
    True
    """
    return None if mean_squared_error == 0 else 10 * math.log10(255.0 * 255.0 / mean_squared_error)


def ssim(original: Pixels, result: Pixels, *, run: Run = ONE_THREAD) -> float:
    """Return the mean structural similarity (SSIM) of luma: 1 for equal pictures.

    Gaussian window of sigma 1.5, reflected edges; the mean over all positions with the window inside the
    picture (over all pixels, if there are none). With alpha, the mean over a black and a white background.

    Parameters
    ----------
    original, result : ndarray
        (H, W, 3 or 4) uint8, of one height and width.
    run : Run
        Threads.

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
    found = _over_backgrounds(kernels.similarity, original, result, (0, 255), run)
    return sum(found) / len(found)


def ssimulacra2(original: Pixels, result: Pixels, *, run: Run = ONE_THREAD) -> float:
    """Return the SSIMULACRA 2 score, which follows the eye: 100 for equal pictures.

    90 is not to be told apart side by side, 70 is good, 50 fair; bad pictures are below 0. With alpha, the
    least over black, white and mid-grey.

    Parameters
    ----------
    original, result : ndarray
        (H, W, 3 or 4) uint8, of one height and width.
    run : Run
        Threads.

    References
    ----------
    J. Sneyers, "SSIMULACRA 2", 2022; reference implementation: libjxl, tools/ssimulacra2.cc.

    Examples
    --------
    >>> ssimulacra2(np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16, 3), np.uint8))
    100.0
    """
    return min(_over_backgrounds(kernels.ssimulacra2, original, result, (0, 128, 255), run))


def raw_bytes(pixels: Pixels) -> int:
    """Return the uncompressed size: 3 bytes per pixel, or 4 with alpha.

    Examples
    --------
    >>> raw_bytes(np.zeros((2, 5, 3), np.uint8))
    30
    """
    return pixels.size


def estimated_bytes(pixels: Pixels, colors_used: int) -> int:
    """Return the size from bits per pixel and palette, without entropy coding.

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


def _mean_error(total: int, pixels: Pixels, channels: int) -> float:
    """Return the mean of a total error; with alpha it covers two backgrounds, in units of 1/255."""
    values = 3 * pixels[..., 0].size
    return total / (values * (1 if channels == 3 else 2 * 255 * 255))


def _over_backgrounds(
    compare: Callable[..., float], original: Pixels, result: Pixels, backgrounds: tuple[int, ...], run: Run
) -> list[float]:
    """Compare two pictures over each background; over the first alone, if both are opaque."""
    channels = max(original.shape[2], result.shape[2])
    pictures = _with_channels(original, channels), _with_channels(result, channels)
    needed = backgrounds if channels == 4 else backgrounds[:1]
    return [compare(*pictures, background, run.threads) for background in needed]


def _with_channels(colors: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """Add an opaque alpha channel if it is missing."""
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
    """Sum the squared differences over black and over white, in units of 1/255."""
    (color_a, alpha_a), (color_b, alpha_b) = _color_and_alpha(a), _color_and_alpha(b)
    over_black = color_a * alpha_a - color_b * alpha_b
    over_white = over_black + 255 * (alpha_b - alpha_a)
    return int((over_black * over_black + over_white * over_white).sum())


def _color_and_alpha(pixels: Pixels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    color = pixels[..., :3].astype(np.int64)
    if pixels.shape[2] == 3:
        return color, np.full((*pixels.shape[:2], 1), 255, np.int64)
    return color, pixels[..., 3:].astype(np.int64)
