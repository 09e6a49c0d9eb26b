"""Arrays as sources: every common type and shape, and sentences for all others."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import io

import numpy as np
import pytest
from skimage.util import img_as_float, img_as_ubyte

import kalette
from kalette.reading.arrays import pixels_from_array
from kalette.types import ReadError

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def test_grey_and_grey_with_alpha_by_hand():
    assert pixels_from_array(np.array([[7, 9]], np.uint8)).tolist() == [[[7, 7, 7], [9, 9, 9]]]
    assert pixels_from_array(np.array([[[7]]], np.uint8)).tolist() == [[[7, 7, 7]]]
    assert pixels_from_array(np.array([[[7, 99]]], np.uint8)).tolist() == [[[7, 7, 7, 99]]]


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        (True, bool, 255),
        (65535, np.uint16, 255),
        (128, np.uint16, 0),  # just below half of 257
        (129, np.uint16, 1),
        (0x1234, ">u2", 18),
        (0.5, np.float64, 128),
        (0.5, np.float16, 128),
        (1.0, np.float32, 255),
        (200, np.uint8, 200),
    ],
)
def test_samples_of_each_type_by_hand(value, dtype, expected):
    assert pixels_from_array(np.array([[value]], dtype)).tolist() == [[[expected] * 3]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_agree_with_scikit_image(dtype, gradient):
    floats = img_as_float(gradient).astype(dtype)
    np.testing.assert_array_equal(pixels_from_array(floats), gradient)
    noise = np.random.default_rng(0).random((40, 30, 3)).astype(np.float64)
    np.testing.assert_array_equal(pixels_from_array(noise), img_as_ubyte(noise))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, bool, np.float32])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 2), (5, 7, 3), (5, 7, 4)])
def test_every_type_and_shape_is_compressed(dtype, shape):
    array = np.random.default_rng(1).integers(0, 2, shape).astype(dtype)
    result = kalette.compress(array, 16)  # two levels in each channel
    assert result.psnr_db is None
    assert result.indices.shape == (5, 7)


def test_a_large_array_is_converted_in_strips_as_a_small_one():
    tall = np.linspace(0, 1, 3 * 700_000).reshape(-1, 100, 3)
    np.testing.assert_array_equal(pixels_from_array(tall), np.rint(tall * 255).astype(np.uint8))


def test_arrays_that_are_not_contiguous_are_accepted(gradient):
    turned = gradient[::-1, ::2]
    np.testing.assert_array_equal(pixels_from_array(turned), turned)
    assert pixels_from_array(turned).flags.c_contiguous
    assert not np.may_share_memory(pixels_from_array(gradient), gradient)


def test_objects_with_an_array_interface_are_accepted(gradient):
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return gradient

    assert kalette.compress(Tensor(), 5).to_bytes() == kalette.compress(gradient, 5).to_bytes()


def test_open_files_and_all_kinds_of_bytes_are_accepted(tmp_path, gradient):
    data = kalette.compress(gradient, 200).to_bytes()
    path = tmp_path / "a.png"
    path.write_bytes(data)
    expected = kalette.compress(data, 5).to_bytes()
    with path.open("rb") as file:
        for source in (file, io.BytesIO(data), bytearray(data), memoryview(data)):
            result = kalette.compress(source, 5)
            assert result.to_bytes() == expected
            assert result.input_bytes == len(data)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((2, 2, 3), np.int64), "is of int64; give uint8"),
        (np.zeros((2, 2, 3), complex), "is of complex128; give uint8"),
        (np.full((2, 2, 3), None), "is of object; give uint8"),
        (np.full((2, 2), 1.5), r"floats from 1.5 to 1.5; floats range from 0 to 1"),
        (np.full((2, 2), -0.1), r"floats from -0.1 to -0.1; floats range from 0 to 1"),
        (np.array([[0.0, np.nan]]), "holds NaN"),
        (np.array([[0.0, np.inf]]), "floats from 0 to inf"),
        (np.zeros(5, np.uint8), r"shape \(5,\)"),
        (np.zeros((2, 2, 5), np.uint8), r"shape \(2, 2, 5\)"),
        (np.zeros((2, 2, 2, 3), np.uint8), r"shape \(2, 2, 2, 3\)"),
        (np.zeros((0, 2, 3), np.uint8), "at least one pixel"),
        (np.zeros((2, 2, 0), np.uint8), "1 to 4"),
    ],
)
def test_invalid_arrays_are_refused_in_one_sentence(array, said):
    with pytest.raises(ReadError, match=said) as caught:
        kalette.compress(array)
    assert "\n" not in str(caught.value)


def test_a_file_open_in_text_mode_is_refused_with_advice(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("text")
    with path.open() as file, pytest.raises(ReadError, match="open it in binary mode"):
        kalette.compress(file)


def test_changing_the_array_later_changes_neither_picture_nor_result(gradient):
    array = gradient.copy()
    picture = kalette.open(array)
    result = picture.compress(8)
    expected = kalette.compress(gradient, 8)
    array[:] = 0
    assert result.mse == expected.mse
    assert picture.compress(8).to_bytes() == expected.to_bytes()


def test_a_masked_array_is_refused_with_advice(gradient):
    with pytest.raises(ReadError, match=r"the array is masked; fill it first"):
        kalette.compress(np.ma.masked_less(gradient, 9))


def test_files_that_are_closed_or_give_no_bytes_are_refused_with_advice():
    closed = io.BytesIO(b"x")
    closed.close()
    with pytest.raises(ReadError, match=r"closed file.*; leave it open, in binary mode"):
        kalette.open(closed)

    class Texts:
        def read(self, size: int) -> str:
            return "x" * size

    with pytest.raises(ReadError, match="gives something other than bytes; open it in binary mode"):
        kalette.open(Texts())
