"""How a rendering looks: its score, and whether colours are right where the eye mixes those of neighbours.

SSIMULACRA 2 hardly sees a slight tint of a large area, and a blurred error no grain; so both count. Of errors
blurred in linear light, the mean of the squares chose better than that of their squares, in which a few large
errors decide: on 8 screenshots at k = 8 the 99th percentile of CIEDE2000 is 9 % lower.
"""

from kalette.compression.blurred_error import mean_error
from kalette.compression.blurred_light import BlurredLight
from kalette.compression.lattice import Lattice
from kalette.compression.operating_points import POINTS_PER_DOUBLED_BYTES, octaves
from kalette.types import Indexed, Pixels

NOT_TOLD_APART = 90.0
"""SSIMULACRA 2 score from which nobody sees a difference."""

REQUEST_BYTES = 2048
"""Bytes of the headers of a request and its answer, so that half of a tiny file is hardly less."""

_POINTS_PER_DOUBLED_ERROR = 7.0  # of SSIMULACRA 2, that half the squared error is worth
_MOST_PIXELS = 1 << 20  # of the sample


def look_of(score: float, error: float) -> float:
    """Return the look of a rendering, in points of SSIMULACRA 2.

    Parameters
    ----------
    score : float
        Its SSIMULACRA 2 score.
    error : float
        Its squared error after blurring.

    Examples
    --------
    >>> look_of(80.0, 4096) - look_of(80.0, 8192)
    7.0
    """
    return score - _POINTS_PER_DOUBLED_ERROR * octaves(max(int(error), 1))


def points_for_bytes(size_bytes: int) -> float:
    """Return the points that a file must look better by to be worth its bytes and those of a request.

    Examples
    --------
    >>> points_for_bytes(2 * 100_000 + 2048) - points_for_bytes(100_000)
    17.0
    """
    return POINTS_PER_DOUBLED_BYTES * octaves(size_bytes + REQUEST_BYTES)


class Looks:
    """Looks of renderings of a picture.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8 sRGB.

    Examples
    --------
    >>> import numpy as np
    >>> checks = np.array([[0] * 3, [255] * 3], np.uint8)[np.indices((14, 14)).sum(axis=0) % 2]
    >>> looks, labels = Looks(checks), np.zeros((14, 14), np.uint8)
    >>> half_the_light, half_the_byte = (np.full((1, 3), grey, np.uint8) for grey in (188, 128))
    >>> looks.of(Indexed(half_the_light, labels), 50.0) > looks.of(Indexed(half_the_byte, labels), 50.0) + 20
    True
    """

    def __init__(self, pixels: Pixels) -> None:
        """Take a sample of the pixels, and blur it."""
        height, width, _ = pixels.shape
        self._lattice = Lattice.of(height, width, _MOST_PIXELS)
        self._light = BlurredLight(self._lattice.cut(lambda first, end: pixels[first:end]))

    def of(self, rendered: Indexed, score: float) -> float:
        """Return the look of a rendering, as `look_of` does.

        Parameters
        ----------
        rendered : Indexed
            Palette (k, 3 or 4) and indices (H, W) of the whole picture.
        score : float
            Its SSIMULACRA 2 score.
        """
        indices = rendered.indices[..., None]
        labels = self._lattice.cut(lambda first, end: indices[first:end])
        return look_of(score, mean_error(self._light.of_labels(rendered.palette, labels.ravel())))
