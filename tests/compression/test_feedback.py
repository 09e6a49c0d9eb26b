"""Factors of weights that rise with the errors of a palette."""

import numpy as np
import pytest

from kalette.clustering import VISIBILITY_UNIT, count
from kalette.compression.feedback import Feedback
from kalette.mapping import CubeVisibility, cube_count, cube_numbers

GREYS = np.array([[[10] * 3, [10] * 3, [90] * 3, [200] * 3]], np.uint8)


def test_factors_rise_by_half_the_mean_error_of_a_cube_by_hand():
    """The visible error is 200, the root mean square; relative to it errors are 0, 1, 1, sqrt(1.415)."""
    feedback = Feedback(GREYS[0], count(GREYS).colors)
    squared = np.array([0, 200, 200, 283], np.uint32)
    raised = feedback.raised(feedback.equal_factors(), squared)
    assert raised == pytest.approx([1 + 0.5 * 0.5, 1 + 0.5, 1 + 0.5 * 1.415**0.5], rel=1e-3)
    assert feedback.raised(raised, squared) == pytest.approx(raised**2)


def test_one_error_far_above_all_counts_three_times_the_visible_error():
    pixels = np.repeat(np.arange(250, dtype=np.uint8)[:, None], 3, axis=1)
    feedback = Feedback(pixels, pixels)
    squared = np.zeros(250, np.uint32)
    squared[7] = 1 << 30
    raised = feedback.raised(feedback.equal_factors(), squared)
    assert raised.tolist() == [2.5 if color == 7 else 1 for color in range(250)]


def test_colors_without_pixels_count_as_if_their_errors_were_the_mean():
    """Errors are 0 and the root of sqrt(2), 1.19; half of their mean, 0.59, is 0.30."""
    feedback = Feedback(GREYS[0, 1:3])
    raised = feedback.raised(feedback.equal_factors(), np.array([0, 100], np.uint32))
    dark, middle, light = raised[cube_numbers(GREYS[0, 1:])]
    assert (dark, middle, light) == pytest.approx((1, 1 + 2**0.25 / 2, 1 + 2**0.25 / 4))
    shares = feedback.visibility(raised, GREYS[0, 1:]).shares
    assert shares[2] == VISIBILITY_UNIT


@pytest.mark.parametrize("channels", [3, 4])
def test_many_colors_share_cubes(channels):
    pixels = np.zeros((3, channels), np.uint8)
    pixels[1], pixels[2] = 7, 16
    feedback = Feedback(pixels)
    raised = feedback.raised(feedback.equal_factors(), np.array([0, 90, 0], np.uint32))
    shares = feedback.visibility(raised, pixels).shares
    assert shares[0] == shares[1] > shares[2]


@pytest.mark.parametrize("colors", [None, count(GREYS).colors])
def test_visibility_is_the_usual_one_times_the_factors_with_a_mean_of_one(colors):
    """Cubes of side 8 tell the greys apart, as colours do."""
    usual = CubeVisibility(np.full(cube_count(3), 64, np.uint8))
    usual.shares[cube_numbers(GREYS[0])] = 64, 64, 128, 64
    feedback = Feedback(GREYS[0], colors, usual)
    factors = feedback.equal_factors()
    factors[-1 if colors is not None else cube_numbers(GREYS[0, 3:])[0]] = 3
    shares = feedback.visibility(factors, GREYS[0]).shares.astype(float)
    assert shares / shares[0] == pytest.approx([1, 1, 2, 3], rel=0.02)
    assert shares.mean() == pytest.approx(VISIBILITY_UNIT, abs=0.5)


def test_no_color_falls_to_nothing():
    feedback = Feedback(GREYS[0], count(GREYS).colors)
    assert feedback.visibility(np.array([1.0, 1.0, 1e9]), GREYS[0]).shares.min() == 1


def test_a_rare_color_weighs_1024_times_the_mean_at_most():
    pixels = np.zeros((5_000, 3), np.uint8)
    pixels[0] = 200
    feedback = Feedback(pixels, np.unique(pixels, axis=0))
    assert feedback.visibility(np.array([1.0, 1e9]), pixels).shares.max() == 65_535
