"""Dampened counts: large areas count less."""

from typing import Any

import numpy as np
import pytest

import kalette
from kalette.clustering.dampening import Dampening, dampened
from kalette.clustering.histogram import count
from kalette.color import CLEAR, OPAQUE, PARTIAL


def test_the_weight_of_two_colors_by_hand():
    """Cubes of 9999 and 1 pixels of one colour each: the counts over the square root of 100 and of 1."""
    colors = np.array([[100, 150, 200], [250, 0, 0]], np.uint8)
    weights = dampened(colors, np.array([10_000, 1]), np.array([OPAQUE, OPAQUE], np.int8))
    assert weights.tolist() == pytest.approx([1000 * 10_001 / 1001, 10_001 / 1001])


def test_few_entries_dampen_to_the_eighth_root_by_hand():
    """Cubes of 65536 and 1 pixels, of sizes 256 and 1: the counts over 128 and over 1."""
    colors = np.array([[100, 150, 200], [250, 0, 0]], np.uint8)
    how = Dampening(for_few=True)
    weights = dampened(colors, np.array([65_536, 1]), np.array([OPAQUE, OPAQUE], np.int8), how)
    assert weights.tolist() == pytest.approx([512 * 65_537 / 513, 65_537 / 513])


def test_beside_partly_clear_colors_few_entries_dampen_like_many():
    colors = np.array([[100, 150, 200, 255]] * 60 + [[250, 0, 0, 255], [0, 0, 0, 0], [0, 0, 0, 0]], np.uint8)
    partial_color = np.array([[9, 9, 9, 40]], np.uint8)
    clear, partial = count(colors[None]), count(np.concatenate([colors, partial_color])[None])
    weights = [histogram.dampened(k).finest.weights for histogram in (clear, partial) for k in (16, 17)]
    assert weights[0].tolist() != weights[1].tolist()
    assert weights[2].tolist() == weights[3].tolist()


def test_shades_beside_a_flat_color_keep_their_weight_relative_to_it():
    """In one cube all counts are divided alike."""
    colors = np.array([[255, 255, 250], [255, 255, 255]], np.uint8)
    assert dampened(colors, np.array([30, 90_000]), np.full(2, OPAQUE, np.int8)).tolist() == pytest.approx(
        [30, 90_000]
    )


def test_cubes_are_fine_where_the_colors_fill_fewer_coarse_ones_than_half_the_entries():
    greys = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)  # in 4 coarse cubes, and 16 fine ones
    kinds = np.full(256, OPAQUE, np.int8)
    sides = [Dampening.of(k, greys, kinds).side for k in (8, 9, 31, 32)]
    assert sides == [64, 16, 16, 64]


def test_partly_clear_colors_between_those_of_a_cube_do_not_count_as_cubes():
    colors = np.array([[level, level, level, 255 - level % 2] for level in range(192, 256)], np.uint8)
    kinds = np.where(colors[:, 3] == 255, OPAQUE, PARTIAL).astype(np.int8)
    assert Dampening.of(7, colors, kinds).side == 16


def test_colors_that_are_not_opaque_keep_their_counts():
    colors = np.array([[0, 0, 0, 0], [9, 9, 9, 40], [90, 90, 90, 255], [200, 90, 90, 255]], np.uint8)
    kinds = np.array([CLEAR, PARTIAL, OPAQUE, OPAQUE], np.int8)
    weights = dampened(colors, np.array([500, 70, 4000, 10]), kinds)
    assert weights[:2].tolist() == [500, 70]
    assert weights[2:].sum() == pytest.approx(4010)
    assert weights[3] > 10


def test_without_opaque_colors_all_keep_their_counts():
    colors = np.array([[0, 0, 0, 0], [9, 9, 9, 40]], np.uint8)
    kinds = np.array([CLEAR, PARTIAL], np.int8)
    assert dampened(colors, np.array([500, 70]), kinds).tolist() == [500, 70]


