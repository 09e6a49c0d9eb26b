"""Pinned centroids, for colours that the palette must hold."""

import numpy as np

from kalette.clustering.cloud import Cloud, CubePyramid
from kalette.clustering.distances import squared_distances
from kalette.clustering.histogram import Histogram
from kalette.color import alpha_kinds_of_points
from kalette.types import Centroids, Palette, Points

_ANCHOR_WEIGHT = 1024  # relative to the whole image: moves a centroid at a pinned colour by less than 1/1000

_FINENESS = 256  # of weights, which histograms hold as whole numbers


def anchored(pyramid: CubePyramid, pinned: Palette) -> CubePyramid:
    """Return the colours with a weight on the pinned ones that keeps a centroid on each during a search.

    Parameters
    ----------
    pyramid : CubePyramid
        The colours of an image.
    pinned : ndarray
        (m, 3 or 4) uint8, distinct, of the same channels; m may be zero.

    Examples
    --------
    >>> from kalette.clustering.histogram import count
    >>> grey = count(np.full((1, 5, 3), 9, np.uint8)).in_space("srgb")
    >>> anchored(grey, np.array([[1, 2, 3]], np.uint8)).finest.weights.tolist()
    [5120.0, 5.0]
    """
    if len(pinned) == 0:
        return pyramid
    finest = pyramid.finest
    counts = np.ceil(finest.weights * _FINENESS).astype(np.int64)
    heavy = np.full(len(pinned), _ANCHOR_WEIGHT * counts.sum())
    both = Histogram(pyramid.colors, counts).merge(Histogram(pinned, heavy)).in_space(finest.space)
    cloud = both.finest
    weights = cloud.weights / _FINENESS
    anchored_cloud = Cloud(cloud.points, weights, cloud.kinds, cloud.space, finest.pixel_count)
    return CubePyramid(both.colors, anchored_cloud)


def with_pinned_first(pinned: Points, start: Centroids) -> Centroids:
    """Return a start in which each pinned colour replaces the centroid nearest to it; pinned ones come first.

    The last centroid of a kind of alpha stays, unless a pinned colour is of that kind.

    Parameters
    ----------
    pinned : ndarray
        (m, d), in the space of the points; m may be zero.
    start : ndarray
        (k, d) float64, k at least m plus the kinds of alpha of the start that the pinned ones lack.

    Examples
    --------
    >>> with_pinned_first(np.array([[7.0]]), np.array([[1.0], [5.0], [20.0]])).ravel().tolist()
    [7.0, 1.0, 20.0]
    """
    pinned_kinds, kinds = map(alpha_kinds_of_points, (pinned, start))
    free = np.ones(len(start), bool)
    for point in pinned:
        distances = squared_distances(start, point)
        for kind in set(kinds) - set(pinned_kinds):
            if np.count_nonzero(free & (kinds == kind)) == 1:
                distances[kinds == kind] = np.inf
        distances[~free] = np.inf
        free[distances.argmin()] = False
    return np.concatenate([pinned.astype(np.float64), start[free]])
