"""Rate-distortion optimised LZW: by hand, then decoded by Pillow, then native against reference."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kalette.kernels import reference
from kernel_cases import assert_same

_native = pytest.importorskip("kalette.kernels._native")
KERNELS = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
OPAQUE, CLEAR = 9000, -9000
STEP = 60  # between entries


def points(values: np.ndarray, alpha: int = OPAQUE) -> np.ndarray:
    """Grey points of one value each."""
    grey = np.repeat(values[..., None], 3, axis=2)
    return np.concatenate([grey, np.full((*values.shape, 1), alpha)], axis=2).astype(np.int16)


def even(frame: np.ndarray) -> np.ndarray:
    return np.full(frame.shape[:2], 16, np.uint16)


def greys(k: int) -> np.ndarray:
    return np.repeat(np.arange(k, dtype=np.int16)[:, None] * STEP, 3, axis=1)


def decoded(indices: np.ndarray, data: np.ndarray, k: int) -> np.ndarray:
    """What Pillow decodes the codes to."""
    height, width = indices.shape
    bits = max((min(k + 1, 256) - 1).bit_length(), 2)
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80 | bits - 1, 0, 0) + bytes(3 << bits)
    blocks = b"".join(
        bytes([len(part)]) + part
        for part in (data[begin : begin + 255].tobytes() for begin in range(0, len(data), 255))
    )
    image = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + bytes([bits]) + blocks + b"\0;"
    with Image.open(io.BytesIO(head + image)) as opened:
        return np.asarray(opened)


@KERNELS
def test_a_run_of_one_entry_takes_codes_of_growing_length(kernels):
    """Symbols 0 to 2 in 2 bits: clear 4, end 5; 0, then 00 (6) twice defined by itself, 000 (7)."""
    frame = points(np.zeros((1, 6)))
    indices, data = kernels.map_lzw(frame, even(frame), points(np.zeros((1, 6)), CLEAR), greys(2), (1, 0))
    assert indices.tolist() == [[0] * 6]
    bits = "".join(f"{byte:08b}" for byte in data[::-1].tolist())
    assert int(bits[-3:], 2) == 4
    assert [int(bits[-6:-3], 2), int(bits[-9:-6], 2), int(bits[-12:-9], 2)] == [0, 6, 7]
    assert int(bits[-16:-12], 2) == 5  # the end, in 4 bits since 8 codes are defined


@KERNELS
def test_a_pixel_keeps_what_is_shown_if_that_is_nearest(kernels):
    frame, shown = points(np.array([[30, 60, 0]])), points(np.array([[30, 0, 60]]))
    indices, _ = kernels.map_lzw(frame, even(frame), shown, greys(2), (1, 0))
    assert indices.tolist() == [[2, 1, 0]]


@KERNELS
def test_keeping_wins_a_tie_only_where_it_costs_nothing(kernels):
    """The first pixel is shown already, and is the first entry too; the second lies midway between both."""
    frame, shown = points(np.array([[0, 30]])), points(np.array([[0, 60]]))
    indices, _ = kernels.map_lzw(frame, even(frame), shown, greys(1), (1, 0))
    assert indices.tolist() == [[1, 0]]


@KERNELS
def test_a_clear_pixel_is_kept_and_an_opaque_one_drawn_on_clear_ground(kernels):
    frame, shown = points(np.zeros((1, 4))), points(np.zeros((1, 4)), CLEAR)
    frame[0, :2, 3] = CLEAR
    indices, _ = kernels.map_lzw(frame, even(frame), shown, greys(2), (1000, 0))
    assert indices.tolist() == [[2, 2, 0, 0]]


@KERNELS
def test_an_error_that_costs_less_than_the_bits_it_saves_is_made(kernels):
    row = np.zeros((1, 64))
    row[0, 40] = STEP
    frame, shown = points(row), points(row, CLEAR)
    near, _ = kernels.map_lzw(frame, even(frame), shown, greys(2), (1, 0))
    cheap, data = kernels.map_lzw(frame, even(frame), shown, greys(2), (10_000, 0))
    assert (near.sum(), cheap.sum()) == (1, 0)
    assert len(data) < len(kernels.map_lzw(frame, even(frame), shown, greys(2), (1, 0))[1])


@KERNELS
def test_diffused_errors_mix_black_and_white(kernels):
    frame = points(np.full((8, 8), 30))
    indices, _ = kernels.map_lzw(frame, even(frame), points(np.zeros((8, 8)), CLEAR), greys(2), (0, 255))
    assert 20 < indices.sum() < 44


@pytest.mark.parametrize("k", [1, 2, 3, 4, 60, 255, 256])
@pytest.mark.parametrize("multiplier", [1, 3000])
def test_pillow_decodes_the_codes_to_the_indices(k, multiplier):
    rng = np.random.default_rng(k)
    frame = points(rng.integers(0, STEP * k, (90, 120)) // 150 * 150)
    shown = points(np.roll(frame[..., 0], 1, axis=1), OPAQUE if k < 256 else CLEAR)
    indices, data = _native.map_lzw(frame, even(frame), shown, greys(k), (multiplier, 40))
    np.testing.assert_array_equal(decoded(indices, data, k), indices)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 1 << 30),
    st.tuples(st.integers(0, 12), st.integers(1, 20)),
    st.integers(1, 255),
    st.sampled_from([0, 1, 1000, 1 << 40]),
    st.integers(0, 255),
)
def test_native_gives_the_bits_of_the_reference(seed, shape, k, multiplier, strength):
    rng = np.random.default_rng(seed)
    reach = int(rng.choice([200, 4000, 16383]))
    frame, shown = rng.integers(-reach, reach + 1, (2, *shape, 4)).astype(np.int16)
    frame[..., 3] = rng.choice([CLEAR, OPAQUE], shape)
    shown[..., 3] = np.where(frame[..., 3] > 0, rng.choice([CLEAR, OPAQUE], shape), CLEAR)
    palette = rng.integers(-reach, reach + 1, (k, 3)).astype(np.int16)
    weights = rng.integers(0, 1 << 16, shape).astype(np.uint16)
    arguments = (frame, weights, shown, palette, (multiplier, strength))
    assert_same(reference.map_lzw(*arguments), _native.map_lzw(*arguments))


def test_full_dictionaries_are_cleared_as_in_the_reference():
    rng = np.random.default_rng(3)
    frame = points(rng.integers(0, 200, (60, 110)) * STEP)
    arguments = (frame, even(frame), points(frame[..., 0] * 0, CLEAR), greys(200), (1, 0))
    found = _native.map_lzw(*arguments)
    assert len(found[1]) > 4096
    assert_same(reference.map_lzw(*arguments), found)


@pytest.mark.parametrize("shape", [(256, 256), (3, 22_000)])
def test_halves_of_large_frames_follow_each_other_as_in_the_reference(shape):
    y, x = np.indices(shape)
    frame = points((y // 64 + x // 128) % 5 * STEP)
    arguments = (frame, even(frame), points(frame[..., 0] * 0, CLEAR), greys(5), (5000, 0))
    found = _native.map_lzw(*arguments, threads=2)
    assert_same(_native.map_lzw(*arguments), found)
    assert_same(reference.map_lzw(*arguments), found)
    np.testing.assert_array_equal(decoded(found[0], found[1], 5), found[0])


def test_a_single_row_has_no_halves():
    frame = points(np.arange(1 << 16)[None] // 4096 % 5 * STEP)
    arguments = (frame, even(frame), points(frame[..., 0] * 0, CLEAR), greys(5), (5000, 0))
    assert_same(reference.map_lzw(*arguments), _native.map_lzw(*arguments))
