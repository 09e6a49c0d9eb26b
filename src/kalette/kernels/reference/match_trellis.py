"""Trellis search over literals and matches: sets up the costs, and writes each row's cheapest path."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import (
    ENTRY_EXTENSION,
    WINDOW,
    distance_bits,
    length_bits,
    literal_bits,
)
from kalette.kernels.reference.diffusion import Diffusion, WeightedPixels
from kalette.kernels.reference.match_row import (
    FURTHEST_LEFT,
    FURTHEST_RIGHT,
    LEFT,
    UP,
    Costs,
    MatchSearch,
    Step,
)


class Rate(NamedTuple):
    """The Lagrange multiplier, and the number of far matches that are tried at each pixel."""

    multiplier: int
    match_depth: int


class DigramIndex:
    """The places in the rows above of each pair of adjacent entries."""

    def __init__(self) -> None:
        """Start without digrams."""
        self.places: dict[tuple[int, int], list[int]] = defaultdict(list)

    def latest_first(self, first: int, second: int) -> list[int]:
        """Return the places of a digram."""
        return self.places.get((first, second), [])[::-1]

    def add_row(self, row: NDArray[np.uint8], place: int) -> None:
        """Add the digrams of a row that begins at a place."""
        for x, digram in enumerate(zip(row[:-1].tolist(), row[1:].tolist(), strict=True)):
            self.places[digram].append(place + x)


class MatchTrellis:
    """Maps each row by the cheapest path through its trellis."""

    def __init__(self, pixels: WeightedPixels, palette: NDArray[np.int16], rate: Rate) -> None:
        """Start before the first row."""
        self.diffusion, self.rate = Diffusion(pixels, palette), rate
        self.digrams = DigramIndex()
        # Pixels back that lie in the window, with the filter bytes of the rows between.
        self.reach = WINDOW - WINDOW // self.diffusion.width - 1
        self.set_costs(len(palette))

    def run(self) -> NDArray[np.uint8]:
        """Return the entries of all pixels."""
        for y in range(self.diffusion.height):
            self.diffusion.begin_row(y)
            self.map_row()
            self.diffusion.end_row(lambda x, _: int(self.diffusion.row[x]))
            self.digrams.add_row(self.diffusion.row, y * self.diffusion.width)
        return self.diffusion.indices

    def set_costs(self, k: int) -> None:
        """Set the costs of literals and matches, for a palette of k entries."""
        stride = self.diffusion.width + 1  # each row begins with a byte for its filter
        multiplier, backs = self.rate.multiplier, (UP * stride + LEFT).tolist()
        bits = [distance_bits(back) + length_bits(1) if 1 <= back <= WINDOW else np.inf for back in backs]
        self.costs = Costs(
            start=np.array([multiplier * each for each in bits], np.float32),
            extension=np.float32(multiplier * ENTRY_EXTENSION),
            literal=np.float32(multiplier * literal_bits(k)),
            far_start=lambda back: np.float32(multiplier * (distance_bits(back) + length_bits(1))),
        )

    def map_row(self) -> None:
        """Search the row, then write its cheapest path."""
        search = MatchSearch(self.diffusion, self.costs, self.rate.match_depth)
        self.trace_back(search.run(self.candidates()))

    def candidates(self) -> list[list[int]]:
        """Return for each pixel how far back earlier places of its digram lie.

        The digrams are those nearest to the row, before errors are carried along it.
        """
        diffusion, width = self.diffusion, self.diffusion.width
        no_error = np.zeros(diffusion.d, np.int64)
        nearest = [int(diffusion.search.nearest(diffusion.target(x, no_error))) for x in range(width)]
        first = diffusion.y * width
        return [
            *(self.backs_of(first + x, nearest[x], nearest[x + 1]) for x in range(width - 1)),
            [],
        ]

    def backs_of(self, here: int, first: int, second: int) -> list[int]:
        """Return how far back a digram occurs, in the window; near matches are left out."""
        width, found = self.diffusion.width, list[int]()
        for place in self.digrams.latest_first(first, second):
            back = here - place
            if back > self.reach or len(found) == self.rate.match_depth:
                break
            if not width - FURTHEST_RIGHT <= back <= width + FURTHEST_LEFT:
                found.append(back)
        return found

    def trace_back(self, steps: list[Step]) -> None:
        """Follow the cheapest path back from the end of the row, then write its entries left to right."""
        path, end = [], self.diffusion.width
        while end > 0:
            path.append(end)
            end = steps[end - 1].start
        y, indices = self.diffusion.y, self.diffusion.indices
        for end in reversed(path):
            step = steps[end - 1]
            for x in range(step.start, end):
                literal = step.up == 0 and step.left == 0
                indices[y, x] = step.entry if literal else indices[y - step.up, x - step.left]
