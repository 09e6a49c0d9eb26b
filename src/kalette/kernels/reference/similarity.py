"""Structural similarity (SSIM) of the luma of two pictures, in windows of 11 x 11."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_channels, require_threads

_STRIP = 1 << 18  # pixels at a time, to bound memory

# exp(-i^2 / 4.5) for i = 0..5, divided by their sum over -5..5: a Gaussian of sigma 1.5, cut at 3.5 sigma.
# Literal: exp differs between machines.
_GAUSSIAN = (
    0.26601172486179436,
    0.2130055377112537,
    0.10936068950970002,
    0.03600077212843083,
    0.007598758135239185,
    0.00102838008447911,
)
_RADIUS = len(_GAUSSIAN) - 1
_C1, _C2 = 6.5025, 58.5225  # (0.01 x 255)^2 and (0.03 x 255)^2


def similarity(
    original: NDArray[np.uint8], result: NDArray[np.uint8], background: int = 0, threads: int = 1
) -> float:
    """Return the mean SSIM of the luma of two pictures on a grey background.

    In Gaussian windows of sigma 1.5, over the pixels whose window lies inside (over all if none does). Each
    row is summed from left to right, then the rows' sums from top to bottom.

    Parameters
    ----------
    original, result : ndarray
        (H, W, 3 or 4) uint8, of one shape.
    background : int
        Grey, 0 to 255.
    threads : int
        At least 1.

    Examples
    --------
    >>> similarity(np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16, 3), np.uint8))
    1.0
    """
    _require_pictures(original, result, threads)
    if not 0 <= background <= 255:
        raise ValueError(f"background is {background}; it must be 0 to 255")
    height, width = original.shape[:2]
    rows = range(_RADIUS, height - _RADIUS) if height > 2 * _RADIUS else range(height)
    columns = slice(_RADIUS, width - _RADIUS) if width > 2 * _RADIUS else slice(None)
    sums: list[float] = []
    step = max(1, _STRIP // width)
    for top in range(rows.start, rows.stop, step):
        around = _mirrored(np.arange(top - _RADIUS, min(top + step, rows.stop) + _RADIUS), height)
        similarity_map = _compare(_luma(original[around], background), _luma(result[around], background))
        sums += np.cumsum(similarity_map[:, columns], axis=1)[:, -1].tolist()
    total = 0.0
    for row_sum in sums:
        total += row_sum
    return total / (len(rows) * len(range(width)[columns]))


def _require_pictures(original: NDArray[np.uint8], result: NDArray[np.uint8], threads: int) -> None:
    require_threads(threads)
    require_channels(original.shape[2])
    if result.shape != original.shape:
        raise ValueError(f"result has shape {result.shape} and original {original.shape}; they must agree")
    if original.size == 0:
        raise ValueError("the pictures have no pixels; there must be one at least")


def _luma(pixels: NDArray[np.uint8], background: int) -> NDArray[np.float64]:
    """Return the Rec. 601 luma on a grey background."""
    red, green, blue = (pixels[..., c].astype(np.float64) for c in range(3))
    luma: NDArray[np.float64] = 0.299 * red + 0.587 * green + 0.114 * blue
    if pixels.shape[2] == 3:
        return luma
    alpha = pixels[..., 3] / 255.0
    return luma * alpha + background * (1 - alpha)


def _mirrored(places: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    around = places % (2 * size)
    return np.where(around < size, around, 2 * size - 1 - around)


def _compare(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    mean_a, mean_b = _blurred(a), _blurred(b)
    product = mean_a * mean_b
    variances = _blurred(a * a + b * b) - mean_a * mean_a - mean_b * mean_b
    covariance = _blurred(a * b) - product
    similarity_map = (2 * product + _C1) * (2 * covariance + _C2)
    return similarity_map / ((mean_a * mean_a + mean_b * mean_b + _C1) * (variances + _C2))


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blur vertically, which takes off the outer rows, then horizontally."""
    height, width = values.shape
    vertical = _GAUSSIAN[0] * values[_RADIUS : height - _RADIUS]
    for i, weight in enumerate(_GAUSSIAN[1:], 1):
        vertical += weight * (
            values[_RADIUS - i : height - _RADIUS - i] + values[_RADIUS + i : height - _RADIUS + i]
        )
    wide = vertical[:, _mirrored(np.arange(-_RADIUS, width + _RADIUS), width)]
    both = _GAUSSIAN[0] * wide[:, _RADIUS : width + _RADIUS]
    for i, weight in enumerate(_GAUSSIAN[1:], 1):
        both += weight * (
            wide[:, _RADIUS - i : width + _RADIUS - i] + wide[:, _RADIUS + i : width + _RADIUS + i]
        )
    return both
