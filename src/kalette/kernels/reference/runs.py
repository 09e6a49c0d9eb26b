"""Rows weighed by runs of copies from near places, each followed until beginning it anew is cheaper."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_prices import WINDOW, distance_bits, length_bits, literal_bits
from kalette.kernels.reference.diffusion import Diffusion

_UP = np.repeat([0, 1], [4, 12])
_LEFT = np.concatenate([np.arange(1, 5), np.arange(5, -7, -1)])  # negative: to the right
_GOING_ON = 1  # sixteenths of a bit, for each pixel
_SHORTEST = 3  # pixels: deflate knows no shorter copies
_SINGLE = len(_UP)  # in place of a run


class _Step(NamedTuple):
    """How a pixel is come to most cheaply: by an entry of its own, or by a run that began before it."""

    begin: int
    run: int
    entry: int


class _Ways(NamedTuple):
    """Ways to come to a pixel: each run, or the cheapest of all."""

    aheads: NDArray[np.int64]  # errors that they hand on
    lasts: NDArray[np.int64]  # their last four entries, the latest first
    begins: NDArray[np.int64]


class RunMapper(Diffusion):
    """Takes in each row the entries that come cheapest."""

    def __init__(
        self,
        points: NDArray[np.int16],
        weights: NDArray[np.uint16],
        strengths: NDArray[np.uint8],
        palette: NDArray[np.int16],
        price: int,
    ) -> None:
        """Stand before the first row, with the prices of its runs."""
        super().__init__(points, weights, strengths, palette)
        backs = (_UP * (self.width + 1) + _LEFT).tolist()
        bits = [distance_bits(back) + length_bits(1) if 1 <= back <= WINDOW else np.inf for back in backs]
        self.start = np.array([price * each for each in bits], np.float32)
        self.single = np.float32(price * literal_bits(len(palette)))
        self.going_on = np.float32(price * _GOING_ON)

    def map_row(self) -> None:
        """Follow the runs, and write what came cheapest."""
        best = _Ways(np.zeros(self.d, np.int64), np.zeros(4, np.int64), np.array(0))
        runs = _Ways(*(np.repeat(values[None], _SINGLE, axis=0) for values in best))
        costs = np.full(_SINGLE, np.inf, np.float32)
        steps = []
        for x in range(self.width):
            cost, way = self.nearest_way(x, best)
            costs, runs = self.gone_on(x, costs, runs, best)
            offers = np.where(runs.begins <= x + 1 - _SHORTEST, costs, np.float32(np.inf))
            run = int(offers.argmin()) if offers.min() < cost else _SINGLE
            best = way if run == _SINGLE else _Ways(*(values[run] for values in runs))
            costs = costs - (cost if run == _SINGLE else offers[run])
            steps.append(_Step(int(best.begins), run, int(best.lasts[0])))
        self.write(steps)

    def nearest_way(self, x: int, best: _Ways) -> tuple[NDArray[np.float32], _Ways]:
        """Return what the nearest entry costs after the cheapest way, and the way that it is."""
        target = self.target_at(x, best.aheads)
        entry = self.nearest(target)
        shown = self.palette[entry]
        lasts = np.concatenate([[entry], best.lasts[:3]])
        ahead = 7 * self.left_over(x, target, shown)
        cost: NDArray[np.float32] = self.single + self.error(x, target, shown)
        return cost, _Ways(ahead, lasts, np.array(x))

    def gone_on(
        self, x: int, costs: NDArray[np.float32], runs: _Ways, best: _Ways
    ) -> tuple[NDArray[np.float32], _Ways]:
        """Return all runs a pixel further; those that it is cheaper to begin anew have begun here."""
        goes_on = costs <= self.start
        aheads = np.where(goes_on[:, None], runs.aheads, best.aheads)
        lasts = np.where(goes_on[:, None], runs.lasts, best.lasts)
        begins = np.where(goes_on, runs.begins, x)
        source = x - _LEFT
        there = (source >= 0) & (source < self.width) & (self.y >= _UP)
        above = self.indices[max(self.y - 1, 0)][np.where(there, source, 0)]
        entries = np.where(_UP == 0, lasts[np.arange(_SINGLE), np.clip(_LEFT - 1, 0, 3)], above)
        target, shown = self.target_at(x, aheads), self.palette[entries]
        cost = (np.where(goes_on, costs, self.start) + self.going_on) + self.error(x, target, shown)
        lasts = np.concatenate([entries[:, None], lasts[:, :3]], axis=1)
        further = _Ways(7 * self.left_over(x, target, shown), lasts, begins)
        return np.where(there, cost, np.float32(np.inf)), further

    def error(self, x: int, target: NDArray[np.int64], shown: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return weighed squared errors, in the arithmetic of float32 and its order."""
        total = np.zeros(target.shape[:-1], np.float32)
        for c in range(self.d):
            missing = (target[..., c] - shown[..., c]).astype(np.float32)
            total = total + missing * missing
        return total * np.float32(self.weights[self.y, x])

    def write(self, steps: list[_Step]) -> None:
        """Write the row, back from its end along the cheapest steps, then the copies from their sources."""
        taken, end = [], self.width
        while end:
            taken.append((end, steps[end - 1]))
            end = steps[end - 1].begin
        for end, step in reversed(taken):
            for x in range(step.begin, end):
                if step.run == _SINGLE:
                    self.indices[self.y, x] = step.entry
                else:
                    self.indices[self.y, x] = self.indices[self.y - _UP[step.run], x - _LEFT[step.run]]
