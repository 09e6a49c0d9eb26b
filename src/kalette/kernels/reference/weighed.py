"""Pixels to palette entries, the look weighed against the bits of the file."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_prices import WINDOW, distance_bits, length_bits, literal_bits
from kalette.kernels.reference.checks import require_palette, require_pixels
from kalette.kernels.reference.diffusion import Diffusion
from kalette.kernels.reference.runs import RunMapper

_LONGEST = 16
_GOING_ON = 4
_NEAR = ((0, 1), (1, 0), (1, -1), (1, 1), (0, 2), (2, 0), (0, 3), (1, -2), (1, 2), (0, 4), (2, 1), (2, -1))
_BEHIND = 128
_MOST_LITERAL_BITS = 104

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
        Places in rows above, showing the same next two entries, from which copies are tried; 0 follows runs
        from near places alone, in a fraction of the time.

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
    if points.size == 0:
        return np.zeros(points.shape[:2], np.uint8)
    picture = points, weights, strengths, palette
    if price == 0:
        return Diffusion(*picture).mapped()
    return (_Mapper(*picture, price, depth) if depth else RunMapper(*picture, price)).mapped()


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


class _Mapper(Diffusion):
    """Takes in each row the entries that come cheapest, copies from places far off among them."""

    def __init__(
        self,
        points: NDArray[np.int16],
        weights: NDArray[np.uint16],
        strengths: NDArray[np.uint8],
        palette: NDArray[np.int16],
        price: int,
        depth: int,
    ) -> None:
        super().__init__(points, weights, strengths, palette)
        self.price, self.depth = price, depth
        self.literal = price * literal_bits(len(palette))
        self.pairs: dict[tuple[int, int], list[int]] = defaultdict(list)

    def cost_at(self, x: int, target: NDArray[np.int64], entry: int) -> int:
        return int(((target - self.palette[entry]) ** 2).sum() * self.weights[self.y, x])

    def map_row(self) -> None:
        self.ways: list[_Way | None] = [None] * (self.width + 1)
        self.ways[0] = _Way(0, np.zeros(self.d, np.int64), (0, 0, 0, 0), 0, _SINGLE, 0, False)
        for x in range(self.width):
            way = self.ways[x]
            assert way is not None
            entry, ahead = self.take_nearest(x, way)
            for source in _NEAR:
                self.copy(x, way, source)
            if x + 2 < self.width:
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
        ahead = 7 * self.left_over(x, target, self.palette[entry])
        self.offer(x + 1, _Way(cost, ahead, (entry, *way.last[:3]), x, _SINGLE, entry, False))
        return entry, ahead

    def sources(self, x: int, first: int, second: int) -> list[Source]:
        places = self.pairs.get((first, second), [])[::-1][: self.depth]
        found = [(self.y - place // self.width, x - place % self.width) for place in places]
        return [source for source in found if self.distance(source) <= WINDOW]

    def distance(self, source: Source) -> int:
        return source[0] * (int(self.width) + 1) + source[1]

    def copy(self, x: int, way: _Way, source: Source) -> None:
        up, left = source
        back = self.distance(source)
        if up > self.y or left > x or not 1 <= back <= WINDOW:
            return
        goes_on = way.may_go_on and way.source == source
        begin = way.cost + self.price * (_GOING_ON if goes_on else distance_bits(back))
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
            ahead = 7 * self.left_over(at, target, self.palette[entry])
            last = (entry, *last[:3])
            if length < 3 and not goes_on:
                continue
            cost = begin + spent + (0 if goes_on else self.price * length_bits(length))
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
    require_pixels(height * width, 0x7FFFFFFF)
    for name, values in (("weights", weights), ("strengths", strengths)):
        if values.shape != (height, width):
            raise ValueError(
                f"{name} have shape {values.shape}; it must be that of the pixels, {(height, width)}"
            )
    if not 0 <= price <= 1 << 40:
        raise ValueError(f"price is {price}; it must be 0 to {1 << 40}")
    if not 0 <= depth <= 4096:
        raise ValueError(f"depth is {depth}; it must be 0 to 4096")
    if price and height * width:
        _require_cheap(points, weights, palette, price)


def _require_cheap(
    points: NDArray[np.int16], weights: NDArray[np.uint16], palette: NDArray[np.int16], price: int
) -> None:
    """Refuse a row whose cost might pass 64 bits: what is shown lies within the palette, but for alpha."""
    width, lowest, highest = points.shape[1], palette.min(axis=0).tolist(), palette.max(axis=0).tolist()
    if points.shape[2] == 4:
        lowest[3] = min(lowest[3], int(points[..., 3].min()))
        highest[3] = max(highest[3], int(points[..., 3].max()))
    squares = sum((high - low) ** 2 for low, high in zip(lowest, highest, strict=True))
    most = squares * int(weights.max()) + _MOST_LITERAL_BITS * price
    if most > (1 << 61) // width:
        raise ValueError(
            f"a pixel may cost {most}, and {width} of a row more than {1 << 61}; "
            "give lower weights or a lower price"
        )
