"""The weighed mapping and what it needs: by hand, then compiled against reference."""

import numpy as np
import pytest

from kalette.arrays import Pixels
from kalette.color import alpha_kinds, sixteenths_from_srgb
from kalette.kernels import reference
from kalette.mapping.weighed import Weighing, map_weighed, weighing_for
from kalette.settings import Settings

_native = pytest.importorskip("kalette.kernels._native")
KERNELS = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
GREY = np.full((200, 200, 3), 99, np.uint8)
BLACK_WHITE = np.array([[0] * 3, [255] * 3], np.uint8)


def even(points: np.ndarray, strength: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return np.full(points.shape[:2], 16, np.uint16), np.full(points.shape[:2], strength, np.uint8)


@KERNELS
def test_diffusion_of_four_grey_pixels_by_hand(kernels):
    """Just below half of white: the first stays black and hands on 7/16, which tips the second to white."""
    row = np.full((1, 4, 3), 2030, np.int16)
    palette = np.array([[0] * 3, [4080] * 3], np.int16)
    assert kernels.map_weighed(row, *even(row, 255), palette).tolist() == [[0, 1, 0, 1]]
    assert kernels.map_weighed(row, *even(row, 0), palette).tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("depth", [0, 3])
@KERNELS
def test_a_run_goes_on_through_a_pixel_whose_error_is_worth_the_bits(kernels, depth):
    row = np.zeros((1, 12, 3), np.int16)
    row[0, 6] = 700
    palette = np.array([[0] * 3, [1000] * 3], np.int16)
    weights, none = even(row)
    nearest, run = [[0] * 6 + [1] + [0] * 5], [[0] * 12]
    assert kernels.map_weighed(row, weights, none, palette, 0, depth).tolist() == nearest
    assert kernels.map_weighed(row, weights, none, palette, 1_000_000, depth).tolist() == run
    weights[0, 6] = 60_000  # where errors show, they are not made
    assert kernels.map_weighed(row, weights, none, palette, 1_000_000, depth).tolist() == nearest


@pytest.mark.parametrize("depth", [0, 3])
@pytest.mark.parametrize("shift", [-6, -2, 0, 3, 5])
@KERNELS
def test_a_row_is_copied_from_the_row_above_where_it_is_nearly_that(kernels, depth, shift):
    """Rows of 24 random entries; the second shows the first so far to the left, and one pixel in between."""
    entries = np.random.default_rng(5).integers(0, 9, 24)
    palette = np.repeat(np.arange(0, 3600, 400, np.int16)[:, None], 3, axis=1)
    points = palette[np.stack([entries, np.roll(entries, shift)])]
    points[1, 12] += 250 if points[1, 12, 0] == 0 else -250  # nearer to a neighbour of its entry
    weights, none = even(points)
    first, second = kernels.map_weighed(points, weights, none, palette, 0)
    assert first.tolist() == entries.tolist()
    assert np.flatnonzero(second != np.roll(entries, shift)).tolist() == [12]
    found = kernels.map_weighed(points, weights, none, palette, 30_000, depth)[1]
    inner = slice(8, 16)
    assert found[inner].tolist() == np.roll(entries, shift)[inner].tolist()


@KERNELS
def test_activity_of_an_edge_by_hand(kernels):
    points = np.zeros((1, 8, 3), np.int16)
    points[0, 4:, 0] = 100
    assert kernels.activity(points)[0].tolist() == [0, 40, 47, 49, 49, 47, 40, 0]
    assert not kernels.activity(points, 1).any()


@pytest.mark.parametrize("space", ["srgb", "oklab"])
@pytest.mark.parametrize("price", [0, 50_000, 3_000_000])
@pytest.mark.parametrize("depth", [0, 3])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_native_maps_as_reference_does(space, price, depth, with_alpha):
    rng = np.random.default_rng(7)
    across, down = np.meshgrid(np.arange(37), np.arange(23))
    base = np.stack([5 * across + 2 * down, 9 * down, 3 * across], axis=2)
    pixels = np.clip(base + rng.integers(-12, 12, base.shape), 0, 255).astype(np.uint8)
    palette = rng.integers(0, 256, (23, 3), np.uint8)
    if with_alpha:
        alpha = np.clip(across * 12 - 60, 0, 255)[..., None].astype(np.uint8)
        pixels = np.concatenate([pixels, alpha], axis=2)
        palette = np.concatenate([palette, rng.choice([0, 60, 200, 255], (23, 1)).astype(np.uint8)], axis=1)
    points, entries = sixteenths_from_srgb(pixels, space), sixteenths_from_srgb(palette, space)
    weights = rng.integers(16, 800, pixels.shape[:2]).astype(np.uint16)
    strengths = rng.integers(0, 256, pixels.shape[:2]).astype(np.uint8)
    arguments = (points, weights, strengths, entries, price, depth)
    np.testing.assert_array_equal(_native.map_weighed(*arguments), reference.map_weighed(*arguments))
    np.testing.assert_array_equal(_native.activity(points, 1), reference.activity(points, 1))


def test_native_oklab_is_reference_oklab_for_many_colors():
    rng = np.random.default_rng(3)
    colors = rng.integers(0, 256, (20_000, 3), np.uint8)
    linear, scale = rng.random(256), np.array([4080.0, 5100.0, 5100.0])
    expected = reference.oklab(colors, linear, scale)
    for threads in (1, 2, 3):
        np.testing.assert_array_equal(_native.oklab(colors, linear, scale, threads), expected)


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros((2, 2, 2), np.int16)}, "points have 2 coordinates; they must have 3 or 4"),
        ({"palette": np.zeros((1, 4), np.int16)}, "palette has 4 coordinates and points 3; they must agree"),
        ({"palette": np.zeros((257, 3), np.int16)}, "palette has 257 entries; it must have 1 to 256"),
        (
            {"weights": np.zeros((2, 3), np.uint16)},
            r"weights have shape \(2, 3\); it must be that of the pixels",
        ),
        ({"strengths": np.zeros((3, 2), np.uint8)}, r"strengths have shape \(3, 2\); it must be that of"),
        ({"price": -1}, "price is -1; it must be 0 to"),
        ({"depth": 5000}, "depth is 5000; it must be 0 to 4096"),
    ],
)
@KERNELS
def test_wrong_arguments_are_refused(kernels, change, message):
    right = {
        "points": np.zeros((2, 2, 3), np.int16),
        "weights": np.zeros((2, 2), np.uint16),
        "strengths": np.zeros((2, 2), np.uint8),
        "palette": np.zeros((1, 3), np.int16),
        "price": 0,
        "depth": 0,
    }
    with pytest.raises(ValueError, match=message):
        kernels.map_weighed(**{**right, **change})
