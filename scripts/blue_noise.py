"""Make the blue-noise mask of `--dither blue-noise`: void-and-cluster, in whole numbers.

    python scripts/blue_noise.py src/kalette/mapping/blue_noise.bin

R. Ulichney, "The void-and-cluster method for dither array generation", SPIE 1913, 1993. doi:10.1117/12.152707
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 64
_SIGMA = 1.5  # of the window in which points crowd, as the paper advises
_ONE = 1 << 32  # crowding in whole numbers: sums do not depend on their order
_INITIAL_SHARE = 10  # one of so many points is set at first
_SPREAD = 40_503  # odd, near the golden share of 2^16: the first points lie scattered


class _Pattern:
    """Points on a torus, and how they crowd around each place."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.window = _window(side)
        self.points = np.zeros((side, side), bool)
        self.crowding = np.zeros((side, side), np.int64)

    def flip(self, place: int) -> None:
        """Set the point at a place, or take it away."""
        y, x = divmod(place, self.side)
        self.points[y, x] = not self.points[y, x]
        around = np.roll(self.window, (y, x), axis=(0, 1))
        self.crowding += around if self.points[y, x] else -around

    def tightest_cluster(self) -> int:
        """Return the point around which others crowd most, the first of equals."""
        return int(np.where(self.points, self.crowding, -1).argmax())

    def largest_void(self) -> int:
        """Return the free place around which points crowd least, the first of equals."""
        return int(np.where(self.points, np.iinfo(np.int64).max, self.crowding).argmin())

    def copy(self) -> "_Pattern":
        """Return a pattern of its own with the same points."""
        other = _Pattern(self.side)
        other.points, other.crowding = self.points.copy(), self.crowding.copy()
        return other


def _window(side: int) -> NDArray[np.int64]:
    distance = np.minimum(np.arange(side), side - np.arange(side)).astype(np.float64)
    along = np.exp(-(distance**2) / (2 * _SIGMA**2))
    return np.rint(np.outer(along, along) * _ONE).astype(np.int64)


def _scattered(side: int) -> _Pattern:
    """Return a tenth of all places, moved from the tightest cluster to the largest void until that is one."""
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
    """Return the ranks 0 to side^2 - 1 of a square mask: the first n places are spread evenly for each n."""
    start = _scattered(side)
    ranks = np.zeros(side * side, np.uint16)
    pattern = start.copy()
    for rank in range(int(start.points.sum()) - 1, -1, -1):
        cluster = pattern.tightest_cluster()
        pattern.flip(cluster)
        ranks[cluster] = rank
    pattern = start
    for rank in range(int(start.points.sum()), side * side):
        # Past half of the places the paper looks for the cluster of free places: the same as the largest
        # void, since the crowding of free places is what that of points lacks to a constant.
        void = pattern.largest_void()
        pattern.flip(void)
        ranks[void] = rank
    return ranks.reshape(side, side)


def main() -> None:
    """Write the mask as little-endian 16-bit ranks, row by row."""
    Path(sys.argv[1]).write_bytes(void_and_cluster(SIDE).astype("<u2").tobytes())


if __name__ == "__main__":
    main()
