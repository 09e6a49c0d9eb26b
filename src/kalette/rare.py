"""Rare but visible colours: a place in the palette for what would be lost in it.

K-Means weighs a colour by its pixels: a red dot on a large grey chart is worth no centroid beside all the
greys, and turns grey. The eye finds it at once. So colours that are served far worse than a picture's others
get centroids of their own, in place of those that are missed least.
"""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Centroids, in_dtype_of
from kalette.color import squared_distances
from kalette.escape import most_needed
from kalette.histogram import Cloud

_ANOTHER_COLOR = 40.0  # distance in Oklab from which on a colour is not the same any more, only worse
_STANDS_OUT = 80.0  # times the mean loss that makes an error stand out
_FEWEST = 16  # pixels; fewer are specks
_SHARE = 4  # at most one of so many centroids goes to rare colours


def with_rare(
    cloud: Cloud, centroids: Centroids, *, pixel_count: float | None = None, threads: int = 1
) -> Centroids:
    """Return centroids among which rare colours that stand out have their own.

    A rare colour is a group of at least 16 pixels, each more than 40 from its centroid (black and white are
    255 apart) and with an error of more than 80 times the mean. As many centroids go as come, those whose
    loss costs least. Of Kodak's 24 pictures at k = 16, 32, 64, 128 and 256 none has such a group.

    Parameters
    ----------
    cloud : Cloud
        What the centroids serve, in Oklab: where distances tell what is seen.
    centroids : ndarray
        (k, d) float64.
    pixel_count : float or None
        Over how many pixels the loss is a mean, where some points weigh more than their pixels; None takes
        the weight of all points.
    threads : int
        At least 1; the result is the same for any number.

    Returns
    -------
    ndarray
        (k, d) float64.

    Examples
    --------
    >>> chart = np.append(np.arange(16.0), 99.0)[:, None].astype(np.float32)
    >>> cloud = Cloud(chart, np.array([40_000.0] * 16 + [20.0]), np.zeros(17, np.int8), "oklab")
    >>> with_rare(cloud, np.array([[1.5], [5.5], [9.5], [13.5]])).ravel().tolist()
    [1.5, 9.5, 13.5, 99.0]
    """
    labels, _, _, loss = kernels.assign(
        cloud.points, cloud.weights, in_dtype_of(cloud.points, centroids), threads
    )
    distances = squared_distances(cloud.points, centroids[labels])
    mean_loss = loss / (pixel_count or float(np.cumsum(cloud.weights)[-1]))
    bound = max(_STANDS_OUT * mean_loss, _ANOTHER_COLOR * _ANOTHER_COLOR)
    rare = _rare_groups(cloud, distances, bound, len(centroids) // _SHARE)
    if not rare:
        return centroids
    kept = most_needed(cloud, centroids, len(rare), threads)
    return np.concatenate([centroids[kept], rare])


def _rare_groups(
    cloud: Cloud, distances: NDArray[np.float64], bound: float, most: int
) -> list[NDArray[np.float64]]:
    """Return the means of groups that are served worse than the bound, the worst first."""
    left = np.flatnonzero(distances > bound)
    means: list[NDArray[np.float64]] = []
    while len(left) and len(means) < most:
        worst = left[distances[left].argmax()]
        near = squared_distances(cloud.points[left], cloud.points[worst]) < distances[worst] / 4
        group, left = left[near], left[~near]
        weights = cloud.weights[group]
        if np.cumsum(weights)[-1] >= _FEWEST:
            means.append(
                np.cumsum(weights[:, None] * cloud.points[group], axis=0)[-1] / np.cumsum(weights)[-1]
            )
    return means
