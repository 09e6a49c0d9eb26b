"""Activity masking: texture lowers the weight of an error and sets the diffusion strength."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

WEIGHT_UNIT = 16
"""Weight 1 in the fixed-point unit of the kernel."""

_FLAT, _TEXTURED = 10, 200  # activity thresholds: flat up to, textured from
_MAX_FLAT_WEIGHT = 50  # weight of an error in flat areas, relative to textured ones
_MIN_MEAN_ACTIVITY = 25  # lower bound of activity in the mean weight
_ACTIVITIES = np.arange(1 << 13)  # all possible ones, in sixteenths of a byte step


@cache
def weight_by_activity() -> NDArray[np.uint16]:
    """Return the weight of a squared error for each activity, in units of `WEIGHT_UNIT`.

    Examples
    --------
    >>> weights = weight_by_activity()
    >>> int(weights[0]), int(weights[100]), int(weights[400])
    (800, 32, 16)
    """
    weights: NDArray[np.int64] = WEIGHT_UNIT * _TEXTURED // np.maximum(_ACTIVITIES, 1)
    return weights.clip(WEIGHT_UNIT, WEIGHT_UNIT * _MAX_FLAT_WEIGHT).astype(np.uint16)


def strength_by_activity(flat: float, textured: float) -> NDArray[np.uint8]:
    """Return the diffusion strength for each activity, in 255ths.

    Parameters
    ----------
    flat, textured : float
        Strengths in flat and in textured areas, 0 to 1.

    Examples
    --------
    >>> strength_by_activity(0.0, 1.0)[[0, 105, 300]].tolist()
    [0, 128, 255]
    """
    texture = np.clip((_ACTIVITIES - _FLAT) / (_TEXTURED - _FLAT), 0, 1)
    return np.rint((flat + (textured - flat) * texture) * 255).astype(np.uint8)


def activity_counts(activity: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Return the histogram of activities.

    Examples
    --------
    >>> activity_counts(np.array([0, 2, 2], np.uint16))[:3].tolist()
    [1, 0, 2]
    """
    return np.bincount(activity, minlength=len(_ACTIVITIES))


def mean_weight(counts: NDArray[np.int64]) -> float:
    """Return the mean weight of an error for a histogram of activities.

    Examples
    --------
    >>> mean_weight(activity_counts(np.array([200, 200, 400], np.uint16)))
    1.0
    """
    weights = weight_by_activity()[np.maximum(_ACTIVITIES, _MIN_MEAN_ACTIVITY)]
    return int(counts @ weights) / (max(int(counts.sum()), 1) * WEIGHT_UNIT)
