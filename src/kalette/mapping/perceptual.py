"""An image in the working space with its activity, computed once for all mappings."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import LIGHTNESS, Space, sixteenths_from_srgb
from kalette.mapping.activity_masking import activity_counts, mean_weight
from kalette.types import ONE_THREAD, Pixels, Run

_MOST_KEPT_PIXELS = 1 << 21  # larger images are not cached: 8 bytes per pixel
_SAMPLE_ROWS = 64  # rows of a band of the sample for the mean weight
_SAMPLE_PIXELS = 1 << 20  # approximate sample size of a large image


@dataclass(frozen=True, eq=False)
class Band:
    """Some rows of an image.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16: in the working space, in sixteenths of a byte step.
    space : {"srgb", "oklab"}
        The working space.
    """

    points: NDArray[np.int16]
    space: Space

    @cached_property
    def activity(self) -> NDArray[np.uint16]:
        """The standard deviation of lightness around each pixel, (H, W) uint16."""
        return kernels.activity(self.points, LIGHTNESS[self.space])


class PerceptualPixels:
    """An image in the working space, accessed by bands of rows.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    space : {"srgb", "oklab"}
        The working space.
    run : Run
        Threads.
    """

    def __init__(self, pixels: Pixels, space: Space, *, run: Run = ONE_THREAD) -> None:
        """Store the image; bands are computed on demand."""
        self.pixels = pixels
        self.space = space
        self._run = run
        self._bands: dict[tuple[int, int], Band] = {}

    @property
    def pixel_count(self) -> int:
        """Width times height."""
        return int(self.pixels.shape[0] * self.pixels.shape[1])

    def band(self, first: int, end: int, *, threads: int = 1) -> Band:
        """Return the rows from `first` to `end`; cached unless the image is large."""
        if self.pixel_count > _MOST_KEPT_PIXELS:
            return Band(sixteenths_from_srgb(self.pixels[first:end], self.space, threads=threads), self.space)
        if (first, end) not in self._bands:
            self._bands[first, end] = Band(self._points[first:end], self.space)
        return self._bands[first, end]

    @cached_property
    def _points(self) -> NDArray[np.int16]:
        return sixteenths_from_srgb(self.pixels, self.space, threads=self._run.threads)

    @cached_property
    def mean_weight(self) -> float:
        """Mean weight of an error over visible pixels, from bands sampled over the image."""
        height, width = self.pixels.shape[:2]
        bands = max(1, _SAMPLE_PIXELS // (_SAMPLE_ROWS * width))
        counts = activity_counts(np.zeros(0, np.uint16))
        for top in range(0, height, max(_SAMPLE_ROWS, height // bands)):
            counts += activity_counts(self._visible_activity(top, min(top + _SAMPLE_ROWS, height)))
        return mean_weight(counts)

    def _visible_activity(self, first: int, end: int) -> NDArray[np.uint16]:
        kept = self.pixel_count <= _MOST_KEPT_PIXELS
        pixels = self.pixels[first:end]
        points = self._points[first:end] if kept else sixteenths_from_srgb(pixels, self.space)
        activity = Band(points, self.space).activity
        return activity.ravel() if pixels.shape[2] == 3 else activity[pixels[..., 3] > 0]
