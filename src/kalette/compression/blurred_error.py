"""The worst errors of a blurred picture: whether colours are right where the eye mixes neighbours."""

import numpy as np
from numpy.typing import NDArray

from kalette.color import among_partial, sixteenths_from_srgb
from kalette.types import ONE_THREAD, Indexed, Pixels, Run

_RADIUS = 3  # a mean over 7 x 7 pixels blurs like a Gaussian of sigma 2
_WORST_SHARE = 200  # one pixel in so many has a larger error


class BlurredError:
    """Errors of mapped pictures against one original, both in Oklab and blurred.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    run : Run
        Threads.

    Examples
    --------
    >>> checks = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)[np.indices((14, 14)).sum(axis=0) % 2]
    >>> reverse = Indexed(checks[0, :2], 1 - np.indices((14, 14)).sum(axis=0).astype(np.uint8) % 2)
    >>> black = Indexed(checks[0, :2], np.zeros((14, 14), np.uint8))
    >>> error = BlurredError(checks)
    >>> error.worst(reverse) < error.worst(black) / 100
    True
    """

    def __init__(self, pixels: Pixels, *, run: Run = ONE_THREAD) -> None:
        """Convert the picture once."""
        self._points, self._run = _points(pixels, run), run

    def worst(self, indexed: Indexed) -> int:
        """Return the squared error that one pixel in 200 reaches, in a unit of its own."""
        channels = self._points.shape[2]
        error = self._points - _points(indexed.palette[:, None, :channels], self._run)[indexed.indices, 0]
        for axis in (0, 1):
            error = _sums_of_neighbors(error, axis)
        squared = np.square(error, dtype=np.int64).sum(axis=2).ravel()
        place = squared.size - max(1, squared.size // _WORST_SHARE)
        return int(np.partition(squared, place)[place])


def _points(pixels: Pixels, run: Run) -> NDArray[np.int32]:
    points = sixteenths_from_srgb(pixels, "oklab", threads=run.threads).reshape(-1, pixels.shape[2])
    alike = among_partial(points) if pixels.shape[2] == 4 else points
    return alike.reshape(pixels.shape).astype(np.int32)


def _sums_of_neighbors(values: NDArray[np.int32], axis: int) -> NDArray[np.int32]:
    """Return sums over seven pixels in a row or column, over fewer at the border."""
    zero = np.zeros_like(values.take([0], axis))
    # Sums may wrap, but their differences are right.
    before = np.concatenate([zero, np.cumsum(values, axis, dtype=np.int32)], axis)
    place, size = np.arange(values.shape[axis]), values.shape[axis]
    first, end = np.maximum(place - _RADIUS, 0), np.minimum(place + _RADIUS + 1, size)
    sums: NDArray[np.int32] = before.take(end, axis) - before.take(first, axis)
    return sums
