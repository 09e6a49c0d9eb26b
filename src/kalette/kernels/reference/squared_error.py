"""Squared error of an indexed picture, in integers: exact in any order."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_channels, require_threads

_STRIP = 1 << 16  # pixels at a time, to bound memory


def squared_error(
    pixels: NDArray[np.uint8], palette: NDArray[np.uint8], indices: NDArray[np.uint8], threads: int = 1
) -> int:
    """Return the sum of squared differences between pixels and their palette entries, over R, G and B.

    With four channels on black plus on white, in units of 1/255.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels.
    indices : ndarray
        (n,) uint8, below k.
    threads : int
        At least 1.

    Examples
    --------
    >>> pixels = np.array([[0, 0, 6], [10, 20, 30]], np.uint8)
    >>> squared_error(pixels, np.array([[0, 0, 0], [10, 23, 30]], np.uint8), np.array([0, 1], np.uint8))
    45
    """
    require_threads(threads)
    _require_indices(pixels, palette, indices)
    error = _opaque_errors if pixels.shape[1] == 3 else _alpha_errors
    total = 0
    for first in range(0, len(pixels), _STRIP):
        a = pixels[first : first + _STRIP].astype(np.int64)
        b = palette[indices[first : first + _STRIP]].astype(np.int64)
        total += int(error(a, b).sum())
    if total >= 1 << 64:
        raise OverflowError("the squared error passes 64 bits; measure the picture in parts")
    return total


def _opaque_errors(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray((a - b) ** 2)


def _alpha_errors(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """On black plus on white, in units of 1/255."""
    over_black = a[:, :3] * a[:, 3:] - b[:, :3] * b[:, 3:]
    return np.asarray(over_black**2 + (over_black + 255 * (b[:, 3:] - a[:, 3:])) ** 2)


def _require_indices(
    pixels: NDArray[np.uint8], palette: NDArray[np.uint8], indices: NDArray[np.uint8]
) -> None:
    (n, channels), k = pixels.shape, len(palette)
    require_channels(channels)
    if palette.shape[1] != channels:
        raise ValueError(f"palette has {palette.shape[1]} channels and pixels {channels}; they must agree")
    if len(indices) != n:
        raise ValueError(f"indices has {len(indices)} entries for {n} pixels; there must be one for each")
    if n and indices.max() >= k:
        raise ValueError(f"an index is {indices.max()}; palette has {k} entries")
