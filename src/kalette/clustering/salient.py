"""Salient colours: rare and striking ones get entries of their own.

K-Means weights a colour by its pixels: a red dot on a large grey chart gets no centroid beside all the greys,
and turns grey. The eye sees it at once. So colours of exceptionally large error get centroids of their own,
in place of those whose removal costs least.
"""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.breathing import most_needed
from kalette.clustering.cloud import Cloud
from kalette.clustering.distances import squared_distances
from kalette.types import ONE_THREAD, Centroids, Run, in_dtype_of

_LEAST_DISTANCE = 40.0  # in Oklab: beyond it a colour has become another one
_LEAST_ERROR = 80.0  # relative to the mean loss
_LEAST_PIXELS = 16  # fewer are specks
_MAX_SHARE = 4  # at most k / 4 centroids go to salient colours


def with_salient(cloud: Cloud, centroids: Centroids, *, run: Run = ONE_THREAD) -> Centroids:
    """Return centroids among which salient colours have their own.

    A salient colour is a group of at least 16 pixels, each more than 40 from its centroid (black and white
    are 255 apart) and with more than 80 times the mean error. As many centroids are removed, those whose
    removal costs least. On Kodak at k = 16, 32, 64, 128 and 256 no picture has such a group.

    Parameters
    ----------
    cloud : Cloud
        Colours in Oklab, where distances are perceptual.
    centroids : ndarray
        (k, d) float64.
    run : Run
        Threads.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> chart = np.append(np.arange(16.0), 99.0)[:, None].astype(np.float32)
    >>> cloud = Cloud(chart, np.array([40_000.0] * 16 + [20.0]), np.zeros(17, np.int8), "oklab")
    >>> with_salient(cloud, np.array([[1.5], [5.5], [9.5], [13.5]])).ravel().tolist()
    [1.5, 9.5, 13.5, 99.0]
    """
    in_dtype = in_dtype_of(cloud.points, centroids)
    labels, _, _, loss = kernels.assign(cloud.points, cloud.weights, in_dtype, run.threads)
    distances = squared_distances(cloud.points, centroids[labels])
    bound = max(_LEAST_ERROR * (loss / cloud.pixel_count), _LEAST_DISTANCE * _LEAST_DISTANCE)
    salient = _salient_groups(cloud, distances, bound, len(centroids) // _MAX_SHARE)
    if not salient:
        return centroids
    kept = most_needed(cloud, centroids, len(salient), run=run)
    return np.concatenate([centroids[kept], salient])


def _salient_groups(
    cloud: Cloud, distances: NDArray[np.float64], bound: float, most: int
) -> list[NDArray[np.float64]]:
    """Return the means of groups whose error is above the bound, the largest first."""
    left = np.flatnonzero(distances > bound)
    means: list[NDArray[np.float64]] = []
    while len(left) and len(means) < most:
        worst = left[distances[left].argmax()]
        near = squared_distances(cloud.points[left], cloud.points[worst]) < distances[worst] / 4
        group, left = left[near], left[~near]
        weights = cloud.weights[group]
        if np.cumsum(weights)[-1] >= _LEAST_PIXELS:
            means.append(
                np.cumsum(weights[:, None] * cloud.points[group], axis=0)[-1] / np.cumsum(weights)[-1]
            )
    return means
