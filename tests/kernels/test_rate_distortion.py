"""Rate-distortion optimised mapping: by hand, then native against reference."""

import numpy as np
import pytest

from kalette.color import sixteenths_from_srgb
from kalette.kernels import reference

_native = pytest.importorskip("kalette.kernels._native")
KERNELS = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])


def even(points: np.ndarray, strength: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return np.full(points.shape[:2], 16, np.uint16), np.full(points.shape[:2], strength, np.uint8)


@KERNELS
def test_diffusion_of_four_grey_pixels_by_hand(kernels):
    """Just below half of white: the first is black and diffuses 7/16 of its error, so the second is white."""
    row = np.full((1, 4, 3), 2030, np.int16)
    palette = np.array([[0] * 3, [4080] * 3], np.int16)
    assert kernels.map_rate_distortion(row, *even(row, 255), palette).tolist() == [[0, 1, 0, 1]]
    assert kernels.map_rate_distortion(row, *even(row, 0), palette).tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("steps", [1, 180, 182, 500])  # the native search packs those up to 181 byte steps
@KERNELS
def test_of_two_entries_at_one_distance_the_lower_is_nearest(kernels, steps):
    between = np.zeros((1, 1, 3), np.int16)
    palette = np.full((20, 3), 8100, np.int16)
    palette[[3, 17], 1] = palette[[3, 17], 2] = 0
    palette[[3, 17], 0] = -16 * steps, 16 * steps
    assert kernels.map_rate_distortion(between, *even(between), palette).tolist() == [[3]]
    between[0, 0, 0] = 1
    assert kernels.map_rate_distortion(between, *even(between), palette).tolist() == [[17]]


@pytest.mark.parametrize("match_depth", [0, 3])
@KERNELS
def test_a_match_continues_through_a_pixel_if_the_bits_saved_outweigh_its_error(kernels, match_depth):
    row = np.zeros((1, 12, 3), np.int16)
    row[0, 6] = 700
    palette = np.array([[0] * 3, [1000] * 3], np.int16)
    weights, none = even(row)
    nearest, matched = [[0] * 6 + [1] + [0] * 5], [[0] * 12]
    assert kernels.map_rate_distortion(row, weights, none, palette, 0, match_depth).tolist() == nearest
    assert (
        kernels.map_rate_distortion(row, weights, none, palette, 1_000_000, match_depth).tolist() == matched
    )
    weights[0, 6] = 60_000  # a high weight: the error is too visible
    assert (
        kernels.map_rate_distortion(row, weights, none, palette, 1_000_000, match_depth).tolist() == nearest
    )


@pytest.mark.parametrize("match_depth", [0, 3])
@pytest.mark.parametrize("shift", [-6, -2, 0, 3, 5])
@KERNELS
def test_a_row_that_nearly_repeats_the_one_above_is_matched_with_it(kernels, match_depth, shift):
    """The second row of 24 random entries is the first, shifted, but for one pixel between two entries."""
    entries = np.random.default_rng(5).integers(0, 9, 24)
    palette = np.repeat(np.arange(0, 3600, 400, dtype=np.int16)[:, None], 3, axis=1)
    points = palette[np.stack([entries, np.roll(entries, shift)])]
    points[1, 12] += 250 if points[1, 12, 0] == 0 else -250  # nearer to a neighbour of its entry
    weights, none = even(points)
    first, second = kernels.map_rate_distortion(points, weights, none, palette, 0)
    assert first.tolist() == entries.tolist()
    assert np.flatnonzero(second != np.roll(entries, shift)).tolist() == [12]
    found = kernels.map_rate_distortion(points, weights, none, palette, 30_000, match_depth)[1]
    inner = slice(8, 16)
    assert found[inner].tolist() == np.roll(entries, shift)[inner].tolist()


@pytest.mark.parametrize("match_depth", [0, 3, 9])
@KERNELS
def test_a_run_from_three_rows_above_is_matched_with_far_matches(kernels, match_depth):
    """Four rows of 40 random entries; the last repeats 20 of the first, 12 to the left, but for one pixel."""
    rows = np.random.default_rng(5).integers(0, 9, (4, 40))
    rows[3, 3:23] = rows[0, 15:35]
    palette = np.repeat(np.arange(0, 3600, 400, dtype=np.int16)[:, None], 3, axis=1)
    points = palette[rows]
    points[3, 12] += 250 if points[3, 12, 0] == 0 else -250  # nearer to a neighbour of its entry
    found = kernels.map_rate_distortion(points, *even(points), palette, 30_000, match_depth)
    assert (found[3, 5:21].tolist() == rows[3, 5:21].tolist()) == (match_depth > 0)


@pytest.mark.parametrize("space", ["srgb", "oklab"])
@pytest.mark.parametrize("multiplier", [0, 50_000, 3_000_000])
@pytest.mark.parametrize("match_depth", [0, 3, 9, 64])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_native_and_reference_map_alike(space, multiplier, match_depth, with_alpha):
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
    arguments = (points, weights, strengths, entries, multiplier, match_depth)
    np.testing.assert_array_equal(
        _native.map_rate_distortion(*arguments), reference.map_rate_distortion(*arguments)
    )


def test_native_and_reference_alike_run_out_of_lanes_for_far_matches():
    """Noise in six colours shows each pair of entries at many places."""
    rng = np.random.default_rng(3)
    pixels, palette = rng.integers(0, 256, (32, 96, 3), np.uint8), rng.integers(0, 256, (6, 3), np.uint8)
    points = sixteenths_from_srgb(pixels, "srgb")
    arguments = (points, *even(points), sixteenths_from_srgb(palette, "srgb"), 2_000_000, 64)
    np.testing.assert_array_equal(
        _native.map_rate_distortion(*arguments), reference.map_rate_distortion(*arguments)
    )


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
        ({"multiplier": -1}, "multiplier is -1; it must be 0 to"),
        ({"match_depth": 5000}, "match_depth is 5000; it must be 0 to 4096"),
    ],
)
@KERNELS
def test_wrong_arguments_are_refused(kernels, change, message):
    right = {
        "points": np.zeros((2, 2, 3), np.int16),
        "weights": np.zeros((2, 2), np.uint16),
        "strengths": np.zeros((2, 2), np.uint8),
        "palette": np.zeros((1, 3), np.int16),
        "multiplier": 0,
        "match_depth": 0,
    }
    with pytest.raises(ValueError, match=message):
        kernels.map_rate_distortion(**{**right, **change})
