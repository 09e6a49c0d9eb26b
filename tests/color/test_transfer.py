"""Transfer functions: by hand, then against powers of NumPy."""

import numpy as np
import pytest

from kalette.color.transfer import CURVES, Parameters, parametric, power, sampled


def test_powers_of_a_quarter_are_known():
    quarter = np.array([0.25])
    assert [power(quarter, exponent)[0] for exponent in (0.5, 1, 1.5, 2, 3)] == [
        0.5,
        0.25,
        0.125,
        0.0625,
        1 / 64,
    ]


@pytest.mark.parametrize("exponent", [0.3, 1 / 2.4, 1.0, 1.8, 2.2, 2.4, 7.3, 100.0])
def test_powers_agree_with_numpy(exponent):
    values = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(power(values, exponent), values**exponent, rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("code", CURVES)
def test_curves_rise_from_black_to_white(code):
    linear = CURVES[code](np.linspace(0, 1, 4097))
    assert abs(linear[0]) < 1e-12
    assert linear[-1] == pytest.approx(1, abs=1e-6)
    assert (np.diff(linear) >= 0).all()
    assert np.diff(linear).max() < 2e-3  # no jump where two parts meet


def test_bt709_of_a_half_is_known():
    """((0.5 + 0.0993) / 1.0993) ** (1 / 0.45), ITU-R BT.709."""
    assert CURVES[1](np.array([0.5]))[0] == pytest.approx(0.2597, abs=1e-4)


def test_a_parametric_curve_is_a_line_below_its_break():
    srgb = Parameters(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0)
    values = np.linspace(0, 1, 256)
    np.testing.assert_allclose(parametric(srgb)(values), CURVES[13](values), atol=1e-9)


def test_a_sampled_curve_meets_its_levels_and_is_straight_between():
    curve = sampled(np.array([0.0, 0.1, 1.0]))
    np.testing.assert_allclose(curve(np.array([0.0, 0.25, 0.5, 0.75, 1.0])), [0, 0.05, 0.1, 0.55, 1])
