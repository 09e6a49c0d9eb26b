"""Visibility of errors by colour, for palette searches: texture hides them, flat areas show them.

So a colour weighs more where the picture shows it in flat areas (Orchard and Bouman), by the square root of
the weight of activity masking. Without trials of weights, SSIMULACRA2 rises on Kodak by 0.6 points at k = 16,
0.9 at 32, 0.4 at 64 and 0.2 at 128 at the same bytes, and not at 256; on eight other photographs by 0.9 at 64
and 0.3 at 256, and not at 16. Without the root edges and texture get too few entries: at k = 32 half of that
is lost. Above five times the weight of texture the squared error of effort "fast" grows.

M. T. Orchard and C. A. Bouman, "Color quantization of images", IEEE Trans. Signal Processing 39(12), 1991.
doi:10.1109/78.107417
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import VISIBILITY_UNIT, Visibility
from kalette.mapping.activity_masking import WEIGHT_UNIT, weight_by_activity
from kalette.mapping.perceptual import PerceptualPixels
from kalette.types import ColorBytes

_FINENESS = 16  # of the square roots, which are whole numbers, so that their sums are exact
_MOST_WEIGHT = 5  # of an error in flat areas, relative to textured ones
_CUBE_BITS = {3: 5, 4: 4}  # bits of a channel that tell the cubes of colours apart, by channels


@dataclass(frozen=True, eq=False)
class CubeVisibility:
    """How visible errors are in cubes of colours, on average over the pixels of a picture.

    Parameters
    ----------
    shares : ndarray
        (cubes,) uint8: in 64ths of the mean; that of a cube without pixels is the mean.
    """

    shares: NDArray[np.uint8]

    def of(self, colors: ColorBytes) -> Visibility:
        """Return how visible an error in each colour is.

        Parameters
        ----------
        colors : ndarray
            (N, 3 or 4) uint8.
        """
        return Visibility(self.shares.take(cube_numbers(colors)))


def visibility_of(image: PerceptualPixels) -> CubeVisibility:
    """Return how visible errors are, by a sample of the pixels of an image.

    Examples
    --------
    >>> flat, texture = np.full((16, 16), 100), 200 + 50 * (np.indices((16, 16)).sum(axis=0) % 2)
    >>> image = np.repeat(np.hstack([flat, texture])[..., None], 3, axis=2).astype(np.uint8)
    >>> found = visibility_of(PerceptualPixels(image, "oklab")).of(np.array([[100] * 3, [200] * 3], np.uint8))
    >>> bool(found.shares[0] > 2 * found.shares[1])
    True
    """
    size = cube_count(image.pixels.shape[2])
    weights, counts = np.zeros(size), np.zeros(size, np.int64)
    for pixels, activity in image.sample:
        cubes = cube_numbers(pixels.reshape(-1, pixels.shape[2]))
        weights += np.bincount(cubes, _root_by_activity().take(activity.ravel()), size)
        counts += np.bincount(cubes, minlength=size)
    relative = np.where(counts > 0, weights * (counts.sum() / weights.sum()) / np.maximum(counts, 1), 1.0)
    # At most 144, as roots are 16 to 36.
    return CubeVisibility(np.rint(VISIBILITY_UNIT * relative).astype(np.uint8))


@cache
def _root_by_activity() -> NDArray[np.uint8]:
    weights = np.minimum(weight_by_activity() / WEIGHT_UNIT, _MOST_WEIGHT)
    roots: NDArray[np.uint8] = np.rint(_FINENESS * np.sqrt(weights)).astype(np.uint8)
    return roots


def cube_count(channels: int) -> int:
    """Return the number of cubes of colours.

    Examples
    --------
    >>> cube_count(3), cube_count(4)
    (32768, 65536)
    """
    return 1 << _CUBE_BITS[channels] * channels


def cube_numbers(colors: ColorBytes) -> NDArray[np.uint16]:
    """Return the number of the cube of each colour.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.

    Examples
    --------
    >>> cube_numbers(np.array([[0, 0, 7], [0, 0, 8], [255, 255, 255]], np.uint8)).tolist()
    [0, 1, 32767]
    """
    bits = _CUBE_BITS[colors.shape[1]]
    channels = colors >> np.uint8(8 - bits)
    cubes = channels[:, 0].astype(np.uint16)
    for channel in channels.T[1:]:
        cubes <<= np.uint16(bits)
        cubes |= channel
    return cubes
