"""LZW without loss: by hand, then decoded by Pillow, then native against reference."""

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


def decoded(data: np.ndarray, shape: tuple[int, int], k: int) -> np.ndarray:
    """What Pillow decodes the codes to."""
    bits = max((min(k + 1, 256) - 1).bit_length(), 2)
    head = b"GIF89a" + struct.pack("<HHBBB", shape[1], shape[0], 0x80 | bits - 1, 0, 0) + bytes(3 << bits)
    parts = [data[begin : begin + 255].tobytes() for begin in range(0, len(data), 255)]
    blocks = b"".join(bytes([len(part)]) + part for part in parts)
    image = b"," + struct.pack("<HHHHB", 0, 0, shape[1], shape[0], 0) + bytes([bits]) + blocks + b"\0;"
    with Image.open(io.BytesIO(head + image)) as opened:
        return np.asarray(opened)


def nothing(indices: np.ndarray) -> np.ndarray:
    return np.zeros_like(indices)


@KERNELS
def test_a_run_of_one_entry_takes_codes_of_growing_length(kernels):
    """Symbols 0 and 1 in 2 bits: clear 4, end 5; 0, then 00 (6) defined by itself, 000 (7); end in 4 bits."""
    row = np.zeros((1, 6), np.uint8)
    bits = "".join(f"{byte:08b}" for byte in kernels.code_lzw(row, nothing(row), 1, 1)[::-1].tolist())
    assert [int(bits[-end : len(bits) - end + 3], 2) for end in (3, 6, 9, 12)] == [4, 0, 6, 7]
    assert int(bits[-16:-12], 2) == 5


@KERNELS
def test_a_pixel_that_may_be_kept_is_kept_where_that_makes_the_string_longer(kernels):
    row = np.full((1, 64), 2, np.uint8)
    row[0, 3::5] = 0
    either = (row == 0).astype(np.uint8)
    data = kernels.code_lzw(row, either, 2, 2)
    assert decoded(data, row.shape, 2).tolist() == [[2] * 64]
    assert len(data) < len(kernels.code_lzw(row, nothing(row), 2, 2))


@KERNELS
def test_an_entry_that_is_not_drawn_keeps_pixels_without_a_symbol_more(kernels):
    """Four entries, of which 1 is not drawn: symbols take 2 bits, where a fifth would make it 3."""
    row = np.array([[0, 2, 3, 0, 1, 1, 1, 1]], np.uint8)
    either = np.array([[0, 0, 0, 1, 0, 0, 0, 0]], np.uint8)
    data = kernels.code_lzw(row, either, 4, 1)
    assert data[0] & 7 == 4  # clear, of symbols of 2 bits
    assert decoded(data, row.shape, 3).tolist() in ([[0, 2, 3, last, 1, 1, 1, 1]] for last in (0, 1))
    inside = np.tile(row, 8)
    beyond = np.where(inside == 1, 4, inside).astype(np.uint8)
    fewer, more = (
        kernels.code_lzw(each, nothing(each), 4, kept) for each, kept in ((inside, 1), (beyond, 4))
    )
    assert len(fewer) < len(more)


@KERNELS
def test_with_256_entries_nothing_is_kept(kernels):
    row = np.arange(256, dtype=np.uint8)[None]
    data = kernels.code_lzw(row, np.ones_like(row), 256, 256)
    np.testing.assert_array_equal(decoded(data, row.shape, 256), row)


@KERNELS
def test_no_pixels_are_a_clear_code_and_an_end(kernels):
    none = np.zeros((0, 3), np.uint8)
    assert kernels.code_lzw(none, none, 3, 3).tolist() == [4 | 5 << 3]


def test_shorter_strings_that_lead_to_longer_ones_take_fewer_bytes():
    y, x = np.mgrid[:80, :90]
    indices = ((x * y % 7 + x // 9) % 8).astype(np.uint8)
    greedy, ahead = (_native.code_lzw(indices, nothing(indices), 8, 8, lookahead) for lookahead in (0, 8))
    assert len(ahead) < len(greedy)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 60, 255, 256])
@pytest.mark.parametrize("worn_percent", [100, 95, 0])
def test_pillow_decodes_what_was_coded(k, worn_percent):
    rng = np.random.default_rng(k)
    indices = (rng.integers(0, k, (90, 120)) // 3).astype(np.uint8)
    data = _native.code_lzw(indices, nothing(indices), k, k, 4, worn_percent)
    np.testing.assert_array_equal(decoded(data, indices.shape, k), indices)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 30), st.tuples(st.integers(0, 12), st.integers(1, 40)), st.integers(1, 256))
def test_native_gives_the_bits_of_the_reference(seed, shape, k):
    rng = np.random.default_rng(seed)
    indices = rng.integers(0, min(k + 1, 256), shape).astype(np.uint8) // rng.integers(1, 9)
    indices = indices.astype(np.uint8)
    arguments = (indices, rng.integers(0, 2, shape).astype(np.uint8), k, k, int(rng.integers(0, 10)))
    assert_same(reference.code_lzw(*arguments), _native.code_lzw(*arguments))


@pytest.mark.parametrize("worn_percent", [100, 95, 0])
def test_full_dictionaries_are_treated_as_in_the_reference(worn_percent):
    rng = np.random.default_rng(3)
    indices = np.concatenate([rng.integers(0, 200, (40, 110)), rng.integers(0, 3, (60, 110))]).astype(
        np.uint8
    )
    arguments = (indices, nothing(indices), 200, 200, 2, worn_percent)
    found = _native.code_lzw(*arguments)
    assert len(found) > 6000
    assert_same(reference.code_lzw(*arguments), found)
    np.testing.assert_array_equal(decoded(found, indices.shape, 200), indices)


@KERNELS
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"k": 2, "kept": 2}, "an index is 3; it must be at most 2"),
        ({"k": 3, "kept": 1}, "an index is 3; it must be at most 2"),
        ({"k": 257}, "k is 257; it must be 1 to 256"),
        ({"kept": 5}, "kept is 5; it must be 0 to k, which is 4"),
        ({"worn_percent": 101}, "worn_percent is 101; it must be 0 to 100"),
        ({"lookahead": 65}, "lookahead is 65; it must be 0 to 64"),
        ({"either": np.zeros((1, 3), np.uint8)}, "either have shape"),
    ],
)
def test_wrong_arguments_are_refused(kernels, changed, sentence):
    row = np.array([[3, 0]], np.uint8)
    with pytest.raises(ValueError, match=sentence):
        kernels.code_lzw(**{"indices": row, "either": nothing(row), "k": 4, "kept": 4, **changed})
