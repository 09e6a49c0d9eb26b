"""Rate-distortion optimised mapping of whole images."""

import numpy as np
import pytest

from alpha_checks import require_clear_and_opaque_to_stay
from kalette.clustering.histogram import count
from kalette.color import Space, alpha_kinds
from kalette.mapping import PerceptualPixels
from kalette.mapping.rate_distortion import RateDistortion, map_rate_distortion
from kalette.types import Pixels, Run

FULLY = RateDistortion("srgb", strength=1.0)
BLACK_WHITE = np.array([[0] * 3, [255] * 3], np.uint8)


@pytest.mark.parametrize("multiplier", [0.0, 30.0])
def test_clear_pixels_stay_clear_and_opaque_ones_opaque(icon: Pixels, multiplier: float):
    palette = np.array([[0, 0, 0, 0], [90, 90, 90, 128], [200, 40, 40, 255], [20, 90, 200, 255]], np.uint8)
    for space in ("srgb", "oklab"):
        shown = palette[
            map_rate_distortion(
                PerceptualPixels(icon, space), palette, RateDistortion(space, 0.6, multiplier, 2)
            )
        ]
        require_clear_and_opaque_to_stay(shown, icon)


def test_a_partly_clear_pixel_takes_the_clear_or_an_opaque_entry_if_it_is_nearer():
    """Alpha 9 is nearer to 0 than to 128, and 240 to 255; in sRGB each kind has its own entries."""
    row = np.array([[[0, 0, 0, alpha] for alpha in (0, 9, 100, 240, 255)]], np.uint8)
    palette = np.array([[0, 0, 0, 0], [0, 0, 0, 128], [0, 0, 0, 255]], np.uint8)
    spaces: tuple[Space, ...] = ("oklab", "srgb")
    oklab, srgb = (
        map_rate_distortion(PerceptualPixels(row, space), palette, RateDistortion(space, 0.0)).tolist()
        for space in spaces
    )
    assert oklab == [[0, 0, 1, 2, 2]]
    assert srgb == [[0, 1, 1, 1, 2]]


def test_full_strength_diffusion_keeps_the_kinds_of_alpha(icon):
    palette = np.array([[90, 90, 90, 255], [0, 0, 0, 0], [200, 200, 200, 120], [9, 9, 9, 254]], np.uint8)
    kinds = alpha_kinds(palette)[map_rate_distortion(PerceptualPixels(icon, "srgb"), palette, FULLY)]
    np.testing.assert_array_equal(kinds, alpha_kinds(icon.reshape(-1, 4)).reshape(40, 40))


def test_mapping_in_bands_is_the_same_for_any_number_of_threads():
    down, across = np.meshgrid(np.arange(700), np.arange(40), indexing="ij")
    pixels = np.stack([down % 256, across * 6, (down + across) % 256], axis=2).astype(np.uint8)
    palette = pixels[::37, ::11].reshape(-1, 3)[:60]
    one, three = (
        map_rate_distortion(
            PerceptualPixels(pixels, "oklab"), palette, RateDistortion("oklab", 0.6, 9.0, 2), run=Run(n)
        )
        for n in (1, 3)
    )
    np.testing.assert_array_equal(one, three)


def test_bands_with_far_matches_take_turns_in_their_share(monkeypatch):
    depths = []

    def recorded(points, *arguments):
        depths.append((len(points), arguments[-1]))
        return np.zeros(points.shape[:2], np.uint8)

    monkeypatch.setattr("kalette.kernels.map_rate_distortion", recorded)
    tall = PerceptualPixels(np.zeros((8 * 256, 2, 3), np.uint8), "srgb")
    parameters = RateDistortion("srgb", 0.5, 9.0, match_depth=4, deep_share=0.25)
    map_rate_distortion(tall, BLACK_WHITE, parameters)
    assert depths == [(256, 0), *[(272, 0)] * 2, (272, 4), *[(272, 0)] * 3, (272, 4)]


def test_full_strength_diffusion_keeps_the_mean_color():
    area = np.full((64, 64, 3), 100, np.uint8)
    shown = BLACK_WHITE[
        map_rate_distortion(PerceptualPixels(area, "srgb"), BLACK_WHITE, RateDistortion("srgb", 1.0))
    ]
    assert abs(shown.mean() - 100) < 2


def test_dithering_strength_is_lower_in_flat_areas_than_in_textured_ones():
    flat = np.full((64, 64, 3), 51, np.uint8)
    textured = flat.copy()
    textured[::2, ::2] = 255
    follows, never = RateDistortion("srgb", 1.0, flat_strength=0.0), RateDistortion("srgb", 0.0)
    np.testing.assert_array_equal(
        map_rate_distortion(PerceptualPixels(flat, "srgb"), BLACK_WHITE, follows),
        map_rate_distortion(PerceptualPixels(flat, "srgb"), BLACK_WHITE, never),
    )
    np.testing.assert_array_equal(
        map_rate_distortion(PerceptualPixels(textured, "srgb"), BLACK_WHITE, follows),
        map_rate_distortion(PerceptualPixels(textured, "srgb"), BLACK_WHITE, RateDistortion("srgb", 1.0)),
    )


def test_an_image_too_large_to_cache_its_points_is_mapped_the_same(monkeypatch, gradient):
    """Points and activity are recomputed for each band."""
    palette = gradient[::7, ::9].reshape(-1, 3)
    parameters = RateDistortion("oklab", 0.6, 9.0, 0, 0.3)
    kept = map_rate_distortion(PerceptualPixels(gradient, "oklab"), palette, parameters)
    weight = PerceptualPixels(gradient, "oklab").mean_weight
    monkeypatch.setattr("kalette.mapping.perceptual._MOST_KEPT_PIXELS", 10)
    large = PerceptualPixels(gradient, "oklab")
    np.testing.assert_array_equal(map_rate_distortion(large, palette, parameters), kept)
    assert large.mean_weight == weight


@pytest.mark.parametrize("level", [32, 64, 100, 128, 200])
def test_diffusion_keeps_the_mean_of_an_even_area(level):
    area = np.full((64, 64, 3), level, np.uint8)
    shown = BLACK_WHITE[map_rate_distortion(PerceptualPixels(area, "srgb"), BLACK_WHITE, FULLY)]
    assert shown.mean() == pytest.approx(level, abs=2)


def test_diffusion_does_not_change_colors_of_the_palette(gradient):
    flat = gradient // 128 * 128
    palette = count(flat).colors
    np.testing.assert_array_equal(
        palette[map_rate_distortion(PerceptualPixels(flat, "srgb"), palette, FULLY)], flat
    )
