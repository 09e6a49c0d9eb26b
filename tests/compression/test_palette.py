"""Palettes of histograms."""

import numpy as np

from clouds import cloud_of
from kalette import kernels
from kalette.clustering.histogram import Histogram, count
from kalette.color import points_from_srgb
from kalette.compression import Constraints, find_palette
from kalette.types import Settings


def test_the_palette_of_a_bounded_histogram_is_nearly_as_good_as_the_exact_one(gradient):
    """Cells of four byte steps: the loss on the image's own colors rises by less than a tenth."""
    histogram, settings = count(gradient), Settings(space="srgb")
    found = find_palette(histogram, Constraints.of(settings), settings, 16)
    bounded = find_palette(histogram.bounded(1000), Constraints.of(settings), settings, 16)
    cloud = cloud_of(histogram)
    losses = [
        kernels.assign(cloud.points, cloud.weights, points_from_srgb(each.colors))[3]
        for each in (found, bounded)
    ]
    assert losses[1] < 1.1 * losses[0]
    few = count(gradient // 64 * 64)
    assert find_palette(few, Constraints.of(settings), settings, 256).is_lossless
    cells = Histogram(few.colors, few.counts, 2, few.colors.astype(np.int64) * 255 * few.counts[:, None])
    assert not find_palette(cells, Constraints.of(settings), settings, 60).is_lossless
