"""The trellis search of one row over literals, 16 near matches and some far ones.

The path through each match carries its cost above that of the cheapest path, its carried error and its
recent entries. At each pixel a match is extended, or started anew where that is cheaper. Each match has a
lane; a far match takes the lane of one that would be started anew.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import SHORTEST_MATCH
from kalette.kernels.reference.diffusion import Diffusion
from kalette.kernels.reference.points import TO_RIGHT

# Near sources: 1 to 4 pixels to the left in the row itself, then in the row above from 5 to the left to 6 to
# the right.
IN_ROW, ABOVE = 4, 12
NEAR_MATCHES = IN_ROW + ABOVE
FURTHEST_LEFT, FURTHEST_RIGHT = 5, 6
UP = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
LEFT = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6])
# Far sources change as the search goes along the row.
FEW_FAR_MATCHES, MANY_FAR_MATCHES = 16, 240
DEPTH_OF_FEW = 4  # up to this match_depth there are few
TRIED_LANES = 4  # for a new far match
NO_SOURCE = 0  # in place of the pixels back to a source
NO_PATH = np.float32(np.inf)  # in place of a cost


class Step(NamedTuple):
    """The last step of the cheapest path to a pixel."""

    start: int
    back: int  # pixels back to the source of a match; NO_SOURCE for a literal
    entry: int


class Costs(NamedTuple):
    """Costs: to start a near match, of each entry, of a literal; to start a far match.

    The last by the bits of its distance less one.
    """

    start: NDArray[np.float32]
    extension: np.float32
    literal: np.float32
    far_start: NDArray[np.float32]


class Paths(NamedTuple):
    """Paths to a pixel: one, or one through each match."""

    cost: NDArray[np.float32]  # above that of the cheapest path
    carried: NDArray[np.int64]
    recent: NDArray[np.int64]  # the last four entries, the latest first
    start: NDArray[np.int64]


class MatchSearch:
    """Searches one row."""

    def __init__(self, diffusion: Diffusion, costs: Costs, match_depth: int) -> None:
        """Start before the first pixel, with no match."""
        self.diffusion, self.costs = diffusion, costs
        self.far_matches = _far_matches(match_depth)
        lanes, width, d = NEAR_MATCHES + self.far_matches, diffusion.width, diffusion.d
        zeros = [np.zeros(shape, np.int64) for shape in ((lanes, d), (lanes, IN_ROW), lanes)]
        self.matches = Paths(np.full(lanes, NO_PATH), *zeros)
        self.cheapest = Paths(np.zeros((), np.float32), *(each[0] for each in zeros))
        none = np.zeros(self.far_matches, np.int64)
        # Of each match: what it costs to start it, and the pixels between which it has a source.
        self.starting = np.concatenate([costs.start, np.full(self.far_matches, NO_PATH)])
        has_source = (UP == 0) | (diffusion.y > 0)
        self.first = np.concatenate([np.where(has_source, np.maximum(LEFT, 0), width), none])
        self.last = np.concatenate([width - 1 + np.minimum(LEFT, 0), none - 1])
        self.backs = np.concatenate([UP * width + LEFT, none + NO_SOURCE])  # pixels back to the source
        self.next = 0  # the lane that the next far match tries first
        self.steps: list[Step] = []

    def run(self, candidates: Sequence[Sequence[int]]) -> list[Step]:
        """Return the last step of the cheapest path to the end of each pixel.

        `candidates[x]`: pixels back to the sources of the far matches of pixel x.
        """
        for x in range(self.diffusion.width):
            self.begin_far_matches(x, candidates[x])
            self.extend_matches(x)
            self.keep_cheapest(x)
        return self.steps

    def add_literal(self, x: int) -> Paths:
        """Return the cheapest path with a literal after it."""
        target = self.diffusion.target(x, self.cheapest.carried)
        nearest = int(self.diffusion.search.nearest(target))
        squares, carried = self.carry_errors(x, self.cheapest.carried, np.array(nearest))
        cost = self.costs.literal + squares * self.weight(x)
        return Paths(cost, carried, np.array([nearest, *self.cheapest.recent[:-1]]), np.array(x))

    def begin_far_matches(self, x: int, candidates: Sequence[int]) -> None:
        """Assign lanes to the far matches that may start at x."""
        for back in candidates:
            self.add_far_match(x, back)

    def add_far_match(self, x: int, back: int) -> None:
        """Assign a lane to a far match that has none.

        The first of the next `TRIED_LANES` whose current match is not worth extending.
        """
        if self.has_lane(back):
            return
        for _ in range(TRIED_LANES):
            lane = NEAR_MATCHES + self.next
            self.next = (self.next + 1) % self.far_matches
            if self.starting[lane] > self.matches.cost[lane]:
                continue
            self.backs[lane] = back
            self.matches.cost[lane] = NO_PATH
            self.set_source(x, lane, back)
            return

    def has_lane(self, back: int) -> bool:
        """Whether a far match is followed already."""
        return back in self.backs[NEAR_MATCHES:]

    def set_source(self, x: int, lane: int, back: int) -> None:
        """Set between which pixels a far match has a source, and what it costs to start it."""
        width = self.diffusion.width
        up = (back - x + width - 1) // width  # the source is in a row above
        left = back - up * width
        self.first[lane] = max(left, 0)
        self.last[lane] = width - 1 + min(left, 0)
        distance = back + up  # each row begins with a byte for its filter
        self.starting[lane] = self.costs.far_start[(distance - 1).bit_length()]

    def extend_matches(self, x: int) -> None:
        """Extend all matches by a pixel; start those anew for which that is cheaper."""
        extended = self.matches.cost <= self.starting
        carried = np.where(extended[:, None], self.matches.carried, self.cheapest.carried)
        recent = np.where(extended[:, None], self.matches.recent, self.cheapest.recent)
        start = np.where(extended, self.matches.start, x)
        entries = self.sources(x, recent)
        squares, carried = self.carry_errors(x, carried, entries)
        before = np.where(extended, self.matches.cost, self.starting)
        cost = (before + self.costs.extension) + squares * self.weight(x)
        cost = np.where(self.has_source(x), cost, NO_PATH)
        recent = np.concatenate([entries[:, None], recent[:, :-1]], axis=1)
        self.matches = Paths(cost, carried, recent, start)

    def carry_errors(
        self, x: int, carried: NDArray[np.int64], entries: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the squared errors of entries here, and the errors that they carry on.

        The squares are in float32, summed in the order of the coordinates.
        """
        target, shown = self.diffusion.target(x, carried), self.diffusion.entries[entries]
        squares = np.zeros(target.shape[:-1], np.float32)
        for c in range(self.diffusion.d):
            error = (target[..., c] - shown[..., c]).astype(np.float32)
            squares = squares + error * error
        return squares, TO_RIGHT * self.diffusion.scaled_error(x, target, shown)

    def weight(self, x: int) -> np.float32:
        """Return the weight of a squared error at x."""
        return np.float32(self.diffusion.weights[self.diffusion.y, x])

    def has_source(self, x: int) -> NDArray[np.bool_]:
        """Return which matches have a source at x."""
        return (self.first <= x) & (x <= self.last)

    def sources(self, x: int, recent: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the entries that the matches show here."""
        places = np.where(self.has_source(x), self.diffusion.place(x) - self.backs, 0)
        entries = self.diffusion.indices.reshape(-1)[places].astype(np.int64)
        entries[:IN_ROW] = recent[:IN_ROW].diagonal()  # match i shows the entry before last by i
        return entries

    def keep_cheapest(self, x: int) -> None:
        """Keep the cheapest path to the next pixel: through a match that is long enough, or the literal."""
        ends = np.where(self.matches.start <= x + 1 - SHORTEST_MATCH, self.matches.cost, NO_PATH)
        match, literal = int(ends.argmin()), self.add_literal(x)
        is_match = bool(ends[match] < literal.cost)
        self.cheapest = Paths(*(each[match] for each in self.matches)) if is_match else literal
        self.matches.cost[:] -= self.cheapest.cost
        back = int(self.backs[match]) if is_match else NO_SOURCE
        self.steps.append(Step(int(self.cheapest.start), back, int(self.cheapest.recent[0])))


def _far_matches(match_depth: int) -> int:
    if match_depth == 0:
        return 0
    return FEW_FAR_MATCHES if match_depth <= DEPTH_OF_FEW else MANY_FAR_MATCHES
