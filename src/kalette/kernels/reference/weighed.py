"""Pixels to palette entries, the look weighed against the bits of the file."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_palette

_SHIFT = 12
_LONGEST = 16
_GOING_ON = 4
_WINDOW = 32768
_KIND_BOUND = 512 * 16
_NEAR = ((0, 1), (1, 0), (1, -1), (1, 1), (0, 2), (2, 0), (0, 3), (1, -2), (1, 2), (0, 4), (2, 1), (2, -1))
_FEW_NEAR = 6
_BEHIND = 128

Source = tuple[int, int]
_SINGLE: Source = (0, 0)


def map_weighed(
    points: NDArray[np.int16],
    weights: NDArray[np.uint16],
    strengths: NDArray[np.uint8],
    palette: NDArray[np.int16],
    price: int = 0,
    depth: int = 0,
) -> NDArray[np.uint8]:
    """Return palette entries, row by row, with error diffusion; the look weighed against the bits.

    Each row takes the entries that come cheapest: weighed squared errors, plus the price of the bits that
    deflate is thought to need for them, as single entries or as copies of earlier ones.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16, in sixteenths of a byte step; alpha below -8192 is clear, above 8192 opaque.
    weights : ndarray
        (H, W) uint16: what a squared error weighs, in sixteenths.
    strengths : ndarray
        (H, W) uint8: how much of an error goes on, in 256ths.
    palette : ndarray
        (k, 3 or 4) int16, in the unit of the points, k at most 256.
    price : int
        Of a sixteenth of a bit; 0 gives each pixel its nearest entry.
    depth : int
        Places in rows above, showing the same next two entries, from which copies are tried.

    Returns
    -------
    ndarray
        (H, W) uint8.

    References
    ----------
    R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", Proc. SID 17(2), 1976.
    A. Ortega and K. Ramchandran, "Rate-distortion methods for image and video compression", IEEE Signal
    Processing Magazine 15(6), 1998. doi:10.1109/79.733495

    Examples
    --------
    >>> row = np.array([[[0, 0, 0], [900, 0, 0], [0, 0, 0]]], np.int16)
    >>> dark_or_light = np.array([[0, 0, 0], [1000, 0, 0]], np.int16)
    >>> even, none = np.full((1, 3), 16, np.uint16), np.zeros((1, 3), np.uint8)
    >>> map_weighed(row, even, none, dark_or_light).tolist()
    [[0, 1, 0]]
    >>> row, even, none = np.tile(row, (1, 4, 1)), np.tile(even, 4), np.tile(none, 4)
    >>> map_weighed(row, even, none, dark_or_light, 10**7).tolist()
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    """
    _require(points, weights, strengths, palette, price, depth)
    mapper = _Mapper(points, weights, strengths, palette, price, depth)
    for y in range(points.shape[0]):
        mapper.map_row(y)
    return mapper.indices


@dataclass(slots=True)
class _Way:
    """The cheapest way known to come to a pixel."""

    cost: int
    ahead: NDArray[np.int64]  # error for the pixel to come
    last: tuple[int, ...]  # the last four entries, the latest first
    start: int  # the pixel that the last step began at
    source: Source
    entry: int
    may_go_on: bool


class _Mapper:
    def __init__(
        self,
        points: NDArray[np.int16],
        weights: NDArray[np.uint16],
        strengths: NDArray[np.uint8],
        palette: NDArray[np.int16],
        price: int,
        depth: int,
    ) -> None:
        self.points, self.palette = points.astype(np.int64), palette.astype(np.int64)
        self.weights, self.strengths = weights.astype(np.int64), strengths.astype(np.int64)
        self.lowest, self.highest = self.palette.min(axis=0), self.palette.max(axis=0)
        self.price, self.depth = price, depth
        self.literal = price * max(16 * (len(palette) - 1).bit_length() - 24, 16)
        self.height, self.width, self.d = points.shape
        self.indices = np.zeros((self.height, self.width), np.uint8)
        self.below = np.zeros((self.width + 2, self.d), np.int64)
        self.pairs: dict[tuple[int, int], list[int]] = defaultdict(list)

    def map_row(self, y: int) -> None:
        self.y = y
        self.bases = (self.points[y] << _SHIFT) + self.below[1:-1] + (1 << (_SHIFT - 1))
        if self.price:
            self.map_weighed()
        else:
            self.map_nearest()
        self.leave_errors()

    def target_at(self, x: int, ahead: NDArray[np.int64]) -> NDArray[np.int64]:
        target: NDArray[np.int64] = (self.bases[x] + ahead) >> _SHIFT
        target = np.clip(target, self.lowest, self.highest)
        if self.d == 4 and abs(self.points[self.y, x, 3]) > _KIND_BOUND:
            target[3] = self.points[self.y, x, 3]
        return target

    def left_over(self, x: int, target: NDArray[np.int64], entry: int) -> NDArray[np.int64]:
        if self.d == 4 and target[3] < -_KIND_BOUND:
            return np.zeros(4, np.int64)
        left: NDArray[np.int64] = target - self.palette[entry]
        if self.d == 4 and target[3] > _KIND_BOUND:
            left[3] = 0
        total: NDArray[np.int64] = self.strengths[self.y, x] * left
        return total

    def nearest(self, target: NDArray[np.int64]) -> int:
        return int(((target - self.palette) ** 2).sum(axis=1).argmin())

    def cost_at(self, x: int, target: NDArray[np.int64], entry: int) -> int:
        return int(((target - self.palette[entry]) ** 2).sum() * self.weights[self.y, x])

    def map_nearest(self) -> None:
        ahead = np.zeros(self.d, np.int64)
        for x in range(self.width):
            target = self.target_at(x, ahead)
            self.indices[self.y, x] = entry = self.nearest(target)
            ahead = 7 * self.left_over(x, target, entry)

    def map_weighed(self) -> None:
        self.ways: list[_Way | None] = [None] * (self.width + 1)
        self.ways[0] = _Way(0, np.zeros(self.d, np.int64), (0, 0, 0, 0), 0, _SINGLE, 0, False)
        for x in range(self.width):
            way = self.ways[x]
            assert way is not None
            entry, ahead = self.take_nearest(x, way)
            for source in _NEAR if self.depth else _NEAR[:_FEW_NEAR]:
                self.copy(x, way, source)
            if self.depth and x + 2 < self.width:
                for source in self.sources(x, entry, self.nearest(self.target_at(x + 1, ahead))):
                    self.copy(x, way, source)
        self.take_cheapest()
        row = self.indices[self.y].tolist()
        for x in range(self.width - 1):
            self.pairs[row[x], row[x + 1]].append(self.y * self.width + x)

    def offer(self, x: int, way: _Way) -> None:
        known = self.ways[x]
        if known is None or way.cost < known.cost:
            self.ways[x] = way

    def take_nearest(self, x: int, way: _Way) -> tuple[int, NDArray[np.int64]]:
        target = self.target_at(x, way.ahead)
        entry = self.nearest(target)
        cost = way.cost + self.cost_at(x, target, entry) + self.literal
        ahead = 7 * self.left_over(x, target, entry)
        self.offer(x + 1, _Way(cost, ahead, (entry, *way.last[:3]), x, _SINGLE, entry, False))
        return entry, ahead

    def sources(self, x: int, first: int, second: int) -> list[Source]:
        places = self.pairs.get((first, second), [])[::-1][: self.depth]
        found = [(self.y - place // self.width, x - place % self.width) for place in places]
        return [source for source in found if self.distance(source) <= _WINDOW]

    def distance(self, source: Source) -> int:
        return source[0] * (int(self.width) + 1) + source[1]

    def copy(self, x: int, way: _Way, source: Source) -> None:
        up, left = source
        back = self.distance(source)
        if up > self.y or left > x or not 1 <= back <= _WINDOW:
            return
        goes_on = way.may_go_on and way.source == source
        begin = way.cost + self.price * (_GOING_ON if goes_on else _distance_bits(back))
        ahead, last, spent = way.ahead, way.last, 0
        for length in range(1, min(_LONGEST, self.width - x) + 1):
            at = x + length - 1
            if at - left >= self.width:
                break
            entry = int(self.indices[self.y - up, at - left]) if up else last[left - 1]
            target = self.target_at(at, ahead)
            spent += self.cost_at(at, target, entry)
            if spent > (160 + 144 * length) * self.price:
                break
            ahead = 7 * self.left_over(at, target, entry)
            last = (entry, *last[:3])
            if length < 3 and not goes_on:
                continue
            cost = begin + spent + (0 if goes_on else self.price * (56 if length <= 10 else 72))
            known = self.ways[at + 1]
            if known is not None and cost >= known.cost + _BEHIND * self.price:
                break
            self.offer(at + 1, _Way(cost, ahead, last, x, source, entry, length == _LONGEST))

    def take_cheapest(self) -> None:
        steps: list[tuple[int, _Way]] = []
        end = self.width
        while end:
            way = self.ways[end]
            assert way is not None
            steps.append((end, way))
            end = way.start
        for end, way in reversed(steps):
            up, left = way.source
            for x in range(way.start, end):
                single = way.source == _SINGLE
                self.indices[self.y, x] = way.entry if single else self.indices[self.y - up, x - left]

    def leave_errors(self) -> None:
        self.below[:] = 0
        ahead = np.zeros(self.d, np.int64)
        for x in range(self.width):
            target = self.target_at(x, ahead)
            left = self.left_over(x, target, int(self.indices[self.y, x]))
            ahead = 7 * left
            self.below[x] += 3 * left
            self.below[x + 1] += 5 * left
            self.below[x + 2] += left


def _distance_bits(distance: int) -> int:
    return 48 + 16 * max((distance - 1).bit_length() - 2, 0)


def _require(
    points: NDArray[np.int16],
    weights: NDArray[np.uint16],
    strengths: NDArray[np.uint8],
    palette: NDArray[np.int16],
    price: int,
    depth: int,
) -> None:
    require_palette(points, palette)
    height, width = points.shape[:2]
    for name, values in (("weights", weights), ("strengths", strengths)):
        if values.shape != (height, width):
            raise ValueError(
                f"{name} have shape {values.shape}; it must be that of the pixels, {(height, width)}"
            )
    if not 0 <= price <= 1 << 40:
        raise ValueError(f"price is {price}; it must be 0 to {1 << 40}")
    if not 0 <= depth <= 4096:
        raise ValueError(f"depth is {depth}; it must be 0 to 4096")
