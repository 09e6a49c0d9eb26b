"""What the pixels of a frame should show so that errors in space and in time together are least."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_map, require_near
from kalette.kernels.reference.views import FramePixels

# Weight of an error in time relative to one in space, where the source stands still: 2 halves the flicker for
# 1 point of SSIMULACRA2, 6 takes a further fifth off it for 2 more.
_STEADINESS = 2.0
_STILL = 16.0  # change of the source at which that weight is halved, in sixteenths of a byte step
_MOVING = 3 * _STILL  # change from which the source is taken to move
_MOST_WEIGHT = 65535


def steady(
    points: NDArray[np.int16],
    weights: NDArray[np.uint16],
    before: NDArray[np.int16],
    shown: NDArray[np.int16],
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Return points and weights that minimise errors in space and in time together.

    The squared error of a pixel, and that of its change from what is shown, are one squared error from a
    weighted mean of both aims, up to a constant. The second has twice the weight where the source stands
    still, half as much where it changes by a byte step, and none where by more than three.

    Parameters
    ----------
    points : ndarray
        (H, W, 4) int16: the source, in sixteenths of a byte step, within 16383 of 0; the fourth is above 0
        where a pixel is opaque, below where it is clear.
    weights : ndarray
        (H, W) uint16: weight of a squared error.
    before, shown : ndarray
        (H, W, 4) int16: the source before, and what the screen shows.

    Returns
    -------
    points : ndarray
        (H, W, 4) int16; what is shown where the source does not change at all.
    weights : ndarray
        (H, W) uint16.

    Examples
    --------
    >>> now, before, shown = (np.array([[[grey] * 3 + [9000]]], np.int16) for grey in (100, 100, 130))
    >>> points, weights = steady(now, np.full((1, 1), 16, np.uint16), before, shown)
    >>> points.tolist(), weights.tolist()
    ([[[130, 130, 130, 9000]]], [[48]])
    """
    _require(FramePixels(points, weights, shown), before)
    change = points[..., :3].astype(np.float64) - before[..., :3]
    moved = _squared_lengths(change)
    is_opaque = (points[..., 3] > 0) & (before[..., 3] > 0) & (shown[..., 3] > 0)
    slow = is_opaque & (moved <= _MOVING * _MOVING)
    share = _STEADINESS / (1 + moved / (_STILL * _STILL))
    mean = np.rint((points[..., :3] + share[..., None] * (shown[..., :3] + change)) / (1 + share[..., None]))
    mean = np.where(moved[..., None] == 0, shown[..., :3], mean)
    steady_points, steady_weights = points.copy(), weights.copy()
    steady_points[slow, :3] = mean[slow]
    steady_weights[slow] = np.minimum(np.rint(weights * (1 + share)), _MOST_WEIGHT)[slow]
    return steady_points, steady_weights


def _squared_lengths(change: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second, third = (change[..., c] for c in range(3))
    lengths: NDArray[np.float64] = first * first + second * second + third * third
    return lengths


def _require(pixels: FramePixels, before: NDArray[np.int16]) -> None:
    height, width, d = pixels.points.shape
    if d != 4:
        raise ValueError(f"points have {d} coordinates; they must have 4")
    require_map(pixels.weights, "weights", (height, width))
    for name, points in (("before", before), ("shown", pixels.shown)):
        if points.shape != pixels.points.shape:
            raise ValueError(f"{name} has another shape than points; they must agree")
    require_near(pixels.points, "points")
    require_near(before, "before")
    require_near(pixels.shown, "shown")
