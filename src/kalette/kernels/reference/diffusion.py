"""The kernel that spreads the error of each pixel over its neighbours."""

import numpy as np
from numpy.typing import NDArray

FULL = 255 * 16
"""A full channel in sixteenths of a byte step."""


def diffuse(points: NDArray[np.int16], palette: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Return palette indices with the error of each pixel spread over its neighbours, in serpentine order.

    A coordinate outside 0 to 4080 marks a kind of alpha: it takes no error and gives none, and a pixel
    whose alpha is below 0 gives no error at all.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16, in sixteenths of a byte step.
    palette : ndarray
        (k, 3 or 4) int16, in the same unit.

    Returns
    -------
    ndarray
        (H, W) uint8.

    References
    ----------
    R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", Proc. SID 17(2), 1976.

    Examples
    --------
    >>> grey = np.full((1, 4, 3), 8 * 255, np.int16)
    >>> diffuse(grey, np.array([[0, 0, 0], [4080, 4080, 4080]], np.int16)).tolist()
    [[0, 1, 0, 1]]
    """
    height, width, d = points.shape
    _require_palette(points, palette)
    entries = palette.astype(np.int64)
    indices = np.empty((height, width), np.uint8)
    here = np.zeros((width + 2, d), np.int64)
    for y in range(height):
        below = np.zeros_like(here)
        step = 1 if y % 2 == 0 else -1
        for x in range(width)[::step]:
            point, cell = points[y, x].astype(np.int64), x + 1
            free = (point >= 0) & (point <= FULL)
            target = np.where(free, np.clip(point + ((here[cell] + 8) >> 4), 0, FULL), point)
            entry = int(((target - entries) ** 2).sum(axis=1).argmin())
            indices[y, x] = entry
            if d == 4 and point[3] < 0:
                continue
            residual = np.where(free, target - entries[entry], 0)
            here[cell + step] += 7 * residual
            below[cell - step] += 3 * residual
            below[cell] += 5 * residual
            below[cell + step] += residual
        here = below
    return indices


def _require_palette(points: NDArray[np.int16], palette: NDArray[np.int16]) -> None:
    d, (k, palette_d) = points.shape[2], palette.shape
    if d not in (3, 4):
        raise ValueError(f"points have {d} coordinates; they must have 3 or 4")
    if palette_d != d:
        raise ValueError(f"palette has {palette_d} coordinates and points {d}; they must agree")
    if not 1 <= k <= 256:
        raise ValueError(f"palette has {k} entries; it must have 1 to 256")
