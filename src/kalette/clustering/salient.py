"""Salient colours: rare and striking ones get entries of their own.

K-Means weights a colour by its pixel count, so a small red dot on a large grey chart turns grey, which the
eye notices at once. Colours with an exceptionally large error therefore get their own centroids, which
replace those whose removal raises the loss least.
"""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.breathing import most_needed
from kalette.clustering.cloud import Cloud
from kalette.clustering.distances import squared_distances
from kalette.types import ONE_THREAD, Centroids, Run, in_dtype_of

SALIENT_SIDE = 8  # of cubes for salient colours: far below their minimum distance
_MIN_DISTANCE = 40.0  # in Oklab: clearly a different colour
_MIN_ERROR = 80.0  # relative to the mean loss
_MIN_PIXELS = 16  # smaller groups are invisible
# Pixels for a whole palette: below 32 entries, each must show more. Else the 52 pixels of a window's corners
# take one of 8 from its yellow (rgba_ui_screenshot).
_MIN_SHARE = 512
_MAX_SHARE = 4  # at most k / 4 centroids are given to salient colours


def has_distant(cloud: Cloud, centroids: Centroids, *, run: Run = ONE_THREAD) -> bool:
    """Return whether a colour is as far from its centroid as a salient one must be: a quick test.

    Parameters
    ----------
    cloud : Cloud
        Colours in Oklab, with any weights.
    centroids : ndarray
        (k, d) float64.
    run : Run
        Threads.

    Examples
    --------
    >>> cloud = Cloud(np.array([[0.0], [99.0]], np.float32), np.ones(2), np.zeros(2, np.int8), "oklab")
    >>> has_distant(cloud, np.array([[9.0]])), has_distant(cloud, np.array([[9.0], [90.0]]))
    (True, False)
    """
    distances, _ = _own_distances(cloud, centroids, run)
    return bool((distances > _MIN_DISTANCE * _MIN_DISTANCE).any())


def with_salient(cloud: Cloud, centroids: Centroids, *, run: Run = ONE_THREAD) -> Centroids:
    """Replace centroids, so that salient colours get their own.

    A salient colour is a group of at least 16 pixels, and of 512 / k, each more than 40 from its centroid
    (black and white are 255 apart) and with more than 80 times the mean error. The same number of centroids
    is removed: those whose removal raises the loss least. On Kodak at k = 16, 32, 64, 128 and 256 no picture
    has such a group.

    Parameters
    ----------
    cloud : Cloud
        Colours in Oklab, where distances are perceptual.
    centroids : ndarray
        (k, d) float64.
    run : Run
        Threads, callbacks.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> chart = np.append(np.arange(16.0), 99.0)[:, None].astype(np.float32)
    >>> cloud = Cloud(chart, np.array([450_000.0] * 16 + [128.0]), np.zeros(17, np.int8), "oklab")
    >>> with_salient(cloud, np.array([[1.5], [5.5], [9.5], [13.5]])).ravel().tolist()
    [1.5, 9.5, 13.5, 99.0]
    """
    distances, loss = _own_distances(cloud, centroids, run)
    bound = max(_MIN_ERROR * (loss / cloud.pixel_count), _MIN_DISTANCE * _MIN_DISTANCE)
    salient = _salient_groups(cloud, distances, bound, len(centroids), run)
    if not salient:
        return centroids
    kept = most_needed(cloud, centroids, len(salient), run=run)
    return np.concatenate([centroids[kept], salient])


def _own_distances(cloud: Cloud, centroids: Centroids, run: Run) -> tuple[NDArray[np.float64], float]:
    """Return the squared distance of each point to its centroid, and the loss."""
    in_dtype = in_dtype_of(cloud.points, centroids)
    labels, _, _, loss = kernels.assign(cloud.points, cloud.weights, in_dtype, run.threads)
    return squared_distances(cloud.points, centroids[labels]), loss


def _salient_groups(
    cloud: Cloud, distances: NDArray[np.float64], bound: float, k: int, run: Run
) -> list[NDArray[np.float64]]:
    """Return the means of groups with an error above the bound, the largest error first."""
    most, fewest_pixels = k // _MAX_SHARE, max(_MIN_PIXELS, _MIN_SHARE / k)
    left = np.flatnonzero(distances > bound)
    means: list[NDArray[np.float64]] = []
    while len(left) and len(means) < most:
        run.step("salient", len(means) + 1)
        worst = left[distances[left].argmax()]
        near = squared_distances(cloud.points[left], cloud.points[worst]) < distances[worst] / 4
        group, left = left[near], left[~near]
        weights = cloud.weights[group]
        if np.cumsum(weights)[-1] >= fewest_pixels:
            means.append(
                np.cumsum(weights[:, None] * cloud.points[group], axis=0)[-1] / np.cumsum(weights)[-1]
            )
    return means
