"""Partly clear colours join the kind of alpha of the entry nearest to them."""

import numpy as np

import kalette
from kalette.clustering.histogram import Histogram, count
from kalette.clustering.joining import joined, joining_centroids
from kalette.color import CLEAR, OPAQUE, PARTIAL
from kalette.compression import Constraints, find_palette
from kalette.types import Settings


def levels_of_alpha(*levels: int) -> Histogram:
    return count(np.array([[[0, 0, 0, level] for level in levels]], np.uint8))


def test_colors_nearest_to_a_clear_or_opaque_centroid_join_it_by_hand():
    """Of alpha 0, 40, 50, 200 and 255 with centroids at 0, 90 and 255, the border between two is at 45."""
    pyramid = levels_of_alpha(0, 40, 50, 200, 255).in_space("oklab")
    centroids = levels_of_alpha(0, 90, 255).in_space("oklab").finest.points.astype(np.float64)
    found = joined(pyramid, centroids).finest
    assert found.kinds.tolist() == [CLEAR, CLEAR, PARTIAL, OPAQUE, OPAQUE]
    np.testing.assert_array_equal(found.points[[0, 2, 4]], pyramid.finest.points[[0, 2, 4]])
    np.testing.assert_array_equal(found.points[:, 3], [-1024, 20 - 1024, 25, 100 + 1024, 127.5 + 1024])


def test_without_centroids_of_partly_clear_colors_all_keep_their_kinds():
    pyramid = levels_of_alpha(0, 40, 200, 255).in_space("oklab")
    assert joined(pyramid, pyramid.finest.points[[0, 3]].astype(np.float64)) is pyramid


def test_beyond_half_the_entries_of_a_file_all_keep_their_kinds():
    histogram = levels_of_alpha(*range(256))
    assert joining_centroids(histogram.in_space("oklab"), 128) is not None
    assert joining_centroids(histogram.in_space("oklab"), 129) is None


def test_a_shadow_spends_no_entry_on_what_is_nearly_clear():
    """Levels from clear to opaque, equally frequent: entries lie about as far apart everywhere."""
    settings = Settings()
    found = find_palette(levels_of_alpha(*range(256)), Constraints.of(settings), settings, 5)
    alphas = sorted(found.colors[:, 3].tolist())
    assert alphas[0] == 0
    assert alphas[-1] == 255
    assert min(np.diff(alphas)) > 50


def test_a_file_of_a_shadow_spends_no_entry_on_what_is_nearly_clear():
    """Trials move the darker entries together, but not towards clear."""
    result = kalette.compress(levels_of_alpha(*range(256)).colors[None], 5, rate=0.0, dither="none")
    alphas = sorted(result.palette[:, 3].tolist())
    assert alphas[0] == 0
    assert alphas[1] > 50
    assert alphas[-1] == 255
