"""The smallest PNG among many: layouts, row filters and levels of deflate by trial."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from typing import Literal

import deflate
import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.arrays import Indices, Palette
from kalette.encode import layouts
from kalette.encode.layouts import Layout
from kalette.settings import Effort

Filter = Literal["none", "sub", "up", "paeth", "by bits", "by bigrams"]
_NUMBERS: dict[Filter, int] = {"none": 0, "sub": 1, "up": 2, "paeth": 4}

_QUICK_LEVEL = 1
_SAMPLE_BYTES = 1 << 20  # what is looked at of a large picture to choose by
_SAMPLE_BANDS = 8
_SHARE = 8  # what deflates to less than an eighth is light; a palette of more than an eighth of the file is heavy
_TINY = 1 << 12
_SLACK = 1.1  # how much more than the best without filters those with filters may promise and still go on
_LEEWAY = 1.5  # and how much more than the best of all any may


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to look for the smallest file.

    Parameters
    ----------
    most_bytes : int or None
        The largest picture that it is for, in bytes of 8-bit indices; None is without bound.
    rounds : tuple of (int, int)
        The level of deflate to compare with, and how many of each kind go on to the next round.
    level : int
        To finish with.
    """

    most_bytes: int | None
    rounds: tuple[tuple[int, int], ...]
    level: int


