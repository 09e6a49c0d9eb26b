"""Error diffusion after Floyd and Steinberg, row by row: what each pixel should show and hands on."""

import numpy as np
from numpy.typing import NDArray

_SHIFT = 12
_KIND_BOUND = 512 * 16


class Diffusion:
    """A picture that is mapped from its first row to its last."""

    def __init__(
        self,
        points: NDArray[np.int16],
        weights: NDArray[np.uint16],
        strengths: NDArray[np.uint8],
        palette: NDArray[np.int16],
    ) -> None:
        """Stand before the first row, to which no errors were left."""
        self.points, self.palette = points.astype(np.int64), palette.astype(np.int64)
        self.weights, self.strengths = weights.astype(np.int64), strengths.astype(np.int64)
        self.lowest, self.highest = self.palette.min(axis=0), self.palette.max(axis=0)
        self.height, self.width, self.d = points.shape
        self.indices = np.zeros((self.height, self.width), np.uint8)
        self.below = np.zeros((self.width + 2, self.d), np.int64)

    def mapped(self) -> NDArray[np.uint8]:
        """Return the entries of all pixels."""
        for y in range(self.height):
            self.y = y
            self.bases = (self.points[y] << _SHIFT) + self.below[1:-1] + (1 << (_SHIFT - 1))
            self.map_row()
            self.leave_errors()
        return self.indices

    def map_row(self) -> None:
        """Give each pixel of the row the entry nearest to what it should show."""
        ahead = np.zeros(self.d, np.int64)
        for x in range(self.width):
            target = self.target_at(x, ahead)
            self.indices[self.y, x] = entry = self.nearest(target)
            ahead = 7 * self.left_over(x, target, self.palette[entry])

    def target_at(self, x: int, ahead: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what a pixel should show, with errors (d,) or (n, d) that the one before hands on."""
        target: NDArray[np.int64] = (self.bases[x] + ahead) >> _SHIFT
        target = np.clip(target, self.lowest, self.highest)
        if self.d == 4 and abs(self.points[self.y, x, 3]) > _KIND_BOUND:
            target[..., 3] = self.points[self.y, x, 3]
        return target

    def left_over(self, x: int, target: NDArray[np.int64], shown: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what is missing where that is shown, times the strength."""
        left: NDArray[np.int64] = self.strengths[self.y, x] * (target - shown)
        if self.d == 4:
            left[..., 3] = np.where(target[..., 3] > _KIND_BOUND, 0, left[..., 3])
            left = np.where(target[..., 3:] < -_KIND_BOUND, 0, left)
        return left

    def nearest(self, target: NDArray[np.int64]) -> int:
        """Return the nearest entry; ties go to the lowest."""
        return int(((target - self.palette) ** 2).sum(axis=1).argmin())

    def leave_errors(self) -> None:
        """Leave to the row below what the entries of this one miss."""
        self.below[:] = 0
        ahead = np.zeros(self.d, np.int64)
        for x in range(self.width):
            target = self.target_at(x, ahead)
            left = self.left_over(x, target, self.palette[self.indices[self.y, x]])
            ahead = 7 * left
            self.below[x] += 3 * left
            self.below[x + 1] += 5 * left
            self.below[x + 2] += left
