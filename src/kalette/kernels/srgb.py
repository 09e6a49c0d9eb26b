"""The transfer function of sRGB, with additions, multiplications and divisions alone."""

import numpy as np
from numpy.typing import NDArray

_STEPS = 40  # of Newton's method, enough for the darkest number above 0.04045


def linear_from_srgb(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the linear light of sRGB values, IEC 61966-2-1; its exponent is 2.4 = 2 + 2/5.

    Parameters
    ----------
    values : ndarray
        float64, 0 to 1.

    Examples
    --------
    >>> linear_from_srgb(np.array([0.0, 0.5, 1.0])).round(4).tolist()
    [0.0, 0.214, 1.0]
    """
    base = (values + 0.055) / 1.055
    square = base * base
    return np.where(values <= 0.04045, values / 12.92, square * _fifth_root(square))


def _fifth_root(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return fifth roots of numbers up to 1 by Newton's method; bits of `np.power` depend on the machine."""
    root = np.ones_like(values)
    for _ in range(_STEPS):
        root = (4 * root + values / (root * root * root * root)) / 5
    return root
