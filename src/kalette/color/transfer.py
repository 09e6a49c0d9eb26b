"""Transfer functions: encoded samples to linear light, the same bits on every machine.

Sources: ITU-T H.273 (07/2024), table 3; ICC.1:2022, 10.6 (curves) and 10.18 (parametric curves).
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels import linear_from_srgb

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]
"""A transfer function: encoded values 0 to 1 to linear light."""

_FRACTION_BITS = 40  # of an exponent; 2^-40 of a power changes no 16-bit sample


def power(values: Floats, exponent: float | Fraction) -> Floats:
    """Return powers of numbers from 0 to 1 by square roots and products; bits of `np.power` vary.

    Parameters
    ----------
    values : ndarray
        float64, at least 0.
    exponent : float or Fraction
        Above 0.

    Examples
    --------
    >>> power(np.array([0.0, 0.25, 1.0]), 1.5).tolist()
    [0.0, 0.125, 1.0]
    """
    whole, rest = divmod(round(exponent * 2**_FRACTION_BITS), 2**_FRACTION_BITS)
    result, square, root = np.ones_like(values), values, values
    while whole:
        if whole & 1:
            result = result * square
        square, whole = square * square, whole >> 1
    for bit in range(_FRACTION_BITS - 1, -1, -1):
        root = np.sqrt(root)
        if rest >> bit & 1:
            result = result * root
    return result


def gamma(exponent: float | Fraction) -> Curve:
    """Return the curve of a power.

    Examples
    --------
    >>> gamma(2)(np.array([0.5])).tolist()
    [0.25]
    """
    return lambda values: power(values, exponent)


class Parameters(NamedTuple):
    """Parameters of ICC's curve: (a x + b) ** exponent + e from d on, c x + f below."""

    exponent: float
    a: float
    b: float
    c: float
    d: float
    e: float
    f: float


def parametric(parameters: Parameters) -> Curve:
    """Return ICC's parametric curve.

    Examples
    --------
    >>> curve = parametric(Parameters(exponent=2.0, a=1.0, b=0.0, c=0.5, d=0.25, e=0.0, f=0.0))
    >>> curve(np.array([0.125, 0.5])).tolist()
    [0.0625, 0.25]
    """
    exponent, a, b, c, d, e, f = parameters

    def curve(values: Floats) -> Floats:
        base = np.maximum(a * values + b, 0.0)
        return np.where(values >= d, power(base, exponent) + e, c * values + f)

    return curve


def sampled(levels: Floats) -> Curve:
    """Return the curve through equally spaced levels, linear between them.

    Parameters
    ----------
    levels : ndarray
        (n,) float64, at least two.

    Examples
    --------
    >>> sampled(np.array([0.0, 0.5, 1.0]))(np.array([0.25, 1.0])).tolist()
    [0.25, 1.0]
    """

    def curve(values: Floats) -> Floats:
        places = np.clip(values, 0.0, 1.0) * (len(levels) - 1)
        low = np.minimum(places.astype(np.intp), len(levels) - 2)
        between: Floats = levels[low] + (places - low) * (levels[low + 1] - levels[low])
        return between

    return curve


def _bt709(values: Floats) -> Floats:
    """Return the inverse of the camera's curve of BT.709, BT.601 and BT.2020; 1 / 0.45 = 2 + 2/9."""
    return np.where(values < 4.5 * 0.018053968510807, values / 4.5, _offset_power(values, 0.099296826809442))


def _offset_power(values: Floats, offset: float) -> Floats:
    return power((values + offset) / (1 + offset), Fraction(20, 9))


def _smpte240(values: Floats) -> Floats:
    return np.where(values < 4 * 0.022821585529445, values / 4, _offset_power(values, 0.111572195921731))


def _linear(values: Floats) -> Floats:
    return values


def _smpte428(values: Floats) -> Floats:
    """Return the curve of digital cinema, whose peak is 52.37 for a white of 48 cd/m²."""
    return np.minimum(power(values, Fraction(13, 5)) * (52.37 / 48), 1.0)


CURVES: dict[int, Curve] = {
    **dict.fromkeys((1, 6, 11, 12, 14, 15), _bt709),
    4: gamma(Fraction(11, 5)),
    5: gamma(Fraction(14, 5)),
    7: _smpte240,
    8: _linear,
    13: linear_from_srgb,
    17: _smpte428,
}
"""Transfer functions of H.273 that reach white, by their codes."""

HIGH_DYNAMIC_RANGE = {16: "PQ", 18: "HLG"}
"""Transfer functions of H.273 beyond white, by their codes."""
