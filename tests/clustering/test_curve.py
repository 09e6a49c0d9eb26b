"""The error for every k from one histogram, and the knee of its curve."""

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

import kalette
from kalette.clustering import curve
from kalette.clustering.curve import CurvePoint, entropy_bits, quality_curve, recommended_k
from kalette.clustering.histogram import count
from kalette.types import Run

PLAIN: dict[str, Any] = {"space": "srgb", "dither": "none", "rate": 0.0}


def curve_of(pixels: np.ndarray, threads: int = 1) -> tuple[CurvePoint, ...]:
    return quality_curve(count(pixels), run=Run(threads))


def errors(curve: tuple[CurvePoint, ...]) -> list[float]:
    return [point.mse for point in curve]


def greys(*levels: int) -> np.ndarray:
    return np.repeat(np.array(levels, np.uint8), 3).reshape(1, -1, 3)


def row_of_colors(n: int) -> np.ndarray:
    """n distinct colours, one pixel each, unevenly spread."""
    steps = np.arange(n)
    return np.stack([steps**2 % 256, steps % 256, steps * 7 % 256 + steps // 256], axis=1).astype(np.uint8)[
        None
    ]


def test_the_error_for_every_k_of_four_greys_by_hand():
    """Two pairs, then a pair and two single greys, then four single greys: 1, 1.5 and 2 bits per pixel."""
    curve = curve_of(greys(0, 2, 100, 200))
    assert [(point.k, point.mse) for point in curve] == [(2, 5002 / 4), (3, 2 / 4), (4, 0.0)]
    assert [point.bits_per_pixel for point in curve] == [1.0, 1.5, 2.0]


def test_the_knee_of_five_points_by_hand():
    """Root errors 40, 20, 16, 15 at k = 2 to 5 lie below the chord by 0, 7/15, 22/75 and 0."""
    curve = [CurvePoint(k, mse, 0.0) for k, mse in ((2, 1600.0), (3, 400.0), (4, 256.0), (5, 225.0))]
    assert recommended_k(curve) == 3


def test_of_two_equal_knees_the_one_with_fewer_colors_is_taken():
    curve = [CurvePoint(k, root**2, 0.0) for k, root in ((2, 8.0), (3, 4.0), (4, 2.0), (6, 2.0))]
    curve[2] = CurvePoint(4, 2.5**2, 0.0)
    # 3: 4/6 - 1/4 and 4: 5.5/6 - 1/2 are both 5/12.
    assert recommended_k(curve) == 3


def test_a_flat_curve_recommends_its_lowest_k():
    assert recommended_k([CurvePoint(k, 4.0, 0.0) for k in (2, 3, 4)]) == 2


def test_ward_merging_agrees_with_scipy():
    """For equal weights SciPy returns the root of twice the loss that a merge adds."""
    points = row_of_colors(60)[0].astype(np.float64)
    steps = np.cumsum(linkage(points, "ward")[:, 2] ** 2 / 2)
    found = [clusters.loss for clusters in curve._merged(curve._Clusters(points, np.ones(60), 0.0))]
    assert found == pytest.approx([0.0, *steps[:-1]])


@pytest.mark.parametrize("k", [2, 3, 5, 8, 16, 32, 64, 128])
def test_the_estimated_error_is_near_that_of_compress(k):
    pixels = kalette.sample_pixels(96, 64)
    estimate = errors(curve_of(pixels))[k - 2]
    assert estimate == pytest.approx(kalette.compress(pixels, k=k, effort="best", **PLAIN).mse, rel=0.12)


@pytest.mark.parametrize("k", [3, 8, 32])
def test_with_alpha_the_estimated_error_is_near_that_of_compress(k, icon):
    curve = {point.k: point.mse for point in curve_of(np.where(icon[..., 3:] == 0, np.uint8(0), icon))}
    assert curve[k] == pytest.approx(kalette.compress(icon, k=k, effort="best", **PLAIN).mse, rel=0.12)


def test_the_curve_falls_from_2_to_256(gradient):
    curve = curve_of(gradient)
    assert [point.k for point in curve] == list(range(2, 257))
    assert errors(curve) == sorted(errors(curve), reverse=True)
    bits = [point.bits_per_pixel for point in curve]
    assert bits == sorted(bits)
    assert bits[-1] <= 8


@pytest.mark.parametrize("n", [1, 2, 3, 40, 256])
def test_for_few_colors_the_recommended_k_is_their_number(n):
    curve = curve_of(row_of_colors(n))
    assert (curve[-1].k, curve[-1].mse, recommended_k(curve)) == (n, 0.0, n)
    assert curve[0].k == min(n, 2)


def test_one_color_more_than_a_palette_holds_has_a_knee():
    curve = curve_of(row_of_colors(257))
    assert curve[-1].mse > 0
    assert 2 < recommended_k(curve) < 256


def test_a_clear_picture_needs_one_color():
    assert recommended_k(curve_of(np.zeros((3, 4, 4), np.uint8))) == 1


def test_the_curve_begins_with_one_color_for_each_kind_of_alpha(icon):
    assert curve_of(icon)[0].k == 3


def test_nearly_transparent_colors_may_share_a_point():
    """With alpha 1, premultiplied channels round to sixteenths: 40 colours become three points."""
    pixels = np.zeros((1, 40, 4), np.uint8)
    pixels[0, :, 0], pixels[..., 3] = np.arange(40), 1
    curve = curve_of(pixels)
    assert errors(curve)[1:] == [0.0] * 38
    assert recommended_k(curve) == 40
    assert (
        kalette.compare(pixels, [2, 40]).reason == "since the picture has 40 colours and is exact with them"
    )


def test_the_curve_depends_on_the_ratios_of_counts_only(gradient):
    twice = np.concatenate([gradient, gradient])
    assert errors(curve_of(twice)) == pytest.approx(errors(curve_of(gradient)))
    assert recommended_k(curve_of(twice)) == recommended_k(curve_of(gradient))


def test_many_colors_are_merged_into_cubes_first(monkeypatch):
    pixels = kalette.sample_pixels(96, 64)
    exact = errors(curve_of(pixels))
    monkeypatch.setattr(curve, "_MOST_EXACT", 100)
    coarse = errors(curve_of(pixels))
    assert coarse != exact
    assert coarse[:30] == pytest.approx(exact[:30], rel=0.1)


def test_the_curve_is_the_same_for_any_number_of_threads(gradient):
    assert len({curve_of(gradient, threads) for threads in (1, 2, 3)}) == 1


def test_native_and_reference_give_the_same_curve():
    code = (
        "import kalette; from kalette.clustering import count, quality_curve;"
        "counted = count(kalette.sample_pixels(48, 32));"
        "print(*(point.mse.hex() for point in quality_curve(counted)))"
    )
    native, reference = (
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "KALETTE_KERNELS": kernels},
            capture_output=True,
            check=True,
        ).stdout
        for kernels in ("native", "reference")
    )
    assert native == reference
    assert len(native.split()) == 255


def test_entropy_of_a_half_and_two_quarters_is_a_bit_and_a_half():
    assert entropy_bits(np.array([2.0, 1.0, 0.0, 1.0])) == 1.5
    assert entropy_bits(np.array([7.0])) == 0
