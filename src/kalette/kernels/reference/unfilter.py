"""Reverses the filters of PNG (W3C, third edition, 9.2)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_pixel_bytes, require_threads

_MOST_FILTER_TYPE = 4


def unfilter(rows: NDArray[np.uint8], pixel_bytes: int, threads: int = 1) -> NDArray[np.uint8]:
    """Return the pixels of a PNG's filtered rows.

    Parameters
    ----------
    rows : ndarray
        (H, 1 + pixel_bytes * W) uint8: each row after its filter type, 0 to 4.
    pixel_bytes : int
        2, 3, 4, 6 or 8.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (H, W, pixel_bytes) uint8.

    Examples
    --------
    >>> unfilter(np.array([[1, 10, 20, 30, 1, 1, 1], [2, 0, 0, 0, 5, 5, 5]], np.uint8), 3).tolist()
    [[[10, 20, 30], [11, 21, 31]], [[10, 20, 30], [16, 26, 36]]]
    """
    require_threads(threads)
    require_pixel_bytes(pixel_bytes)
    height, size = rows.shape
    if size % pixel_bytes != 1:
        raise ValueError(f"rows have {size} bytes; they must have 1 and {pixel_bytes} for each pixel")
    filters = rows[:, 0]
    if height and filters.max() > _MOST_FILTER_TYPE:
        unknown = filters[filters > _MOST_FILTER_TYPE][0]
        raise ValueError(f"a row has filter type {unknown}; it must be 0 to {_MOST_FILTER_TYPE}")
    filtered = rows[:, 1:].reshape(height, size // pixel_bytes, pixel_bytes)
    # With a blank row above and a blank pixel to the left, which predict the first ones.
    pixels = np.zeros((height + 1, size // pixel_bytes + 1, pixel_bytes), np.int16)
    for y, x in _diagonals(height, size // pixel_bytes):
        left, above, corner = pixels[y + 1, x], pixels[y, x + 1], pixels[y, x]
        predictions = _predictions(left, above, corner)
        pixels[y + 1, x + 1] = (filtered[y, x] + np.choose(filters[y, None], predictions)) & 255
    return pixels[1:, 1:].astype(np.uint8)


def _diagonals(height: int, width: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield diagonals of pixels: none depends on another of its diagonal, all depend on earlier ones."""
    for both in range(height + width - 1):
        y = np.arange(max(0, both - width + 1), min(both, height - 1) + 1)
        yield y, both - y


def _predictions(
    left: NDArray[np.int16], above: NDArray[np.int16], corner: NDArray[np.int16]
) -> tuple[NDArray[np.int16], ...]:
    """Return those of the filters none, sub, up, average and Paeth."""
    return np.zeros_like(left), left, above, (left + above) >> 1, _paeth(left, above, corner)


def _paeth(left: NDArray[np.int16], above: NDArray[np.int16], corner: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return whichever of the three is nearest to left + above - corner; ties to the first."""
    to_left, to_above = abs(above - corner), abs(left - corner)
    to_corner = abs(left + above - 2 * corner)
    not_left = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, not_left)
