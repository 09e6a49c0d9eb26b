"""Compositing over a background."""

import numpy as np
from PIL import Image

from kalette.color import composited


def test_mostly_clear_red_over_white_is_pink():
    assert composited(np.array([[[200, 0, 0, 51]]], np.uint8), 255).tolist() == [[[244, 204, 204]]]


def test_pixels_without_alpha_stay():
    pixels = np.array([[[1, 2, 3]]], np.uint8)
    assert composited(pixels, 255) is pixels


def test_any_alpha_over_any_color_is_what_pillow_makes_within_a_rounding():
    rng = np.random.default_rng(0)
    pixels, background = rng.integers(0, 256, (64, 64, 4), np.uint8), np.array([9, 130, 255])
    behind = Image.new("RGBA", (64, 64), tuple(background.tolist()))
    expected = np.asarray(Image.alpha_composite(behind, Image.fromarray(pixels)).convert("RGB"))
    difference = composited(pixels, background).astype(int) - expected
    assert np.abs(difference).max() <= 1
