"""Trellis search over literals and matches: sets up the costs, and writes each row's cheapest path."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import ENTRY_EXTENSION, WINDOW, literal_bits, start_bits
from kalette.kernels.reference.diffusion import Diffusion
from kalette.kernels.reference.match_row import (
    FURTHEST_LEFT,
    FURTHEST_RIGHT,
    LEFT,
    NO_PATH,
    NO_SOURCE,
    UP,
    Costs,
    MatchSearch,
    Step,
)
from kalette.kernels.reference.views import WeightedPixels

_DISTANCE_SIZES = 16  # bits of a distance in the window, less one, are 0 to 15
_NO_PLACE = -1


class Rate(NamedTuple):
    """The Lagrange multiplier, and the number of far matches that are tried at each pixel."""

    multiplier: int
    match_depth: int


class DigramIndex:
    """The places in the rows above of each pair of adjacent entries, latest first."""

    def __init__(self) -> None:
        """Start without digrams."""
        self.latest_places: dict[tuple[int, int], int] = {}
        self.previous_places: dict[int, int] = {}

    def latest(self, first: int, second: int) -> int:
        """Return the latest place of a digram."""
        return self.latest_places.get((first, second), _NO_PLACE)

    def previous(self, place: int) -> int:
        """Return the place of the same digram before this one."""
        return self.previous_places[place]

    def add_row(self, row: NDArray[np.uint8], place: int) -> None:
        """Add the digrams of a row that begins at a place."""
        for x, (first, second) in enumerate(zip(row[:-1].tolist(), row[1:].tolist(), strict=True)):
            self.previous_places[place + x] = self.latest(first, second)
            self.latest_places[first, second] = place + x


class MatchTrellis:
    """Maps each row by the cheapest path through its trellis."""

    def __init__(self, pixels: WeightedPixels, palette: NDArray[np.int16], rate: Rate) -> None:
        """Start before the first row."""
        self.diffusion, self.rate = Diffusion(pixels, palette), rate
        self.digrams = DigramIndex()
        # Pixels back that lie in the window, with the filter bytes of the rows between.
        self.reach = WINDOW - WINDOW // self.diffusion.width - 1
        self.set_costs(rate.multiplier, len(palette))

    def run(self) -> NDArray[np.uint8]:
        """Return the entries of all pixels."""
        for y in range(self.diffusion.height):
            self.diffusion.begin_row(y)
            self.map_row()
            self.diffusion.end_row(lambda x, _: int(self.diffusion.row[x]))
            self.digrams.add_row(self.diffusion.row, self.diffusion.place(0))
        return self.diffusion.indices

    def set_costs(self, multiplier: int, k: int) -> None:
        """Set the costs of literals and matches, for a palette of k entries."""
        stride = self.diffusion.width + 1  # each row begins with a byte for its filter
        self.costs = Costs(
            start=np.array(
                [
                    multiplier * start_bits(distance) if 1 <= distance <= WINDOW else NO_PATH
                    for distance in (UP * stride + LEFT).tolist()
                ],
                np.float32,
            ),
            extension=np.float32(multiplier * ENTRY_EXTENSION),
            literal=np.float32(multiplier * literal_bits(k)),
            far_start=np.array(
                [multiplier * start_bits(1 << bits) for bits in range(_DISTANCE_SIZES)], np.float32
            ),
        )

    def map_row(self) -> None:
        """Search the row, then write its cheapest path."""
        search = MatchSearch(self.diffusion, self.costs, self.rate.match_depth)
        self.trace_back(search.run(self.find_candidates()))

    def find_candidates(self) -> list[list[int]]:
        """Return for each pixel how far back earlier places of its digram lie.

        The digrams are those nearest to the row, before errors are carried along it.
        """
        diffusion, width = self.diffusion, self.diffusion.width
        no_error = np.zeros(diffusion.d, np.int64)
        nearest = [int(diffusion.search.nearest(diffusion.target(x, no_error))) for x in range(width)]
        candidates: list[list[int]] = [[] for _ in range(width)]
        for x in range(width - 1):
            latest = self.digrams.latest(nearest[x], nearest[x + 1])
            self.add_candidates(diffusion.place(x), latest, candidates[x])
        return candidates

    def add_candidates(self, here: int, place: int, candidates: list[int]) -> None:
        """Follow a digram's places to the end of the window; skip those that near matches cover."""
        width = self.diffusion.width
        while len(candidates) < self.rate.match_depth and place != _NO_PLACE:
            back = here - place
            if back > self.reach:
                break
            if not width - FURTHEST_RIGHT <= back <= width + FURTHEST_LEFT:
                candidates.append(back)
            place = self.digrams.previous(place)

    def trace_back(self, steps: list[Step]) -> None:
        """Follow the cheapest path back from the end of the row, then write its entries left to right."""
        path, end = [], self.diffusion.width
        while end > 0:
            path.append(end)
            end = steps[end - 1].start
        first, indices = self.diffusion.place(0), self.diffusion.indices.reshape(-1)
        for end in reversed(path):
            step = steps[end - 1]
            for place in range(first + step.start, first + end):
                indices[place] = step.entry if step.back == NO_SOURCE else indices[place - step.back]


def map_with_matches(pixels: WeightedPixels, palette: NDArray[np.int16], rate: Rate) -> NDArray[np.uint8]:
    """Return entries by a search over literals, near matches and far ones."""
    return MatchTrellis(pixels, palette, rate).run()
