"""Pixels to palette entries that look best for their bytes: errors diffused, copies where they are cheap."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette, Pixels
from kalette.color import Space, sixteenths_from_srgb
from kalette.settings import Settings

_BAND = 256  # rows that are mapped together, by one thread
_RUN_UP = 16  # rows before them that are mapped with them, and thrown away, so that no border shows
_FADES_BELOW = 0.75  # strength up to which nothing is left of an error after the run-up
_LIVELY = 200  # sixteenths: activity from which on an error weighs no less
_HEAVIEST = 50  # times as much as there an error weighs where nothing stirs
_UNIT = 16  # a weight of one
_LIGHTNESS = {"srgb": 1, "oklab": 0}  # the coordinate that tells most of it


@dataclass(frozen=True, slots=True)
class Weighing:
    """How to weigh the look against the bytes.

    Parameters
    ----------
    space : {"srgb", "oklab"}
        Where colours are compared.
    strength : float
        Share of an error that goes on to the pixels around, 0 to 1.
    bit_price : float
        Squared error of a pixel in lively surroundings, in byte steps, that one bit is worth; 0 gives each
        pixel its nearest entry.
    depth : int
        Places, beside the near ones, that are tried for a copy.
    """

    space: Space
    strength: float
    bit_price: float = 0.0
    depth: int = 0


_GENTLE = 0.65  # strength where nothing was asked for: full strength shows more than it hides at many colours
_RATES = {"fast": 0.0, "balanced": 0.55, "best": 0.55}
_DEPTHS = {"fast": 0, "balanced": 4, "best": 32}
_LARGE = 4_000_000  # pixels from which on balanced looks at fewer places
_DEAREST = 8.0  # times the mean loss that a bit is worth at a rate of 1
_MOST_LOSS = 400.0  # where the palette serves a picture badly, bits get no dearer


def weighing_for(wanted: Settings, mean_loss: float, pixel_count: int) -> Weighing:
    """Return how settings ask for pixels to be mapped.

    Parameters
    ----------
    wanted : Settings
        Of which space, dithering, rate and effort matter.
    mean_loss : float
        Of the palette, over all pixels: what an error costs is told by it.
    pixel_count : int
        Of the picture.

    Examples
    --------
    >>> weighing_for(Settings(dither="none", rate=0.5), 12.0, 400_000)
    Weighing(space='oklab', strength=0.0, bit_price=12.0, depth=4)
    """
    gently = wanted.effort != "fast" and not wanted.plain_lloyd
    strength = {"auto": _GENTLE if gently else 0.0, "none": 0.0, "diffusion": 1.0}[wanted.dither]
    if wanted.dither_strength is not None:
        strength = wanted.dither_strength
    rate = wanted.rate
    if rate is None:
        rate = 0.0 if wanted.plain_lloyd else _RATES[wanted.effort]
    bit_price = _DEAREST * rate * rate * rate * min(mean_loss, _MOST_LOSS)
    large = wanted.effort == "balanced" and pixel_count > _LARGE
    return Weighing(wanted.working_space, strength, bit_price, 0 if large else _DEPTHS[wanted.effort])


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

    def map_band(band: tuple[int, int, int]) -> None:
        first, begin, end = band
        mapped = _mapped(pixels[first:end], entries, weighing)
        indices[begin:end] = mapped[begin - first :]

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(map_band, _bands(len(pixels), weighing.strength)):
            pass
    return indices


def _bands(height: int, strength: float) -> Iterator[tuple[int, int, int]]:
    """Yield where each band's run-up, itself and what follows begin; all is one where errors do not fade."""
    if strength > _FADES_BELOW:
        yield 0, 0, height
        return
    for begin in range(0, height, _BAND):
        yield max(begin - _RUN_UP, 0), begin, min(begin + _BAND, height)


def _mapped(pixels: Pixels, entries: NDArray[np.int16], weighing: Weighing) -> Indices:
    points = sixteenths_from_srgb(pixels, weighing.space)
    strengths = np.full(pixels.shape[:2], round(weighing.strength * 255), np.uint8)
    price = round(weighing.bit_price * 256)  # of a sixteenth of a bit, in squared sixteenths times 16
    weights = _weights(points, weighing.space) if price else np.full(pixels.shape[:2], _UNIT, np.uint16)
    return kernels.map_weighed(points, weights, strengths, entries, price, weighing.depth)


def _weights(points: NDArray[np.int16], space: Space) -> NDArray[np.uint16]:
    weight_of = np.clip(_UNIT * _LIVELY // np.maximum(np.arange(1 << 13), 1), _UNIT, _UNIT * _HEAVIEST)
    weights: NDArray[np.uint16] = weight_of.astype(np.uint16)[kernels.activity(points, _LIGHTNESS[space])]
    return weights
