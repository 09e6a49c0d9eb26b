"""Errors of a blurred picture: whether colours are right where the eye mixes neighbours."""

from collections.abc import Iterator
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kalette.color import among_partial, points_from_sixteenths, sixteenths_from_srgb
from kalette.mapping import nearest_labels_of_points
from kalette.types import ONE_THREAD, Palette, Run

_RADIUS = 3  # a mean over 7 x 7 pixels blurs like a Gaussian of sigma 2
_UNUSED_BITS = 3  # of sums over 49 pixels, so that four squares fit in 32 bits
_SUMMED_BITS = 21  # of squared errors, so that squares of them for 2^22 pixels fit in 64 bits

SquaredErrors = NDArray[np.uint32]
"""(N,) uint32: the squared error of each pixel, in a unit of its own."""


class BlurredError:
    """Errors of palettes on blocks of pixels.

    Parameters
    ----------
    blocks : ndarray
        (B, h, w, 3 or 4) int16, as from `sixteenths_from_srgb` in Oklab; each block is blurred for itself.
    run : Run
        Threads.

    Examples
    --------
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> checks = sixteenths_from_srgb(black_white, "oklab")[np.indices((14, 14)).sum(axis=0) % 2]
    >>> error, grey = BlurredError(checks[None]), np.array([[99] * 3], np.uint8)
    >>> visible_error(error.of(grey)) < visible_error(error.of(black_white[:1])) / 100
    True
    """

    def __init__(self, blocks: NDArray[np.int16], *, run: Run = ONE_THREAD) -> None:
        """Store the pixels, for mapping and for blurring."""
        sixteenths = blocks.reshape(-1, blocks.shape[3])
        self._shape, self._run = blocks.shape[:3], run
        self._points = points_from_sixteenths(sixteenths, "oklab")
        self._planes = _planes(sixteenths)

    def of(self, palette: Palette) -> SquaredErrors:
        """Return the squared error of each pixel after blurring, each mapped to its nearest entry.

        Parameters
        ----------
        palette : ndarray
            (k, 3 or 4) uint8, of the same channels, k at most 256.
        """
        return self.of_labels(palette, self.nearest(palette))

    def nearest(self, palette: Palette) -> NDArray[np.uint8]:
        """Return the nearest entry of each pixel, (N,) uint8.

        Parameters
        ----------
        palette : ndarray
            (k, 3 or 4) uint8, of the same channels, k at most 256.
        """
        return nearest_labels_of_points(self._points, palette, "oklab", run=self._run)

    def of_labels(self, palette: Palette, labels: NDArray[np.uint8]) -> SquaredErrors:
        """Return the squared error of each pixel after blurring, for pixels mapped in some other way.

        Parameters
        ----------
        palette : ndarray
            (k, 3 or 4) uint8, of the same channels, k at most 256.
        labels : ndarray
            (N,) uint8: the entries that the pixels take.
        """
        squared = np.zeros(self._shape, np.uint32)
        for flat in self._errors(palette, labels):
            error = flat.reshape(self._shape)
            blurred = sums_of_neighbors(sums_of_neighbors(error, 1), 2) >> _UNUSED_BITS
            blurred *= blurred
            squared += blurred.view(np.uint32)
        return squared.ravel()

    def unblurred(self, palette: Palette, labels: NDArray[np.uint8]) -> float:
        """Return the root mean square of errors without blurring, which rises with the grain of dithering.

        Parameters
        ----------
        palette : ndarray
            (k, 3 or 4) uint8, of the same channels, k at most 256.
        labels : ndarray
            (N,) uint8: the entries that the pixels take.
        """
        errors = self._errors(palette, labels)
        total = sum(int(np.square(error, dtype=np.int64).sum()) for error in errors)
        return sqrt(total / len(labels))

    def _errors(self, palette: Palette, labels: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
        """Yield the errors of each coordinate."""
        entries = _planes(sixteenths_from_srgb(palette, "oklab"))
        for plane, coordinates in zip(self._planes, entries, strict=True):
            yield plane - coordinates.take(labels)


def visible_error(squared: SquaredErrors) -> float:
    """Return the root mean square of squared errors, in which a few large ones outweigh many small ones.

    Examples
    --------
    >>> visible_error(np.array([0, 0, 0, 6], np.uint32)), visible_error(np.array([2, 2, 2, 2], np.uint32))
    (3.0, 2.0)
    """
    shift = max(0, int(squared.max()).bit_length() - _SUMMED_BITS)
    total = int(np.square(squared >> np.uint32(shift), dtype=np.uint64).sum())
    return sqrt(total / len(squared)) * (1 << shift)


def mean_error(squared: SquaredErrors) -> float:
    """Return the mean of squared errors.

    Parameters
    ----------
    squared : ndarray
        (N,) uint32.

    Examples
    --------
    >>> mean_error(np.array([0, 0, 0, 6], np.uint32))
    1.5
    """
    return int(squared.sum(dtype=np.uint64)) / len(squared)


def sums_of_neighbors(
    values: NDArray[np.int32], axis: int, border: Literal["constant", "edge"] = "constant"
) -> NDArray[np.int32]:
    """Return sums over seven pixels in a row or column.

    Parameters
    ----------
    values : ndarray
        (B, h, w) int32.
    axis : int
        1 for columns, 2 for rows.
    border : {"constant", "edge"}
        What lies beyond the border: 0, or the last pixel again.

    Examples
    --------
    >>> sums_of_neighbors(np.array([[[1, 2]]], np.int32), 2).tolist()
    [[[3, 3]]]
    >>> sums_of_neighbors(np.array([[[1, 2]]], np.int32), 2, border="edge").tolist()
    [[[10, 11]]]
    """
    size = values.shape[axis]
    widths = [(_RADIUS, _RADIUS) if each == axis else (0, 0) for each in range(values.ndim)]
    ones = np.moveaxis(np.pad(values, widths, mode=border), axis, 0)
    twos = ones[1:] + ones[:-1]
    fours = twos[2:] + twos[:-2]
    return np.moveaxis(fours[:size] + twos[4 : 4 + size] + ones[6:], 0, axis)


def _planes(sixteenths: NDArray[np.int16]) -> NDArray[np.int32]:
    """Return the coordinates of all pixels one after the other, with alpha as it is for all kinds."""
    alike = among_partial(sixteenths) if sixteenths.shape[1] == 4 else sixteenths
    return np.ascontiguousarray(alike.T, np.int32)
