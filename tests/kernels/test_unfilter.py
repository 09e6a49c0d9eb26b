"""Undoing the row filters of PNG: by hand, then native against reference."""

import itertools

import numpy as np
import pytest

from kalette.kernels import reference
from kernel_cases import noise_rows

_native = pytest.importorskip("kalette.kernels._native")
BOTH = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])


@BOTH
def test_each_filter_is_undone_by_hand(kernels):
    """Grey pixels 10 20, and below them the differences 1 2 under each filter."""
    for filter_type, expected in ((0, [1, 2]), (1, [1, 3]), (2, [11, 22]), (3, [6, 15]), (4, [11, 22])):
        rows = np.array([[0, *[10] * 3, *[20] * 3], [filter_type, *[1] * 3, *[2] * 3]], np.uint8)
        pixels = kernels.unfilter(rows, 3)
        assert pixels[1, :, 0].tolist() == expected, filter_type
        assert (pixels == pixels[..., :1]).all()


@BOTH
def test_the_paeth_predictor_is_the_nearest_of_left_above_and_corner_and_the_first_of_equals(kernels):
    for left, above, corner in itertools.product((0, 1, 2, 7, 254, 255), repeat=3):
        first_column = (left - corner) % 256  # predicted from above alone
        rows = np.array([[0, *[corner] * 3, *[above] * 3], [4, *[first_column] * 3, *[0] * 3]], np.uint8)
        middle = left + above - corner
        assert kernels.unfilter(rows, 3)[1, 1, 0] == min(
            (left, above, corner), key=lambda one: abs(one - middle)
        )


@pytest.mark.parametrize("pixel_bytes", [2, 3, 4, 6, 8])
@pytest.mark.parametrize(("height", "width"), [(0, 4), (3, 0), (1, 1), (1, 40), (40, 1), (23, 31), (31, 23)])
def test_unfiltering_agrees_bit_for_bit(height, width, pixel_bytes):
    rows = noise_rows(height, width, pixel_bytes)
    np.testing.assert_array_equal(
        reference.unfilter(rows, pixel_bytes), _native.unfilter(rows, pixel_bytes), strict=True
    )


@pytest.mark.parametrize("pixel_bytes", [2, 3, 4, 6, 8])
@pytest.mark.parametrize("height", [1, 64, 65, 200])
def test_unfiltering_in_stripes_gives_the_pixels_of_one_thread(height, pixel_bytes):
    rows = noise_rows(height, 2500, pixel_bytes)
    expected = _native.unfilter(rows, pixel_bytes)
    if height == 65:
        np.testing.assert_array_equal(reference.unfilter(rows, pixel_bytes), expected)
    for threads in (2, 3, 4, 9):
        np.testing.assert_array_equal(_native.unfilter(rows, pixel_bytes, threads), expected)


@BOTH
@pytest.mark.parametrize(
    ("rows", "pixel_bytes", "said"),
    [
        (np.zeros((1, 7), np.uint8), 5, "pixels have 5 bytes; they must have 2, 3, 4, 6 or 8"),
        (np.zeros((1, 7), np.uint8), 4, "rows have 7 bytes; they must have 1 and 4 for each pixel"),
        (np.full((1, 4), 5, np.uint8), 3, "a row has filter type 5; it must be 0 to 4"),
    ],
)
def test_invalid_rows_are_refused(kernels, rows, pixel_bytes, said):
    with pytest.raises(ValueError, match=said):
        kernels.unfilter(rows, pixel_bytes)
