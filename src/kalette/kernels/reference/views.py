"""Arrays that belong together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class WeightedPixels(NamedTuple):
    """Pixels as points, with the weight of each squared error and the strength of its diffusion."""

    points: NDArray[np.int16]
    weights: NDArray[np.uint16]
    strengths: NDArray[np.uint8]


class ThresholdedPixels(NamedTuple):
    """Pixels as points, and a tiled mask of offsets of the threshold."""

    points: NDArray[np.int16]
    offsets: NDArray[np.int16]


class FramePixels(NamedTuple):
    """A frame of an animation as points, weights of squared errors, and what is shown before it."""

    points: NDArray[np.int16]
    weights: NDArray[np.uint16]
    shown: NDArray[np.int16]
