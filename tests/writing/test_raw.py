"""Raw files for devices."""

import numpy as np
import pytest

import kalette
from kalette.reading import raw_entries
from kalette.types import Indexed, WriteError
from kalette.writing import encode, raw_file

THREE = np.array([[0, 0, 0], [255, 0, 0], [8, 12, 255]], np.uint8)


def test_a_file_of_five_pixels_by_hand():
    """Two rows of 2 bits an index: 00 01 10 01 | 10, and 10 10 00 00 | 01."""
    indices = np.array([[0, 1, 2, 1, 2], [2, 2, 0, 0, 1]], np.uint8)
    expected = (
        b"KRAW"
        + bytes([5, 0, 0, 0, 2, 0, 0, 0, 3, 0, 2, 1])
        + THREE.tobytes()
        + bytes([0b00011001, 0b10000000, 0b10100000, 0b01000000])
    )
    assert raw_file(Indexed(THREE, indices)) == expected
    assert encode(Indexed(THREE, indices), "raw") == expected


@pytest.mark.parametrize(
    ("grid", "words"),
    [("rgb565", [0, 0xF800, 0x087F]), ("rgb555", [0, 0x7C00, 0x043F]), ("rgb444", [0, 0xF00, 0x01F])],
)
def test_entries_of_16_bits_by_hand(grid, words):
    file = raw_file(Indexed(THREE, np.zeros((1, 1), np.uint8)), grid)
    assert np.frombuffer(file[16:22], "<u2").tolist() == words


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 16, 17, 256])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("width", [1, 7, 8, 9])
def test_what_is_written_is_read_again(k, channels, width):
    rng = np.random.default_rng(k)
    written = Indexed(rng.integers(0, 256, (k, channels), np.uint8), rng.integers(0, k, (3, width), np.uint8))
    found = raw_entries(raw_file(written))
    np.testing.assert_array_equal(found.palette, written.palette)
    np.testing.assert_array_equal(found.indices, written.indices)


@pytest.mark.parametrize("grid", [None, "rgb565", "rgb555", "rgb444", "web"])
@pytest.mark.parametrize("clear_first", [False, True])
def test_a_result_is_measured_on_its_raw_file(grid, clear_first):
    result = kalette.compress(
        kalette.sample_pixels(48, 32), 16, format="raw", grid=grid, clear_first=clear_first
    )
    assert (
        result.output_bytes
        == 16
        + len(result.palette) * (2 if grid not in (None, "web") else 4 if clear_first else 3)
        + 48 * 32 * result.bit_depth // 8
    )
    np.testing.assert_array_equal(result.decoded, result.to_array())
    record = result.record()
    assert record["mse"] > 0
    assert record["frames"] == 1


def test_partly_clear_entries_do_not_fit_16_bits(icon):
    icon[0, 0, 3] = 128
    with pytest.raises(WriteError, match="only the first may be clear"):
        kalette.compress(icon, 16, grid="rgb565", format="raw").to_bytes()


def test_pixels_without_a_palette_are_refused():
    with pytest.raises(WriteError, match="not one indexed picture"):
        encode(np.zeros((1, 1, 3), np.uint8), "raw")
