"""What the pixels of a frame should show so that errors in space and in time together are least."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_map, require_near
from kalette.kernels.reference.views import FramePixels

_MOST_STEADINESS = 1000.0
_STILL = 16.0  # change of the source at which steadiness is halved, in sixteenths of a byte step
_MOVING = 3 * _STILL  # change from which the source is taken to move
# Steadiness of lightness alone, where a colour moves by more than `_FAST`. Moving gradients flicker 7 %
# less, for 3 % more bytes at equal SSIMULACRA2; films take as many bytes as without it.
_FAST = 6 * _STILL
_LIGHTNESS_STEADINESS = 1.2
_LIGHTNESS_STILL = 2 * _STILL
_MOST_WEIGHT = 65535


def steady(
    points: NDArray[np.int16],
    weights: NDArray[np.uint16],
    before: NDArray[np.int16],
    shown: NDArray[np.int16],
    steadiness: float = 2.0,
    lightness: int = 0,
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Return points and weights that minimise errors in space and in time together.

    The squared error of a pixel, and that of its change from what is shown, are one squared error from a
    weighted mean of both aims, up to a constant. The weight of the second is halved where the source changes
    by a byte step, and nothing where it changes by more than three. Where a colour
    changes by more than six, but its lightness does not, lightness alone is drawn to what is shown.

    Parameters
    ----------
    points : ndarray
        (H, W, 4) int16: the source, in sixteenths of a byte step, within 16383 of 0; the fourth is above 0
        where a pixel is opaque, below where it is clear.
    weights : ndarray
        (H, W) uint16: weight of a squared error.
    before, shown : ndarray
        (H, W, 4) int16: the source before, and what the screen shows.
    steadiness : float
        Weight of an error in time relative to one in space where the source stands still, 0 to 1000.
    lightness : int
        Coordinate closest to lightness, 0 to 2.

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
    _require(FramePixels(points, weights, shown), before, steadiness, lightness)
    change = points[..., :3].astype(np.float64) - before[..., :3]
    moved = _squared_lengths(change)
    is_opaque = (points[..., 3] > 0) & (before[..., 3] > 0) & (shown[..., 3] > 0)
    slow = is_opaque & (moved <= _MOVING * _MOVING)
    share = steadiness / (1 + moved / (_STILL * _STILL))
    steady_points, steady_weights = points.copy(), weights.copy()
    means = _mean(points[..., :3], shown[..., :3] + change, share[..., None])
    steady_points[slow, :3] = np.where(moved[..., None] == 0, shown[..., :3], means)[slow]
    fast = is_opaque & (moved > _FAST * _FAST) & (np.abs(change[..., lightness]) <= _FAST)
    steady_points[fast, lightness] = _steady_lightness(points, shown, change, lightness)[fast]
    steady_weights[slow] = np.minimum(np.rint(weights * (1 + share)), _MOST_WEIGHT)[slow]
    return steady_points, steady_weights


def _steady_lightness(
    points: NDArray[np.int16], shown: NDArray[np.int16], change: NDArray[np.float64], lightness: int
) -> NDArray[np.float64]:
    changed = change[..., lightness]
    share = _LIGHTNESS_STEADINESS / (1 + changed * changed / (_LIGHTNESS_STILL * _LIGHTNESS_STILL))
    return _mean(points[..., lightness], shown[..., lightness] + changed, share)


def _mean(
    points: NDArray[np.int16], follows: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the rounded mean of coordinates and what they follow, which has a share."""
    mean: NDArray[np.float64] = np.rint((points + share * follows) / (1 + share))
    return mean


def _squared_lengths(change: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second, third = (change[..., c] for c in range(3))
    lengths: NDArray[np.float64] = first * first + second * second + third * third
    return lengths


def _require(pixels: FramePixels, before: NDArray[np.int16], steadiness: float, lightness: int) -> None:
    height, width, d = pixels.points.shape
    if d != 4:
        raise ValueError(f"points have {d} coordinates; they must have 4")
    if not 0 <= steadiness <= _MOST_STEADINESS:
        raise ValueError(f"steadiness is {float(steadiness)}; it must be 0 to 1000")
    if not 0 <= lightness < 3:
        raise ValueError(f"lightness is {lightness}; colours have coordinates 0 to 2")
    require_map(pixels.weights, "weights", (height, width))
    for name, points in (("before", before), ("shown", pixels.shown)):
        if points.shape != pixels.points.shape:
            raise ValueError(f"{name} has another shape than points; they must agree")
    require_near(pixels.points, "points")
    require_near(before, "before")
    require_near(pixels.shown, "shown")
