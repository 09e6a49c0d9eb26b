"""The error for every k, estimated from one histogram, and the knee of that curve.

Ward's method merges one good clustering of 256 colours pair by pair, which gives every smaller k. Merged
clusters have a higher loss than those of K-Means, by a factor that changes slowly with k. A few passes of
K-Means from the merged centroids measure this factor at some k, to correct the curve.

J. H. Ward, "Hierarchical grouping to optimize an objective function", J. American Statistical Association
58(301), 1963. doi:10.1080/01621459.1963.10500845
W. H. Equitz, "A new vector quantization clustering algorithm", IEEE Trans. Acoustics, Speech, and Signal
Processing 37(10), 1989. doi:10.1109/29.35387
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from kalette.clustering.cloud import Cloud, CubePyramid
from kalette.clustering.distances import squared_distances
from kalette.clustering.histogram import Histogram
from kalette.clustering.lloyd import Stopping, run_lloyd
from kalette.clustering.search import search_centroids
from kalette.color import alpha_kinds_of_points
from kalette.types import MAX_K, ONE_THREAD, Centroids, Run, Weights

# k at which the factor is measured: half-octave steps.
_MEASURED = (181, 128, 91, 64, 45, 32, 23, 16, 11, 8, 6, 4, 3, 2)
_PASSES_AT_TOP, _PASSES = 2, 4
_MOST_EXACT = 1 << 17  # colours up to which passes use exact colours; above, means of cubes
_SIDE = 4


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Estimated error and size for k colours.

    Parameters
    ----------
    k : int
        Number of colours.
    mse : float
        Mean squared error over pixels and over R, G and B.
    bits_per_pixel : float
        Zero-order entropy of the indices.
    """

    k: int
    mse: float
    bits_per_pixel: float


@dataclass(frozen=True, slots=True)
class _Clusters:
    """Means (k, d) and masses (k,) of clusters, and their loss."""

    means: Centroids
    mass: Weights
    loss: float


def quality_curve(histogram: Histogram, *, run: Run = ONE_THREAD) -> tuple[CurvePoint, ...]:
    """Estimate error and size for each k from 2 to 256, or to the number of colours, where the error is zero.

    The curve starts at the number of kinds of alpha if that is above 2, and at 1 for a single colour.

    Parameters
    ----------
    histogram : Histogram
        Of the image.
    run : Run
        Threads and cancellation; passes and steps are not reported.

    Returns
    -------
    tuple of CurvePoint
        In order of k, with falling errors.

    Examples
    --------
    >>> from kalette.clustering.histogram import count
    >>> colors = count(np.repeat(np.array([0, 2, 100, 200], np.uint8), 3).reshape(1, 4, 3))
    >>> [(point.k, point.mse) for point in quality_curve(colors)]
    [(2, 1250.5), (3, 0.5), (4, 0.0)]
    """
    run = Run(run.threads, cancelled=run.cancelled)
    pyramid = _seen(histogram.in_space("srgb"))
    seen = pyramid.finest
    cubes = pyramid.of_side(_SIDE, run=run) if len(seen) > _MOST_EXACT else seen
    loss_within_cubes = 0.0 if cubes is seen else _moment(seen) - _moment(cubes)
    merged = [*_merged(_top(pyramid, cubes, run))][::-1]
    factors, bits = _measured_by_lloyd(cubes, merged, run)
    losses = [clusters.loss * factor for clusters, factor in zip(merged, factors, strict=True)]
    pixels = float(np.cumsum(seen.weights)[-1])
    return tuple(
        CurvePoint(len(clusters.mass), (loss + loss_within_cubes) / (3 * pixels), entropy)
        for clusters, loss, entropy in zip(merged, accumulate(losses, min), bits, strict=True)
    )


def recommended_k(curve: Sequence[CurvePoint]) -> int:
    """Return the recommended number of colours: all of them if the curve ends lossless, else the knee.

    The knee is the point of the RMS error against k, both scaled to 0 to 1, that is furthest below the chord
    between the ends of the curve.

    Parameters
    ----------
    curve : sequence of CurvePoint
        Of `quality_curve`.

    References
    ----------
    V. Satopaa, J. Albrecht, D. Irwin and B. Raghavan, "Finding a 'Kneedle' in a haystack: detecting knee
    points in system behavior", ICDCS Workshops 2011. doi:10.1109/ICDCSW.2011.20

    Examples
    --------
    >>> recommended_k([CurvePoint(k, mse, 0.0) for k, mse in ((2, 1600), (3, 400), (4, 256), (5, 225))])
    3
    >>> recommended_k([CurvePoint(2, 9.0, 1.0), CurvePoint(3, 0.0, 1.5)])
    3
    """
    first, last = curve[0], curve[-1]
    if last.mse == 0:
        return last.k
    most, least = math.sqrt(first.mse), math.sqrt(last.mse)

    def below_the_line(point: CurvePoint) -> float:
        fall = (most - math.sqrt(point.mse)) / (most - least)
        return fall - (point.k - first.k) / (last.k - first.k)

    return max(curve, key=below_the_line).k if most > least else first.k


