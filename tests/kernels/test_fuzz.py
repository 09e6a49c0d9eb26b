"""Random valid arguments give the same bits in compiled kernels and in the reference."""

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kalette.kernels import reference
from kernel_cases import assert_same

_native = pytest.importorskip("kalette.kernels._native")
THREADS = st.integers(1, 5)
FEW = settings(max_examples=60)


def assert_agree(kernel: str, *arguments: Any, threads: int) -> None:
    with np.errstate(all="ignore"):
        expected = getattr(reference, kernel)(*arguments)
    assert_same(expected, getattr(_native, kernel)(*arguments, threads))


@FEW
@given(st.data(), st.integers(3, 4), st.integers(0, 300), THREADS)
def test_kernels_on_bytes_agree(data, channels, n, threads):
    levels = data.draw(st.sampled_from([st.integers(0, 3), st.integers(0, 255)]))
    pixels = data.draw(arrays(np.uint8, (n, channels), elements=levels))
    assert_agree("count_colors", pixels, threads=threads)
    colors, counts = reference.count_colors(pixels)
    assert_agree("map_colors", pixels, colors, (counts % 256).astype(np.uint8), threads=threads)
    k = data.draw(st.integers(1, 256))
    palette = data.draw(arrays(np.uint8, (k, channels)))
    indices = data.draw(arrays(np.uint8, n, elements=st.integers(0, k - 1)))
    assert_agree("squared_error", pixels, palette, indices, threads=threads)


@settings(max_examples=500)
@given(st.binary(max_size=90), st.sampled_from([None, 3, 4, 5]))
def test_last_blocks_of_any_bytes_agree(data, first_bits):
    """Streams that begin with the last block of a type, and others."""
    stream = np.frombuffer(data, np.uint8).copy()
    if first_bits is not None and len(stream):
        stream[0] = stream[0] & 0xF8 | first_bits
    found = []
    for kernels in (reference, _native):
        try:
            found.append(kernels.last_block(stream))
        except ValueError as error:
            found.append(str(error))
    assert found[0] == found[1]


@FEW
@given(st.data(), st.integers(3, 4), st.integers(1, 30), st.integers(1, 30), st.integers(0, 255), THREADS)
def test_similarities_agree(data, channels, height, width, background, threads):
    pictures = data.draw(arrays(np.uint8, (2, height, width, channels)))
    assert_agree("similarity", *pictures, background, threads=threads)
    assert_agree("ssimulacra2", *pictures, background, threads=threads)


@FEW
@given(st.data(), st.sampled_from([np.float32, np.float64]), st.integers(1, 10), st.integers(0, 90), THREADS)
def test_kernels_on_points_agree(data, dtype, d, n, threads):
    width: Literal[32, 64] = 32 if dtype is np.float32 else 64
    small = st.integers(-300, 300).map(lambda value: value / 16)
    any_finite = st.floats(allow_nan=False, allow_infinity=False, width=width)
    numbers = data.draw(st.sampled_from([small, any_finite]))
    k, moves = data.draw(st.integers(2, 40)), data.draw(st.integers(0, 4))
    points, centroids, alternatives = (
        data.draw(arrays(dtype, shape, elements=numbers)) for shape in ((n, d), (k, d), (k, moves, d))
    )
    weights = data.draw(arrays(np.float64, n, elements=st.floats(0, 1e9)))
    labels = data.draw(arrays(np.int32, n, elements=st.integers(0, k - 1)))
    assert_agree("assign", points, weights, centroids, threads=threads)
    assert_agree("pairwise_squared_distances", points, centroids, threads=threads)
    assert_agree("removal_costs", points, weights, centroids, threads=threads)
    assert_agree("split_clusters", points, weights, labels, k, threads=threads)
    if dtype is np.float32:
        assert_agree("move_costs", points, weights, centroids, alternatives, threads=threads)


@FEW
@given(st.data(), st.integers(3, 4), st.integers(1, 90), THREADS)
def test_means_of_cubes_agree(data, d, n, threads):
    coordinates = st.floats(allow_nan=False, allow_infinity=False, width=32)
    points = data.draw(arrays(np.float32, (n, d), elements=coordinates))
    weights = data.draw(arrays(np.float64, n, elements=st.floats(1e-9, 1e9)))
    begins = np.array(sorted({0, *data.draw(st.lists(st.integers(0, n - 1)))}), np.int64)
    assert_agree("cube_means", points, weights, begins, threads=threads)


@settings(max_examples=120)
@given(st.data(), st.integers(3, 4), st.integers(1, 5), st.integers(1, 24))
def test_kernels_on_any_16_bit_points_agree(data, d, height, width):
    """Including points of no picture: several alphas of opaque entries, palettes beyond all colours."""
    most = data.draw(st.sampled_from([100, 4080, 9000, 32767]))
    near_kinds = st.sampled_from([-32768, -8193, -8192, 0, 8192, 8193, 9000, 20464, 32767])
    numbers = st.integers(-most, most) | near_kinds if most > 9000 else st.integers(-most, most)
    points = data.draw(arrays(np.int16, (height, width, d), elements=numbers))
    palette = data.draw(arrays(np.int16, (data.draw(st.integers(1, 20)), d), elements=numbers))
    weights = data.draw(arrays(np.uint16, (height, width)))
    strengths = data.draw(arrays(np.uint8, (height, width)))
    multiplier, match_depth = (
        data.draw(st.sampled_from([0, 1, 50_000, 10**7, 1 << 40])),
        data.draw(st.integers(0, 5)),
    )
    arguments = (points, weights, strengths, palette, multiplier, match_depth)
    assert_same(reference.map_rate_distortion(*arguments), _native.map_rate_distortion(*arguments))
    offsets = data.draw(arrays(np.int16, (data.draw(st.integers(1, 4)), data.draw(st.integers(1, 9)))))
    thresholded = (points, offsets, palette, data.draw(st.sampled_from([0, 1, 64, 256, 65536])))
    assert_same(reference.map_threshold(*thresholded), _native.map_threshold(*thresholded))
    assert_same(reference.activity(points, d - 1), _native.activity(points, d - 1))


@FEW
@given(arrays(np.uint8, (50, 3)), arrays(np.float64, 256, elements=st.floats(0, 1)), st.data(), THREADS)
def test_oklab_points_agree(colors, linear, data, threads):
    scale = data.draw(arrays(np.float64, 3, elements=st.floats(-13000, 13000)))
    assert_agree("oklab", colors, linear, scale, threads=threads)
