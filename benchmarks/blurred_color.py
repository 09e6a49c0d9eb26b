"""CIEDE2000 between blurred pictures: whether colours are right where the eye mixes those of neighbours.

Both pictures are blurred in linear light by a Gaussian of sigma 2, so that dithering counts as the colour it
mixes. The 99th percentile shows small things that have lost their colour, which a mean over pixels hides.

G. Sharma, W. Wu and E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research and Application
30(1), 2005. doi:10.1002/col.20070
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.types import Pixels

SIGMA = 2
PERCENTILE = 99

Plane = NDArray[np.float64]


def blurred_lab(pixels: Pixels) -> Plane:
    """Return CIE L*a*b* (D65) of a blurred picture (H, W, 3) uint8."""
    from scipy.ndimage import gaussian_filter
    from skimage.color import rgb2lab

    light = _linear_of_bytes()[pixels]
    blurred = np.stack([gaussian_filter(light[..., channel], SIGMA) for channel in range(3)], axis=-1)
    lab: Plane = rgb2lab(_encoded(blurred))
    return lab


def color_differences(original: Plane, result: Plane) -> Plane:
    """Return the CIEDE2000 differences of two planes, (H, W)."""
    from skimage import color

    found: Any = color.deltaE_ciede2000(original, result)
    return np.asarray(found, np.float64)


def _linear_of_bytes() -> Plane:
    """Return the linear light of the 256 bytes of sRGB (IEC 61966-2-1)."""
    values = np.arange(256) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encoded(light: Plane) -> Plane:
    values = np.clip(light, 0, 1)
    return np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055)
