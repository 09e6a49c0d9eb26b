"""Flat colours: an entry has exactly the colour that most of its pixels have."""

import numpy as np
import pytest

import kalette
from kalette.clustering import Histogram, count, with_flat_colors


def greys(**counts: int) -> Histogram:
    """Return a histogram of greys, such as `greys(g245=2, g250=9)`, in ascending order."""
    pixels = [[int(name[1:])] * 3 for name, most in counts.items() for _ in range(most)]
    return count(np.array([pixels], np.uint8))


def test_an_entry_takes_the_color_of_more_than_half_its_pixels_by_hand():
    """Of 250 there are 9 pixels in 11, of 90 there are 2 in 4: one is flat, the other is not."""
    histogram = greys(g90=2, g94=2, g245=2, g250=9)
    palette, labels = np.array([[92] * 3, [249] * 3], np.uint8), np.array([0, 0, 1, 1], np.int32)
    assert with_flat_colors(palette, histogram, labels)[:, 0].tolist() == [92, 250]
    assert palette[:, 0].tolist() == [92, 249]


def test_an_entry_keeps_its_kind_of_alpha():
    colors = np.array([[[0, 0, 0, 250]] * 9 + [[0, 0, 0, 255]]], np.uint8)
    opaque = np.array([[1, 1, 1, 255]], np.uint8)
    assert with_flat_colors(opaque, count(colors), np.zeros(2, np.int32)).tolist() == opaque.tolist()


@pytest.mark.parametrize(("pixels", "found"), [(130, 255), (120, 254)])
def test_among_many_colors_only_areas_count(pixels, found):
    """Of 8,320 pixels, 130 are one in 64."""
    rest = np.stack(np.unravel_index(np.arange(8320 - pixels), (32, 32, 32)), axis=1)
    picture = np.concatenate([rest, np.full((pixels, 3), 255)]).astype(np.uint8)[None]
    histogram = count(picture)
    labels = (histogram.colors[:, 0] == 255).astype(np.int32)
    palette = np.array([[16] * 3, [254] * 3], np.uint8)
    assert with_flat_colors(palette, histogram, labels)[1].tolist() == [found] * 3


def test_the_paper_of_a_drawing_stays_exact_beside_the_shades_of_its_edges():
    rng = np.random.default_rng(1)
    drawing = np.full((60, 60, 3), (250, 249, 246), np.uint8)
    drawing[20:40, 20:40] = rng.integers(0, 256, (20, 20, 1))
    drawing[10:12, 10:50] = (246, 245, 240)
    shown = kalette.compress(drawing, 8).to_array()
    assert (shown[45:, :] == drawing[45:, :]).all()


def test_faint_colors_keep_the_color_of_the_picture():
    """Points of alpha 1 tell hardly any colours apart."""
    glow = np.zeros((40, 40, 4), np.uint8)
    glow[..., :3], glow[..., 3] = (255, 180, 40), np.maximum(1, 6 * np.arange(-8, 32))[:, None]
    palette = kalette.compress(glow, 16).palette
    assert palette[palette[:, 3] == 1].tolist() == [[255, 180, 40, 1]]