@pytest.mark.parametrize("k", [16, 17])
def test_the_weights_are_those_of_the_merged_histogram(k):
    """Palettes of several pictures do not depend on how their histograms were merged."""
    parts = [count(kalette.sample_pixels(48, 32)[top : top + 8]) for top in (0, 8, 16, 24)]
    left = parts[0].merge(*parts[1:]).dampened(k).finest
    right = parts[3].merge(parts[2].merge(parts[1], parts[0])).dampened(k).finest
    np.testing.assert_array_equal(left.weights, right.weights)


def test_sixteen_colors_hold_the_teal_and_the_yellow_of_a_small_balloon():
    """K-Means on pixels gives both to the sky."""
    pixels = kalette.sample_pixels()

    def balloon_colors(**options) -> list[bool]:
        red, green, blue = kalette.compress(pixels, 16, **options).palette.astype(int).T
        teal = (green - red > 50) & (blue - red > 50)
        yellow = (red - blue > 100) & (green > 130)
        return [bool(teal.any()), bool(yellow.any())]

    assert balloon_colors() == [True, True]
    assert balloon_colors(space="oklab", init="wu") == [False, False]


def test_plain_lloyd_and_srgb_weigh_colors_by_their_pixels():
    pixels = kalette.sample_pixels(96, 64)
    histogram = count(pixels)
    plain: tuple[dict[str, Any], ...] = ({"space": "srgb"}, {"space": "oklab", "init": "wu"})
    for options in plain:
        result = kalette.compress(pixels, 8, **options)
        cloud = histogram.in_space(options["space"]).finest
        assert cloud.weights.sum() == pixels.size / 3
        assert result.losses[0] >= result.losses[-1]
        assert np.array_equal(cloud.weights, histogram.counts)


@pytest.mark.parametrize("k", [2, 8, 256])
def test_the_search_with_dampened_counts_stretches_chroma(k):
    histogram = count(np.array([[[200, 30, 60], [20, 90, 250]]], np.uint8))
    plain, found = histogram.in_space("oklab").finest.points, histogram.dampened(k).finest.points
    assert (found == plain * np.array([1, 1.5, 1.5], np.float32)).all()


def test_partly_clear_colors_dampened_apart_by_hand():
    """Cubes of 9 and 1 pixels of one colour each, of sizes 3 and 1; the opaque one keeps its count."""
    colors = np.array([[9, 9, 9, 40], [200, 9, 9, 40], [90, 90, 90, 255]], np.uint8)
    kinds = np.array([PARTIAL, PARTIAL, OPAQUE], np.int8)
    weights = dampened(colors, np.array([9, 1, 25]), kinds, Dampening(scope="apart"))
    part = 9 / 3**0.5
    assert weights.tolist() == pytest.approx([part * 10 / (part + 1), 10 / (part + 1), 25])


def test_partly_clear_colors_dampened_together_with_opaque_ones_by_hand():
    """Cubes of 81 and 1 pixels, of sizes 9 and 1; the clear colour keeps its count."""
    colors = np.array([[0, 0, 0, 0], [9, 9, 9, 40], [90, 90, 90, 255]], np.uint8)
    kinds = np.array([CLEAR, PARTIAL, OPAQUE], np.int8)
    how = Dampening.of(8, colors, kinds, "together")
    assert dampened(colors, np.array([500, 1, 81]), kinds, how).tolist() == pytest.approx(
        [500, 82 / 28, 27 * 82 / 28]
    )


def test_with_nothing_dampened_the_weights_are_the_counts():
    colors = np.array([[9, 9, 9], [90, 90, 90]], np.uint8)
    how = Dampening.of(8, colors, np.full(2, OPAQUE, np.int8), "none")
    assert dampened(colors, np.array([1, 81]), np.full(2, OPAQUE, np.int8), how).tolist() == [1, 81]
