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
    space : {"srgb", "oklab"}
        The working space.
    multiplier : float
        Lagrange multiplier: squared error per bit, in squared byte steps, for a pixel in a textured area.
    strength : float
        Diffusion strength, 0 to 1.
    """

    space: Space
    multiplier: float
    strength: float


def code_frame(step: FrameStep, palette: Palette, parameters: Moving) -> Coded:
    """Map a frame by rate-distortion optimised LZW.

    Errors are measured against what the screen shows, so they do not add up from frame to frame.

    Parameters
    ----------
    step : FrameStep
        The frame.
    palette : ndarray
        (k, 3) uint8, k at most 255.
    parameters : Moving
        Space, multiplier and strength.

    Examples
    --------
    >>> clear, grey = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (99, 99, 99, 255), np.uint8)
    >>> step, two = FrameStep(clear, grey, clear), np.array([[0] * 3, [100] * 3], np.uint8)
    >>> code_frame(step, two, Moving("srgb", 1.0, 0.5)).indices.tolist()
    [[1, 1, 1, 1]]
    """
    shown = _points(step.shown, parameters.space)
    points, weights = _steadied(step, shown, parameters.space)
    indices, data = kernels.map_lzw(
        points,
        weights,
        shown,
        sixteenths_from_srgb(palette, parameters.space),
        max(round(parameters.multiplier * _MULTIPLIER_SCALE), 1),  # at 0 a longer string would save nothing
        round(parameters.strength * 255),
    )
    return Coded(indices, data.tobytes())


def map_frame(step: FrameStep, palette: Palette, parameters: Moving) -> Indices:
    """Map a frame by error diffusion optimised for deflate, and keep what changes too little.

    Parameters
    ----------
    step : FrameStep
        The frame.
    palette : ndarray
        (k, 3) uint8, k at most 255.
    parameters : Moving
        Space, multiplier and strength.

    Returns
    -------
    ndarray
        (H, W) uint8; k keeps what is shown.

    Examples
    --------
    >>> clear, grey = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (99, 99, 99, 255), np.uint8)
    >>> step, two = FrameStep(clear, grey, clear), np.array([[0] * 3, [100] * 3], np.uint8)
    >>> map_frame(step, two, Moving("srgb", 1.0, 0.5)).tolist()
    [[1, 1, 1, 1]]
    """
    shown = _points(step.shown, parameters.space)
    points, weights = _steadied(step, shown, parameters.space)
    multiplier = round(parameters.multiplier * _MULTIPLIER_SCALE)
    kept = _is_kept(points, weights, shown, 16 * multiplier * _DEFLATED_BITS) | (step.now[..., 3] == 0)
    points[kept] = (0, 0, 0, -_CLEAR_ALPHA)
    entries = np.zeros((len(palette) + 1, 4), np.int16)
    entries[:-1, :3], entries[:-1, 3] = sixteenths_from_srgb(palette, parameters.space), _CLEAR_ALPHA
    entries[-1, 3] = -_CLEAR_ALPHA
    strengths = np.full(weights.shape, round(parameters.strength * 255), np.uint8)
    return kernels.map_rate_distortion(points, weights, strengths, entries, multiplier, _MATCH_DEPTH)


_CLEAR_ALPHA = 16384  # of a clear point, negative; of an opaque one
_MATCH_DEPTH = 16


def _is_kept(
    points: NDArray[np.int16], weights: NDArray[np.uint16], shown: NDArray[np.int16], most: int
) -> NDArray[np.bool_]:
    error = ((points[..., :3].astype(np.int64) - shown[..., :3]) ** 2).sum(axis=2) * weights
    kept: NDArray[np.bool_] = (shown[..., 3] > 0) & (error <= most)
    return kept


def _points(pixels: Pixels, space: Space = "srgb") -> NDArray[np.int16]:
    """Return points with an alpha that is above 0 where pixels are opaque, below where they are clear."""
    points = np.empty(pixels.shape, np.int16)
    points[..., :3] = sixteenths_from_srgb(np.ascontiguousarray(pixels[..., :3]), space)
    points[..., 3] = np.where(pixels[..., 3] == 0, -_CLEAR_ALPHA, _CLEAR_ALPHA)
    return points


def _steadied(
    step: FrameStep, shown: NDArray[np.int16], space: Space
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Return points and weights that minimise errors in space and in time together.

    The squared error of a pixel, and that of its change from what is shown, are one squared error from a
    weighted mean of both aims, up to a constant.
    """
    image = PerceptualPixels(np.ascontiguousarray(step.now[..., :3]), space)
    band = image.band(0, len(step.now))
    weights = weight_by_activity()[band.activity].astype(np.float64)
    points = _points(step.now, space)
    change = points[..., :3].astype(np.float64) - _points(step.before, space)[..., :3]
    moved = (change * change).sum(axis=2)
    opaque = (step.before[..., 3] > 0) & (step.now[..., 3] > 0) & (shown[..., 3] > 0)
    share = np.where(opaque & (moved <= _MOVING * _MOVING), _STEADINESS / (1 + moved / (_STILL * _STILL)), 0)
    steady = (points[..., :3] + share[..., None] * (shown[..., :3] + change)) / (1 + share[..., None])
    points[..., :3] = np.where(share[..., None] > 0, np.rint(steady), points[..., :3])
    # Where nothing changes at all, what is shown stays.
    points[..., :3] = np.where((opaque & (moved == 0))[..., None], shown[..., :3], points[..., :3])
    return points, np.minimum(np.rint(weights * (1 + share)), _MOST_WEIGHT).astype(np.uint16)
