"""Rate-distortion optimised error diffusion: squared error is traded against the bits of the file."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import Space
from kalette.mapping.activity_masking import WEIGHT_UNIT, strength_by_activity, weight_by_activity
from kalette.mapping.entries import entries_of
from kalette.mapping.perceptual import Band, PerceptualPixels
from kalette.types import ONE_THREAD, Indices, Palette, Run

_MOST_BAND_ROWS = 256  # a band is one thread's unit of work
_RUN_UP_ROWS = 16  # mapped before a band and discarded, to hide band borders
_FADING_STRENGTH = 0.75  # up to which errors fade within the run-up
_MULTIPLIER_SCALE = 256  # unit conversion: squared byte steps per bit to the kernel's fixed point


@dataclass(frozen=True, slots=True)
class RateDistortion:
    """Parameters of the rate-distortion optimisation.

    Parameters
    ----------
    space : {"srgb", "oklab"}
        The working space.
    strength : float
        Diffusion strength in textured areas: the diffused share of an error, 0 to 1.
    multiplier : float
        Lagrange multiplier: squared error per bit, in squared byte steps, for a pixel in a textured area; 0
        minimizes the error alone.
    match_depth : int
        Number of earlier positions tried as sources of LZ77 matches, besides near ones; 0: near ones only.
    flat_strength : float or None
        Diffusion strength in flat areas; None: the same as `strength`.
    deep_share : float
        Share of the bands that use `match_depth`, 0 to 1; the others try near matches only.
    """

    space: Space
    strength: float
    multiplier: float = 0.0
    match_depth: int = 0
    flat_strength: float | None = None
    deep_share: float = 1.0

    @property
    def is_uniform(self) -> bool:
        """Whether activity masking has no effect."""
        return self.multiplier == 0 and self.flat_strength is None


def map_rate_distortion(
    image: PerceptualPixels, palette: Palette, parameters: RateDistortion, *, run: Run = ONE_THREAD
) -> Indices:
    """Map pixels by rate-distortion optimised Floyd-Steinberg error diffusion.

    Texture lowers the weight of an error. Clear pixels stay clear, opaque ones opaque.

    Parameters
    ----------
    image : PerceptualPixels
        In the working space of the parameters.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    parameters : RateDistortion
        Strengths and multiplier.
    run : Run
        Threads.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> grey = PerceptualPixels(np.full((2, 2, 3), 128, np.uint8), "srgb")
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> map_rate_distortion(grey, black_white, RateDistortion("srgb", 1.0)).tolist()
    [[1, 0], [0, 1]]
    """
    entries = entries_of(palette, parameters.space)
    indices = np.empty(image.pixels.shape[:2], np.uint8)
    bands = list(_bands(len(indices), parameters.strength))
    spare_threads = 1 if len(bands) > 1 else run.threads

    def map_band(number: int) -> None:
        first, begin, end = bands[number]
        run.require_wanted()
        band = image.band(first, end, threads=spare_threads)
        weights, strengths = _weights_and_strengths(band, parameters)
        if image.pixels.shape[2] == 4:
            _stop_at_hidden(strengths, image.pixels[first:end])
        multiplier = round(parameters.multiplier * _MULTIPLIER_SCALE)
        depth = _match_depth(number, parameters)
        mapped = kernels.map_rate_distortion(
            band.points, weights, strengths, entries.points, multiplier, depth
        )
        indices[begin:end] = entries.indices[mapped[begin - first :]]

    with ThreadPoolExecutor(run.threads) as pool:
        for _ in pool.map(map_band, range(len(bands))):
            pass
    return indices


def _bands(height: int, strength: float) -> Iterator[tuple[int, int, int]]:
    """Yield for each band the first row of its run-up, its first row and its end.

    There is one band where errors do not fade, or for few rows; else an even number of about the same height,
    so that two threads have equal shares.
    """
    whole = height <= _MOST_BAND_ROWS or strength > _FADING_STRENGTH
    count = 1 if whole else 2 * -(-height // (2 * _MOST_BAND_ROWS))
    begins = [height * number // count for number in range(count + 1)]
    for begin, end in pairwise(begins):
        yield max(begin - _RUN_UP_ROWS, 0), begin, end


def _match_depth(band_number: int, parameters: RateDistortion) -> int:
    """Return the match depth of a band, so that bands with and without far matches take turns evenly."""
    share = parameters.deep_share
    return parameters.match_depth if int((band_number + 1) * share) > int(band_number * share) else 0


def _weights_and_strengths(
    band: Band, parameters: RateDistortion
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Return the weight and the diffusion strength of the error at each pixel."""
    textured, flat = parameters.strength, parameters.flat_strength
    if parameters.is_uniform:
        shape = band.points.shape[:2]
        return np.full(shape, WEIGHT_UNIT, np.uint16), np.full(shape, round(textured * 255), np.uint8)
    strengths = strength_by_activity(textured if flat is None else flat, textured)
    return weight_by_activity().take(band.activity), strengths.take(band.activity)  # in half the time of []


def _stop_at_hidden(strengths: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> None:
    """Set the strength of hidden colours to 0, since their error is invisible."""
    strengths[(pixels[..., 3] == 0) & pixels[..., :3].any(axis=2)] = 0
