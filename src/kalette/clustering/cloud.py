"""Weighted points, the input of K-Means, and coarser versions of them as means of cubes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import SearchSpace
from kalette.types import ONE_THREAD, ColorBytes, Points, Run, Weights

VISIBILITY_UNIT = 64
"""Share of a colour as visible as the mean."""

_SUMMED_AT_ONCE = 1 << 15
_FIRST_SIDE = 4  # of cubes; larger cubes are made of those of half the side


@dataclass(frozen=True, eq=False)
class Visibility:
    """How visible an error in each colour of a picture is.

    Parameters
    ----------
    shares : ndarray
        (N,) uint8 or uint16, at least 1: in 64ths of the mean over the pixels.
    """

    shares: NDArray[np.uint8] | NDArray[np.uint16]

    def applied(self, weights: Weights) -> Weights:
        """Multiply weights, in place, and return them.

        Examples
        --------
        >>> Visibility(np.array([64, 32], np.uint8)).applied(np.array([3.0, 3.0])).tolist()
        [3.0, 1.5]
        """
        weights *= self.shares
        weights /= VISIBILITY_UNIT
        return weights


@dataclass(frozen=True, eq=False)
class Cloud:
    """Weighted points, such as colours in the working space.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64, all positive.
    kinds : ndarray
        (N,) int8: the kind of alpha of each point.
    space : {"srgb", "oklab", "oklab-chroma"}
        The space of the points.
    pixels : float or None
        Number of pixels over which the loss is averaged; None: the sum of the weights.
    visibility : Visibility or None
        The part of the weights that does not count in the averaged loss.
    """

    points: Points
    weights: Weights
    kinds: NDArray[np.int8]
    space: SearchSpace = "srgb"
    pixels: float | None = None
    visibility: Visibility | None = None

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.points)

    @cached_property
    def pixel_count(self) -> float:
        """Number of pixels over which the loss is averaged."""
        if self.pixels is not None:
            return self.pixels
        return sum_in_order(len(self), lambda some: self.weights[some])


def cloud_of_points(points: Points) -> Cloud:
    """Return a cloud of arbitrary points, each with weight 1.

    Examples
    --------
    >>> cloud_of_points(np.array([[0.0], [1.0]])).weights.tolist()
    [1.0, 1.0]
    """
    return Cloud(points, np.ones(len(points)), np.zeros(len(points), np.int8))


class CubePyramid:
    """A histogram's colours as points, at full resolution and as weighted means of cubes.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8 in Z-order, in which the colours of a cube are contiguous.
    finest : Cloud
        Their points.
    """

    def __init__(self, colors: ColorBytes, finest: Cloud) -> None:
        """Store the colours; coarser clouds are computed on demand."""
        self.colors = colors
        self.finest = finest
        self._levels: dict[int, tuple[ColorBytes, Cloud]] = {}
        self._lock = Lock()  # renderings of several k share a pyramid

    def of_side(self, side: int, *, run: Run = ONE_THREAD) -> Cloud:
        """Return the means of the colours in each cube, separately for each kind of alpha; cached.

        Parameters
        ----------
        side : int
            Side of a cube, 0-255 units; a power of two.
        run : Run
            Threads.

        Examples
        --------
        >>> from kalette.clustering.histogram import count
        >>> histogram = count(np.array([[[0, 0, 0], [2, 2, 2], [2, 2, 2], [2, 2, 2], [4, 4, 4]]], np.uint8))
        >>> coarse = histogram.in_space("srgb").of_side(4)
        >>> coarse.points[:, 0].tolist(), coarse.weights.tolist()
        ([1.5, 4.0], [4.0, 1.0])
        """
        with self._lock:
            return self._level(side, run)[1]

    def _level(self, side: int, run: Run) -> tuple[ColorBytes, Cloud]:
        """Return a colour of each cube, and the means; a large cube is the mean of eight smaller ones."""
        if side not in self._levels:
            finer = self._level(side // 2, run) if side > _FIRST_SIDE else (self.colors, self.finest)
            self._levels[side] = _means_of_cubes(*finer, side, run)
        return self._levels[side]


def cube_begins(colors: ColorBytes, kinds: NDArray[np.int8], side: int) -> NDArray[np.intp]:
    """Return the place of the first colour of each cube, separately for each kind of alpha.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8 in Z-order.
    kinds : ndarray
        (N,) int8: the kind of alpha of each colour.
    side : int
        Side of a cube, 0-255 units; a power of two.

    Examples
    --------
    >>> cube_begins(np.array([[0, 0, 0], [3, 3, 3], [4, 0, 0]], np.uint8), np.zeros(3, np.int8), 4).tolist()
    [0, 2]
    """
    cubes = colors >> np.uint8(side.bit_length() - 1)
    starts = kinds[1:] != kinds[:-1]
    for channel in cubes.T:
        starts |= channel[1:] != channel[:-1]
    return np.concatenate([[0], np.flatnonzero(starts) + 1])


def of_each_color(values: NDArray[np.generic], begins: NDArray[np.intp], count: int) -> NDArray[Any]:
    """Repeat the value of each cube for its colours.

    Examples
    --------
    >>> of_each_color(np.array([0.5, 2.0]), np.array([0, 2]), 3).tolist()
    [0.5, 0.5, 2.0]
    """
    return np.repeat(values, np.diff(begins, append=count))


def sum_in_order(count: int, values: Callable[[slice], Weights]) -> float:
    """Return the sum of values in order, as that of `np.sum` differs by machine; in parts, to take no memory.

    Parameters
    ----------
    count : int
        Number of values.
    values : callable
        Function that returns some of them, (n,) float64.

    Examples
    --------
    >>> sum_in_order(3, lambda some: np.array([1.0, 2.0, 4.0])[some])
    7.0
    """
    total = 0.0
    for begin in range(0, count, _SUMMED_AT_ONCE):
        some = slice(begin, begin + _SUMMED_AT_ONCE)
        total = float(np.cumsum(np.append(total, values(some)))[-1])
    return total


def _means_of_cubes(colors: ColorBytes, cloud: Cloud, side: int, run: Run) -> tuple[ColorBytes, Cloud]:
    """Return the first colour of each cube, and the means of the cubes."""
    begins = cube_begins(colors, cloud.kinds, side)
    points = cloud.points.astype(np.float32, copy=False)
    means, mass = kernels.cube_means(points, cloud.weights, begins, run.threads)
    return colors[begins], Cloud(means, mass, cloud.kinds[begins], cloud.space, cloud.pixels)
