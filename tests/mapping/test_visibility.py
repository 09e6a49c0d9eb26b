"""Visibility of errors by colour: high where the picture shows a colour in flat areas."""

import numpy as np
import pytest

from kalette.clustering import VISIBILITY_UNIT, count
from kalette.mapping import PerceptualPixels, visibility_of
from kalette.types import Pixels, Run


def visibility(pixels: Pixels, colors: Pixels, threads: int = 1) -> np.ndarray:
    """Return how visible colours are, relative to the mean."""
    found = visibility_of(PerceptualPixels(pixels, "oklab", run=Run(threads)))
    return found.of(colors).shares / VISIBILITY_UNIT


def halves(height: int = 20) -> Pixels:
    """Dark grey on the left; on the right a checkerboard of lighter greys, 40 pixels each."""
    right = 160 + 90 * (np.indices((height, 40)).sum(axis=0) % 2)
    greys = np.hstack([np.full((height, 40), 60), right]).astype(np.uint8)
    return np.repeat(greys[..., None], 3, axis=2)


def test_a_flat_color_is_as_visible_as_the_limit_allows_beside_texture():
    # Weights of flat and textured pixels are 5 and 1, so their roots are 2.25 (36 / 16) and 1. At the seam
    # three columns of each half see both.
    flat, texture = visibility(halves(), np.array([[60] * 3, [160] * 3], np.uint8))
    assert 0.9 * 36 / 16 < flat / texture < 36 / 16


def test_factors_are_relative_to_the_mean_over_pixels():
    histogram = count(halves())
    factors = visibility(halves(), histogram.colors)
    assert (factors * histogram.counts).sum() / histogram.counts.sum() == pytest.approx(1, abs=0.01)


def test_a_color_that_the_sample_lacks_is_as_visible_as_the_mean():
    assert visibility(halves(), np.array([[255, 0, 0]], np.uint8)).tolist() == [1]


def test_a_uniform_picture_makes_all_colors_equally_visible():
    assert visibility(np.full((9, 9, 3), 77, np.uint8), np.array([[77] * 3], np.uint8)).tolist() == [1]


def test_colors_of_different_alpha_are_told_apart():
    pixels = np.dstack([halves(), np.full((20, 80), 255, np.uint8)])
    pixels[:, :40, 3] = 90
    faint, opaque = visibility(pixels, np.array([[60, 60, 60, 90], [60, 60, 60, 255]], np.uint8))
    assert faint > opaque == 1


@pytest.mark.parametrize("height", [40, 9_000])
def test_threads_and_size_do_not_change_it(height):
    pixels, colors = halves(height), np.array([[60] * 3, [160] * 3, [250] * 3], np.uint8)
    assert np.array_equal(visibility(pixels, colors, 1), visibility(pixels, colors, 3))
    assert visibility(pixels, colors) == pytest.approx(visibility(halves(40), colors), rel=0.05)
