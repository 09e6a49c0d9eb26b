"""Generate the mask of `--dither blue-noise` by void-and-cluster in integer arithmetic.

    python scripts/blue_noise.py src/kalette/mapping/masks/blue_noise.bin

R. Ulichney, "The void-and-cluster method for dither array generation", SPIE 1913, 1993. doi:10.1117/12.152707
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 64
_SIGMA = 1.5  # of the Gaussian energy, as the paper recommends
_ONE = 1 << 32  # fixed point: sums do not depend on their order
_INITIAL_SHARE = 10  # one in so many places has an initial point
_SPREAD = 40_503  # odd, near the golden section of 2^16: initial points are scattered


class _Pattern:
    """Points on a torus, and their energy at each place."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.window = _window(side)
        self.points = np.zeros((side, side), bool)
        self.energy = np.zeros((side, side), np.int64)

    def flip(self, place: int) -> None:
        """Set or remove the point at a place."""
        y, x = divmod(place, self.side)
        self.points[y, x] = not self.points[y, x]
        around = np.roll(self.window, (y, x), axis=(0, 1))
        self.energy += around if self.points[y, x] else -around

    def tightest_cluster(self) -> int:
        """Return the point of highest energy, the first of equals."""
        return int(np.where(self.points, self.energy, -1).argmax())

    def largest_void(self) -> int:
        """Return the free place of lowest energy, the first of equals."""
        return int(np.where(self.points, np.iinfo(np.int64).max, self.energy).argmin())

    def copy(self) -> "_Pattern":
        """Return an independent copy."""
        other = _Pattern(self.side)
        other.points, other.energy = self.points.copy(), self.energy.copy()
        return other


def _window(side: int) -> NDArray[np.int64]:
    distance = np.minimum(np.arange(side), side - np.arange(side)).astype(np.float64)
    along = np.exp(-(distance**2) / (2 * _SIGMA**2))
    window: NDArray[np.int64] = np.rint(np.outer(along, along) * _ONE).astype(np.int64)
    return window


def _scattered(side: int) -> _Pattern:
    """Return initial points, moved from the tightest cluster to the largest void until both are one place."""
    pattern = _Pattern(side)
    for n in range(side * side // _INITIAL_SHARE):
        place = n * _SPREAD % (side * side)
        if not pattern.points.flat[place]:
            pattern.flip(place)
    while True:
        cluster = pattern.tightest_cluster()
        pattern.flip(cluster)
        void = pattern.largest_void()
        pattern.flip(void)
        if void == cluster:
            return pattern


def void_and_cluster(side: int) -> NDArray[np.uint16]:
    """Return the ranks 0 to side^2 - 1 of a square mask: for each n, the first n places are spread evenly."""
    start = _scattered(side)
    ranks = np.zeros(side * side, np.uint16)
    pattern = start.copy()
    for rank in range(int(start.points.sum()) - 1, -1, -1):
        cluster = pattern.tightest_cluster()
        pattern.flip(cluster)
        ranks[cluster] = rank
    pattern = start
    for rank in range(int(start.points.sum()), side * side):
        # Beyond half of the places the paper takes the tightest cluster of free places. That is the largest
        # void as well, since the energies of points and of free places add up to a constant.
        void = pattern.largest_void()
        pattern.flip(void)
        ranks[void] = rank
    return ranks.reshape(side, side)


def main() -> None:
    """Write the mask as little-endian 16-bit ranks, row by row."""
    Path(sys.argv[1]).write_bytes(void_and_cluster(SIDE).astype("<u2").tobytes())


if __name__ == "__main__":
    main()
