"""An image in the working space with its activity, computed once for all mappings."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import LIGHTNESS, Space, sixteenths_from_srgb
from kalette.mapping.activity_masking import activity_counts, mean_weight
from kalette.types import ONE_THREAD, Pixels, Run

_MOST_KEPT_PIXELS = 1 << 21  # larger images are computed band by band; kept ones take 8 bytes per pixel
_MOST_REUSED_PIXELS = 1 << 23  # the same for images that are mapped several times
_RADIUS = 3  # of the kernel's activity window
_STRIP_ROWS = 64  # one thread's unit of work, and the rows of a band of the sample for the mean weight
_SAMPLE_PIXELS = 1 << 20  # of bands sampled from a large image, about
_MOST_DENSE_PIXELS = 1 << 18  # up to which all pixels of these bands are taken
_STEP = 3  # between those of larger images; an odd one sees all colours of a checkerboard


@dataclass(frozen=True, eq=False)
class Band:
    """Some rows of an image.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16: in the working space, in sixteenths of a byte step.
    find_activity : callable
        Returns the activity of these rows.
    """

    points: NDArray[np.int16]
    find_activity: Callable[[], NDArray[np.uint16]]

    @cached_property
    def activity(self) -> NDArray[np.uint16]:
        """The standard deviation of lightness around each pixel, (H, W) uint16."""
        return self.find_activity()


class PerceptualPixels:
    """An image in the working space, accessed by bands of rows; threads may share it.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    space : {"srgb", "oklab"}
        The working space.
    reused : bool
        Whether several mappings follow, so that even larger images are kept in the working space.
    run : Run
        Threads.
    """

    def __init__(self, pixels: Pixels, space: Space, *, reused: bool = False, run: Run = ONE_THREAD) -> None:
        """Store the image; the working space is computed on demand."""
        self.pixels = pixels
        self.space = space
        self._is_kept = self.pixel_count <= (_MOST_REUSED_PIXELS if reused else _MOST_KEPT_PIXELS)
        self._run = run
        self._lock = RLock()  # since Python 3.12 a cached property has none

    @property
    def pixel_count(self) -> int:
        """Width times height."""
        return int(self.pixels.shape[0] * self.pixels.shape[1])

    def band(self, first: int, end: int, *, threads: int = 1) -> Band:
        """Return the rows from `first` to `end`."""
        if self._is_kept:
            return Band(self._points[first:end], lambda: self._activity[first:end])
        rows, inner = self._with_margins(first, end)
        points = sixteenths_from_srgb(self.pixels[rows], self.space, threads=threads)
        return Band(points[inner], lambda: self._activity_of(points)[inner])

    @cached_property
    def sample(self) -> list[tuple[Pixels, NDArray[np.uint16]]]:
        """Pixels and activity of sampled bands of rows; in a large image every third, across and down."""
        height, width = self.pixels.shape[:2]
        bands = max(1, _SAMPLE_PIXELS // (_STRIP_ROWS * width))
        step = 1 if self.pixel_count <= _MOST_DENSE_PIXELS else _STEP

        def band_at(top: int) -> tuple[Pixels, NDArray[np.uint16]]:
            end = min(top + _STRIP_ROWS, height)
            some = slice(None, None, step), slice(None, None, step)
            return self.pixels[top:end][some], self.band(top, end).activity[some].copy()

        with ThreadPoolExecutor(self._run.threads) as pool:
            return list(pool.map(band_at, range(0, height, max(_STRIP_ROWS, height // bands))))

    @cached_property
    def mean_weight(self) -> float:
        """Mean weight of an error over visible pixels of the sample."""
        counts = activity_counts(np.zeros(0, np.uint16))
        for pixels, activity in self.sample:
            counts += activity_counts(
                activity[pixels[..., 3] > 0] if pixels.shape[2] == 4 else activity.ravel()
            )
        return mean_weight(counts)

    @cached_property
    def partial_share(self) -> float:
        """Share of partly clear pixels, over rows sampled from the image."""
        if self.pixels.shape[2] == 3:
            return 0.0
        height, width = self.pixels.shape[:2]
        alpha = self.pixels[:: max(1, height * width // _SAMPLE_PIXELS), :, 3]
        return int(np.count_nonzero((alpha > 0) & (alpha < 255))) / alpha.size

    @property
    def _points(self) -> NDArray[np.int16]:
        with self._lock:
            return self._kept_points

    @property
    def _activity(self) -> NDArray[np.uint16]:
        with self._lock:
            return self._kept_activity

    @cached_property
    def _kept_points(self) -> NDArray[np.int16]:
        return sixteenths_from_srgb(self.pixels, self.space, threads=self._run.threads)

    @cached_property
    def _kept_activity(self) -> NDArray[np.uint16]:
        points = self._kept_points

        def of_strip(first: int) -> NDArray[np.uint16]:
            rows, inner = self._with_margins(first, first + _STRIP_ROWS)
            return self._activity_of(points[rows])[inner]

        with ThreadPoolExecutor(self._run.threads) as pool:
            return np.concatenate([*pool.map(of_strip, range(0, len(points), _STRIP_ROWS))])

    def _activity_of(self, points: NDArray[np.int16]) -> NDArray[np.uint16]:
        return kernels.activity(points, LIGHTNESS[self.space])

    @staticmethod
    def _with_margins(first: int, end: int) -> tuple[slice, slice]:
        """Return the rows that the activity of some rows depends on, and those among them."""
        top = max(first - _RADIUS, 0)
        return slice(top, end + _RADIUS), slice(first - top, end - top)
