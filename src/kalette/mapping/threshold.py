"""Threshold-mask dithering: each pixel gets one of the two entries that best mix its colour.

The pixel's threshold in a tiled mask selects one of the two. No error is diffused, so each pixel is
independent of all others.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import LIGHTNESS, Space
from kalette.mapping.entries import entries_of
from kalette.mapping.perceptual import PerceptualPixels
from kalette.types import ONE_THREAD, Indices, Palette, Run

Mask = Literal["blue-noise", "ordered"]

_BAND_ROWS = 256  # one thread's unit of work; a multiple of the mask heights
_CONTRAST = 48  # contrast weight in 256ths; low values leave specks, high values band
_HALF = (1 << 15) - 1  # half of the distance between two entries, in the unit of the kernel
_BLUE_NOISE = "blue_noise.bin"  # made by scripts/blue_noise.py
_BLUE_NOISE_SIDE = 64
_BAYER_DOUBLINGS = 3

MASKS_FOLDER = Path(__file__).parent / "masks"
"""The folder of the stored masks, 16-bit ranks row by row."""


class ThresholdMask(NamedTuple):
    """Parameters of threshold-mask dithering.

    Parameters
    ----------
    space : {"srgb", "oklab"}
        The working space.
    mask : {"blue-noise", "ordered"}
        Blue-noise mask (64 x 64), or Bayer matrix (8 x 8).
    strength : float
        0 gives nearest mapping; at 1 the mean over a uniform area is as close to its colour as possible.
    """

    space: Space
    mask: Mask
    strength: float = 1.0


def map_threshold(
    image: PerceptualPixels, palette: Palette, parameters: ThresholdMask, *, run: Run = ONE_THREAD
) -> Indices:
    """Map each pixel to one of the two entries that best mix its colour, selected by a tiled mask.

    Clear pixels stay clear, opaque ones opaque.

    Parameters
    ----------
    image : PerceptualPixels
        In the working space of the parameters.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    parameters : ThresholdMask
        Mask and strength.
    run : Run
        Threads.

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
    >>> grey = PerceptualPixels(np.full((2, 4, 3), 64, np.uint8), "srgb")
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> map_threshold(grey, black_white, ThresholdMask("srgb", "ordered")).tolist()
    [[1, 0, 1, 0], [0, 0, 0, 0]]
    """
    points, places = entries_of(palette, parameters.space)
    # Sorted by lightness, so that the lighter entry of each pair is at the same mask positions.
    order = np.argsort(points[:, LIGHTNESS[parameters.space]], kind="stable").astype(np.uint8)
    entries, places, offsets = points[order], places[order], _offsets(parameters)
    indices = np.empty(image.pixels.shape[:2], np.uint8)

    def map_band(begin: int) -> None:
        run.require_wanted()
        band = image.band(begin, min(begin + _BAND_ROWS, len(indices)))
        mapped = kernels.map_threshold(band.points, offsets, entries, _CONTRAST)
        indices[begin : begin + _BAND_ROWS] = places[mapped]

    with ThreadPoolExecutor(run.threads) as pool:
        for _ in pool.map(map_band, range(0, len(indices), _BAND_ROWS)):
            pass
    return indices


def _offsets(parameters: ThresholdMask) -> NDArray[np.int16]:
    """Return the mask's offsets of the border between two entries, symmetric around zero."""
    ranks = blue_noise() if parameters.mask == "blue-noise" else bayer()
    steps = 2 * ranks.astype(np.int64) + 1 - ranks.size
    offsets: NDArray[np.int16] = np.rint(steps * (parameters.strength * _HALF / ranks.size)).astype(np.int16)
    return offsets


@cache
def blue_noise() -> NDArray[np.uint16]:
    """Return the 64 x 64 blue-noise mask, ranks 0 to 4095.

    Examples
    --------
    >>> blue_noise().shape
    (64, 64)
    """
    stored = np.frombuffer((MASKS_FOLDER / _BLUE_NOISE).read_bytes(), "<u2").astype(np.uint16)
    return stored.reshape(_BLUE_NOISE_SIDE, _BLUE_NOISE_SIDE)


def bayer() -> NDArray[np.uint16]:
    """Return the 8 x 8 Bayer matrix, ranks 0 to 63.

    Examples
    --------
    >>> bayer()[:2, :4].tolist()
    [[0, 32, 8, 40], [48, 16, 56, 24]]
    """
    ranks = np.zeros((1, 1), np.uint16)
    for _ in range(_BAYER_DOUBLINGS):
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    return ranks
