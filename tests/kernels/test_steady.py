"""What steady pixels should show: by hand, then native against reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kalette.kernels import reference
from kernel_cases import assert_same

_native = pytest.importorskip("kalette.kernels._native")
KERNELS = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
OPAQUE, CLEAR = 9000, -9000


def pixel(grey: int, alpha: int = OPAQUE) -> np.ndarray:
    return np.array([[[grey, grey, grey, alpha]]], np.int16)


def steady(kernels, now, before, shown, weight=10):
    points, weights = kernels.steady(now, np.full((1, 1), weight, np.uint16), before, shown)
    return int(points[0, 0, 0]), int(weights[0, 0])


@KERNELS
def test_where_the_source_stands_still_what_is_shown_stays_with_thrice_the_weight(kernels):
    assert steady(kernels, pixel(100), pixel(100), pixel(130)) == (130, 30)


@KERNELS
def test_a_slow_change_is_drawn_towards_what_is_shown_changed_as_much(kernels):
    """A change of 16 in one coordinate halves the weight of time to 1: the mean of 116 and 130 + 16."""
    now = pixel(100)
    now[..., 0] = 116
    assert steady(kernels, now, pixel(100), pixel(130)) == (131, 20)


@KERNELS
def test_the_steadier_the_closer_to_what_is_shown_and_the_heavier(kernels):
    """A change of 16 halves weights of 1 and 3: means of 116 and 146 with half and 1.5 times the weight."""
    now = pixel(100)
    now[..., 0] = 116
    even = np.full((1, 1), 10, np.uint16)
    found = [kernels.steady(now, even, pixel(100), pixel(130), steadiness) for steadiness in (1.0, 3.0)]
    assert [(int(points[0, 0, 0]), int(weights[0, 0])) for points, weights in found] == [(126, 15), (134, 25)]


@KERNELS
@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        pytest.param(pixel(100), pixel(50), pixel(130), id="moving"),
        pytest.param(pixel(100, CLEAR), pixel(100), pixel(130, CLEAR), id="clear now"),
        pytest.param(pixel(100), pixel(100, CLEAR), pixel(130), id="clear before"),
        pytest.param(pixel(100), pixel(100), pixel(130, CLEAR), id="nothing shown"),
    ],
)
def test_other_pixels_stay_as_they_are(kernels, now, before, shown):
    assert steady(kernels, now, before, shown) == (100, 10)


def hue_moves(by: int) -> np.ndarray:
    """A pixel whose lightness, the second coordinate, changes by a number and another by more than 96."""
    now = pixel(100)
    now[..., 0], now[..., 1] = 200, 100 + by
    return now


@KERNELS
@pytest.mark.parametrize(("by", "lightness"), [(0, 116), (32, 143), (96, 199), (97, 197)])
def test_where_hue_moves_lightness_is_drawn_towards_what_is_shown(kernels, by, lightness):
    """With weights of 1.2, 0.6 and 0.12 for 130, 162 and 226, and none for a faster change."""
    arguments = (hue_moves(by), np.full((1, 1), 10, np.uint16), pixel(100), pixel(130))
    points, weights = kernels.steady(*arguments, lightness=1)
    assert (points[0, 0, :3].tolist(), weights.tolist()) == ([200, lightness, 100], [[10]])


@KERNELS
def test_weights_end_at_what_16_bits_hold(kernels):
    assert steady(kernels, pixel(100), pixel(100), pixel(130), weight=40_000)[1] == 65_535


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 1 << 30),
    st.tuples(st.integers(0, 9), st.integers(1, 9)),
    st.integers(0, 160),
    st.floats(0, 1000),
    st.integers(0, 2),
)
def test_native_gives_the_bits_of_the_reference(seed, shape, change, steadiness, lightness):
    rng = np.random.default_rng(seed)
    reach = int(rng.choice([200, 4000, 16383]))
    now, shown = rng.integers(-reach, reach + 1, (2, *shape, 4)).astype(np.int16)
    before = np.clip(now + rng.integers(-change, change + 1, now.shape), -reach, reach).astype(np.int16)
    for points in (now, before, shown):
        points[..., 3] = rng.choice([CLEAR, OPAQUE, OPAQUE], shape)
    weights = rng.integers(0, 1 << 16, shape).astype(np.uint16)
    arguments = (now, weights, before, shown, steadiness, lightness)
    assert_same(reference.steady(*arguments), _native.steady(*arguments))


@KERNELS
def test_arrays_of_other_shapes_are_refused(kernels):
    even = np.full((1, 1), 16, np.uint16)
    with pytest.raises(ValueError, match="before has another shape"):
        kernels.steady(pixel(1), even, np.zeros((1, 2, 4), np.int16), pixel(1))
    with pytest.raises(ValueError, match="coordinate beyond 16383"):
        kernels.steady(pixel(16_384), even, pixel(1), pixel(1))
