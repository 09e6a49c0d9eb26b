"""PNG in true colour: exact with and without oxipng, and small for gradients."""

import io

import numpy as np
import pytest
from PIL import Image

from kalette.color import continued_under_clear
from kalette.reading import Metadata
from kalette.writing import is_smooth
from kalette.writing.true_color import true_color_bits, true_color_png


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("has_oxipng", [True, False])
def test_true_color_is_exact_with_and_without_oxipng(channels, has_oxipng, monkeypatch):
    if not has_oxipng:
        monkeypatch.setattr("kalette.writing.true_color.HAS_OXIPNG", False)
    pixels = np.random.default_rng(3).integers(0, 256, (7, 5, channels), np.uint8)
    for effort in ("fast", "balanced", "best"):
        np.testing.assert_array_equal(decoded(true_color_png(pixels, effort, Metadata())), pixels)


def test_noise_is_not_smooth_and_its_bits_are_those_of_its_bytes():
    noise = np.random.default_rng(0).integers(0, 256, (400, 300, 3), np.uint8)
    assert true_color_bits(noise) == pytest.approx(
        8 * noise.size, rel=1 / 15
    )  # the first row of a band is left out
    assert not is_smooth(noise)


def test_clear_pixels_continue_their_row_to_the_right_then_to_the_left_then_the_rows_above_and_below():
    pixels = np.zeros((3, 3, 4), np.uint8)
    pixels[1, 1] = 7, 8, 9, 255
    pixels[1, 2] = 1, 2, 3, 100
    filled = continued_under_clear(pixels)
    assert filled[..., :3].tolist() == [[[7, 8, 9], [7, 8, 9], [1, 2, 3]]] * 3
    np.testing.assert_array_equal(filled[..., 3], pixels[..., 3])
    assert continued_under_clear(filled[1:2, 1:]).tolist() == filled[1:2, 1:].tolist()
