"""Kernels on the bytes of pixels: counting their colours, mapping them to labels, and their error."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_channels, require_threads
from kalette.kernels.z_order import colors_from_z_keys, z_keys

_STRIP = 1 << 16  # pixels in work at a time; the sum is in whole numbers, exact in any order


def count_colors(pixels: NDArray[np.uint8], threads: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the distinct rows of `pixels` along the Z-order curve, and how often each occurs.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    threads : int
        At least 1.

    Returns
    -------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) int64.

    Examples
    --------
    >>> colors, counts = count_colors(np.array([[2, 2, 2], [1, 1, 1], [2, 2, 2]], np.uint8))
    >>> colors.tolist(), counts.tolist()
    ([[1, 1, 1], [2, 2, 2]], [1, 2])
    """
    require_threads(threads)
    require_channels(pixels.shape[1])
    keys, counts = np.unique(z_keys(pixels), return_counts=True)
    return colors_from_z_keys(keys, pixels.shape[1]), counts.astype(np.int64)


def map_colors(
    pixels: NDArray[np.uint8], colors: NDArray[np.uint8], labels: NDArray[np.uint8], threads: int = 1
) -> NDArray[np.uint8]:
    """Return for each pixel the label of its colour.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    colors : ndarray
        (N, 3 or 4) uint8, as `count_colors` returns them.
    labels : ndarray
        (N,) uint8.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (n,) uint8.

    Examples
    --------
    >>> colors = np.array([[1, 1, 1], [2, 2, 2]], np.uint8)
    >>> map_colors(colors[[1, 0, 1]], colors, np.array([7, 9], np.uint8)).tolist()
    [9, 7, 9]
    """
    require_threads(threads)
    channels, m = pixels.shape[1], len(colors)
    require_channels(channels)
    if colors.shape[1] != channels:
        raise ValueError(f"colors have {colors.shape[1]} channels and pixels {channels}; they must agree")
    if len(labels) != m:
        raise ValueError(f"labels has {len(labels)} entries for {m} colors; there must be one for each")
    sought, keys = z_keys(pixels), z_keys(colors)
    places = np.searchsorted(keys, sought)
    if (m == 0 and len(sought)) or not np.array_equal(keys[np.minimum(places, m - 1)], sought):
        raise ValueError(
            "a pixel has a color that is not among colors; they must hold every color of the pixels"
        )
    return labels[places]


def squared_error(
    pixels: NDArray[np.uint8], palette: NDArray[np.uint8], indices: NDArray[np.uint8], threads: int = 1
) -> int:
    """Return the sum of squared differences between pixels and their palette entries, over R, G and B.

    With four channels over a black and over a white background, both together, in units of 1/255.

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
    total = 0
    for first in range(0, len(pixels), _STRIP):
        a = pixels[first : first + _STRIP].astype(np.int64)
        b = palette[indices[first : first + _STRIP]].astype(np.int64)
        total += int(_squared_differences(a, b).sum())
    return total


def _squared_differences(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    if a.shape[1] == 3:
        return np.asarray((a - b) ** 2)
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
