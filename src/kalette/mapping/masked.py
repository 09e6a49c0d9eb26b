"""Pixels to palette entries by a mask: each shows one of the two that its colour is mixed of.

Which of the two is told by the pixel's threshold in a mask that is laid over the picture like tiles. Where
the palette is dense the two lie close together, and little shows; where it is sparse they lie far apart.
Pixels know nothing of each other: no error runs along rows, and one changed pixel changes no other.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette, Pixels
from kalette.color import LIGHTNESS, Space, sixteenths_from_srgb

Mask = Literal["blue-noise", "ordered"]
MASKS: tuple[str, ...] = get_args(Mask)

_BAND = 256  # rows that are mapped together, by one thread: a multiple of the masks' heights
_CONTRAST = 48  # 256ths: with less, single far entries stand out as specks; with more, bands begin to show
_HALF_WAY = (1 << 15) - 1  # between two entries, in the unit of the kernel
_BLUE_NOISE = Path(__file__).with_name("blue_noise.bin")  # made by scripts/blue_noise.py
_BLUE_NOISE_SIDE = 64
_BAYER_DOUBLINGS = 3


class Masking(NamedTuple):
    """How to lay a mask over the pixels.

    Parameters
    ----------
    space : {"srgb", "oklab"}
        Where colours are compared.
    mask : {"blue-noise", "ordered"}
        Its thresholds: scattered evenly without a pattern, or in a pattern of 8 x 8.
    strength : float
        0 shows the nearest entry; at 1 an even area has, seen from afar, the mix that comes nearest to its
        colour.
    """

    space: Space
    mask: Mask
    strength: float = 1.0


def map_masked(pixels: Pixels, palette: Palette, masking: Masking, *, threads: int = 1) -> Indices:
    """Return for each pixel one of the two entries that mix best to its colour, by a tiled mask.

    Clear pixels stay clear, opaque ones opaque.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    masking : Masking
        How.
    threads : int
        At least 1; the result is the same for any number.

    Returns
    -------
    ndarray
        (H, W) uint8.

    References
    ----------
    B. E. Bayer, "An optimum method for two-level rendition of continuous-tone pictures", IEEE ICC, 1973.
    R. Ulichney, "The void-and-cluster method for dither array generation", SPIE 1913, 1993.
    doi:10.1117/12.152707

    Examples
    --------
    >>> grey = np.full((2, 4, 3), 64, np.uint8)
    >>> map_masked(grey, np.array([[0] * 3, [255] * 3], np.uint8), Masking("srgb", "ordered")).tolist()
    [[1, 0, 1, 0], [0, 0, 0, 0]]
    """
    points = sixteenths_from_srgb(palette, masking.space)
    # From dark to light: so the light entry of each pair shows at the same places of the mask.
    order = np.argsort(points[:, LIGHTNESS[masking.space]], kind="stable").astype(np.uint8)
    entries, offsets = points[order], _offsets(masking)
    indices = np.empty(pixels.shape[:2], np.uint8)

    def map_band(begin: int) -> None:
        band = sixteenths_from_srgb(pixels[begin : begin + _BAND], masking.space)
        indices[begin : begin + _BAND] = order[kernels.map_threshold(band, offsets, entries, _CONTRAST)]

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(map_band, range(0, len(pixels), _BAND)):
            pass
    return indices


def _offsets(masking: Masking) -> NDArray[np.int16]:
    """Return how far the mask moves the border between two entries, both ways alike."""
    ranks = blue_noise() if masking.mask == "blue-noise" else bayer()
    steps = 2 * ranks.astype(np.int64) + 1 - ranks.size
    offsets: NDArray[np.int16] = np.rint(steps * (masking.strength * _HALF_WAY / ranks.size)).astype(np.int16)
    return offsets


@cache
def blue_noise() -> NDArray[np.uint16]:
    """Return the ranks 0 to 4095 of a mask of 64 x 64 without low frequencies.

    Examples
    --------
    >>> blue_noise().shape
    (64, 64)
    """
    stored = np.frombuffer(_BLUE_NOISE.read_bytes(), "<u2").astype(np.uint16)
    return stored.reshape(_BLUE_NOISE_SIDE, _BLUE_NOISE_SIDE)


def bayer() -> NDArray[np.uint16]:
    """Return the ranks 0 to 63 of Bayer's mask of 8 x 8.

    Examples
    --------
    >>> bayer()[:2, :4].tolist()
    [[0, 32, 8, 40], [48, 16, 56, 24]]
    """
    ranks = np.zeros((1, 1), np.uint16)
    for _ in range(_BAYER_DOUBLINGS):
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    return ranks
