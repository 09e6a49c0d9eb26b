"""Feedback: colours whose errors show in the blurred picture weigh more in the next palette search."""

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import VISIBILITY_UNIT, Visibility
from kalette.compression.blurred_error import SquaredErrors, visible_error
from kalette.kernels import z_keys
from kalette.mapping import CubeVisibility, cube_count, cube_numbers
from kalette.types import ColorBytes

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
    usual : CubeVisibility or None
        The visibility without errors; None: all colours are alike.

    Examples
    --------
    >>> pixels = np.array([[9, 9, 9], [90, 90, 90]], np.uint8)
    >>> feedback = Feedback(pixels)
    >>> raised = feedback.raised(feedback.equal_factors(), np.array([0, 40000], np.uint32))
    >>> feedback.visibility(raised, pixels).shares.tolist()
    [49, 79]
    """

    def __init__(
        self, pixels: ColorBytes, colors: ColorBytes | None = None, usual: CubeVisibility | None = None
    ) -> None:
        """Find the cube of each pixel."""
        self._keys = None if colors is None else z_keys(colors)
        size = cube_count(pixels.shape[1]) if colors is None else len(colors)
        self._cubes = self._cubes_of(pixels)
        self._counts = np.bincount(self._cubes, minlength=size)
        self._usual = np.full(size, VISIBILITY_UNIT)
        if usual is not None:
            self._usual = (usual.shares if colors is None else usual.of(colors).shares).astype(np.int64)

    def equal_factors(self) -> Factors:
        """Return factors of 1."""
        return np.ones(len(self._counts))

    def raised(self, factors: Factors, squared: SquaredErrors) -> Factors:
        """Return the factors that follow from the errors of the palette found with some.

        Cubes without pixels count as if their errors were the mean.

        Parameters
        ----------
        factors : ndarray
            (cubes,) float64.
        squared : ndarray
            (n,) uint32: squared errors of the pixels.
        """
        relative = squared.astype(np.float32) / np.float32(max(visible_error(squared), 1.0))
        errors = np.sqrt(np.minimum(relative, _MOST_SQUARED))
        sums = np.bincount(self._cubes, errors, len(factors))
        mean = np.cumsum(sums)[-1] / len(errors)  # in order, as that of `np.sum` differs by machine
        means = np.where(self._counts > 0, sums / np.maximum(self._counts, 1), mean)
        return factors * (1 + _STEP * means)

    def visibility(self, factors: Factors, colors: ColorBytes) -> Visibility:
        """Return how visible errors in colours are: as usual, times the factors of their cubes.

        Parameters
        ----------
        factors : ndarray
            (cubes,) float64.
        colors : ndarray
            (N, 3 or 4) uint8: some of the colours, or any if they share cubes.
        """
        shares = factors * self._usual
        total = np.cumsum(shares * self._counts)[-1]
        shares *= VISIBILITY_UNIT * len(self._cubes) / total
        table = np.clip(np.rint(shares), 1, _MOST_SHARE).astype(np.uint16)
        return Visibility(table.take(self._cubes_of(colors)))

    def _cubes_of(self, colors: ColorBytes) -> NDArray[np.integer]:
        if self._keys is not None:
            return np.searchsorted(self._keys, z_keys(colors))
        return cube_numbers(colors)
