"""The trellis search of one row over literals, 16 near matches and some far ones.

The path through each match carries its cost above that of the cheapest path, its carried error and its
recent entries. At each pixel a match is extended, or started anew where that is cheaper. Each match has a
lane; a far match takes the lane of one that would be started anew.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import SHORTEST_MATCH
from kalette.kernels.reference.diffusion import Diffusion
from kalette.kernels.reference.points import TO_RIGHT

# Near sources: 1 to 4 pixels to the left in the row itself, then in the row above from 5 to the left to 6 to
# the right.
UP = np.repeat([0, 1], [4, 12])
LEFT = np.concatenate([np.arange(1, 5), np.arange(5, -7, -1)])
FURTHEST_LEFT, FURTHEST_RIGHT = 5, 6
_NEAR_MATCHES = len(UP)
# Far sources change as the search goes along the row.
_FEW_FAR_MATCHES, _MANY_FAR_MATCHES = 16, 48
_DEPTH_OF_FEW = 4  # up to this match_depth there are few
_TRIED_LANES = 4  # for a new far match
_NO_PATH = np.float32(np.inf)


class Step(NamedTuple):
    """The last step of the cheapest path to a pixel."""

    start: int
    up: int  # rows to the source of a match, and pixels to the left; both 0 for a literal
    left: int
    entry: int


class Costs(NamedTuple):
    """Costs: to start a near match, of each entry, of a literal; to start a far match, by its distance."""

    start: NDArray[np.float32]
    extension: np.float32
    literal: np.float32
    far_start: Callable[[int], np.float32]


class Paths(NamedTuple):
    """Paths to a pixel: one, or one through each match."""

    carried: NDArray[np.int64]
    recent: NDArray[np.int64]  # the last four entries, the latest first
    start: NDArray[np.int64]


class MatchSearch:
    """Searches one row."""

    def __init__(self, diffusion: Diffusion, costs: Costs, match_depth: int) -> None:
        """Start before the first pixel, with no match."""
        self.diffusion, self.costs = diffusion, costs
        self.far_matches = _FEW_FAR_MATCHES if match_depth <= _DEPTH_OF_FEW else _MANY_FAR_MATCHES
        lanes = _NEAR_MATCHES + self.far_matches
        self.cheapest = Paths(np.zeros(diffusion.d, np.int64), np.zeros(4, np.int64), np.array(0))
        self.matches = Paths(*(np.repeat(each[None], lanes, axis=0) for each in self.cheapest))
        self.match_costs = np.full(lanes, _NO_PATH)
        self.starting = np.concatenate([costs.start, np.full(self.far_matches, _NO_PATH)])
        self.up = np.concatenate([UP, np.zeros(self.far_matches, np.int64)])
        self.left = np.concatenate([LEFT, np.zeros(self.far_matches, np.int64)])
        self.backs = [0] * self.far_matches
        self.next = 0
        self.steps: list[Step] = []

    def run(self, candidates: Sequence[Sequence[int]]) -> list[Step]:
        """Return the last step of the cheapest path to the end of each pixel.

        `candidates[x]`: distances back to the sources of the far matches of pixel x.
        """
        for x in range(self.diffusion.width):
            for back in candidates[x]:
                self.add_far_match(x, back)
            literal = self.add_literal(x)
            self.extend_matches(x)
            self.keep_cheapest(x, *literal)
        return self.steps

    def add_far_match(self, x: int, back: int) -> None:
        """Assign a lane to a far match that has none.

        The first of the next `_TRIED_LANES` whose current match is not worth extending.
        """
        for _ in range(_TRIED_LANES if back not in self.backs else 0):
            number, lane = self.next, _NEAR_MATCHES + self.next
            self.next = (self.next + 1) % self.far_matches
            if self.match_costs[lane] >= self.starting[lane]:
                self.backs[number] = back
                self.match_costs[lane] = _NO_PATH
                self.set_source(x, lane, back)
                return

    def set_source(self, x: int, lane: int, back: int) -> None:
        """Set where the source of a far match lies, and what it costs to start it."""
        width = self.diffusion.width
        self.up[lane] = up = (back - x + width - 1) // width  # the source is in a row above
        self.left[lane] = back - up * width
        self.starting[lane] = self.costs.far_start(back + up)  # each row begins with a byte for its filter

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
        extended = self.match_costs <= self.starting
        carried = np.where(extended[:, None], self.matches.carried, self.cheapest.carried)
        recent = np.where(extended[:, None], self.matches.recent, self.cheapest.recent)
        start = np.where(extended, self.matches.start, x)
        has_source, entries = self.sources(x, recent)
        target, shown = self.diffusion.target(x, carried), self.diffusion.entries[entries]
        before = np.where(extended, self.match_costs, self.starting)
        cost = (before + self.costs.extension) + self.distortion(x, target, shown)
        self.match_costs = np.where(has_source, cost, _NO_PATH)
        recent = np.concatenate([entries[:, None], recent[:, :3]], axis=1)
        carried = TO_RIGHT * self.diffusion.scaled_error(x, target, shown)
        self.matches = Paths(carried, recent, start)

    def sources(self, x: int, recent: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which matches have a source here, and the entries that they show."""
        row, place = self.diffusion.y - self.up, x - self.left
        has_source = (place >= 0) & (place < self.diffusion.width) & (row >= 0)
        has_source[_NEAR_MATCHES:] &= np.array(self.backs) > 0
        above = self.diffusion.indices[np.where(has_source, row, 0), np.where(has_source, place, 0)]
        in_row = recent[np.arange(len(recent)), np.clip(self.left - 1, 0, 3)]
        return has_source, np.where(self.up == 0, in_row, above)

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
        match, is_literal = int(ends.argmin()), not ends.min() < literal_cost
        self.cheapest = literal if is_literal else Paths(*(each[match] for each in self.matches))
        self.match_costs = self.match_costs - (literal_cost if is_literal else ends[match])
        source = (0, 0) if is_literal else (int(self.up[match]), int(self.left[match]))
        self.steps.append(Step(int(self.cheapest.start), *source, int(self.cheapest.recent[0])))
