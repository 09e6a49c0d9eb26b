"""Mapping the frames of an animation: a pixel keeps what it shows, unless its source changes visibly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import LIGHTNESS, Space, copy_channels, sixteenths_from_srgb, without_alpha
from kalette.mapping.activity_masking import weight_by_activity
from kalette.mapping.frame_step import Coded, FrameStep
from kalette.mapping.perceptual import PerceptualPixels
from kalette.types import Indices, Palette, Pixels

# Squared byte steps per bit to the kernel's fixed point: with 256 and no stretch, files are as large.
_MULTIPLIER_SCALE = 384
# Errors of lightness show more than those of chroma. Stretched by 1.25 to 1.5, two films take 2 to 9 % fewer
# bytes at equal SSIMULACRA2, a fade and a gradient 17 to 33 %; a noisy film takes 0 to 2 % more.
_LIGHTNESS_STRETCH = np.float32(1.375)
_NOISE_ROWS = 4  # rows of which one is taken to tell noise
_SLOW = 64  # most change of stretched lightness that may be noise
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
    steadiness : float
        Weight of an error in time relative to one in space, where the source stands still.
    """

    multiplier: float
    strength: float
    steadiness: float = 2.0


class Aims(NamedTuple):
    """What the pixels of a frame are to look like, whatever is shown before it.

    Parameters
    ----------
    space : {"srgb", "oklab"}
        The working space.
    points, before : ndarray
        (H, W, 4) int16: the source now and before, in the working space, with an alpha above 0 where opaque,
        below where clear.
    weights : ndarray
        (H, W) uint16: of squared errors.
    """

    space: Space
    points: NDArray[np.int16]
    before: NDArray[np.int16]
    weights: NDArray[np.uint16]


def aims_of(before: NDArray[np.int16], now: Pixels, image: PerceptualPixels) -> Aims:
    """Return what the pixels of a frame are to look like.

    Parameters
    ----------
    before : ndarray
        (H, W, 4) int16: `points_of` the source as shown before.
    now : ndarray
        (H, W, 4) uint8: the frame, with alpha 0 and 255 only.
    image : PerceptualPixels
        The frame's RGB pixels in the working space.
    """
    band = image.band(0, len(now))
    return Aims(
        image.space, _with_alpha(band.points, image.space, now), before, weight_by_activity()[band.activity]
    )


def points_of(pixels: Pixels, space: Space) -> NDArray[np.int16]:
    """Return pixels in a working space whose lightness is stretched.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 4) uint8, with alpha 0 and 255 only.
    space : {"srgb", "oklab"}
        The working space.

    Returns
    -------
    ndarray
        (H, W, 4) int16: with an alpha above 0 where opaque, below where clear.

    Examples
    --------
    >>> points_of(np.array([[[1, 0, 2, 255], [0, 0, 0, 0]]], np.uint8), "srgb").tolist()
    [[[16, 0, 32, 16384], [0, 0, 0, -16384]]]
    """
    return _with_alpha(sixteenths_from_srgb(without_alpha(pixels), space), space, pixels)


def code_frame(
    step: FrameStep, aims: Aims, palette: Palette, parameters: Moving, *, threads: int = 1
) -> Coded:
    """Map a frame by rate-distortion optimised LZW.

    Errors are measured against what the screen shows, so they do not add up from frame to frame.

    Parameters
    ----------
    step : FrameStep
        The frame.
    aims : Aims
        What its pixels are to look like.
    palette : ndarray
        (k, 3) uint8, k at most 255.
    parameters : Moving
        Multiplier and strength.
    threads : int
        At least 1.

    Examples
    --------
    >>> clear, grey = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (99, 99, 99, 255), np.uint8)
    >>> step, two = FrameStep(grey, clear), np.array([[0] * 3, [100] * 3], np.uint8)
    >>> aims = aims_of(points_of(clear, "srgb"), grey, PerceptualPixels(grey[..., :3].copy(), "srgb"))
    >>> code_frame(step, aims, two, Moving(1.0, 0.5)).indices.tolist()
    [[1, 1, 1, 1]]
    """
    shown = points_of(step.shown, aims.space)
    points, weights = _steady(aims, shown, parameters)
    multiplier = max(round(parameters.multiplier * _MULTIPLIER_SCALE), 1)  # at 0 longer strings save nothing
    indices, data = kernels.map_lzw(
        points,
        weights,
        shown,
        _stretched(sixteenths_from_srgb(palette, aims.space), aims.space),
        (multiplier, round(parameters.strength * 255)),
        threads,
    )
    return Coded(indices, len(palette), data.tobytes())


