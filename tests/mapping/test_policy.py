"""Mapping policy: parameters from settings and image."""

from typing import Any

import numpy as np
import pytest

from kalette.mapping import PerceptualPixels, policy_for, rate_of, saving_for_size
from kalette.types import Effort, Settings

GREY = np.full((200, 200, 3), 99, np.uint8)


def policy_of(
    pixels: np.ndarray, mean_loss: float, *, saving: float = 1.0, dithering: float = 1.0, **options
) -> Any:
    settings = Settings(**options)
    image = PerceptualPixels(pixels, settings.working_space)
    return policy_for(settings, image, mean_loss, rate=rate_of(settings), saving=saving, dithering=dithering)


def test_only_automatic_dithering_strength_follows_activity():
    automatic = policy_of(GREY, 9.0)
    assert automatic.flat_strength is not None
    assert 0 < automatic.flat_strength < automatic.strength
    for asked in ({"dither_strength": 0.4}, {"dither": "diffusion"}, {"dither": "none"}):
        assert policy_of(GREY, 9.0, **asked).flat_strength is None
    assert policy_of(GREY, 9.0, dither_strength=0.4).strength == 0.4
    assert policy_of(GREY, 9.0, effort="fast") is None


def test_small_images_get_a_lower_dithering_strength():
    small, large = (policy_of(each, 9.0) for each in (GREY[:64, :64], GREY))
    assert 0 < small.strength < large.strength


@pytest.mark.parametrize(("megapixels", "share"), [(1, 1.0), (4, 1.0), (8, 0.5), (12, 0.0), (64, 0.0)])
def test_balanced_tries_far_matches_in_fewer_bands_of_a_larger_image(megapixels, share):
    """By hand: all up to 4 times 2^20 pixels, none from 12 times on."""
    image = PerceptualPixels(np.broadcast_to(np.uint8(9), (megapixels << 10, 1 << 10, 3)), "srgb")
    efforts: tuple[Effort, ...] = ("balanced", "best")
    found: dict[str, Any] = {
        effort: policy_for(Settings(effort=effort), image, 9.0, rate=0.5) for effort in efforts
    }
    assert (found["balanced"].match_depth, found["balanced"].deep_share) == (4, share)
    assert (found["best"].match_depth, found["best"].deep_share) == (64, 1.0)


def test_the_lagrange_multiplier_rises_with_flat_areas_and_with_the_loss():
    textured = np.random.default_rng(1).integers(0, 256, GREY.shape).astype(np.uint8)
    half = np.concatenate([GREY, textured])
    multipliers = [policy_of(each, 9.0).multiplier for each in (textured, half, GREY)]
    assert 0 < multipliers[0] < multipliers[1] < multipliers[2]
    assert multipliers[0] < policy_of(textured, 18.0).multiplier < 2 * multipliers[0]
    assert policy_of(GREY, 9.0, rate=0.0).multiplier == 0


def test_the_lagrange_multiplier_by_hand():
    """Rate 1/2, loss 9 and weights 1: 6.3 / 8 * sqrt(9 * 1 * 3)."""
    checks = np.indices((40, 40)).sum(axis=0)[..., None] // 2 % 2 * np.full(3, 255)
    multiplier = policy_of(checks.astype(np.uint8), 9.0, rate=0.5).multiplier
    assert multiplier == pytest.approx(6.3 / 8 * 27**0.5, rel=1e-12)


def test_small_stills_save_fewer_bytes():
    whole = policy_of(GREY, 9.0).multiplier
    assert policy_of(GREY, 9.0, saving=saving_for_size(1 << 15)).multiplier == pytest.approx(0.5 * whole)
    assert policy_of(GREY, 9.0, saving=saving_for_size((1 << 15) + 1)).multiplier == whole


def test_at_rate_1_small_stills_save_as_many_bytes_as_large_ones():
    whole = policy_of(GREY, 9.0, rate=1.0).multiplier
    assert policy_of(GREY, 9.0, rate=1.0, saving=0.6).multiplier == pytest.approx(whole)


def test_a_short_palette_raises_the_multiplier_more_slowly_up_to_the_default_rate():
    """By hand: a loss of 48 counts as 24, the root of 12 times 48; at rate 1 as itself."""
    textured = np.random.default_rng(1).integers(0, 256, GREY.shape).astype(np.uint8)
    at_default = policy_of(textured, 48.0).multiplier / policy_of(textured, 12.0).multiplier
    assert at_default == pytest.approx(2**0.75)
    at_one = policy_of(textured, 48.0, rate=1.0).multiplier / policy_of(textured, 12.0, rate=1.0).multiplier
    assert at_one == pytest.approx(4**0.75)


def test_a_short_palette_dithers_flat_areas_more():
    """The visible loss of a flat image is 8 times the mean loss: 40, 72 and 96."""
    long, between, short = (policy_of(GREY, loss) for loss in (5.0, 9.0, 12.0))
    assert (long.strength, long.flat_strength) == (0.75, 0.55)
    assert 0.55 < between.flat_strength < 0.75
    assert (short.strength, short.flat_strength) == (0.75, 0.75)


def test_a_factor_raises_both_strengths_up_to_full_dithering():
    usual, more, most = (policy_of(GREY, 9.0, dithering=factor) for factor in (1.0, 1.25, 4.0))
    assert more.strength == pytest.approx(1.25 * usual.strength)
    assert more.flat_strength == pytest.approx(1.25 * usual.flat_strength)
    assert (most.strength, most.flat_strength) == (1.0, 1.0)


def test_partly_clear_pixels_lower_the_lagrange_multiplier_by_half():
    solid = np.dstack([GREY, np.full(GREY.shape[:2], 255, np.uint8)])
    partial = np.dstack([GREY, np.full(GREY.shape[:2], 99, np.uint8)])
    assert PerceptualPixels(partial, "oklab").partial_share == 1
    assert PerceptualPixels(solid, "oklab").partial_share == 0
    ratio = policy_of(partial, 9.0).multiplier / policy_of(solid, 9.0).multiplier
    assert ratio == pytest.approx(0.5, rel=0.01)


def test_clear_pixels_do_not_change_the_lagrange_multiplier():
    textured = np.random.default_rng(1).integers(0, 256, (40, 40, 4)).astype(np.uint8)
    textured[..., 3] = 255
    framed = np.pad(textured, ((60, 60), (60, 60), (0, 0)))
    bare, clear = (policy_of(each, 9.0).multiplier for each in (textured, framed))
    assert clear == pytest.approx(bare, rel=0.1)
