"""Pixels to palette entries that look best for their bytes: errors diffused, copies where they are cheap."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette, Pixels
from kalette.color import LIGHTNESS, Space, sixteenths_from_srgb
from kalette.settings import Settings

_BAND = 256  # rows that are mapped together, by one thread
_RUN_UP = 16  # rows before them that are mapped with them, and thrown away, so that no border shows
_FADES_BELOW = 0.75  # strength up to which nothing is left of an error after the run-up
_CALM, _LIVELY = 10, 200  # sixteenths: activity up to which nothing stirs, and from which on much does
_HEAVIEST = 50  # times as much as where much stirs an error weighs where nothing does
_UNIT = 16  # a weight of one
_ACTIVITIES = np.arange(1 << 13)  # all that there are, in sixteenths


@dataclass(frozen=True, slots=True)
class Weighing:
    """How to weigh the look against the bytes.

    Parameters
    ----------
    space : {"srgb", "oklab"}
        Where colours are compared.
    strength : float
        Share of an error that goes on to the pixels around, 0 to 1, in lively surroundings.
    bit_price : float
        Squared error of a pixel in lively surroundings, in byte steps, that one bit is worth; 0 gives each
        pixel its nearest entry.
    depth : int
        Places, beside the near ones, that are tried for a copy; 0 follows runs from near ones alone.
    calm_strength : float or None
        The share where nothing stirs; None takes one and the same everywhere.
    """

    space: Space
    strength: float
    bit_price: float = 0.0
    depth: int = 0
    calm_strength: float | None = None


# Strengths where nothing was asked for: full strength shows more than it hides at many colours, and a pattern
# shows most where nothing else does. Against 0.65 everywhere that takes 1.2 % off the bytes at equal
# SSIMULACRA2 (Kodak 3, 5, 13, 15, 19, 23 at k = 256); the other way round, from 0.8 where it is calm down to
# 0.4, adds 6.7 %.
_GENTLE, _GENTLE_WHERE_CALM = 0.75, 0.55
_GENTLE_WHERE_SMALL, _SMALL = (
    0.5,
    1 << 15,
)  # an icon of so few pixels is all edges, and has no room for a pattern
_RATES = {"fast": 0.0, "balanced": 0.55, "best": 0.55}
_DEPTHS = {"fast": 0, "balanced": 4, "best": 32}
# Pixels from which on balanced follows runs from near places alone: on a photograph of 16 megapixels 60 ns a
# pixel in place of 500 at a depth of 4, which takes 6.5 % off the bytes at equal SSIMULACRA2.
_LARGE = 4_000_000
# What a bit is worth at a rate of 1, in squared byte steps, where loss and weight are one. It grows more
# slowly than the loss, for what is hard to serve is busy, and with the share of what is calm. Fitted on the
# rates at which the Kodak pictures score as those of pngquant do.
_DEAREST = 8.65
_LEAST_LOSS = 0.04  # where the palette serves all but exactly, bits get no cheaper: nobody sees so little
_MOST_LOSS = 100.0  # where the palette serves a picture badly, bits get no dearer
_CALM_ENOUGH = 25  # sixteenths: below, weights count alike in that
_SAMPLE_ROWS = 64  # that are looked at together for the mean weight
_SAMPLE_PIXELS = 1 << 20  # about, of a large picture


def weighing_for(wanted: Settings, mean_loss: float, pixels: Pixels, dithering: float = 1.0) -> Weighing:
    """Return how settings ask for pixels to be mapped.

    Parameters
    ----------
    wanted : Settings
        Of which space, dithering, rate and effort matter.
    mean_loss : float
        Of the palette, over all pixels: what an error costs is told by it.
    pixels : ndarray
        (H, W, 3 or 4) uint8: the picture.
    dithering : float
        What is left of the strengths, 0 to 1.

    Examples
    --------
    >>> weighing_for(Settings(dither="none", rate=0.0), 12.0, np.zeros((4, 4, 3), np.uint8))
    Weighing(space='oklab', strength=0.0, bit_price=0.0, depth=4, calm_strength=None)
    """
    pixel_count = pixels[..., 0].size
    strength, calm_strength = _strengths(wanted, pixel_count)
    bit_price = _bit_price(rate_of(wanted), mean_loss, pixels, wanted.working_space)
    large = wanted.effort == "balanced" and pixel_count > _LARGE
    depth = 0 if large else _DEPTHS[wanted.effort]
    if calm_strength is not None:
        calm_strength *= dithering
    return Weighing(wanted.working_space, strength * dithering, bit_price, depth, calm_strength)


def _bit_price(rate: float, mean_loss: float, pixels: Pixels, space: Space) -> float:
    if rate == 0 or mean_loss == 0:
        return 0.0
    loss = min(max(mean_loss, _LEAST_LOSS), _MOST_LOSS)
    return _DEAREST * rate * rate * rate * sqrt(loss * _mean_weight(pixels, space) * sqrt(loss))


def _mean_weight(pixels: Pixels, space: Space) -> float:
    """Return what an error weighs in the mean where something is seen, in bands from all over the picture."""
    height, width = pixels.shape[:2]
    bands = max(1, _SAMPLE_PIXELS // (_SAMPLE_ROWS * width))
    step = max(_SAMPLE_ROWS, height // bands)
    counts = np.zeros(len(_ACTIVITIES), np.int64)
    for top in range(0, height, step):
        band = pixels[top : top + _SAMPLE_ROWS]
        activity = kernels.activity(sixteenths_from_srgb(band, space), LIGHTNESS[space])
        seen = activity.ravel() if band.shape[2] == 3 else activity[band[..., 3] > 0]
        counts += np.bincount(seen, minlength=len(counts))
    weights = _weights()[np.maximum(_ACTIVITIES, _CALM_ENOUGH)]
    return int(counts @ weights) / (max(int(counts.sum()), 1) * _UNIT)


def _strengths(wanted: Settings, pixel_count: int) -> tuple[float, float | None]:
    """Return the share of an error that goes on where it is lively, and where it is calm if that differs."""
    if wanted.dither_strength is not None:
        return wanted.dither_strength, None
    gently = wanted.effort != "fast" and not wanted.plain_lloyd and not wanted.has_floor
    if wanted.dither == "auto" and gently:
        small = pixel_count <= _SMALL
        return (_GENTLE_WHERE_SMALL, None) if small else (_GENTLE, _GENTLE_WHERE_CALM)
    return (1.0 if wanted.dither == "diffusion" else 0.0), None


def rate_of(wanted: Settings) -> float:
    """Return the rate that was asked for, or that of the effort; 0 where nothing is left to choose.

    Examples
    --------
    >>> rate_of(Settings(rate=0.3)), rate_of(Settings(effort="fast"))
    (0.3, 0.0)
    """
    if wanted.rate is not None:
        return wanted.rate
    if wanted.plain_lloyd or wanted.masked:
        return 0.0
    return _RATES[wanted.effort]


def map_weighed(pixels: Pixels, palette: Palette, weighing: Weighing, *, threads: int = 1) -> Indices:
    """Return palette entries with error diffusion after Floyd and Steinberg, errors weighed against bits.

    An error weighs the less the livelier its surroundings are. Clear pixels stay clear, opaque ones opaque.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    weighing : Weighing
        How.
    threads : int
        At least 1; the result is the same for any number.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> grey = np.full((2, 2, 3), 128, np.uint8)
    >>> map_weighed(grey, np.array([[0] * 3, [255] * 3], np.uint8), Weighing("srgb", 1.0)).tolist()
    [[1, 0], [0, 1]]
    """
    entries = sixteenths_from_srgb(palette, weighing.space)
    indices = np.empty(pixels.shape[:2], np.uint8)
    bands = list(_bands(len(pixels), weighing.strength))
    idle = 1 if len(bands) > 1 else threads

    def map_band(band: tuple[int, int, int]) -> None:
        first, begin, end = band
        mapped = _mapped(pixels[first:end], entries, weighing, idle)
        indices[begin:end] = mapped[begin - first :]

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(map_band, bands):
            pass
    return indices


def _bands(height: int, strength: float) -> Iterator[tuple[int, int, int]]:
    """Yield where each band's run-up, itself and what follows begin; all is one where errors do not fade."""
    if strength > _FADES_BELOW:
        yield 0, 0, height
        return
    for begin in range(0, height, _BAND):
        yield max(begin - _RUN_UP, 0), begin, min(begin + _BAND, height)


