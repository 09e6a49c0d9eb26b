"""Structural similarity (SSIM) of the luma of two pictures, in windows of 11 x 11."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_pictures
from kalette.kernels.reference.gaussian_window import GAUSSIAN, RADIUS, mirrored
from kalette.types import LUMA

_STRIP = 1 << 18  # pixels at a time, to bound memory

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
    require_pictures(original, result, background, threads)
    height, width = original.shape[:2]
    rows, columns = _inner(height), _inner(width)
    sums: list[float] = []
    step = max(1, _STRIP // width)
    for top in range(rows.start, rows.stop, step):
        around = mirrored(np.arange(top - RADIUS, min(top + step, rows.stop) + RADIUS), height)
        similarity_map = _compare(
            _luma_of(original[around], background), _luma_of(result[around], background)
        )
        sums += np.cumsum(similarity_map[:, columns.start : columns.stop], axis=1)[:, -1].tolist()
    total = 0.0
    for row_sum in sums:
        total += row_sum
    return total / (len(rows) * len(columns))


def _luma_of(pixels: NDArray[np.uint8], background: int) -> NDArray[np.float64]:
    """Return the Rec. 601 luma on a grey background."""
    red, green, blue = (weight * pixels[..., c].astype(np.float64) for c, weight in enumerate(LUMA))
    luma: NDArray[np.float64] = red + green + blue
    if pixels.shape[2] == 3:
        return luma
    alpha = pixels[..., 3] / 255.0
    return luma * alpha + background * (1 - alpha)


def _inner(size: int) -> range:
    """Return the pixels whose window lies inside, or all if none does."""
    return range(RADIUS, size - RADIUS) if size > 2 * RADIUS else range(size)


def _compare(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    mean_a, mean_b = _blurred(a), _blurred(b)
    product = mean_a * mean_b
    variances = _blurred(a * a + b * b) - mean_a * mean_a - mean_b * mean_b
    covariance = _blurred(a * b) - product
    similarity_map = (2 * product + _C1) * (2 * covariance + _C2)
    return similarity_map / ((mean_a * mean_a + mean_b * mean_b + _C1) * (variances + _C2))


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return _blur_across(_blur_down(values))


def _blur_down(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blur vertically, which takes off the outer rows."""
    height = len(values) - 2 * RADIUS
    out = GAUSSIAN[0] * values[RADIUS : RADIUS + height]
    for i, weight in enumerate(GAUSSIAN[1:], 1):
        out += weight * (values[RADIUS - i :][:height] + values[RADIUS + i :][:height])
    return out


def _blur_across(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blur horizontally, with the pixels beyond the border mirrored."""
    width = values.shape[1]
    columns = values[:, mirrored(np.arange(-RADIUS, width + RADIUS), width)].T
    return _blur_down(columns).T
