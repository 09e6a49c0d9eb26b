"""Pictures and palette strips scaled for a figure, over a checkerboard if transparent."""

import math

import numpy as np
from numpy.typing import NDArray

from kalette.types import LUMA, ColorBytes, Pixels
from kalette.writing import resized

SQUARE = 16
"""Square size of the checkerboard, in dots."""

_LIGHT_SQUARE, _DARK_SQUARE = 255, 222
_MAX_SCALE = 128  # dots per pixel, so that a tiny picture does not fill the sheet
_MIN_SHARE = 0.25  # of a strip, relative to 1 / N: keeps rare colours visible


def scale_to_fit(width: int, height: int, most_across: float, most_down: float) -> float:
    """Return the scale in dots per pixel: an integer above 1, so that all pixels get the same size.

    Examples
    --------
    >>> scale_to_fit(100, 50, 360, 500), scale_to_fit(100, 50, 80, 10), scale_to_fit(1, 1, 500, 500)
    (3, 0.2, 128)
    """
    scale = min(most_across / width, most_down / height, _MAX_SCALE)
    return math.floor(scale) if scale >= 1 else scale


def scaled(pixels: Pixels, scale: float) -> Pixels:
    """Scale a picture: nearest neighbour to enlarge, averaging to reduce.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    scale : float
        Dots per pixel.

    Returns
    -------
    ndarray
        (h, w, 3 or 4) uint8, at least one dot wide and high.

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
    """Composite a picture over a checkerboard.

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
    board = np.where((across + down) % 2, _DARK_SQUARE, _LIGHT_SQUARE)[..., None]
    alpha = pixels[..., 3:] / 255
    return np.rint(pixels[..., :3] * alpha + board * (1 - alpha)).astype(np.uint8)


def strip(colors: ColorBytes, counts: NDArray[np.int64], width: int, height: int) -> Pixels:
    """Draw a palette strip: colours from dark to light, each as wide as its share, rare ones wider.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) pixel counts.
    width, height : int
        Size of the strip in dots.

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
    places = np.argsort(_luma_over_white(colors), kind="stable")
    shares = np.maximum(counts[places] / counts.sum(), _MIN_SHARE / len(counts))
    ends = np.cumsum(shares / shares.sum())
    centers = (np.arange(width) + 0.5) / width
    shown = colors[places[np.minimum(np.searchsorted(ends, centers), len(ends) - 1)]]
    return over_checkerboard(np.broadcast_to(shown, (height, *shown.shape)))


def _luma_over_white(colors: ColorBytes) -> NDArray[np.float64]:
    """Return the luma of colours composited over white."""
    luma: NDArray[np.float64] = colors[:, :3] @ np.array(LUMA)
    return luma if colors.shape[1] == 3 else 255 - (255 - luma) * (colors[:, 3] / 255)
