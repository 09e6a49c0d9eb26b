"""Histograms: distinct colours with counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clouds import cloud_of
from kalette.clustering.cloud import VISIBILITY_UNIT, Visibility
from kalette.clustering.histogram import Histogram, count
from kalette.kernels import z_keys
from kalette.types import ReadError

PICTURES = arrays(
    np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)), elements=st.integers(0, 3)
)


def test_counts_of_four_pixels_by_hand():
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
def test_cubes_keep_weight_mean_and_kind_of_alpha(side, icon):
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


def test_each_occupied_cube_becomes_one_point(gradient):
    histogram = count(gradient)
    cubes = {tuple(color // 8) for color in histogram.colors.tolist() for color in [np.array(color)]}
    assert len(histogram.in_space("srgb").of_side(8)) == len(cubes)


def equal(a: Histogram, b: Histogram) -> bool:
    sums = (a.sums is None and b.sums is None) or np.array_equal(a.sums, b.sums)
    return (
        a.shift == b.shift
        and sums
        and np.array_equal(a.colors, b.colors)
        and np.array_equal(a.counts, b.counts)
    )


def test_a_bounded_histogram_by_hand():
    """0, 1, 3 and 3 share a cube of side 4; 5 is alone in the next."""
    levels = np.concatenate([[0, 1, 3, 3, 5], np.arange(100, 160)]).astype(np.uint8)
    cells = count(np.repeat(levels, 3).reshape(1, -1, 3))
    bounded = cells.bounded(32)
    assert bounded.shift == 2
    assert bounded.colors[:2].tolist() == [[2] * 3, [5] * 3]  # (0 + 1 + 3 + 3) / 4 = 1.75
    assert bounded.counts[:2].tolist() == [4, 1]
    assert bounded.sums[0].tolist() == [7 * 255] * 3
    assert not bounded.is_exact
    assert bounded.pixel_count == cells.pixel_count


def test_a_histogram_within_the_bound_stays_exact(gradient):
    histogram = count(gradient)
    assert histogram.bounded(len(histogram)) is histogram


ALPHA_PICTURES = arrays(
    np.uint8,
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(4)),
    elements=st.sampled_from([0, 1, 2, 3, 60, 61, 127, 128, 200, 254, 255]),
)


@given(st.lists(ALPHA_PICTURES, min_size=2, max_size=4), st.integers(32, 64), st.randoms())
def test_bounded_histograms_merge_to_the_same_in_any_order_and_grouping(pictures, most, random):
    parts = [count(picture) for picture in pictures]
    first, *others = parts
    whole = first.merge(*others).bounded(most)
    random.shuffle(parts)
    grouped = parts[0].bounded(most)
    for part in parts[1:]:
        grouped = grouped.merge(part.bounded(most)).bounded(most)
    assert equal(whole, grouped)
    assert len(whole) <= most


@given(ALPHA_PICTURES)
def test_bounded_histograms_keep_counts_kinds_of_alpha_and_z_order(picture):
    histogram = count(picture)
    bounded = histogram.bounded(32)
    keys = z_keys(bounded.colors)
    assert (np.diff(keys.astype(np.int64)) > 0).all()
    for kind in (0, 1, 2):
        assert (
            bounded.counts[bounded.alpha_kinds == kind].sum()
            == histogram.counts[histogram.alpha_kinds == kind].sum()
        )


@given(ALPHA_PICTURES, st.sampled_from([32, 4096]))
def test_a_histogram_survives_the_round_trip_through_bytes(picture, most):
    histogram = count(picture).bounded(most)
    again = Histogram.from_bytes(histogram.to_bytes())
    assert equal(again, histogram)


def test_histograms_with_and_without_alpha_merge(gradient, icon):
    opaque, clear = count(gradient), count(icon)
    both = opaque.merge(clear)
    assert equal(both, clear.merge(opaque))
    assert both.pixel_count == opaque.pixel_count + clear.pixel_count
    assert both.colors.shape[1] == 4


def test_truncated_bytes_are_refused(gradient):
    data = count(gradient).to_bytes()
    for cut in (data[:10], data[:-1], data + b"x"):
        with pytest.raises(ReadError, match="histogram"):
            Histogram.from_bytes(cut)


@pytest.mark.parametrize("most", [5000, 40])
@pytest.mark.parametrize("damage", ["no pixels", "fewer than none", "too many", "swapped", "doubled"])
def test_bytes_that_no_histogram_has_are_refused(gradient, most, damage):
    whole = count(gradient).bounded(most)
    colors, counts = whole.colors.copy(), whole.counts.copy()
    sums = None if whole.sums is None else whole.sums.copy()
    if damage in ("swapped", "doubled"):
        order = [1, 0] if damage == "swapped" else [0, 0]
        colors[:2] = colors[order]
    else:
        counts[-1] = {"no pixels": 0, "fewer than none": -1, "too many": 2**63 - 1}[damage]
    with pytest.raises(ReadError, match="the histogram is damaged; make it again"):
        Histogram.from_bytes(Histogram(colors, counts, whole.shift, sums).to_bytes())


def test_the_arrays_of_a_histogram_are_read_only(gradient):
    with pytest.raises(ValueError, match="read-only"):
        count(gradient).counts[:] = 1


def test_visible_colors_weigh_more_and_leave_the_cached_weights_as_they_are():
    histogram = count(np.arange(24, dtype=np.uint8).reshape(2, 4, 3))
    shares = np.arange(60, 68, dtype=np.uint8)
    plain = histogram.dampened(16)
    before = plain.finest.weights.copy()
    found = histogram.dampened(16, visibility=Visibility(shares))
    assert found.finest.weights == pytest.approx(before * shares / VISIBILITY_UNIT)
    assert histogram.dampened(16) is plain
    assert np.array_equal(plain.finest.weights, before)
