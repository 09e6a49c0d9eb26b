"""Distinct colours with counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kalette.histogram import coarsen, count, merge

PICTURES = arrays(
    np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)), elements=st.integers(0, 3)
)


def test_count_by_hand():
    histogram = count(np.array([[[9, 9, 9], [1, 2, 3]], [[9, 9, 9], [1, 2, 2]]], np.uint8))
    assert histogram.colors.tolist() == [[1, 2, 2], [1, 2, 3], [9, 9, 9]]
    assert histogram.counts.tolist() == [1, 1, 2]
    assert len(histogram) == 3
    assert histogram.pixel_count == 4


@given(st.lists(PICTURES, min_size=1, max_size=4))
@settings(deadline=None)
def test_merged_histograms_equal_the_histogram_of_all(pictures):
    merged = merge([count(picture) for picture in pictures])
    together = count(np.concatenate([picture.reshape(-1, 1, 3) for picture in pictures]))
    np.testing.assert_array_equal(merged.colors, together.colors)
    np.testing.assert_array_equal(merged.counts, together.counts)


@given(PICTURES, st.randoms())
@settings(deadline=None)
def test_the_order_of_pixels_does_not_matter(picture, random):
    flat = picture.reshape(-1, 1, 3)
    order = list(range(len(flat)))
    random.shuffle(order)
    np.testing.assert_array_equal(count(flat).colors, count(flat[order]).colors)
    np.testing.assert_array_equal(count(flat).counts, count(flat[order]).counts)


def test_coarsen_keeps_mass_and_mean():
    rng = np.random.default_rng(0)
    points, weights = rng.random((500, 3)) * 255 - 20, rng.integers(1, 9, 500).astype(float)
    means, mass = coarsen(points, weights, 32.0)
    assert len(means) < 500
    assert mass.sum() == weights.sum()
    np.testing.assert_allclose((means * mass[:, None]).sum(axis=0), (points * weights[:, None]).sum(axis=0))