# Of libdeflate's levels, 8 and 9 gain nothing on indices of photographs; 10 and above look for the shortest parse,
# 5 to 9 % smaller at a tenth of the speed. Light pictures are quick at low levels, and 9 tells best what 12 finds.
_PLANS: dict[tuple[Effort, bool], tuple[Plan, ...]] = {
    ("balanced", False): (
        Plan(1 << 19, rounds=((3, 1),), level=12),
        Plan(1 << 22, rounds=((3, 1),), level=10),
        Plan(None, rounds=((6, 1),), level=7),
    ),
    ("balanced", True): (
        Plan(_TINY, rounds=(), level=12),
        Plan(1 << 19, rounds=((9, 3),), level=12),
        Plan(1 << 22, rounds=((9, 1),), level=10),
        Plan(None, rounds=((3, 1),), level=9),
    ),
    ("best", False): (
        Plan(1 << 20, rounds=((3, 4),), level=12),
        Plan(1 << 22, rounds=((3, 2),), level=12),
        Plan(None, rounds=((6, 1),), level=12),
    ),
    ("best", True): (
        Plan(1 << 14, rounds=(), level=12),
        Plan(1 << 20, rounds=((3, 8), (9, 4)), level=12),
        Plan(None, rounds=((3, 2), (9, 1)), level=12),
    ),
}
_FILTERS: dict[tuple[Effort, bool], tuple[Filter, ...]] = {
    ("balanced", False): ("none", "sub", "up", "by bits"),
    ("balanced", True): ("none", "sub", "up", "paeth", "by bits", "by bigrams"),
    ("best", False): ("none", "sub", "up", "paeth", "by bits"),
    ("best", True): ("none", "sub", "up", "paeth", "by bits", "by bigrams"),
}
_KICKS: dict[Effort, int] = {"balanced": 0, "best": 64}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to write the picture: a layout, and how the filter of each row is chosen."""

    layout: Layout
    row_filter: Filter

    @property
    def shape(self) -> tuple[int, int]:
        """Bytes and bits of what is deflated; of one shape, and all filtered or none, candidates compare well."""
        return self.layout.stride, self.layout.depth

    def stream(self, indices: Indices) -> NDArray[np.uint8]:
        """Return what is to be deflated: the rows, each behind its filter."""
        rows, stride = self.layout.rows(indices), self.layout.stride
        if self.row_filter == "by bits":
            filters = kernels.filters_by_bits(rows, stride)
        elif self.row_filter == "by bigrams":
            filters = kernels.filters_by_bigrams(rows, stride)
        else:
            filters = np.full(len(rows), _NUMBERS[self.row_filter], np.uint8)
        return kernels.filter_rows(rows, filters, stride)

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
    plain = Candidate(layouts.plain(palette), "none")
    if effort == "fast":
        return plain.layout, plain.deflated(indices, _QUICK_LEVEL)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        trial = _Trial(_sample(indices), indices.size, pool.map)
        [(_, promised)] = trial.ranked([plain], _QUICK_LEVEL)
        light = indices.size <= _TINY or _SHARE * (promised - plain.layout.chunk_bytes) < indices.size
        ways = _layouts(palette, trial.sample, effort, promised, many=light, keep_order=keep_order)
        candidates = [Candidate(*way) for way in product(ways, _FILTERS[effort, light])]
        plan = next(each for each in _PLANS[effort, light] if indices.size <= (each.most_bytes or indices.size))
        for level, keep in plan.rounds:
            candidates = _kept(trial.ranked(candidates, level), keep)
        finished = list(pool.map(lambda each: each.deflated(indices, plan.level), candidates))
    sizes = [each.layout.chunk_bytes + len(data) for each, data in zip(candidates, finished, strict=True)]
    best = sizes.index(min(sizes))
    return candidates[best].layout, finished[best]


def _layouts(
    palette: Palette, indices: Indices, effort: Effort, promised: int, *, many: bool, keep_order: bool
) -> Iterator[Layout]:
    """Give the layouts that are worth a trial."""
    if keep_order:
        yield from layouts.in_order(palette, np.arange(len(palette), dtype=np.uint8))
        return
    for places in layouts.orders(palette, indices, kicks=_KICKS[effort], many=many):
        yield from layouts.in_order(palette, places)
    if (np.bincount(indices.ravel(), minlength=len(palette)) == 0).any():
        return  # entries that no pixel shows are there to be kept
    heavy = _SHARE * layouts.plain(palette).chunk_bytes > promised
    yield from (each for each in layouts.without_palette(palette) if heavy or each.stride == 1)


def _sample(indices: Indices) -> Indices:
    """Return bands of rows from all over a large picture, and a small one whole."""
    height, width = indices.shape
    rows = _SAMPLE_BYTES // (_SAMPLE_BANDS * width)
    if indices.size <= 2 * _SAMPLE_BYTES or rows < 2:
        return indices
    tops = [(height - rows) * band // (_SAMPLE_BANDS - 1) for band in range(_SAMPLE_BANDS)]
    return np.concatenate([indices[top : top + rows] for top in tops])


Ranked = list[tuple[Candidate, int]]
"""Candidates with the bytes that they promise, the fewest first."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """Quick looks at candidates, on a sample of a picture of so many pixels."""

    sample: Indices
    pixel_count: int
    run: Callable[..., Iterator[int]]

    def ranked(self, candidates: Sequence[Candidate], level: int) -> Ranked:
        """Deflate the sample in all these ways."""
        sizes = self.run(lambda each: len(each.deflated(self.sample, level)), candidates)
        promised = [
            (each, each.layout.chunk_bytes + size * self.pixel_count // self.sample.size)
            for each, size in zip(candidates, sizes, strict=True)
        ]
        return sorted(promised, key=itemgetter(1))


def _kept(ranked: Ranked, keep: int) -> list[Candidate]:
    """Return those that go on: the best of each kind, unless what it promises is hopeless."""
    least = ranked[0][1]
    unfiltered: dict[tuple[int, int], int] = {}
    for candidate, size in ranked:
        if candidate.row_filter == "none":
            unfiltered.setdefault(candidate.shape, size)
    going_on: dict[tuple[int, int, bool], list[Candidate]] = defaultdict(list)
    for candidate, size in ranked:
        bound = min(_LEEWAY * least, _SLACK * unfiltered.get(candidate.shape, size))
        kind = going_on[*candidate.shape, candidate.row_filter == "none"]
        if size <= bound and len(kind) < keep:
            kind.append(candidate)
    return [candidate for kind in going_on.values() for candidate in kind]
