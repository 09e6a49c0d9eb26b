"""Clouds of points for tests."""

import numpy as np

from kalette.clustering.cloud import Cloud
from kalette.clustering.histogram import Histogram
from kalette.color import Space


def cloud_of(histogram: Histogram, space: Space = "srgb") -> Cloud:
    return histogram.in_space(space).finest


def weighted(points: np.ndarray, weights: np.ndarray | None = None) -> Cloud:
    """Return weighted points; weights are 1 by default."""
    return Cloud(points, np.ones(len(points)) if weights is None else weights, np.zeros(len(points), np.int8))