def map_frame(step: FrameStep, aims: Aims, palette: Palette, parameters: Moving) -> Indices:
    """Map a frame by error diffusion optimised for deflate, and keep what changes too little.

    Parameters
    ----------
    step : FrameStep
        The frame.
    aims : Aims
        What its pixels are to look like.
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
    >>> step, two = FrameStep(grey, clear), np.array([[0] * 3, [100] * 3], np.uint8)
    >>> aims = aims_of(points_of(clear, "srgb"), grey, PerceptualPixels(grey[..., :3].copy(), "srgb"))
    >>> map_frame(step, aims, two, Moving(1.0, 0.5)).tolist()
    [[1, 1, 1, 1]]
    """
    shown = points_of(step.shown, aims.space)
    points, weights = _steady(aims, shown, parameters)
    multiplier = round(parameters.multiplier * _MULTIPLIER_SCALE)
    kept = _is_kept(points, weights, shown, 16 * multiplier * _DEFLATED_BITS) | (step.now[..., 3] == 0)
    points[kept] = (0, 0, 0, -_CLEAR_ALPHA)
    entries = np.zeros((len(palette) + 1, 4), np.int16)
    entries[:-1, :3] = _stretched(sixteenths_from_srgb(palette, aims.space), aims.space)
    entries[:-1, 3] = _CLEAR_ALPHA
    entries[-1, 3] = -_CLEAR_ALPHA
    strengths = np.full(weights.shape, round(parameters.strength * 255), np.uint8)
    return kernels.map_rate_distortion(points, weights, strengths, entries, multiplier, _MATCH_DEPTH)


_CLEAR_ALPHA = np.int16(16384)  # of a clear point, negative; of an opaque one
_MATCH_DEPTH = 16


def _is_kept(
    points: NDArray[np.int16], weights: NDArray[np.uint16], shown: NDArray[np.int16], most: int
) -> NDArray[np.bool_]:
    error = _squared(points - shown) * weights.astype(np.int64)
    kept: NDArray[np.bool_] = (shown[..., 3] > 0) & (error <= most)
    return kept


def noise_share(aims: Aims) -> float:
    """Return the share of noise in slow changes of the source: 1 less the correlation of neighbours.

    Noise is to be kept from flickering; slow changes of whole areas are to be followed.

    Parameters
    ----------
    aims : Aims
        The source now and before; every fourth row is taken.

    Examples
    --------
    >>> now = np.full((1, 4, 4), (100, 100, 100, 9000), np.int16)
    >>> aims = Aims("srgb", now, now - np.int16(4), np.ones((1, 4), np.uint16))
    >>> noise_share(aims)
    0.0
    """
    now, before = (each[::_NOISE_ROWS].astype(np.int32) for each in (aims.points, aims.before))
    change = (now - before)[..., LIGHTNESS[aims.space]]
    is_slow = (now[..., 3] > 0) & (before[..., 3] > 0) & (np.abs(change) <= _SLOW)
    change = np.where(is_slow, change, 0)
    left, right = change[:, :-1], change[:, 1:]
    both = (left != 0) & (right != 0)
    energy = int((left * left + right * right)[both].sum())
    return min(max(1 - 2 * int((left * right).sum()) / energy, 0.0), 1.0) if energy else 0.0


def _steady(
    aims: Aims, shown: NDArray[np.int16], parameters: Moving
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    lightness = LIGHTNESS[aims.space]
    return kernels.steady(aims.points, aims.weights, aims.before, shown, parameters.steadiness, lightness)


def _stretched(points: NDArray[np.int16], space: Space) -> NDArray[np.int16]:
    """Stretch the lightness of points in place, and return them."""
    lightness = points[..., LIGHTNESS[space]]
    lightness[...] = np.rint(lightness * _LIGHTNESS_STRETCH)
    return points


def _with_alpha(colors: NDArray[np.int16], space: Space, pixels: Pixels) -> NDArray[np.int16]:
    points = np.empty(pixels.shape, np.int16)
    copy_channels(colors, points)
    _stretched(points, space)
    points[..., 3] = np.where(pixels[..., 3] == 0, -_CLEAR_ALPHA, _CLEAR_ALPHA)
    return points


def _squared(points: NDArray[np.int16]) -> NDArray[np.int32]:
    """Return the squared lengths of the colours of differences, of which each is less than 2^14."""
    total = np.zeros(points.shape[:-1], np.int32)
    for channel in range(3):
        wide = points[..., channel].astype(np.int32)
        total += wide * wide
    return total
