"""Kernels at the bounds of their arguments: 16-bit points, 64-bit costs, 32-bit sizes, files of gigabytes."""

import sys
from pathlib import Path

import numpy as np
import pytest

from extent import FULL
from kalette.kernels import reference
from kernel_cases import CASES, assert_same, refusal, rng

_native = pytest.importorskip("kalette.kernels._native")


def test_oklab_at_the_bounds_of_its_scale_stays_within_16_bits():
    colors = np.stack(np.meshgrid(*[[0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.uint8)
    linear = np.zeros(256)
    linear[1] = 1
    for scale in (np.full(3, 13000.0), np.full(3, -13000.0)):
        points = reference.oklab(colors, linear, scale).astype(np.int64)
        assert np.abs(points).max() < 32767
        assert (np.sign(points[1:, 0]) == np.sign(scale[0])).all()  # no number has wrapped around
        assert_same(reference.oklab(colors, linear, scale), _native.oklab(colors, linear, scale))


@pytest.mark.parametrize("d", [3, 4])
def test_points_at_the_bounds_of_16_bits_are_mapped_as_in_the_reference(d):
    """The largest 32-bit sums: widest palette, full strength, steepest steps."""
    ends = np.array([-32768, 32767], np.int16)
    points = ends[rng().integers(0, 2, (6, 9, d))]
    palette = np.stack([np.full(d, end) for end in (*ends, np.int16(9000), np.int16(-8192))])
    weights, strengths = np.full((6, 9), 65535, np.uint16), np.full((6, 9), 255, np.uint8)
    for multiplier, match_depth in ((0, 0), (1, 3), (1 << 40, 3)):
        found = _native.map_rate_distortion(points, weights, strengths, palette, multiplier, match_depth)
        np.testing.assert_array_equal(
            found, reference.map_rate_distortion(points, weights, strengths, palette, multiplier, match_depth)
        )


@pytest.mark.parametrize("d", [3, 4])
def test_a_row_whose_cost_could_pass_64_bits_is_refused(d):
    """A pixel costs up to 65535 x d x 65535^2: 2^61 holds 2730 of them for d = 3, 2048 for d = 4."""
    palette = np.stack([np.full(d, end, np.int16) for end in (-32768, 32767)])
    case, most = CASES["map_rate_distortion-int16"], 65535 * d * 65535**2 + 104
    fits = 2**61 // most
    assert fits == {3: 2730, 4: 2048}[d]
    for width in (fits, fits + 1):
        arguments = {
            "points": np.zeros((1, width, d), np.int16),
            "weights": np.full((1, width), 65535, np.uint16),
            "strengths": np.zeros((1, width), np.uint8),
            "palette": palette,
            "multiplier": 1,
        }
        if width == fits:
            assert case.run(_native, **arguments).shape == (1, fits)
            continue
        text = refusal(case, _native, **arguments)
        assert text == refusal(case, reference, **arguments)
        assert text.startswith(
            f"a pixel can cost up to {most}; a row of {width} pixels would exceed {2**61};"
        )


def sparse(path: Path, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    """A memory-mapped array in a sparse file, which takes no memory."""
    path.touch()
    with path.open("r+b") as file:
        file.truncate(int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize)
    return np.memmap(path, dtype, "r", shape=shape)


NO_HOLES = pytest.mark.skipif(sys.platform != "linux", reason="sparse files are certain on Linux only")


@NO_HOLES
def test_more_pixels_than_32_bits_count_are_refused(tmp_path):
    pixels = sparse(tmp_path / "pixels", np.uint8, (2**32, 3))
    text = refusal(CASES["count_colors-uint8"], _native, pixels=pixels)
    assert text == refusal(CASES["count_colors-uint8"], reference, pixels=pixels)
    assert text == "there are 4294967296 pixels; pass 4294967295 at most"
    points = sparse(tmp_path / "points", np.int16, (2**16, 2**15, 3))
    text = refusal(CASES["map_rate_distortion-int16"], _native, points=points)
    assert text == refusal(CASES["map_rate_distortion-int16"], reference, points=points)
    assert text == "there are 2147483648 pixels; pass 2147483647 at most"


@NO_HOLES
@pytest.mark.skipif(not FULL, reason="reading 2.9 GB takes time: KALETTE_TESTS=full")
def test_arrays_of_more_than_2_gib_are_read_to_their_end(tmp_path):
    """The last row is the only one that is not zero, so it decides the result."""
    n = 2**31 // 3 + 2
    path = tmp_path / "pixels"
    sparse(path, np.uint8, (n, 3))
    with path.open("r+b") as file:
        file.seek(3 * (n - 1))
        file.write(bytes([3, 4, 5]))
    pixels = np.memmap(path, np.uint8, "r", shape=(n, 3))
    indices = sparse(tmp_path / "indices", np.uint8, (n,))
    assert _native.squared_error(pixels, np.zeros((1, 3), np.uint8), indices, 2) == 9 + 16 + 25


def test_pictures_of_zero_width_return_at_once_at_any_height():
    high = 2**40
    weights, strengths = np.empty((high, 0), np.uint16), np.empty((high, 0), np.uint8)
    points, palette = np.empty((high, 0, 3), np.int16), np.zeros((1, 3), np.int16)
    for kernels in (_native, reference):
        assert kernels.map_rate_distortion(points, weights, strengths, palette, 5).shape == (high, 0)
        assert kernels.map_threshold(points, np.zeros((1, 1), np.int16), palette, 0).shape == (high, 0)
        assert kernels.activity(points).shape == (high, 0)


def test_points_of_more_coordinates_than_32_bits_count_are_refused():
    """Without points this takes no memory; the size k x d must not overflow."""
    points, labels = np.empty((0, 2**33)), np.empty(0, np.int32)
    case = CASES["split_clusters-float64"]
    changed = {"points": points, "weights": np.empty(0), "labels": labels, "k": 2**31 - 1}
    text = refusal(case, _native, **changed)
    assert text == refusal(case, reference, **changed)
    assert text == "points have 8589934592 coordinates; they must have 1 to 2147483647"
