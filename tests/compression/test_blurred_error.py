"""The worst errors of a blurred picture."""

import numpy as np

from kalette.compression.blurred_error import BlurredError
from kalette.types import Indexed

GREYS = np.array([[0] * 3, [255] * 3], np.uint8)


def test_the_error_of_one_white_pixel_in_black_by_hand():
    """White is 255 from black, 4080 sixteenths; each of 49 sums of 7 x 7 pixels holds the one pixel."""
    pixels = np.zeros((20, 20, 3), np.uint8)
    indices = np.zeros((20, 20), np.uint8)
    assert BlurredError(pixels).worst(Indexed(GREYS, indices)) == 0
    indices[10, 10] = 1
    assert BlurredError(pixels).worst(Indexed(GREYS, indices)) == 4080**2


def test_a_fault_of_fewer_pixels_than_one_in_200_does_not_count():
    pixels = np.zeros((200, 200, 3), np.uint8)
    indices = np.zeros((200, 200), np.uint8)
    indices[10, 10] = 1
    assert BlurredError(pixels).worst(Indexed(GREYS, indices)) == 0


def test_dithering_counts_as_the_color_it_mixes():
    pixels = np.full((40, 40, 3), 99, np.uint8)  # in Oklab half as light as white
    checks = (np.indices((40, 40)).sum(axis=0) % 2).astype(np.uint8)
    error = BlurredError(pixels)
    assert error.worst(Indexed(GREYS, checks)) < error.worst(Indexed(GREYS, checks * 0)) / 100


def test_kinds_of_alpha_are_compared_by_their_alpha():
    """Alpha 254 beside 255, and 1 beside 0, are nearly right."""
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, :4, 3], pixels[:, 4:, 3] = 1, 254
    palette = np.array([[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 0, 128]], np.uint8)
    near = np.repeat(np.array([[0, 1]], np.uint8), 4, axis=1).repeat(8, axis=0)
    error = BlurredError(pixels)
    assert error.worst(Indexed(palette, near)) * 1000 < error.worst(Indexed(palette, near * 0 + 2))
