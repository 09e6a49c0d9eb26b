"""An image's distinct colours with counts: what all palette work runs on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import ColorBytes, Counts, Pixels, Points, Weights
from kalette.color import Space, alpha_kinds, points_from_srgb
from kalette.kernels.z_order import colors_from_z_keys, z_keys


@dataclass(frozen=True, slots=True)
class Histogram:
    """Distinct colours, along the Z-order curve, with the number of pixels of each.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) int64.
    """

    colors: ColorBytes
    counts: Counts

    def __len__(self) -> int:
        """Return the number of distinct colours."""
        return len(self.colors)

    @property
    def pixel_count(self) -> int:
        """The number of pixels counted."""
        return int(self.counts.sum())


def count(pixels: Pixels, *, threads: int = 1) -> Histogram:
    """Return the histogram of an image; the order of its pixels does not matter.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    threads : int
        At least 1.

    Examples
    --------
    >>> histogram = count(np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8))
    >>> histogram.colors.tolist(), histogram.counts.tolist()
    ([[1, 2, 3], [9, 9, 9]], [1, 2])
    """
    return Histogram(*kernels.count_colors(pixels.reshape(-1, pixels.shape[-1]), threads))


def merge(histograms: Sequence[Histogram]) -> Histogram:
    """Return the histogram of all the images together.

    Parameters
    ----------
    histograms : sequence of Histogram
        At least one, all with the same number of channels.

    Examples
    --------
    >>> one = count(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8))
    >>> merge([one, one]).counts.tolist()
    [2, 2]
    """
    colors = np.concatenate([histogram.colors for histogram in histograms])
    counts = np.concatenate([histogram.counts for histogram in histograms])
    keys, place = np.unique(z_keys(colors), return_inverse=True)
    merged = np.zeros(len(keys), np.int64)
    np.add.at(merged, place, counts)
    return Histogram(colors_from_z_keys(keys, colors.shape[1]), merged)


@dataclass(frozen=True, slots=True)
class Cloud:
    """Weighted points, such as colours in the space where they are compared: what K-Means runs on.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64, all positive.
    kinds : ndarray
        (N,) int8: the kind of alpha of each point.
    space : {"srgb", "oklab"}
        That of the points.
    """

    points: Points
    weights: Weights
    kinds: NDArray[np.int8]
    space: Space = "srgb"
    _coarse: dict[int, "Cloud"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.points)


def cloud_of(histogram: Histogram, space: Space = "srgb", *, threads: int = 1) -> Cloud:
    """Return the histogram's colours as points, weighted by their counts, along the same curve.

    Examples
    --------
    >>> cloud = cloud_of(count(np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8)))
    >>> cloud.points.tolist(), cloud.weights.tolist()
    ([[1.0, 2.0, 3.0], [9.0, 9.0, 9.0]], [1.0, 2.0])
    """
    points = points_from_srgb(histogram.colors, space, threads=threads)
    return Cloud(points, histogram.counts.astype(np.float64), alpha_kinds(histogram.colors), space)


def coarse_cloud_of(colors: ColorBytes, cloud: Cloud, side: int) -> Cloud:
    """Return the weighted means of the points whose colours lie in one cube; none mixes kinds of alpha.

    They are made once for a cloud, which keeps them.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8, along the Z-order curve, so that those of a cube stand together.
    cloud : Cloud
        Of these colours.
    side : int
        Of a cube, in byte steps: a power of two.

    Examples
    --------
    >>> histogram = count(np.array([[[0, 0, 0], [2, 2, 2], [2, 2, 2], [2, 2, 2], [4, 4, 4]]], np.uint8))
    >>> coarse = coarse_cloud_of(histogram.colors, cloud_of(histogram), 4)
    >>> coarse.points[:, 0].tolist(), coarse.weights.tolist()
    ([1.5, 4.0], [4.0, 1.0])
    """
    if side not in cloud._coarse:
        cloud._coarse[side] = _means_of_cubes(colors, cloud, side)
    return cloud._coarse[side]


def _means_of_cubes(colors: ColorBytes, cloud: Cloud, side: int) -> Cloud:
    cubes = colors >> np.uint8(side.bit_length() - 1)
    starts = cloud.kinds[1:] != cloud.kinds[:-1]
    for channel in cubes.T:
        starts |= channel[1:] != channel[:-1]
    begins = np.concatenate([[0], np.flatnonzero(starts) + 1])
    places = np.concatenate([[0], np.cumsum(starts)])
    mass = _sums(places, cloud.weights)
    # Weights are whole numbers and points sixteenths: these sums are exact, in whatever order they are made.
    sums = [_sums(places, cloud.weights * axis) for axis in cloud.points.T]
    means = np.stack([total / mass for total in sums], axis=1).astype(np.float32)
    return Cloud(means, mass, cloud.kinds[begins], cloud.space)


def _sums(places: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(places, weights=values).astype(np.float64, copy=False)
