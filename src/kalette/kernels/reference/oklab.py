"""sRGB bytes to Oklab (Ottosson 2020), with additions, subtractions and multiplications alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.cones import CONES_FROM_LINEAR, LAB_FROM_CONES
from kalette.kernels.reference.checks import require_channels, require_threads
from kalette.kernels.reference.cube_root import inverse_cube_root_guesses

_DARKEST = 1e-15  # the inverse of 0 is no number
_MOST_OKLAB_SCALE = 13000  # up to here points fit in 16 bits: no coordinate reaches 2.5


def oklab(
    colors: NDArray[np.uint8], linear: NDArray[np.float64], scale: NDArray[np.float64], threads: int = 1
) -> NDArray[np.int16]:
    """Return Oklab coordinates times their scales, rounded.

    Parameters
    ----------
    colors : ndarray
        (n, 3 or 4) uint8.
    linear : ndarray
        (256,) float64: linear light of each byte, 0 to 1; for four channels (65536,), that at each alpha.
    scale : ndarray
        (3,) float64, at most 13000.
    threads : int
        At least 1.

    References
    ----------
    B. Ottosson, "A perceptual color space for image processing", 2020.

    Examples
    --------
    >>> steps = np.arange(256) / 255
    >>> oklab(np.array([[255, 255, 255]], np.uint8), steps, np.full(3, 100.0)).tolist()
    [[100, 0, 0]]
    """
    require_threads(threads)
    channels = colors.shape[1]
    require_channels(channels)
    entries = 65536 if channels == 4 else 256
    if len(linear) != entries or len(scale) != 3:
        raise ValueError(
            f"linear has {len(linear)} entries and scale {len(scale)}; they must have {entries} and 3"
        )
    if not ((linear >= 0) & (linear <= 1)).all():
        raise ValueError("linear holds a number outside 0 to 1; it must be linear light")
    if not (np.abs(scale) <= _MOST_OKLAB_SCALE).all():
        raise ValueError("scale holds a number outside -13000 to 13000; points would pass 16 bits")
    places = colors[:, :3] if channels == 3 else colors[:, :3] + 256 * colors[:, 3:].astype(np.int64)
    return _convert(linear[places].T, scale)


def _convert(light: NDArray[np.float64], scale: NDArray[np.float64]) -> NDArray[np.int16]:
    cones = np.stack([_row_times(row, light) for row in CONES_FROM_LINEAR])
    roots = _cube_roots(np.maximum(cones, _DARKEST))
    axes = [_row_times(row, roots) for row in LAB_FROM_CONES]
    return np.rint(np.stack(axes, axis=1) * scale).astype(np.int16)


def _row_times(row: Sequence[float], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    product: NDArray[np.float64] = row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]
    return product


def _cube_roots(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take a last step with the second derivative too, of Householder's methods: 1e-14 off."""
    guess = inverse_cube_root_guesses(values.astype(np.float32)).astype(np.float64)
    rest = 1 - values * (guess * guess * guess)
    inverse = guess + guess * (rest * (1 / 3 + rest * (2 / 9)))
    return values * (inverse * inverse)
