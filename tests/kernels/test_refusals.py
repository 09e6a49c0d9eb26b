"""Compiled kernels and their reference refuse wrong arguments with the same sentences."""

import numpy as np
import pytest

from kalette.kernels import _native, reference


def refused(call, *arguments) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what the caller compares
        call(*arguments)
    return str(caught.value)


PIXELS = np.zeros((2, 3), np.uint8)
POINTS = np.zeros((2, 3))
F32 = np.zeros((2, 3), np.float32)
NAN = np.full((1, 3), np.nan)
FIRST = np.zeros(1, np.int64)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("count_colors", (PIXELS, 0), "threads is 0"),
        ("count_colors", (np.zeros((2, 5), np.uint8), 1), "pixels have 5 channels"),
        (
            "map_colors",
            (PIXELS, np.zeros((1, 4), np.uint8), np.zeros(1, np.uint8), 1),
            "colors have 4 channels",
        ),
        ("map_colors", (PIXELS, PIXELS[:1], np.zeros(2, np.uint8), 1), "labels has 2 entries for 1 colors"),
        ("map_colors", (PIXELS, PIXELS[:1] + 1, np.zeros(1, np.uint8), 1), "not among colors"),
        ("map_colors", (PIXELS, PIXELS[:1] + 1, np.full(1, 255, np.uint8), 1), "not among colors"),
        ("map_colors", (PIXELS, PIXELS[:0], np.zeros(0, np.uint8), 1), "not among colors"),
        (
            "squared_error",
            (PIXELS, np.zeros((1, 4), np.uint8), np.zeros(2, np.uint8), 1),
            "palette has 4 channels",
        ),
        ("squared_error", (PIXELS, PIXELS, np.zeros(3, np.uint8), 1), "indices has 3 entries for 2 pixels"),
        (
            "squared_error",
            (PIXELS, PIXELS, np.array([0, 2], np.uint8), 1),
            "an index is 2; palette has 2 entries",
        ),
        ("assign", (POINTS, np.ones(2), POINTS[:0], 1), "there are 0 centroids"),
        ("assign", (POINTS, np.ones(2), np.zeros((1, 2)), 1), "centroids have 2 coordinates and points 3"),
        ("assign", (POINTS, np.ones(3), POINTS, 1), "weights has 3 entries for 2 points"),
        ("assign", (POINTS, np.ones(2), NAN, 1), "NaN or infinity"),
        ("assign", (np.zeros((2, 0)), np.ones(2), np.zeros((1, 0)), 1), "0 coordinates"),
        ("pairwise_squared_distances", (np.zeros((2, 0)), np.zeros((1, 0)), 1), "0 coordinates"),
        ("pairwise_squared_distances", (POINTS, np.zeros((1, 2)), 1), "centroids have 2 coordinates"),
        ("removal_costs", (POINTS, np.ones(2), POINTS[:1], 1), "there is 1 centroid"),
        ("move_costs", (F32, np.ones(2), F32[:1], np.zeros((1, 1, 3), np.float32), 1), "there is 1 centroid"),
        (
            "move_costs",
            (F32, np.ones(2), F32, np.zeros((1, 6, 3), np.float32), 1),
            "(1, 6, 3); it must be (2, moves",
        ),
        ("cube_means", (F32[:, :2].copy(), np.ones(2), FIRST, 1), "points have 2 coordinates"),
        ("cube_means", (F32, np.ones(3), FIRST, 1), "weights has 3 entries for 2 points"),
        ("cube_means", (F32, np.array([1.0, 0]), FIRST, 1), "weights hold a number that is not above 0"),
        ("cube_means", (F32, np.array([np.inf, 1]), FIRST, 1), "weights hold NaN or infinity"),
        ("cube_means", (NAN.astype(np.float32), np.ones(1), FIRST, 1), "points hold NaN or infinity"),
        ("cube_means", (F32, np.ones(2), FIRST[:0], 1), "begins do not rise from 0 to below 2"),
        ("cube_means", (F32, np.ones(2), FIRST + 1, 1), "begins do not rise from 0 to below 2"),
        ("cube_means", (F32, np.ones(2), np.array([0, 0]), 1), "begins do not rise from 0 to below 2"),
        ("cube_means", (F32, np.ones(2), np.array([0, 2]), 1), "begins do not rise from 0 to below 2"),
        ("split_clusters", (POINTS, np.ones(2), np.zeros(2, np.int32), 0, 1), "k is 0"),
        (
            "split_clusters",
            (POINTS, np.ones(2), np.zeros(1, np.int32), 1, 1),
            "labels has 1 entries for 2 points",
        ),
        ("split_clusters", (POINTS, np.ones(2), np.array([0, 3], np.int32), 3, 1), "a label is 3"),
        ("split_clusters", (POINTS, np.ones(2), np.array([-1, 3], np.int32), 3, 1), "a label is -1"),
    ],
)
def test_both_refuse_with_the_same_sentence(name, arguments, said):
    text = refused(getattr(reference, name), *arguments)
    assert said in text
    assert text == refused(getattr(_native, name), *arguments)


def test_native_refuses_arrays_of_another_type_or_layout():
    wide = np.zeros((4, 6), np.uint8)
    for wrong in (PIXELS.astype(np.int16), wide[:, ::2], np.zeros(3, np.uint8)):
        with pytest.raises(TypeError):
            _native.count_colors(wrong, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((np.zeros((2, 2, 5), np.uint8), np.zeros((2, 2, 5), np.uint8)), "pixels have 5 channels"),
        (
            (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)),
            "result has shape (2, 3, 3) and original (2, 2, 3); they must agree",
        ),
        ((np.zeros((0, 2, 3), np.uint8), np.zeros((0, 2, 3), np.uint8)), "the pictures have no pixels"),
        ((PIXELS[None], PIXELS[None], 0, 0), "threads is 0"),
    ],
)
@pytest.mark.parametrize("name", ["similarity", "ssimulacra2"])
def test_comparisons_refuse_with_the_same_sentence(name, arguments, said):
    text = refused(getattr(reference, name), *arguments)
    assert said in text
    assert text == refused(getattr(_native, name), *arguments)
