"""Distinct colours with counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clouds import cloud_of
from kalette.clustering.histogram import count

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
def test_merged_histograms_equal_the_histogram_of_all(pictures):
    first, *others = [count(picture) for picture in pictures]
    merged = first.merge(*others)
    together = count(np.concatenate([picture.reshape(-1, 1, 3) for picture in pictures]))
    np.testing.assert_array_equal(merged.colors, together.colors)
    np.testing.assert_array_equal(merged.counts, together.counts)


@given(PICTURES, st.randoms())
def test_the_order_of_pixels_does_not_matter(picture, random):
    flat = picture.reshape(-1, 1, 3)
    order = list(range(len(flat)))
    random.shuffle(order)
    np.testing.assert_array_equal(count(flat).colors, count(flat[order]).colors)
    np.testing.assert_array_equal(count(flat).counts, count(flat[order]).counts)


@pytest.mark.parametrize("side", [2, 4, 16])
def test_cubes_keep_mass_mean_and_kinds(side, icon):
    icon[icon[..., 3] == 0] = 0
    histogram = count(icon)
    fine = cloud_of(histogram)
    coarse = histogram.in_space("srgb").of_side(side)
    assert len(coarse) <= len(fine)
    for kind in (0, 1, 2):
        of_fine, of_coarse = fine.kinds == kind, coarse.kinds == kind
        assert coarse.weights[of_coarse].sum() == fine.weights[of_fine].sum()
        np.testing.assert_allclose(
            (coarse.points * coarse.weights[:, None])[of_coarse].sum(axis=0),
            (fine.points * fine.weights[:, None])[of_fine].sum(axis=0),
            rtol=1e-5,
        )


def test_points_of_a_cube_lie_within_its_side(gradient):
    histogram = count(gradient)
    cubes = {tuple(color // 8) for color in histogram.colors.tolist() for color in [np.array(color)]}
    assert len(histogram.in_space("srgb").of_side(8)) == len(cubes)
