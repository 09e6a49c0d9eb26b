"""The Gaussian window of SSIM: sigma 1.5, 11 wide (Z. Wang et al. 2004)."""

import numpy as np
from numpy.typing import NDArray

# exp(-i^2 / 4.5) for i = 0..5, divided by their sum over -5..5: a Gaussian of sigma 1.5, cut at 3.5 sigma.
# Literal: exp differs between machines.
GAUSSIAN = (
    0.26601172486179436,
    0.2130055377112537,
    0.10936068950970002,
    0.03600077212843083,
    0.007598758135239185,
    0.00102838008447911,
)
RADIUS = len(GAUSSIAN) - 1


def mirrored(places: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Return the places inside, with those outside mirrored at the edges: -1 is 0.

    Examples
    --------
    >>> mirrored(np.arange(-2, 6), 3).tolist()
    [1, 0, 0, 1, 2, 2, 1, 0]
    """
    around = places % (2 * size)
    return np.where(around < size, around, 2 * size - 1 - around)
