"""Feedback: colours whose errors show in the blurred picture weigh more in the next palette search."""

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import VISIBILITY_UNIT, Histogram, Visibility, sum_in_order
from kalette.compression.blurred_error import SquaredErrors, visible_error
from kalette.kernels import z_keys
from kalette.types import ColorBytes

_CUBE_SHIFTS = {3: 3, 4: 4}  # low bits of a channel that cubes of colours ignore, by channels
# A cube weighs more by half the mean of its errors, each relative to the visible error, and up to three times
# that. With double the step less is gained from 8 to 32 colours.
_STEP, _MOST_SQUARED = 0.5, np.float32(9)
_MOST_SHARE = (1 << 16) - 1

Factors = NDArray[np.float64]
"""(cubes,) float64: by how much the colours of each cube weigh more."""


class Feedback:
    """Factors of weights, which rise with the errors of a palette.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8: pixels whose errors will be known.
    colors : ndarray or None
        (N, 3 or 4) uint8: all colours in Z-order, each a cube of its own; None: cubes have sides of 8, with
        alpha 16.

    Examples
    --------
    >>> from kalette.clustering import count
    >>> pixels = np.array([[[9, 9, 9], [90, 90, 90]]], np.uint8)
    >>> feedback = Feedback(pixels[0])
    >>> raised = feedback.raised(feedback.equal_factors(), np.array([0, 40000], np.uint32))
    >>> feedback.visibility(raised, count(pixels)).shares.tolist()
    [49, 79]
    """

    def __init__(self, pixels: ColorBytes, colors: ColorBytes | None = None) -> None:
        """Find the cube of each pixel."""
        channels = pixels.shape[1]
        self._shift = np.uint32(channels * _CUBE_SHIFTS[channels])
        self._keys = None if colors is None else z_keys(colors)
        self._cubes = self._cubes_of(pixels)
        size = 1 << 8 * channels >> int(self._shift) if colors is None else len(colors)
        self._pixels = np.maximum(np.bincount(self._cubes, minlength=size), 1)

    def equal_factors(self) -> Factors:
        """Return factors of 1."""
        return np.ones(len(self._pixels))

    def raised(self, factors: Factors, squared: SquaredErrors) -> Factors:
        """Return the factors that follow from the errors of the pixels which those gave.

        Parameters
        ----------
        factors : ndarray
            (cubes,) float64.
        squared : ndarray
            (n,) uint32: squared errors of the pixels.
        """
        relative = squared.astype(np.float32) / np.float32(max(visible_error(squared), 1.0))
        errors = np.sqrt(np.minimum(relative, _MOST_SQUARED))
        return factors * (1 + _STEP * np.bincount(self._cubes, errors, len(factors)) / self._pixels)

    def visibility(
        self, factors: Factors, histogram: Histogram, usual: Visibility | None = None
    ) -> Visibility:
        """Return how visible errors in the colours of a histogram are: as usual, times their factors."""
        shares = factors.take(self._cubes_of(histogram.colors))
        if usual is not None:
            shares *= usual.shares
        total = sum_in_order(len(shares), lambda some: shares[some] * histogram.counts[some])
        shares *= VISIBILITY_UNIT * histogram.pixel_count / total
        return Visibility(np.clip(np.rint(shares), 1, _MOST_SHARE).astype(np.uint16))

    def _cubes_of(self, colors: ColorBytes) -> NDArray[np.intp]:
        if self._keys is not None:
            return np.searchsorted(self._keys, z_keys(colors))
        return (z_keys(colors) >> self._shift).astype(np.intp)
