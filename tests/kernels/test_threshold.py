"""Dithering by a threshold mask: by hand, then native against reference."""

import numpy as np
import pytest

from kalette.color import sixteenths_from_srgb
from kalette.kernels import reference

_native = pytest.importorskip("kalette.kernels._native")
KERNELS = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])


@KERNELS
def test_beyond_the_threshold_the_second_entry_is_shown(kernels):
    """At 0.25 of the distance, with thresholds 1/2 + offset / 65536 of 0.042, 0.2, 0.3 and 0.96."""
    row = np.full((1, 4, 3), 300, np.int16)
    palette = np.array([[0] * 3, [1200] * 3], np.int16)
    mask = np.array([[-30000, -19660, -13107, 30000]], np.int16)
    assert kernels.map_threshold(row, mask, palette, 0).tolist() == [[1, 1, 0, 0]]
    assert kernels.map_threshold(row, mask, palette[::-1].copy(), 0).tolist() == [[1, 1, 1, 0]]


@KERNELS
def test_a_distant_entry_is_mixed_in_only_at_a_low_contrast_penalty(kernels):
    """Dark grey is nearest to black; a mix with white would take a tenth of white."""
    dark, always = np.full((1, 1, 3), 400, np.int16), np.array([[-32767]], np.int16)
    palette = np.array([[0] * 3, [4000] * 3], np.int16)
    assert kernels.map_threshold(dark, always, palette, 28).tolist() == [
        [1]
    ]  # 256 / 28 > 9, the ratio of black to white
    assert kernels.map_threshold(dark, always, palette, 29).tolist() == [[0]]


@pytest.mark.parametrize("space", ["srgb", "oklab"])
@pytest.mark.parametrize("contrast", [0, 48, 256, 65536])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_native_and_reference_map_alike(space, contrast, with_alpha):
    rng = np.random.default_rng(11)
    pixels = rng.integers(0, 256, (61, 43, 4 if with_alpha else 3), np.uint8)
    palette = rng.integers(0, 256, (97, 3), np.uint8)
    palette[50] = palette[20]  # a repeated entry
    if with_alpha:
        pixels[:20, :, 3] = np.where(pixels[:20, :, 3] < 99, 0, 255)
        palette = np.concatenate([palette, rng.choice([0, 60, 200, 255], (97, 1)).astype(np.uint8)], axis=1)
    points, entries = sixteenths_from_srgb(pixels, space), sixteenths_from_srgb(palette, space)
    mask = rng.integers(-32767, 32768, (7, 5)).astype(np.int16)
    arguments = (points, mask, entries, contrast)
    np.testing.assert_array_equal(_native.map_threshold(*arguments), reference.map_threshold(*arguments))


@KERNELS
def test_zero_pixels_give_zero_indices(kernels):
    empty = kernels.map_threshold(
        np.zeros((0, 5, 3), np.int16), np.zeros((1, 1), np.int16), np.zeros((1, 3), np.int16), 0
    )
    assert empty.shape == (0, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros((2, 2, 2), np.int16)}, "points have 2 coordinates; they must have 3 or 4"),
        ({"palette": np.zeros((1, 4), np.int16)}, "palette has 4 coordinates and points 3; they must agree"),
        ({"palette": np.zeros((257, 3), np.int16)}, "palette has 257 entries; it must have 1 to 256"),
        (
            {"offsets": np.zeros((0, 4), np.int16)},
            r"offsets have shape \(0, 4\); they must hold one at least",
        ),
        ({"contrast": -1}, "contrast is -1; it must be 0 to 65536"),
        ({"contrast": 65537}, "contrast is 65537; it must be 0 to 65536"),
    ],
)
@KERNELS
def test_wrong_arguments_are_refused(kernels, change, message):
    right = {
        "points": np.zeros((2, 2, 3), np.int16),
        "offsets": np.zeros((2, 2), np.int16),
        "palette": np.zeros((1, 3), np.int16),
        "contrast": 0,
    }
    with pytest.raises(ValueError, match=message):
        kernels.map_threshold(**{**right, **change})
