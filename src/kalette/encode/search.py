"""The smallest PNG among many: layouts, row filters and levels of deflate by trial."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette
from kalette.encode import layouts
from kalette.encode.layouts import Layout
from kalette.settings import Effort

NONE, SUB, UP, PAETH, CHOSEN = 0, 1, 2, 4, None
Filter = int | None
"""A filter of the standard for all rows, or (None) one chosen for each."""

_SAMPLE_BYTES = 1 << 20  # what is looked at of a large picture to rank its candidates
_SAMPLE_BANDS = 8
_HEAVY_SHARE = 8  # where a palette takes an eighth of the file, it is worth trying to do without


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to look.

    Parameters
    ----------
    most_bytes : int or None
        The largest picture that it is for, in bytes of 8-bit indices; None is without bound.
    rank_level, level : int
        Levels of deflate to rank candidates with, and to finish those that are best.
    plain, filtered : int
        How many to finish of those without row filters, and of those with: low levels judge well within each of
        the two, not across, since parsing near-optimally (10 and above) gains more where there are no filters.
    """

    most_bytes: int | None
    rank_level: int
    level: int
    plain: int = 1
    filtered: int = 1


# Of libdeflate's levels, 8 and 9 gain nothing on indices; 10 and above gain 5 to 9 % at a tenth of the speed.
_PLANS: dict[Effort, tuple[Plan, ...]] = {
    "balanced": (
        Plan(1 << 16, rank_level=12, level=12),
        Plan(1 << 19, rank_level=3, level=12, filtered=2),
        Plan(1 << 22, rank_level=3, level=10),
        Plan(None, rank_level=6, level=7),
    ),
    "best": (
        Plan(1 << 16, rank_level=12, level=12),
        Plan(1 << 20, rank_level=3, level=12, plain=2, filtered=6),
        Plan(1 << 22, rank_level=3, level=12, filtered=3),
        Plan(None, rank_level=6, level=12),
    ),
}
_FILTERS: dict[Effort, tuple[Filter, ...]] = {
    "balanced": (NONE, SUB, UP, CHOSEN),
    "best": (NONE, SUB, UP, PAETH, CHOSEN),
}
_KICKS: dict[Effort, int] = {"balanced": 0, "best": 64}
_FAST_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to write the picture: a layout, and the filter of its rows."""

    layout: Layout
    row_filter: Filter

    def stream(self, indices: Indices) -> NDArray[np.uint8]:
        """Return what is to be deflated: the rows, each behind its filter."""
        rows, stride = self.layout.rows(indices), self.layout.stride
        if self.row_filter is CHOSEN:
            return kernels.filter_rows(rows, kernels.choose_filters(rows, stride), stride)
        return kernels.filter_rows(rows, np.full(len(rows), self.row_filter, np.uint8), stride)

    def deflated(self, indices: Indices, level: int) -> bytes:
        """Return the data of the picture."""
        return bytes(deflate.zlib_compress(self.stream(indices), level))


def smallest(
    palette: Palette, indices: Indices, effort: Effort, *, keep_order: bool = False, threads: int = 1
) -> tuple[Layout, bytes]:
    """Return the layout and the deflated rows that take the fewest bytes, of those tried.

    They are the same for any number of threads: ties go to the candidate that comes first.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8, k at most 256.
    indices : ndarray
        (H, W) uint8, each below k.
    effort : {"fast", "balanced", "best"}
        How long to look.
    keep_order : bool
        Write the palette as it comes.
    threads : int
        At least 1.
    """
    if effort == "fast":
        only = Candidate(layouts.plain(palette), NONE)
        return only.layout, only.deflated(indices, _FAST_LEVEL)
    from concurrent.futures import ThreadPoolExecutor

    plan = next(each for each in _PLANS[effort] if indices.size <= (each.most_bytes or indices.size))
    with ThreadPoolExecutor(threads) as pool:
        trial = _Trial(palette, _sample(indices), indices.size, effort, plan.rank_level, pool.map)
        finalists = _finalists(trial.ranked(keep_order=keep_order), plan)
        finished = list(pool.map(lambda each: each.deflated(indices, plan.level), finalists))
    sizes = [each.layout.chunk_bytes + len(data) for each, data in zip(finalists, finished, strict=True)]
    best = sizes.index(min(sizes))
    return finalists[best].layout, finished[best]


def _finalists(ranked: Sequence[Candidate], plan: Plan) -> list[Candidate]:
    unfiltered = [each for each in ranked if each.row_filter == NONE]
    filtered = [each for each in ranked if each.row_filter != NONE]
    return unfiltered[: plan.plain] + filtered[: plan.filtered]


def _sample(indices: Indices) -> Indices:
    """Return bands of rows from all over a large picture, and a small one whole."""
    height, width = indices.shape
    rows = _SAMPLE_BYTES // (_SAMPLE_BANDS * width)
    if indices.size <= 2 * _SAMPLE_BYTES or rows < 2:
        return indices
    tops = [(height - rows) * band // (_SAMPLE_BANDS - 1) for band in range(_SAMPLE_BANDS)]
    return np.concatenate([indices[top : top + rows] for top in tops])


@dataclass(frozen=True, slots=True)
class _Trial:
    """A first look at all candidates, on a sample of the picture and with a quick level of deflate."""

    palette: Palette
    sample: Indices
    pixel_count: int
    effort: Effort
    level: int
    run: Callable[..., Iterator[int]]

    def ranked(self, *, keep_order: bool) -> list[Candidate]:
        """Return the candidates, those that promise the smallest file first."""
        if keep_order:
            return _by_promise(self._tried(layouts.in_order(self.palette, np.arange(len(self.palette)))))
        orders = layouts.orders(self.palette, self.sample, _KICKS[self.effort])
        tried = self._tried(each for places in orders for each in layouts.in_order(self.palette, places))
        size, best = min(tried, key=lambda each: each[0])
        heavy = _HEAVY_SHARE * best.layout.chunk_bytes > size
        others = (each for each in layouts.without_palette(self.palette) if heavy or each.stride == 1)
        return _by_promise(tried + self._tried(others))

    def _tried(self, ways: Iterable[Layout]) -> list[tuple[int, Candidate]]:
        """Return for each candidate the bytes that it promises."""
        candidates = [Candidate(*way) for way in product(ways, _FILTERS[self.effort])]
        sizes = self.run(lambda each: len(each.deflated(self.sample, self.level)), candidates)
        return [
            (each.layout.chunk_bytes + size * self.pixel_count // self.sample.size, each)
            for each, size in zip(candidates, sizes, strict=True)
        ]


def _by_promise(tried: Iterable[tuple[int, Candidate]]) -> list[Candidate]:
    return [candidate for _, candidate in sorted(tried, key=lambda each: each[0])]
