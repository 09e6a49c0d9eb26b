"""Threshold masks, and dithering of whole images by them."""

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import kalette
from alpha_checks import require_clear_and_opaque_to_stay
from kalette.mapping import PerceptualPixels
from kalette.mapping.threshold import ThresholdMask, bayer, blue_noise, map_threshold
from kalette.types import Pixels, Run

MASKS = pytest.mark.parametrize("mask", ["blue-noise", "ordered"])
BLACK_WHITE = np.array([[0] * 3, [255] * 3], np.uint8)
SCRIPT = Path(__file__).parents[2] / "scripts" / "blue_noise.py"


def script():
    spec = importlib.util.spec_from_file_location("blue_noise_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def power_by_frequency(mask: np.ndarray, low: float, high: float) -> float:
    """Mean power between two frequencies in cycles per pixel; white noise has 1 everywhere."""
    even = (mask - mask.mean()) / mask.std()
    across = np.fft.fftfreq(len(mask))
    frequency = np.hypot(across[:, None], across)
    power = np.abs(np.fft.fft2(even)) ** 2 / mask.size
    return power[(frequency > low) & (frequency <= high)].mean()


@pytest.mark.skipif(not SCRIPT.exists(), reason="the script stands beside the source")
def test_the_script_reproduces_the_stored_mask():
    np.testing.assert_array_equal(script().void_and_cluster(64), blue_noise())


@pytest.mark.skipif(not SCRIPT.exists(), reason="the script stands beside the source")
def test_void_and_cluster_spreads_the_first_ranks_of_a_small_mask_evenly():
    """The first n ranks lie further apart than half the spacing of a grid of n points."""
    ranks = script().void_and_cluster(8)
    assert sorted(ranks.ravel().tolist()) == list(range(64))
    for n in (4, 8, 16):
        y, x = np.nonzero(ranks < n)
        apart = np.abs(np.stack([y[:, None] - y, x[:, None] - x]))
        distance = np.hypot(*np.minimum(apart, 8 - apart)) + 99 * np.eye(n)
        assert distance.min() > 0.5 * np.sqrt(64 / n)


def test_the_blue_noise_mask_has_each_rank_once_and_no_low_frequencies():
    assert sorted(blue_noise().ravel().tolist()) == list(range(4096))
    assert power_by_frequency(blue_noise().astype(float), 0, 0.1) < 0.001
    assert power_by_frequency(blue_noise().astype(float), 0.35, 0.71) > 1.2


def test_the_ordered_mask_is_the_bayer_matrix():
    assert sorted(bayer().ravel().tolist()) == list(range(64))
    smaller = bayer()[:4, :4] // 4  # its quadrant is four times the mask of half the side
    assert smaller.tolist() == [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]


@MASKS
@pytest.mark.parametrize("level", [60, 100, 128, 200])
def test_dithering_keeps_the_mean_color_of_an_even_area(mask, level):
    area = np.full((64, 64, 3), level, np.uint8)
    shown = BLACK_WHITE[
        map_threshold(PerceptualPixels(area, "srgb"), BLACK_WHITE, ThresholdMask("srgb", mask))
    ]
    assert shown.mean() == pytest.approx(level, abs=2.5)


@MASKS
def test_strength_0_gives_the_nearest_entry_and_1_the_full_mix(mask):
    area = np.full((64, 64, 3), 100, np.uint8)
    shares = [
        map_threshold(
            PerceptualPixels(area, "srgb"), BLACK_WHITE, ThresholdMask("srgb", mask, strength)
        ).mean()
        for strength in (0, 0.5, 1)
    ]
    assert shares[0] == 0
    assert 0.2 < shares[1] < shares[2] == pytest.approx(100 / 255, abs=0.01)


@MASKS
def test_shares_of_entries_grow_steadily_along_a_gradient(mask):
    """A place that shows the light entry also shows it at every lighter grey."""
    steps = [
        map_threshold(
            PerceptualPixels(np.full((64, 64, 3), grey, np.uint8), "srgb"),
            BLACK_WHITE,
            ThresholdMask("srgb", mask),
        )
        for grey in range(0, 256, 15)
    ]
    for before, after in pairwise(steps):
        assert (before <= after).all()
    assert steps[0].sum() == 0
    assert steps[-1].min() == 1


@MASKS
def test_dithering_does_not_change_colors_of_the_palette(mask, gradient):
    flat = gradient // 128 * 128
    palette = np.unique(flat.reshape(-1, 3), axis=0)
    np.testing.assert_array_equal(
        palette[map_threshold(PerceptualPixels(flat, "oklab"), palette, ThresholdMask("oklab", mask))], flat
    )


@MASKS
@pytest.mark.parametrize("space", ["srgb", "oklab"])
def test_clear_pixels_stay_clear_and_opaque_ones_opaque(icon: Pixels, mask, space):
    palette = np.array([[0, 0, 0, 0], [90, 90, 90, 128], [200, 40, 40, 255], [20, 90, 200, 255]], np.uint8)
    shown = palette[map_threshold(PerceptualPixels(icon, space), palette, ThresholdMask(space, mask))]
    require_clear_and_opaque_to_stay(shown, icon)


@MASKS
def test_masks_continue_across_bands_and_threads(mask):
    """Rows are mapped in bands; the mask does not restart in a band."""
    area = np.full((600, 20, 3), 100, np.uint8)
    threshold_mask = ThresholdMask("srgb", mask)
    one, three = (
        map_threshold(PerceptualPixels(area, "srgb"), BLACK_WHITE, threshold_mask, run=Run(n)) for n in (1, 3)
    )
    np.testing.assert_array_equal(one, three)
    np.testing.assert_array_equal(one[:536], one[64:])


@MASKS
def test_compress_dithers_with_the_requested_mask(mask, gradient):
    plain = kalette.compress(gradient, k=6, dither="none", rate=0.0)
    dithered = kalette.compress(gradient, k=6, dither=mask)
    none = kalette.compress(gradient, k=6, dither=mask, dither_strength=0.0)
    assert (dithered.indices != plain.indices).mean() > 0.05
    np.testing.assert_array_equal(none.indices, plain.indices)
    assert dithered.to_bytes() == kalette.compress(gradient, k=6, dither=mask, threads=3).to_bytes()


@MASKS
def test_a_threshold_mask_excludes_a_rate(mask):
    with pytest.raises(kalette.SettingsError, match=f"rate is 0.5, but dither {mask} fixes the entry"):
        kalette.Settings(dither=mask, rate=0.5)
