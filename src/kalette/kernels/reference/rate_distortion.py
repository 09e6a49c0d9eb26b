"""Rate-distortion optimised mapping with error diffusion: chooses the search."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import (
    MOST_MAPPED_PIXELS,
    require_bounded_cost,
    require_map,
    require_palette,
    require_pixels,
)
from kalette.kernels.reference.diffusion import diffuse
from kalette.kernels.reference.match_trellis import Rate, map_with_matches
from kalette.kernels.reference.views import WeightedPixels

_MOST_MULTIPLIER = 1 << 40
_MOST_MATCH_DEPTH = 4096


def map_rate_distortion(
    points: NDArray[np.int16],
    weights: NDArray[np.uint16],
    strengths: NDArray[np.uint8],
    palette: NDArray[np.int16],
    multiplier: int = 0,
    match_depth: int = 0,
) -> NDArray[np.uint8]:
    """Return palette entries by row-wise rate-distortion optimisation with Floyd-Steinberg error diffusion.

    In each row a Viterbi (trellis) search over literals and LZ77 matches minimises the weighted squared
    errors plus the multiplier times the bits that deflate is estimated to need.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16, in sixteenths of a byte step; alpha below -8192 is clear, above 8192 opaque.
    weights : ndarray
        (H, W) uint16: activity-masking weight of a squared error, in sixteenths.
    strengths : ndarray
        (H, W) uint8: share of an error that is diffused, in 256ths.
    palette : ndarray
        (k, 3 or 4) int16, in the unit of the points, k at most 256.
    multiplier : int
        Lagrange multiplier: distortion per 1/16 bit. 0 gives each pixel the entry nearest to its target.
    match_depth : int
        Maximum number of earlier occurrences of the next two entries, in the rows above, tried as far matches
        per pixel; 0: near matches only.

    Returns
    -------
    ndarray
        (H, W) uint8.

    References
    ----------
    R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", Proc. SID 17(2), 1976.
    A. Ortega and K. Ramchandran, "Rate-distortion methods for image and video compression", IEEE Signal
    Processing Magazine 15(6), 1998. doi:10.1109/79.733495

    Examples
    --------
    >>> row = np.array([[[0, 0, 0], [900, 0, 0], [0, 0, 0]]], np.int16)
    >>> dark_or_light = np.array([[0, 0, 0], [1000, 0, 0]], np.int16)
    >>> even, none = np.full((1, 3), 16, np.uint16), np.zeros((1, 3), np.uint8)
    >>> map_rate_distortion(row, even, none, dark_or_light).tolist()
    [[0, 1, 0]]
    >>> row, even, none = np.tile(row, (1, 4, 1)), np.tile(even, 4), np.tile(none, 4)
    >>> map_rate_distortion(row, even, none, dark_or_light, 10**7).tolist()
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    """
    pixels, rate = WeightedPixels(points, weights, strengths), Rate(multiplier, match_depth)
    _require(pixels, palette, rate)
    return np.zeros(points.shape[:2], np.uint8) if points.size == 0 else _map_pixels(pixels, palette, rate)


def _map_pixels(pixels: WeightedPixels, palette: NDArray[np.int16], rate: Rate) -> NDArray[np.uint8]:
    if rate.multiplier == 0:
        return diffuse(pixels, palette)
    return map_with_matches(pixels, palette, rate)


def _require(pixels: WeightedPixels, palette: NDArray[np.int16], rate: Rate) -> None:
    height, width, d = pixels.points.shape
    require_palette(palette, d)
    require_pixels(height * width, MOST_MAPPED_PIXELS)
    require_map(pixels.weights, "weights", (height, width))
    require_map(pixels.strengths, "strengths", (height, width))
    if not 0 <= rate.multiplier <= _MOST_MULTIPLIER:
        raise ValueError(f"multiplier is {rate.multiplier}; it must be 0 to {_MOST_MULTIPLIER}")
    if not 0 <= rate.match_depth <= _MOST_MATCH_DEPTH:
        raise ValueError(f"match_depth is {rate.match_depth}; it must be 0 to {_MOST_MATCH_DEPTH}")
    if rate.multiplier and height * width:
        require_bounded_cost(pixels, palette, rate.multiplier)
