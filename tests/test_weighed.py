"""The weighed mapping and what it needs."""

import numpy as np
import pytest

from kalette.arrays import Pixels
from kalette.color import alpha_kinds
from kalette.mapping.weighed import Weighing, map_weighed, weighing_for
from kalette.settings import Settings

GREY = np.full((200, 200, 3), 99, np.uint8)
BLACK_WHITE = np.array([[0] * 3, [255] * 3], np.uint8)


@pytest.mark.parametrize("rate_price", [0.0, 30.0])
def test_clear_stays_clear_and_opaque_opaque(icon: Pixels, rate_price: float):
    palette = np.array([[0, 0, 0, 0], [90, 90, 90, 128], [200, 40, 40, 255], [20, 90, 200, 255]], np.uint8)
    for space in ("srgb", "oklab"):
        shown = palette[map_weighed(icon, palette, Weighing(space, 0.6, rate_price, 2))]
        np.testing.assert_array_equal(alpha_kinds(shown.reshape(-1, 4)), alpha_kinds(icon.reshape(-1, 4)))


def test_bands_do_not_depend_on_threads():
    down, across = np.meshgrid(np.arange(700), np.arange(40), indexing="ij")
    pixels = np.stack([down % 256, across * 6, (down + across) % 256], axis=2).astype(np.uint8)
    palette = pixels[::37, ::11].reshape(-1, 3)[:60]
    one, three = (map_weighed(pixels, palette, Weighing("oklab", 0.6, 9.0, 2), threads=n) for n in (1, 3))
    np.testing.assert_array_equal(one, three)


def test_a_full_strength_area_has_on_average_its_color():
    area = np.full((64, 64, 3), 100, np.uint8)
    shown = BLACK_WHITE[map_weighed(area, BLACK_WHITE, Weighing("srgb", 1.0))]
    assert abs(shown.mean() - 100) < 2


def test_strength_falls_where_it_is_calm_and_grows_where_it_is_lively():
    calm = np.full((64, 64, 3), 51, np.uint8)
    lively = calm.copy()
    lively[::2, ::2] = 255
    follows, never = Weighing("srgb", 1.0, calm_strength=0.0), Weighing("srgb", 0.0)
    np.testing.assert_array_equal(
        map_weighed(calm, BLACK_WHITE, follows), map_weighed(calm, BLACK_WHITE, never)
    )
    np.testing.assert_array_equal(
        map_weighed(lively, BLACK_WHITE, follows), map_weighed(lively, BLACK_WHITE, Weighing("srgb", 1.0))
    )


def test_only_an_automatic_strength_follows_the_picture():
    automatic = weighing_for(Settings(), 9.0, GREY)
    assert automatic.calm_strength is not None
    assert 0 < automatic.calm_strength < automatic.strength
    for asked in ({"dither_strength": 0.4}, {"dither": "diffusion"}, {"dither": "none"}, {"effort": "fast"}):
        assert weighing_for(Settings(**asked), 9.0, GREY).calm_strength is None
    assert weighing_for(Settings(dither_strength=0.4), 9.0, GREY).strength == 0.4


def test_in_a_small_picture_less_is_passed_on():
    small, large = (weighing_for(Settings(), 9.0, each) for each in (GREY[:64, :64], GREY))
    assert 0 < small.strength < large.strength


def test_a_bit_is_worth_more_where_much_is_calm_and_where_the_palette_serves_badly():
    lively = np.random.default_rng(1).integers(0, 256, GREY.shape).astype(np.uint8)
    half = np.concatenate([GREY, lively])
    prices = [weighing_for(Settings(), 9.0, each).bit_price for each in (lively, half, GREY)]
    assert 0 < prices[0] < prices[1] < prices[2]
    assert prices[0] < weighing_for(Settings(), 18.0, lively).bit_price < 2 * prices[0]
    assert weighing_for(Settings(rate=0.0), 9.0, GREY).bit_price == 0


def test_what_a_bit_is_worth_by_hand():
    """At a rate of 1/2, a loss of 16 and weights of one: 8.65 / 8 * sqrt(16 * 1 * 4)."""
    checks = np.indices((40, 40)).sum(axis=0)[..., None] // 2 % 2 * np.full(3, 255)
    price = weighing_for(Settings(rate=0.5), 16.0, checks.astype(np.uint8)).bit_price
    assert price == pytest.approx(8.65, rel=1e-12)


def test_clear_pixels_say_nothing_about_what_a_bit_is_worth():
    lively = np.random.default_rng(1).integers(0, 256, (40, 40, 4)).astype(np.uint8)
    lively[..., 3] = 255
    framed = np.pad(lively, ((60, 60), (60, 60), (0, 0)))
    bare, clear = (weighing_for(Settings(), 9.0, each).bit_price for each in (lively, framed))
    assert clear == pytest.approx(bare, rel=0.1)