def _mapped(pixels: Pixels, entries: NDArray[np.int16], weighing: Weighing, threads: int) -> Indices:
    points = sixteenths_from_srgb(pixels, weighing.space, threads=threads)
    price = round(weighing.bit_price * 256)  # of a sixteenth of a bit, in squared sixteenths times 16
    weights, strengths = _maps(points, weighing)
    if pixels.shape[2] == 4:
        hidden = (pixels[..., 3] == 0) & pixels[..., :3].any(axis=2)
        strengths[hidden] = 0  # errors that nobody sees stay there
    return kernels.map_rate_distortion(points, weights, strengths, entries, price, weighing.depth)


def _maps(points: NDArray[np.int16], weighing: Weighing) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Return what an error of each pixel weighs, and how much of it goes on."""
    if weighing.bit_price == 0 and weighing.calm_strength is None:  # then all pixels are alike
        shape = points.shape[:2]
        return np.full(shape, _UNIT, np.uint16), np.full(shape, round(weighing.strength * 255), np.uint8)
    activity = kernels.activity(points, LIGHTNESS[weighing.space])
    return _weights()[activity], _strengths_by_activity(weighing)[activity]


def _weights() -> NDArray[np.uint16]:
    """Return what an error weighs for each activity."""
    weights: NDArray[np.int64] = _UNIT * _LIVELY // np.maximum(_ACTIVITIES, 1)
    return weights.clip(_UNIT, _UNIT * _HEAVIEST).astype(np.uint16)


def _strengths_by_activity(weighing: Weighing) -> NDArray[np.uint8]:
    """Return how much of an error goes on for each activity, in 255ths."""
    calm = weighing.strength if weighing.calm_strength is None else weighing.calm_strength
    liveliness = np.clip((_ACTIVITIES - _CALM) / (_LIVELY - _CALM), 0, 1)
    return np.rint((calm + (weighing.strength - calm) * liveliness) * 255).astype(np.uint8)
