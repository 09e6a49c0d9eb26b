"""Pictures and palettes at the size in which a figure shows them, over a checkerboard where clear."""

import math

import numpy as np
from numpy.typing import NDArray

from kalette.types import ColorBytes, Pixels
from kalette.writing import resized

SQUARE = 16
"""Side of a square of the checkerboard, in dots."""

_LIGHT, _DARK = 255, 222
_LARGEST_PIXEL = 128  # dots that a pixel may take, so that a tiny picture does not fill a sheet
_LEAST_SHARE = 0.25  # of an equal one: what a rare colour gets of a strip, to be seen at all
_LUMA = (0.299, 0.587, 0.114)


def scale_to_fit(width: int, height: int, most_across: float, most_down: float) -> float:
    """Return how many dots a pixel takes: a whole number when enlarged, so that all pixels look alike.

    Examples
    --------
    >>> scale_to_fit(100, 50, 360, 500), scale_to_fit(100, 50, 80, 10), scale_to_fit(1, 1, 500, 500)
    (3, 0.2, 128)
    """
    scale = min(most_across / width, most_down / height, _LARGEST_PIXEL)
    return math.floor(scale) if scale >= 1 else scale


def scaled(pixels: Pixels, scale: float) -> Pixels:
    """Return a picture enlarged in squares, or made smaller by averaging.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    scale : float
        Dots for a pixel.

    Returns
    -------
    ndarray
        (h, w, 3 or 4) uint8, each side one dot at least.

    Examples
    --------
    >>> scaled(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8), 2).shape
    (2, 4, 3)
    """
    if scale == 1:
        return pixels
    down, across = (max(1, round(side * scale)) for side in pixels.shape[:2])
    return resized(pixels, across, down)


def over_checkerboard(pixels: Pixels) -> Pixels:
    """Return a picture without alpha, laid over a checkerboard.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.

    Returns
    -------
    ndarray
        (H, W, 3) uint8.

    Examples
    --------
    >>> over_checkerboard(np.zeros((1, 17, 4), np.uint8))[0, [0, 16], 0].tolist()
    [255, 222]
    """
    if pixels.shape[2] == 3:
        return pixels
    down, across = np.indices(pixels.shape[:2]) // SQUARE
    board = np.where((across + down) % 2, _DARK, _LIGHT)[..., None]
    alpha = pixels[..., 3:] / 255
    return np.rint(pixels[..., :3] * alpha + board * (1 - alpha)).astype(np.uint8)


def strip(colors: ColorBytes, counts: NDArray[np.int64], width: int, height: int) -> Pixels:
    """Return colours side by side from dark to light, each as wide as its share; rare ones stay visible.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) pixels of each.
    width, height : int
        In dots.

    Returns
    -------
    ndarray
        (height, width, 3) uint8.

    Examples
    --------
    >>> colors = np.array([[200, 200, 200], [10, 10, 10]], np.uint8)
    >>> strip(colors, np.array([3, 1]), 4, 1)[0, :, 0].tolist()
    [10, 200, 200, 200]
    """
    places = np.argsort(_lightness(colors), kind="stable")
    shares = np.maximum(counts[places] / counts.sum(), _LEAST_SHARE / len(counts))
    ends = np.cumsum(shares / shares.sum())
    centers = (np.arange(width) + 0.5) / width
    shown = colors[places[np.minimum(np.searchsorted(ends, centers), len(ends) - 1)]]
    return over_checkerboard(np.broadcast_to(shown, (height, *shown.shape)))


def _lightness(colors: ColorBytes) -> NDArray[np.float64]:
    """Return the luma of colours over white."""
    luma: NDArray[np.float64] = colors[:, :3] @ np.array(_LUMA)
    return luma if colors.shape[1] == 3 else 255 - (255 - luma) * (colors[:, 3] / 255)
