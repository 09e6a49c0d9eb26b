"""Mapping the frames of an animation: a pixel keeps what it shows, unless its source changes visibly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import Space, sixteenths_from_srgb
from kalette.mapping.activity_masking import weight_by_activity
from kalette.mapping.frame_step import Coded, FrameStep
from kalette.mapping.perceptual import PerceptualPixels
from kalette.types import Indices, Palette, Pixels

_MOST_WEIGHT = 65535
_MULTIPLIER_SCALE = 256  # squared byte steps per bit to the kernel's fixed point
# Weight of an error in time relative to one in space, where the source stands still: 2 halves the flicker for
# 1 point of SSIMULACRA2, 6 takes a further fifth off it for 2 more.
_STEADINESS = 2.0
_STILL = 16.0  # change of the source at which that weight is halved, in sixteenths of a byte step
_MOVING = 3 * _STILL  # change from which the source is taken to move
# Bits that a pixel costs in a deflated frame, where it does not keep what it shows.
_DEFLATED_BITS = 4


class Moving(NamedTuple):
    """Parameters of the mapping of frames.

    Parameters
    ----------
    multiplier : float
        Lagrange multiplier: squared error per bit, in squared byte steps, for a pixel in a textured area.
    strength : float
        Diffusion strength, 0 to 1.
    """

    multiplier: float
    strength: float


def code_frame(step: FrameStep, image: PerceptualPixels, palette: Palette, parameters: Moving) -> Coded:
    """Map a frame by rate-distortion optimised LZW.

    Errors are measured against what the screen shows, so they do not add up from frame to frame.

    Parameters
    ----------
    step : FrameStep
        The frame.
    image : PerceptualPixels
        Its RGB pixels in the working space.
    palette : ndarray
        (k, 3) uint8, k at most 255.
    parameters : Moving
        Multiplier and strength.

    Examples
    --------
    >>> clear, grey = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (99, 99, 99, 255), np.uint8)
    >>> step, two = FrameStep(clear, grey, clear), np.array([[0] * 3, [100] * 3], np.uint8)
    >>> image = PerceptualPixels(grey[..., :3].copy(), "srgb")
    >>> code_frame(step, image, two, Moving(1.0, 0.5)).indices.tolist()
    [[1, 1, 1, 1]]
    """
    shown = _points(step.shown, image.space)
    points, weights = _steadied(step, image, shown)
    indices, data = kernels.map_lzw(
        points,
        weights,
        shown,
        sixteenths_from_srgb(palette, image.space),
        max(round(parameters.multiplier * _MULTIPLIER_SCALE), 1),  # at 0 a longer string would save nothing
        round(parameters.strength * 255),
    )
    return Coded(indices, len(palette), data.tobytes())


def map_frame(step: FrameStep, image: PerceptualPixels, palette: Palette, parameters: Moving) -> Indices:
    """Map a frame by error diffusion optimised for deflate, and keep what changes too little.

    Parameters
    ----------
    step : FrameStep
        The frame.
    image : PerceptualPixels
        Its RGB pixels in the working space.
    palette : ndarray
        (k, 3) uint8, k at most 255.
    parameters : Moving
        Multiplier and strength.

    Returns
    -------
    ndarray
        (H, W) uint8; k keeps what is shown.

    Examples
    --------
    >>> clear, grey = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (99, 99, 99, 255), np.uint8)
    >>> step, two = FrameStep(clear, grey, clear), np.array([[0] * 3, [100] * 3], np.uint8)
    >>> image = PerceptualPixels(grey[..., :3].copy(), "srgb")
    >>> map_frame(step, image, two, Moving(1.0, 0.5)).tolist()
    [[1, 1, 1, 1]]
    """
    shown = _points(step.shown, image.space)
    points, weights = _steadied(step, image, shown)
    multiplier = round(parameters.multiplier * _MULTIPLIER_SCALE)
    kept = _is_kept(points, weights, shown, 16 * multiplier * _DEFLATED_BITS) | (step.now[..., 3] == 0)
    points[kept] = (0, 0, 0, -_CLEAR_ALPHA)
    entries = np.zeros((len(palette) + 1, 4), np.int16)
    entries[:-1, :3], entries[:-1, 3] = sixteenths_from_srgb(palette, image.space), _CLEAR_ALPHA
    entries[-1, 3] = -_CLEAR_ALPHA
    strengths = np.full(weights.shape, round(parameters.strength * 255), np.uint8)
    return kernels.map_rate_distortion(points, weights, strengths, entries, multiplier, _MATCH_DEPTH)


_CLEAR_ALPHA = 16384  # of a clear point, negative; of an opaque one
_MATCH_DEPTH = 16


def _is_kept(
    points: NDArray[np.int16], weights: NDArray[np.uint16], shown: NDArray[np.int16], most: int
) -> NDArray[np.bool_]:
    error = _squared(points - shown) * weights.astype(np.int64)
    kept: NDArray[np.bool_] = (shown[..., 3] > 0) & (error <= most)
    return kept


def _points(pixels: Pixels, space: Space) -> NDArray[np.int16]:
    """Return points with an alpha that is above 0 where pixels are opaque, below where they are clear."""
    return _with_alpha(sixteenths_from_srgb(np.ascontiguousarray(pixels[..., :3]), space), pixels)


def _with_alpha(colors: NDArray[np.int16], pixels: Pixels) -> NDArray[np.int16]:
    points = np.empty(pixels.shape, np.int16)
    points[..., :3] = colors
    points[..., 3] = np.where(pixels[..., 3] == 0, -_CLEAR_ALPHA, _CLEAR_ALPHA)
    return points


def _steadied(
    step: FrameStep, image: PerceptualPixels, shown: NDArray[np.int16]
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Return points and weights that minimise errors in space and in time together.

    The squared error of a pixel, and that of its change from what is shown, are one squared error from a
    weighted mean of both aims, up to a constant.
    """
    band = image.band(0, len(step.now))
    points, weights = _with_alpha(band.points, step.now), weight_by_activity()[band.activity]
    change = points - _points(step.before, image.space)
    moved = _squared(change)
    opaque = (step.before[..., 3] > 0) & (step.now[..., 3] > 0) & (shown[..., 3] > 0)
    slow = np.flatnonzero(opaque & (moved <= _MOVING * _MOVING))
    moved = moved.ravel()[slow]
    share = _STEADINESS / (1 + moved / (_STILL * _STILL))
    here, kept, by = (each.reshape(-1, 4)[slow] for each in (points, shown, change))
    steady = np.rint((here + share[:, None] * (kept + by)) / (1 + share[:, None]))
    # Where nothing changes at all, what is shown stays.
    points.reshape(-1, 4)[slow] = np.where((moved == 0)[:, None], kept, steady)
    weights.ravel()[slow] = np.minimum(np.rint(weights.ravel()[slow] * (1 + share)), _MOST_WEIGHT)
    return points, weights


def _squared(points: NDArray[np.int16]) -> NDArray[np.int32]:
    """Return the squared lengths of the colours of differences, of which each is less than 2^14."""
    total = np.zeros(points.shape[:2], np.int32)
    for channel in range(3):
        wide = points[..., channel].astype(np.int32)
        total += wide * wide
    return total
