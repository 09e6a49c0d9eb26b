"""Trellis search over literals, near matches, and far matches from an index of digrams."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import (
    BIT,
    SHORTEST_MATCH,
    STEP_EXTENSION,
    WINDOW,
    distance_bits,
    length_bits,
    literal_bits,
)
from kalette.kernels.reference.diffusion import Diffusion, WeightedPixels
from kalette.kernels.reference.points import TO_RIGHT

_LONGEST_STEP = 16  # entries that a match adds in one step; longer matches are extended
_UNREACHED = (1 << 62) - 1  # more than any path costs

# Pruning. A match is given up where it costs this much more than the best path to the same node, ...
_PRUNING_MARGIN = 8 * BIT
# ... or where its distortion is worth more than these bits for itself and for each of its entries.
_MATCH_DISTORTION, _ENTRY_DISTORTION = 10 * BIT, 9 * BIT


class Rate(NamedTuple):
    """The rate term: Lagrange multiplier, and how many far matches are tried at each pixel."""

    multiplier: int
    match_depth: int


class Offset(NamedTuple):
    """Where the source of a match lies: rows up, and pixels to the left (negative: to the right)."""

    up: int
    left: int


_LITERAL = Offset(0, 0)

# Tried at every pixel.
_NEAR_OFFSETS = tuple(
    Offset(*each)
    for each in (
        *((0, 1), (1, 0), (1, -1), (1, 1), (0, 2), (2, 0)),
        *((0, 3), (1, -2), (1, 2), (0, 4), (2, 1), (2, -1)),
    )
)


class DigramIndex:
    """Hash chains of digrams, as in zlib: the places in the rows above of each pair of adjacent entries."""

    def __init__(self) -> None:
        """Start empty."""
        self._latest: dict[tuple[int, int], int] = {}
        self._previous: dict[int, int] = {}

    def latest(self, first: int, second: int) -> int:
        """Return the latest place, or -1."""
        return self._latest.get((first, second), -1)

    def previous(self, place: int) -> int:
        """Return the place before, or -1."""
        return self._previous[place]

    def add_row(self, row: NDArray[np.uint8], place: int) -> None:
        """Add the digrams of a row that begins at this place."""
        entries = row.tolist()
        for x, digram in enumerate(pairwise(entries)):
            self._previous[place + x] = self.latest(*digram)
            self._latest[digram] = place + x


@dataclass(slots=True)
class Node:
    """The cheapest path known to a pixel, and its last step: a literal or a match."""

    cost: int
    carried: NDArray[np.int64]  # error carried into the pixel
    recent: tuple[int, ...]  # the last four entries, the latest first
    start: int = 0  # the node before the last step
    offset: Offset = _LITERAL
    entry: int = 0  # the last
    can_extend: bool = False  # the last step is a match of the longest kind


@dataclass(slots=True)
class Match:
    """A match that grows entry by entry."""

    start: int
    offset: Offset
    extends: bool  # the match of the step before
    cost: int  # of the path to it and of its distance
    distortion: int
    carried: NDArray[np.int64]
    recent: tuple[int, ...]


class FarMatchTrellis:
    """Maps each row by the cheapest path through its trellis."""

    def __init__(self, pixels: WeightedPixels, palette: NDArray[np.int16], rate: Rate) -> None:
        """Start before the first row."""
        self.diffusion, self.rate = Diffusion(pixels, palette), rate
        self.entries, self.search = self.diffusion.entries, self.diffusion.search
        self.width: int = self.diffusion.width
        self.literal = rate.multiplier * literal_bits(len(palette))
        self.margin = rate.multiplier * _PRUNING_MARGIN
        self.digrams = DigramIndex()

    def run(self) -> NDArray[np.uint8]:
        """Return the entries of all pixels."""
        for y in range(self.diffusion.height):
            self.diffusion.begin_row(y)
            self.row = self.diffusion.row
            self.map_row()
            self.diffusion.end_row(lambda x, _: int(self.row[x]))
            self.digrams.add_row(self.row, y * self.width)
        return self.diffusion.indices

    def map_row(self) -> None:
        """Fill the trellis of the row, then write its cheapest path."""
        no_error = np.zeros(self.diffusion.d, np.int64)
        self.nodes = [Node(_UNREACHED, no_error, (0, 0, 0, 0)) for _ in range(self.width + 1)]
        self.nodes[0].cost = 0
        for x in range(self.width):
            literal = self.add_literal(x)
            for offset in _NEAR_OFFSETS:
                self.add_match(x, offset)
            if x + 2 < self.width:
                self.add_far_matches(x, *literal)
        self.trace_back()

    def distortion(self, x: int, target: NDArray[np.int64], entry: NDArray[np.int64]) -> int:
        """Return the weighted squared error."""
        error = target - entry
        return int((error * error).sum() * self.diffusion.weights[self.diffusion.y, x])

    def add_literal(self, x: int) -> tuple[int, NDArray[np.int64]]:
        """Add the literal nearest to the target; return it and the error that it carries."""
        node = self.nodes[x]
        target = self.diffusion.target(x, node.carried)
        nearest = int(self.search.nearest(target))
        entry = self.entries[nearest]
        cost = node.cost + self.distortion(x, target, entry) + self.literal
        carried = TO_RIGHT * self.diffusion.scaled_error(x, target, entry)
        if cost < self.nodes[x + 1].cost:
            self.nodes[x + 1] = Node(cost, carried, (nearest, *node.recent[:3]), x, _LITERAL, nearest)
        return nearest, carried

    def add_far_matches(self, x: int, first: int, carried: NDArray[np.int64]) -> None:
        """Add matches with earlier places of the digram that is nearest here."""
        second = int(self.search.nearest(self.diffusion.target(x + 1, carried)))
        place = self.digrams.latest(first, second)
        for _ in range(self.rate.match_depth):
            if place < 0:
                break
            offset = Offset(self.diffusion.y - place // self.width, x - place % self.width)
            if self.distance(offset) > WINDOW:
                break
            self.add_match(x, offset)
            place = self.digrams.previous(place)

    def distance(self, offset: Offset) -> int:
        """Return the distance in the stream, where each row begins with a byte for its filter."""
        return offset.up * (self.width + 1) + offset.left

    def add_match(self, x: int, offset: Offset) -> None:
        """Add the matches of one step, up to the longest that is not pruned."""
        back = self.distance(offset)
        if offset.up > self.diffusion.y or offset.left > x or not 1 <= back <= WINDOW:
            return
        node = self.nodes[x]
        extends = node.can_extend and node.offset == offset
        bits = STEP_EXTENSION if extends else distance_bits(back)
        cost = node.cost + self.rate.multiplier * bits
        match = Match(x, offset, extends, cost, 0, node.carried, node.recent)
        for length in range(1, min(_LONGEST_STEP, self.width - x) + 1):
            if not self.grow(match, length):
                break

    def grow(self, match: Match, length: int) -> bool:
        """Grow a match to this length; return whether it can grow further."""
        x = match.start + length - 1
        if x - match.offset.left >= self.width:
            return False
        entry = self.source_entry(match, x)
        target, shown = self.diffusion.target(x, match.carried), self.entries[entry]
        match.distortion += self.distortion(x, target, shown)
        worth = _MATCH_DISTORTION + _ENTRY_DISTORTION * length
        if match.distortion > worth * self.rate.multiplier:
            return False
        match.carried = TO_RIGHT * self.diffusion.scaled_error(x, target, shown)
        match.recent = (entry, *match.recent[:3])
        return (length < SHORTEST_MATCH and not match.extends) or self.offer(match, length, entry)

    def source_entry(self, match: Match, x: int) -> int:
        """Return the entry that a match copies to pixel x."""
        up, left = match.offset
        if up == 0:  # within the row itself, entries are only decided along the path
            return match.recent[left - 1]
        return int(self.diffusion.indices[self.diffusion.y - up, x - left])

    def offer(self, match: Match, length: int, entry: int) -> bool:
        """End the match here if that is the cheapest path known; return False where it is pruned."""
        end = self.nodes[match.start + length]
        bits = 0 if match.extends else length_bits(length)
        cost = match.cost + match.distortion + self.rate.multiplier * bits
        if cost >= end.cost + self.margin:
            return False
        if cost < end.cost:
            path = cost, match.carried, match.recent, match.start, match.offset
            self.nodes[match.start + length] = Node(*path, entry, length == _LONGEST_STEP)
        return True

    def trace_back(self) -> None:
        """Follow the cheapest path back from the end of the row, then write its entries left to right."""
        path, end = [], self.width
        while end > 0:
            path.append(end)
            end = self.nodes[end].start
        for end in reversed(path):
            node = self.nodes[end]
            up, left = node.offset
            for x in range(node.start, end):
                copied = self.diffusion.indices[self.diffusion.y - up, x - left]
                self.row[x] = node.entry if node.offset == _LITERAL else copied
