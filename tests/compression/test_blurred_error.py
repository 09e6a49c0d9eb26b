"""Errors of a blurred picture whose pixels take their nearest entries."""

import numpy as np
import pytest

from kalette.color import sixteenths_from_srgb
from kalette.compression.blurred_error import BlurredError, visible_error
from kalette.types import Palette, Pixels

BLACK = np.zeros((1, 3), np.uint8)


def errors(pixels: Pixels, palette: Palette) -> np.ndarray:
    points = sixteenths_from_srgb(pixels.reshape(-1, pixels.shape[2]), "oklab").reshape(pixels.shape)
    return BlurredError(points[None]).of(palette).reshape(pixels.shape[:2])


def test_the_error_of_one_white_pixel_in_black_by_hand():
    """White is 255 from black, 4080 sixteenths, in eighths 510; each of 49 sums of 7 x 7 holds the pixel."""
    pixels = np.zeros((20, 20, 3), np.uint8)
    assert not errors(pixels, BLACK).any()
    pixels[10, 10] = 255
    expected = np.zeros((20, 20), np.uint32)
    expected[7:14, 7:14] = 510**2
    assert np.array_equal(errors(pixels, BLACK), expected)


def test_sums_at_the_border_are_of_fewer_pixels():
    pixels = np.full((20, 20, 3), 255, np.uint8)
    found = errors(pixels, BLACK)
    assert (found[0, 0], found[0, 10], found[10, 10]) == (
        (16 * 510) ** 2,
        (28 * 510) ** 2,
        (49 * 510) ** 2,
    )


def test_blocks_are_blurred_each_for_itself():
    blocks = np.zeros((2, 8, 8, 3), np.int16)
    blocks[0, 7] = 4080, 0, 0
    found = BlurredError(blocks).of(BLACK).reshape(2, 8, 8)
    assert found[0].any()
    assert not found[1].any()


def test_pixels_whose_mean_is_the_entry_hide_their_errors():
    lines = np.repeat((np.arange(40) % 2 * 198).astype(np.uint8)[None], 40, axis=0)
    pixels = np.repeat(lines[..., None], 3, axis=2)
    grey = np.array([[99] * 3], np.uint8)
    assert visible_error(errors(pixels, grey).ravel()) * 10 < visible_error(errors(pixels, BLACK).ravel())


def test_kinds_of_alpha_are_compared_by_their_alpha():
    """Alpha 254 is nearest to 255, and 1 to 0, and both are nearly right."""
    pixels = np.full((8, 8, 4), 255, np.uint8)
    pixels[:, :4, 3], pixels[:, 4:, 3] = 1, 254
    near = np.array([[0] * 4, [255] * 4, [255, 255, 255, 128]], np.uint8)
    found, middle = (visible_error(errors(pixels, palette).ravel()) for palette in (near, near[2:]))
    assert found * 1000 < middle


def test_the_error_of_clear_in_place_of_white_by_hand():
    """White is at 4080 in lightness and 2040 in alpha, and clear at 2111 and 0, as the grey behind it."""
    found = errors(np.full((9, 9, 4), 255, np.uint8), np.zeros((1, 4), np.uint8))
    assert found[4, 4] == (49 * (4080 - 2111) // 8) ** 2 + (49 * 2040 // 8) ** 2


def test_the_unblurred_error_of_a_checkerboard_by_hand():
    """Grey 99 has a lightness of 2039 sixteenths: black is as far away, white 2041."""
    checks = np.repeat((np.indices((20, 20)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2)
    points = sixteenths_from_srgb(checks.reshape(-1, 3), "oklab").reshape(checks.shape)
    found = BlurredError(points[None]).unblurred(np.full((1, 3), 99, np.uint8), np.zeros(400, np.uint8))
    assert found == pytest.approx(np.sqrt((2039**2 + 2041**2) / 2))


@pytest.mark.parametrize(("few", "many"), [([0, 0, 0, 8], [3, 3, 3, 3]), ([0, 5, 0, 5], [3, 3, 3, 3])])
def test_a_few_large_errors_outweigh_many_small_ones(few, many):
    assert visible_error(np.array(few, np.uint32)) > visible_error(np.array(many, np.uint32))
