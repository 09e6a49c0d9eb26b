"""The trellis search of one row over literals and 16 near matches.

The path through each match carries its cost above that of the cheapest path, its carried error and its
recent entries. At each pixel a match is extended, or started anew where that is cheaper.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import SHORTEST_MATCH
from kalette.kernels.reference.diffusion import Diffusion
from kalette.kernels.reference.points import TO_RIGHT

# Sources: 1 to 4 pixels to the left in the row itself, then in the row above from 5 to the left to 6 to the
# right.
UP = np.repeat([0, 1], [4, 12])
LEFT = np.concatenate([np.arange(1, 5), np.arange(5, -7, -1)])
_NEAR_MATCHES = len(UP)
LITERAL = _NEAR_MATCHES  # in place of a match
_NO_PATH = np.float32(np.inf)


class Step(NamedTuple):
    """The last step of the cheapest path to a pixel."""

    start: int
    match: int
    entry: int


class Costs(NamedTuple):
    """Costs: to start a match, of each of its entries, of a literal."""

    start: NDArray[np.float32]
    extension: np.float32
    literal: np.float32


class Paths(NamedTuple):
    """Paths to a pixel: one, or one through each match."""

    carried: NDArray[np.int64]
    recent: NDArray[np.int64]  # the last four entries, the latest first
    start: NDArray[np.int64]


class NearMatchSearch:
    """Searches one row."""

    def __init__(self, diffusion: Diffusion, costs: Costs) -> None:
        """Start before the first pixel, with no match."""
        self.diffusion, self.costs = diffusion, costs
        self.cheapest = Paths(np.zeros(diffusion.d, np.int64), np.zeros(4, np.int64), np.array(0))
        self.matches = Paths(*(np.repeat(each[None], _NEAR_MATCHES, axis=0) for each in self.cheapest))
        self.match_costs = np.full(_NEAR_MATCHES, _NO_PATH)
        self.steps: list[Step] = []

    def run(self) -> list[Step]:
        """Return the last step of the cheapest path to the end of each pixel."""
        for x in range(self.diffusion.width):
            literal = self.add_literal(x)
            self.extend_matches(x)
            self.keep_cheapest(x, *literal)
        return self.steps

    def add_literal(self, x: int) -> tuple[np.float32, Paths]:
        """Return the cost of the literal after the cheapest path, and the path that it makes."""
        target = self.diffusion.target(x, self.cheapest.carried)
        nearest = int(self.diffusion.search.nearest(target))
        entry = self.diffusion.entries[nearest]
        carried = TO_RIGHT * self.diffusion.scaled_error(x, target, entry)
        recent = np.concatenate([[nearest], self.cheapest.recent[:3]])
        cost = self.costs.literal + self.distortion(x, target, entry)
        return np.float32(cost), Paths(carried, recent, np.array(x))

    def extend_matches(self, x: int) -> None:
        """Extend all matches by a pixel; start those anew for which that is cheaper."""
        extended = self.match_costs <= self.costs.start
        carried = np.where(extended[:, None], self.matches.carried, self.cheapest.carried)
        recent = np.where(extended[:, None], self.matches.recent, self.cheapest.recent)
        start = np.where(extended, self.matches.start, x)
        has_source, entries = self.sources(x, recent)
        target, shown = self.diffusion.target(x, carried), self.diffusion.entries[entries]
        before = np.where(extended, self.match_costs, self.costs.start)
        cost = (before + self.costs.extension) + self.distortion(x, target, shown)
        self.match_costs = np.where(has_source, cost, _NO_PATH)
        recent = np.concatenate([entries[:, None], recent[:, :3]], axis=1)
        carried = TO_RIGHT * self.diffusion.scaled_error(x, target, shown)
        self.matches = Paths(carried, recent, start)

    def sources(self, x: int, recent: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which matches have a source here, and the entries that they show."""
        place, y = x - LEFT, self.diffusion.y
        has_source = (place >= 0) & (place < self.diffusion.width) & (y >= UP)
        above = self.diffusion.indices[max(y - 1, 0)][np.where(has_source, place, 0)]
        in_row = recent[np.arange(_NEAR_MATCHES), np.clip(LEFT - 1, 0, 3)]
        return has_source, np.where(UP == 0, in_row, above)

    def distortion(self, x: int, target: NDArray[np.int64], entry: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return weighted squared errors, in float32 and summed in the order of the coordinates."""
        squares = np.zeros(target.shape[:-1], np.float32)
        for c in range(self.diffusion.d):
            error = (target[..., c] - entry[..., c]).astype(np.float32)
            squares = squares + error * error
        return squares * np.float32(self.diffusion.weights[self.diffusion.y, x])

    def keep_cheapest(self, x: int, literal_cost: np.float32, literal: Paths) -> None:
        """Keep the cheapest path to the next pixel: through a match that is long enough, or the literal."""
        ends = np.where(self.matches.start <= x + 1 - SHORTEST_MATCH, self.match_costs, _NO_PATH)
        match = int(ends.argmin()) if ends.min() < literal_cost else LITERAL
        is_literal = match == LITERAL
        self.cheapest = literal if is_literal else Paths(*(each[match] for each in self.matches))
        self.match_costs = self.match_costs - (literal_cost if is_literal else ends[match])
        self.steps.append(Step(int(self.cheapest.start), match, int(self.cheapest.recent[0])))