def entropy_bits(mass: Weights) -> float:
    """Return the zero-order entropy in bits per index; for display only.

    Parameters
    ----------
    mass : ndarray
        (k,) float64: count of each index.

    Examples
    --------
    >>> entropy_bits(np.array([2.0, 1.0, 0.0, 1.0]))
    1.5
    """
    shares = mass[mass > 0] / mass.sum()
    return float((shares * np.log2(1 / shares)).sum())


def _seen(pyramid: CubePyramid) -> CubePyramid:
    """Return the colours in a space whose squared distance is three times the squared error per channel.

    With alpha that error is the mean over a black and a white background. For a difference c of one
    premultiplied channel and a of alpha it is (c^2 + (c - a)^2) / 2 = (c - a/2)^2 + a^2/4. Three channels add
    up to 3/4 a^2; 7/8 approximates sqrt(3/4), so that points stay exact in binary.
    """
    cloud = pyramid.finest
    if cloud.points.shape[1] == 3:
        return pyramid
    color, alpha = cloud.points[:, :3], cloud.points[:, 3:]
    points = np.concatenate([color - alpha / 2, alpha * np.float32(7 / 8)], axis=1)
    return CubePyramid(pyramid.colors, replace(cloud, points=points))


def _moment(cloud: Cloud) -> float:
    distances = squared_distances(cloud.points, np.zeros(cloud.points.shape[1]))
    return float(np.cumsum(cloud.weights * distances)[-1])


def _top(pyramid: CubePyramid, cubes: Cloud, run: Run) -> _Clusters:
    """Return the initial clusters: single colours, or a good clustering of them."""
    cloud = pyramid.finest
    if len(cloud) <= MAX_K:
        return _Clusters(cloud.points.astype(np.float64), cloud.weights, 0.0)
    start = search_centroids(pyramid, MAX_K, "fast", run=run)
    found = run_lloyd(cubes, start, Stopping(_PASSES_AT_TOP, tol=0.0), run=run)
    mass: Weights = np.bincount(found.labels, cubes.weights, MAX_K).astype(np.float64)
    return _Clusters(found.centroids[mass > 0], mass[mass > 0], found.losses[-1])


def _merged(top: _Clusters) -> Iterator[_Clusters]:
    """Yield the clusters after each merge of the cheapest pair, down to two or one per kind of alpha."""
    yield top
    means, mass, loss = top.means.copy(), top.mass.copy(), top.loss
    kinds = alpha_kinds_of_points(means)
    costs = np.stack([_union_costs(means, mass, kinds, i) for i in range(len(mass))])
    for _ in range(len(mass) - 2):
        i, j = divmod(int(costs.argmin()), len(mass))
        if costs[i, j] == np.inf:
            break
        loss += float(costs[i, j])
        means[i] = (mass[i] * means[i] + mass[j] * means[j]) / (mass[i] + mass[j])
        mass[i], mass[j] = mass[i] + mass[j], 0
        costs[i] = costs[:, i] = _union_costs(means, mass, kinds, i)
        costs[j] = costs[:, j] = np.inf
        yield _Clusters(means[mass > 0], mass[mass > 0], loss)


def _union_costs(means: Centroids, mass: Weights, kinds: NDArray[np.int8], i: int) -> Weights:
    """Return the merge cost (rise of the loss) of cluster i with each of its kind of alpha; else infinite."""
    costs: Weights = squared_distances(means, means[i]) * (mass * mass[i] / (mass + mass[i]))
    costs[(mass == 0) | (kinds != kinds[i])] = np.inf
    costs[i] = np.inf
    return costs


def _measured_by_lloyd(
    cloud: Cloud, merged: Sequence[_Clusters], run: Run
) -> tuple[list[float], list[float]]:
    """Return for each k the factor by which K-Means lowers the loss of merged clusters, and the entropy."""
    lowest, top = len(merged[0].mass), merged[-1]
    factors, bits = {len(top.mass): 1.0}, {len(top.mass): entropy_bits(top.mass)}
    for k in _MEASURED:
        if lowest <= k < len(top.mass):
            clusters = merged[k - lowest]
            found = run_lloyd(cloud, clusters.means, Stopping(_PASSES, tol=0.0), run=run)
            factors[k] = found.losses[-1] / clusters.loss if clusters.loss else 1.0
            bits[k] = entropy_bits(np.bincount(found.labels, cloud.weights, k).astype(np.float64))
    return _interpolated(factors), _interpolated(bits)


def _interpolated(values: dict[int, float]) -> list[float]:
    """Interpolate values for all integers from the lowest to the highest key."""
    keys = sorted(values)
    between = [values[keys[0]]]
    for low, high in pairwise(keys):
        step = (values[high] - values[low]) / (high - low)
        between += [values[low] + step * (k - low) for k in range(low + 1, high + 1)]
    return between
