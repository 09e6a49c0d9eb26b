"""Blocks spread over a picture."""

import numpy as np
import pytest

from kalette.compression.lattice import Lattice


def test_blocks_are_cut_where_the_lattice_says_by_hand():
    lattice = Lattice(range(0, 3, 2), range(1, 4, 2), 2, 2)
    numbers = np.arange(20).reshape(4, 5, 1)
    blocks = lattice.cut(lambda first, end: numbers[first:end])
    assert blocks.shape == (4, 2, 2, 1)
    assert blocks[:, 0, 0, 0].tolist() == [1, 3, 11, 13]
    assert blocks[3].ravel().tolist() == [13, 14, 18, 19]


def test_a_small_picture_is_one_block():
    lattice = Lattice.of(7, 9, 63)
    pixels = np.arange(63).reshape(7, 9, 1)
    assert lattice.is_whole
    assert np.array_equal(lattice.cut(lambda first, end: pixels[first:end]), pixels[None])


@pytest.mark.parametrize(
    "size", [(600, 700), (6_000, 4_000), (1, 900_000), (900_000, 1), (40, 20_000), (70, 9_000)]
)
def test_a_large_picture_gives_about_as_many_pixels_as_asked_for(size):
    height, width = size
    lattice = Lattice.of(height, width, 1 << 17)
    pixels = len(lattice.tops) * len(lattice.lefts) * lattice.height * lattice.width
    assert (1 << 17) / 1.5 < pixels < (1 << 17) * 2
    assert lattice.tops[-1] + lattice.height <= height
    assert lattice.lefts[-1] + lattice.width <= width
    assert not lattice.is_whole


def test_a_joined_picture_has_the_blocks_where_they_lie_and_comes_apart_again():
    picture = np.arange(200 * 300).reshape(200, 300)
    lattice = Lattice.of(200, 300, 1 << 14)
    blocks = lattice.cut(lambda first, end: picture[first:end])
    joined = lattice.joined(blocks)
    assert joined.shape == (64 * len(lattice.tops), 64 * len(lattice.lefts))
    for row, top in enumerate(lattice.tops):
        for column, left in enumerate(lattice.lefts):
            expected = picture[top : top + 64, left : left + 64]
            assert np.array_equal(joined[64 * row :, 64 * column :][:64, :64], expected)
    assert np.array_equal(lattice.apart(joined), blocks)
