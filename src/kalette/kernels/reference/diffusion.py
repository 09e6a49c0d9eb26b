"""Floyd-Steinberg error diffusion, row by row."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.palette_search import PaletteSearch
from kalette.kernels.reference.points import (
    ALPHA_BOUND,
    ERROR_SHIFT,
    TO_BELOW,
    TO_BELOW_LEFT,
    TO_BELOW_RIGHT,
    TO_RIGHT,
)
from kalette.kernels.reference.views import WeightedPixels

_HALF = 1 << (ERROR_SHIFT - 1)  # to round, not to floor


class Diffusion:
    """A picture that is mapped from its first row to its last."""

    def __init__(self, pixels: WeightedPixels, palette: NDArray[np.int16]) -> None:
        """Start before the first row, into which no error is diffused."""
        self.points, self.weights, self.strengths = (values.astype(np.int64) for values in pixels)
        self.search = PaletteSearch(palette)
        self.entries = self.search.entries
        self.lowest, self.highest = self.entries.min(axis=0), self.entries.max(axis=0)
        self.height, self.width, self.d = self.points.shape
        self.indices = np.zeros((self.height, self.width), np.uint8)
        self.below = np.zeros((self.width + 2, self.d), np.int64)  # pixel x is at x + 1

    def begin_row(self, y: int) -> None:
        """Correct the points of row y by the errors from the row above."""
        self.y, self.row = y, self.indices[y]
        self.corrected = (self.points[y] << ERROR_SHIFT) + self.below[1:-1] + _HALF

    def place(self, x: int) -> int:
        """Return the place of pixel x in the picture."""
        place: int = self.y * self.width + x
        return place

    def target(self, x: int, carried: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what pixel x should show, given errors (d,) or (n, d) carried from its left neighbour."""
        target: NDArray[np.int64] = (self.corrected[x] + carried) >> ERROR_SHIFT
        # Clamped to the palette's range: an error that no entry can make up for would grow without bound.
        target = np.clip(target, self.lowest, self.highest)
        if self.d == 4 and abs(self.points[self.y, x, 3]) > ALPHA_BOUND:
            target[..., 3] = self.points[self.y, x, 3]  # clear stays clear, opaque stays opaque
        return target

    def scaled_error(self, x: int, target: NDArray[np.int64], entry: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the error of a pixel that shows an entry, times its diffusion strength."""
        error: NDArray[np.int64] = self.strengths[self.y, x] * (target - entry)
        if self.d == 4:
            error[..., 3] = np.where(target[..., 3] > ALPHA_BOUND, 0, error[..., 3])
            error = np.where(target[..., 3:] < -ALPHA_BOUND, 0, error)  # a clear pixel shows no colour
        return error

    def end_row(self, entry_at: Callable[[int, NDArray[np.int64]], int]) -> None:
        """Diffuse the errors of the row into the row below; entry_at(x, target) is the entry of pixel x."""
        self.below[:] = 0
        carried = np.zeros(self.d, np.int64)
        for x in range(self.width):
            target = self.target(x, carried)
            error = self.scaled_error(x, target, self.entries[entry_at(x, target)])
            carried = TO_RIGHT * error
            self.below[x] += TO_BELOW_LEFT * error
            self.below[x + 1] += TO_BELOW * error
            self.below[x + 2] += TO_BELOW_RIGHT * error


def diffuse(pixels: WeightedPixels, palette: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Diffuse errors alone: each pixel gets the entry nearest to its target."""
    diffusion = Diffusion(pixels, palette)

    def map_pixel(x: int, target: NDArray[np.int64]) -> int:
        diffusion.row[x] = nearest = int(diffusion.search.nearest(target))
        return nearest

    for y in range(diffusion.height):
        diffusion.begin_row(y)
        diffusion.end_row(map_pixel)
    return diffusion.indices
