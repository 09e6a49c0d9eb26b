"""Rate-distortion optimised LZW: which entries to show, and the codes that say so, are chosen together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import (
    MOST_MAPPED_PIXELS,
    require_drawable,
    require_map,
    require_near,
    require_palette,
    require_pixels,
    require_threads,
)
from kalette.kernels.reference.lzw_dictionary import (
    NO_CODE,
    LzwCoder,
    LzwCodes,
    LzwDictionary,
    lzw_stream,
    symbol_count,
)
from kalette.kernels.reference.palette_search import PaletteSearch
from kalette.kernels.reference.points import (
    ERROR_SHIFT,
    TO_BELOW,
    TO_BELOW_LEFT,
    TO_BELOW_RIGHT,
    TO_RIGHT,
)
from kalette.kernels.reference.views import FramePixels

_FORBIDDEN = np.iinfo(np.int64).max
_MULTIPLIERS_OF_BIT = 16
_FIRST_BITS_OF_PIXEL = 6  # of the mean, before there is one
# How far a string may fall behind, in pixels at mean cost, and still be extended: of the symbol tried
# first, of others.
_FIRST_REACH, _REACH = 3, 2
_MEAN_OF = 512  # pixels of the running mean
_LONG_ENOUGH = 2  # length of the best string from which no other entry is tried
# Pixels from which the halves of a frame are coded each with a dictionary of its own, on two threads.
_MOST_AT_ONCE = 1 << 16
_HALF = 1 << (ERROR_SHIFT - 1)
_MOST_MULTIPLIER = 1 << 40
_MOST_STRENGTH = 255


class LzwRate(NamedTuple):
    """The Lagrange multiplier, and the strength of error diffusion."""

    multiplier: int
    strength: int


class String(NamedTuple):
    """A string of the dictionary, with its gain over the mean cost of as many pixels."""

    value: int
    code: int
    length: int


def map_lzw(
    points: NDArray[np.int16],
    weights: NDArray[np.uint16],
    shown: NDArray[np.int16],
    palette: NDArray[np.int16],
    rate: tuple[int, int] = (0, 0),
    threads: int = 1,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return palette entries of a frame, and their LZW codes as in GIF.

    Each code is that of the string that costs least in errors and bits, relative to its length: a match that
    goes on costs nothing. Errors are diffused by the Floyd-Steinberg filter.

    Parameters
    ----------
    points : ndarray
        (H, W, 4) int16, in sixteenths of a byte step, within 16383 of 0; the fourth is above 0 where a pixel
        is opaque, below where it is clear.
    weights : ndarray
        (H, W) uint16: weight of a squared error, in sixteenths.
    shown : ndarray
        (H, W, 4) int16: what the screen shows before, in the form of the points. A pixel can become opaque,
        but not clear.
    palette : ndarray
        (k, 3) int16, in the unit of the points, k at most 256.
    rate : tuple of int
        Lagrange multiplier: distortion per 1/16 bit; and strength, the share of an error that is diffused, in
        256ths, 0 to 255.
    threads : int
        Without effect here.

    Returns
    -------
    indices : ndarray
        (H, W) uint8; k keeps what is shown. With 256 entries nothing is kept.
    data : ndarray
        (N,) uint8: the codes, without code size and sub-blocks. The code size is that of k + 1 symbols, of
        256 at most.

    References
    ----------
    T. A. Welch, "A technique for high-performance data compression", Computer 17(6), 1984.
    doi:10.1109/MC.1984.1659158

    Examples
    --------
    >>> black, white = [0, 0, 0, 9000], [4080, 4080, 4080, 9000]
    >>> frame, before = np.array([[black, white, white]], np.int16), np.array([[black] * 3], np.int16)
    >>> two = np.array([black[:3], white[:3]], np.int16)
    >>> indices, data = map_lzw(frame, np.full((1, 3), 16, np.uint16), before, two, (1, 0))
    >>> indices.tolist(), data.tolist()
    ([[2, 1, 1]], [84, 82])
    """
    require_threads(threads)
    pixels, lzw_rate = FramePixels(points, weights, shown), LzwRate(*rate)
    _require(pixels, palette, lzw_rate)
    parts = 1 if weights.size < _MOST_AT_ONCE else 2
    rows = max(-(-len(weights) // parts), 1)
    parts_of = [
        _rows_of(pixels, slice(first, first + rows)) for first in range(0, max(len(weights), 1), rows)
    ]
    searches = [LzwSearch(part, palette, lzw_rate) for part in parts_of]
    data = lzw_stream([search.run() for search in searches], symbol_count(len(palette), len(palette)))
    indices = np.concatenate([search.indices for search in searches])
    return indices.reshape(weights.shape), np.frombuffer(bytes(data), np.uint8).copy()


def _rows_of(pixels: FramePixels, rows: slice) -> FramePixels:
    return FramePixels(pixels.points[rows], pixels.weights[rows], pixels.shown[rows])


class LzwSearch:
    """Chooses strings from the first pixel to the last."""

    def __init__(self, pixels: FramePixels, palette: NDArray[np.int16], rate: LzwRate) -> None:
        """Start before the first pixel."""
        self.height, self.width = pixels.weights.shape
        self.pixels, self.multiplier, self.strength = self.height * self.width, *rate
        self.points = pixels.points.reshape(-1, 4)[:, :3].astype(np.int64)
        self.entries, self.palette_search = palette.astype(np.int64), PaletteSearch(palette)
        self.lowest, self.highest = self.entries.min(axis=0), self.entries.max(axis=0)
        self.weights = pixels.weights.ravel().astype(np.int64)
        self.is_clear = pixels.points[..., 3].ravel() < 0
        self.shows_color = pixels.shown[..., 3].ravel() > 0
        shown = pixels.shown.reshape(-1, 4)[:, :3].astype(np.int64)
        self.keep_costs = ((self.points - shown) ** 2).sum(axis=1) * self.weights
        self.dictionary = LzwDictionary(symbol_count(len(palette), len(palette)))
        self.coder = LzwCoder(self.dictionary, worn_percent=100)
        self.errors = np.zeros_like(self.points)
        self.indices = np.zeros(self.pixels, np.uint8)
        self.base_costs = [self.base_cost(place) for place in range(self.pixels)]
        self.mean = self.bits(_FIRST_BITS_OF_PIXEL)

    def run(self) -> LzwCodes:
        """Map all pixels and return the codes."""
        place = 0
        while place < self.pixels:
            self.coder.prepare()
            self.search(place)
            cost, (_, code, length) = self.bits(self.dictionary.width) + self.show(place), self.best
            self.coder.put(code, length, int(self.indices[place]))
            self.mean = max(
                self.mean + _quotient((_quotient(cost, length) - self.mean) * length, _MEAN_OF), 0
            )
            place += length
        return self.coder.finish()

    def bits(self, count: int) -> int:
        """Return the price of some bits."""
        return self.multiplier * _MULTIPLIERS_OF_BIT * count

    def base_cost(self, place: int) -> int:
        """Return the cost of the entry nearest to the pixel itself, or of keeping what is shown."""
        return min(self.costs(place, self.points[place]))

    def costs(self, place: int, target: NDArray[np.int64]) -> list[int]:
        """Return the weighted squared error of each symbol; the last one keeps what is shown."""
        if self.is_clear[place]:
            return [_FORBIDDEN] * len(self.entries) + [0]
        squares = ((target - self.entries) ** 2).sum(axis=1) * self.weights[place]
        kept = int(self.keep_costs[place]) if self.shows_color[place] else _FORBIDDEN
        return [*squares.tolist(), kept][: self.dictionary.symbols]

    def target_of(self, place: int) -> NDArray[np.int64]:
        """Return what a pixel should show, given the errors of those before it."""
        x, above = place % self.width, place - self.width
        errors = np.zeros(3, np.int64)
        if x > 0:
            errors += TO_RIGHT * self.errors[place - 1]
        if above >= 0:
            errors += TO_BELOW * self.errors[above]
            if x > 0:
                errors += TO_BELOW_RIGHT * self.errors[above - 1]
            if x + 1 < self.width:
                errors += TO_BELOW_LEFT * self.errors[above + 1]
        target: NDArray[np.int64] = ((self.points[place] << ERROR_SHIFT) + errors + _HALF) >> ERROR_SHIFT
        return np.clip(target, self.lowest, self.highest)

    def keep_error(self, place: int, target: NDArray[np.int64], symbol: int) -> None:
        """Keep the error of a pixel that shows a symbol, times the diffusion strength."""
        kept = symbol == len(self.entries)
        self.errors[place] = 0 if kept else self.strength * (target - self.entries[symbol])

    def search(self, place: int) -> None:
        """Find the string that costs least, relative to the mean cost of as many pixels.

        What is tried first is favoured: the nearest entry, or keeping where it costs nothing.
        """
        self.best = String(np.iinfo(np.int64).min, NO_CODE, 0)
        self.reach = _FIRST_REACH
        self.path: dict[int, int] = {}
        self.values: dict[int, int] = {-1: 0}
        self.targets = {0: self.target_of(place)}
        self.costs_at = {0: self.costs(place, self.targets[0])}
        keep, can_keep = len(self.entries), self.dictionary.symbols > len(self.entries)
        keeps_first = can_keep and self.costs_at[0][keep] == 0
        first = keep if keeps_first else int(self.palette_search.nearest(self.targets[0]))
        self.follow(place, first)
        if self.is_clear[place]:
            return
        self.reach = _REACH
        if self.best.length < _LONG_ENOUGH:
            self.follow_entries(place, first)
        if can_keep and first != keep:
            self.follow(place, keep)

    def follow_entries(self, place: int, first: int) -> None:
        """Judge the strings that begin with another entry than the first."""
        for root in np.argsort(self.entries[:, 0], kind="stable").tolist():
            if root != first:
                self.follow(place, root)

    def follow(self, place: int, root: int) -> None:
        """Judge the strings that begin with a symbol."""
        if not self.extends(place, 0, root):
            return
        depth, code = 1, self.dictionary[root].child
        while depth > 0:
            if code == NO_CODE:
                depth -= 1
                code = self.dictionary[self.path[depth]].sibling
            elif self.extends(place, depth, code):
                code = self.dictionary[code].child
                depth += 1
            else:
                code = self.dictionary[code].sibling

    def extends(self, place: int, depth: int, code: int) -> bool:
        """Judge the string of a code; return whether longer ones are worth a try."""
        here, symbol = place + depth, self.dictionary[code].symbol
        added = self.costs_at[depth][symbol]
        if added == _FORBIDDEN:
            return False
        value = self.values[depth - 1] + self.mean + self.base_costs[here] - added
        if value > self.best.value:
            self.best = String(value, code, depth + 1)
        is_behind = value + self.reach * self.mean < self.best.value
        if is_behind or self.dictionary[code].child == NO_CODE or here + 1 == self.pixels:
            return False
        self.path[depth], self.values[depth] = code, value
        self.keep_error(here, self.targets[depth], symbol)
        self.targets[depth + 1] = self.target_of(here + 1)
        self.costs_at[depth + 1] = self.costs(here + 1, self.targets[depth + 1])
        return True

    def show(self, place: int) -> int:
        """Write the best string's indices and errors; return what it costs above the base costs."""
        code, total = self.best.code, 0
        for here in range(place + self.best.length - 1, place - 1, -1):
            self.indices[here] = self.dictionary[code].symbol
            code = self.dictionary[code].parent
        for here in range(place, place + self.best.length):
            target, symbol = self.target_of(here), int(self.indices[here])
            total += self.costs(here, target)[symbol] - self.base_costs[here]
            self.keep_error(here, target, symbol)
        return total


def _quotient(dividend: int, divisor: int) -> int:
    """Return the quotient rounded towards zero, as integers are divided in C++."""
    quotient = abs(dividend) // divisor
    return quotient if dividend >= 0 else -quotient


def _require(pixels: FramePixels, palette: NDArray[np.int16], rate: LzwRate) -> None:
    height, width, d = pixels.points.shape
    require_palette(palette, 3)
    if d != 4:
        raise ValueError(f"points have {d} coordinates; they must have 4")
    require_pixels(height * width, MOST_MAPPED_PIXELS)
    require_map(pixels.weights, "weights", (height, width))
    if pixels.shown.shape != pixels.points.shape:
        raise ValueError("shown has another shape than points; they must agree")
    if not 0 <= rate.multiplier <= _MOST_MULTIPLIER:
        raise ValueError(f"multiplier is {rate.multiplier}; it must be 0 to {_MOST_MULTIPLIER}")
    if not 0 <= rate.strength <= _MOST_STRENGTH:
        raise ValueError(f"strength is {rate.strength}; it must be 0 to {_MOST_STRENGTH}")
    require_near(pixels.points, "points")
    require_near(pixels.shown, "shown")
    require_near(palette, "palette")
    require_drawable(pixels, len(palette))
