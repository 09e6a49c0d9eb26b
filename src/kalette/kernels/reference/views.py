"""Arrays that belong together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class WeightedPixels(NamedTuple):
    """Pixels as points, with the weight of each squared error and the strength of its diffusion."""

    points: NDArray[np.int16]
    weights: NDArray[np.uint16]
    strengths: NDArray[np.uint8]
