"""Pixels to palette entries."""

import numpy as np
import pytest

from clouds import cloud_of
from kalette.clustering.histogram import count
from kalette.color import alpha_kinds
from kalette.mapping import PerceptualPixels
from kalette.mapping.nearest import map_labels, nearest_labels
from kalette.mapping.rate_distortion import RateDistortion, map_rate_distortion
from kalette.writing.palette_order import by_luma


def map_nearest(pixels, palette):
    colors = count(pixels)
    return map_labels(pixels, colors.colors, nearest_labels(cloud_of(colors), palette))


FULLY = RateDistortion("srgb", strength=1.0)
BLACK_WHITE = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)


def test_nearest_of_three_pixels_by_hand():
    pixels = np.array([[[0, 0, 0], [127, 127, 127], [128, 128, 128]]], np.uint8)
    assert map_nearest(pixels, BLACK_WHITE).tolist() == [[0, 0, 1]]


def test_nearest_agrees_with_brute_force(gradient):
    palette = np.random.default_rng(0).integers(0, 256, (37, 3)).astype(np.uint8)
    distances = ((gradient[:, :, None, :].astype(int) - palette) ** 2).sum(axis=3)
    np.testing.assert_array_equal(map_nearest(gradient, palette), distances.argmin(axis=2))


@pytest.mark.parametrize("level", [32, 64, 100, 128, 200])
def test_diffusion_keeps_the_mean_of_an_even_area(level):
    area = np.full((64, 64, 3), level, np.uint8)
    shown = BLACK_WHITE[map_rate_distortion(PerceptualPixels(area, "srgb"), BLACK_WHITE, FULLY)]
    assert shown.mean() == pytest.approx(level, abs=2)


def test_diffusion_leaves_colors_of_the_palette_alone(gradient):
    flat = gradient // 128 * 128
    palette = count(flat).colors
    np.testing.assert_array_equal(
        palette[map_rate_distortion(PerceptualPixels(flat, "srgb"), palette, FULLY)], flat
    )


@pytest.mark.parametrize("dithered", [False, True])
def test_clear_stays_clear_and_opaque_opaque(dithered, icon):
    palette = np.array([[90, 90, 90, 255], [0, 0, 0, 0], [200, 200, 200, 120], [9, 9, 9, 254]], np.uint8)
    indices = (
        map_rate_distortion(PerceptualPixels(icon, "srgb"), palette, FULLY)
        if dithered
        else map_nearest(icon, palette)
    )
    kinds = alpha_kinds(palette)[indices]
    np.testing.assert_array_equal(kinds, alpha_kinds(icon.reshape(-1, 4)).reshape(40, 40))


def test_order_goes_from_dense_to_clear_and_then_from_dark_to_light():
    palette = np.array(
        [[255, 255, 255, 255], [0, 0, 0, 255], [0, 0, 255, 255], [9, 9, 9, 9], [0, 0, 0, 0]], np.uint8
    )
    assert by_luma(palette).tolist() == [3, 4, 1, 2, 0]
    assert by_luma(palette[:3, :3]).tolist() == [1, 2, 0]
