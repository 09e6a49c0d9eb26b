"""Errors blurred in linear light."""

import numpy as np
import pytest

from kalette.compression.blurred_error import visible_error
from kalette.compression.blurred_light import BlurredLight
from kalette.types import Pixels

SPAN = range(-3, 4)


def linear(pixels: Pixels) -> np.ndarray:
    """IEC 61966-2-1."""
    value = pixels / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def oklab(light: np.ndarray) -> np.ndarray:
    """B. Ottosson, "A perceptual color space for image processing", 2020."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    axes = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.cbrt(light @ cones.T) @ axes.T


def blurred(pixels: Pixels) -> np.ndarray:
    light = np.pad(linear(pixels), ((3, 3), (3, 3), (0, 0)), mode="edge")
    height, width, _ = pixels.shape
    shifted = [
        light[3 + down : 3 + down + height, 3 + across : 3 + across + width]
        for down in SPAN
        for across in SPAN
    ]
    return oklab(np.mean(shifted, axis=0))


def test_half_the_light_of_white_is_grey_188():
    """The checks are white at 98 of 196 places, and grey 188 has 0.502 of the light of white."""
    checks = np.array([[0] * 3, [255] * 3], np.uint8)[np.indices((1, 14, 14)).sum(axis=0) % 2]
    light = BlurredLight(checks)
    labels = np.zeros(checks[0, ..., 0].size, np.uint8)
    errors = {
        grey: visible_error(light.of_labels(np.full((1, 3), grey, np.uint8), labels))
        for grey in range(180, 196)
    }
    assert min(errors, key=lambda grey: errors[grey]) in (187, 188)


def test_errors_are_those_of_the_published_formulas():
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (20, 30, 3), np.uint8)
    palette = rng.integers(0, 256, (5, 3), np.uint8)
    labels = rng.integers(0, 5, 600).astype(np.uint8)
    expected = ((blurred(pixels) - blurred(palette[labels].reshape(pixels.shape))) ** 2).sum(axis=2)
    found = BlurredLight(pixels[None]).of_labels(palette, labels).reshape(20, 30) / (1 << 30)
    assert found == pytest.approx(expected, rel=0.01, abs=1e-6)


def test_each_block_is_blurred_for_itself():
    rng = np.random.default_rng(4)
    blocks = rng.integers(0, 256, (2, 9, 9, 3), np.uint8)
    palette, labels = rng.integers(0, 256, (3, 3), np.uint8), rng.integers(0, 3, 162).astype(np.uint8)
    alone = [
        BlurredLight(blocks[[number]]).of_labels(palette, labels[81 * number :][:81]) for number in (0, 1)
    ]
    assert np.array_equal(BlurredLight(blocks).of_labels(palette, labels), np.concatenate(alone))


def test_a_picture_has_no_error_to_itself():
    pixels = np.arange(108, dtype=np.uint8).reshape(1, 6, 6, 3)
    labels = np.arange(36, dtype=np.uint8)
    assert not BlurredLight(pixels).of_labels(pixels.reshape(-1, 3), labels).any()


def test_errors_of_pixels_with_alpha_are_the_mean_over_black_and_over_white():
    """A clear pixel for half clear black: right over black, and grey 127 for white over white."""
    half_black, clear = np.array([[[[0, 0, 0, 128]]]], np.uint8), np.zeros((1, 4), np.uint8)
    grey, white = np.full((1, 1, 1, 3), 127, np.uint8), np.full((1, 3), 255, np.uint8)
    label = np.zeros(1, np.uint8)
    (over_white,) = BlurredLight(grey).of_labels(white, label)
    (error,) = BlurredLight(half_black).of_labels(clear, label)
    assert over_white > 1e6
    assert error == pytest.approx(over_white / 2, abs=1)
