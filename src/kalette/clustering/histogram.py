"""Histograms: an image's distinct colours with counts, the input of the palette search."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.cloud import Cloud, CubePyramid, Visibility
from kalette.clustering.dampening import Dampening, DampeningScope, dampened
from kalette.color import SearchSpace, alpha_kinds, points_from_srgb, with_alpha
from kalette.kernels import colors_from_z_keys, z_keys
from kalette.types import (
    ONE_THREAD,
    ColorBytes,
    Counts,
    Memo,
    Pixels,
    Points,
    ReadError,
    Run,
    SettingsError,
    Weights,
    brief,
    is_bytes,
    require_choice,
    require_whole,
    wrong,
)

_SIGNATURE = b"KLTH\x01"
_HEAD = struct.Struct("<5sBBQ")  # signature, channels, shift, entries
_MOST_PIXELS = 1 << 46  # per histogram, so that sums of premultiplied channels fit in 64 bits
_MAX_SHIFT = 7  # cells of 128 byte steps

Sums = NDArray[np.int64]
"""(N, 3 or 4) int64: red, green and blue times alpha (times 255 without alpha, and under fully clear
pixels), then alpha, summed over pixels."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Distinct colours in Z-order, with the number of pixels of each.

    A bounded histogram has cells instead of colours: cubes with sides of 2^shift, one kind of alpha each. The
    colour of a cell is its rounded mean.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) int64.
    shift : int
        Low bits of a channel that cells ignore; 0 for exact colours.
    sums : ndarray or None
        (N, 3 or 4) int64: sums of the premultiplied channels over the pixels of each cell; None for exact
        colours, whose sums follow from colours and counts.
    """

    colors: ColorBytes
    counts: Counts
    shift: int = 0
    sums: Sums | None = None
    _points: Memo[SearchSpace, Points] = field(default_factory=Memo, init=False)
    _pyramids: Memo[tuple[SearchSpace, Dampening | None], CubePyramid] = field(
        default_factory=Memo, init=False
    )

    def __post_init__(self) -> None:
        """Check the arrays, and make them read-only, since derived data are cached."""
        _require_arrays(self)
        for each in (self.colors, self.counts, self.sums):
            if each is not None:
                each.flags.writeable = False

    def __len__(self) -> int:
        """Return the number of distinct colours, or of cells."""
        return len(self.colors)

    @property
    def pixel_count(self) -> int:
        """Number of pixels."""
        return int(self.counts.sum())

    @property
    def is_exact(self) -> bool:
        """Whether the entries are exact colours, not cells."""
        return self.shift == 0

    @cached_property
    def alpha_kinds(self) -> NDArray[np.int8]:
        """The kind of alpha of each colour, (N,) int8."""
        return alpha_kinds(self.colors)

    def dampened(
        self,
        k: int,
        space: SearchSpace = "oklab-chroma",
        scope: DampeningScope = "opaque",
        visibility: Visibility | None = None,
        *,
        run: Run = ONE_THREAD,
    ) -> CubePyramid:
        """Return the colours with dampened counts for a palette of k; see `clustering.dampening`."""
        how = Dampening.of(k, self.colors, self.alpha_kinds, scope)

        def pyramid() -> CubePyramid:
            weights = dampened(self.colors, self.counts, self.alpha_kinds, how)
            if visibility is not None:
                weights = visibility.applied(weights)
            return self._pyramid(space, weights, run, visibility)

        return self._pyramids.get((space, how), pyramid) if visibility is None else pyramid()

    def in_space(self, space: SearchSpace, *, run: Run = ONE_THREAD) -> CubePyramid:
        """Return the colours as weighted points of a space; cached for each space.

        Examples
        --------
        >>> cloud = count(np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8)).in_space("srgb").finest
        >>> cloud.points.tolist(), cloud.weights.tolist()
        ([[1.0, 2.0, 3.0], [9.0, 9.0, 9.0]], [1.0, 2.0])
        """
        require_choice("space", space, get_args(SearchSpace))
        return self._pyramids.get(
            (space, None), lambda: self._pyramid(space, self.counts.astype(np.float64), run)
        )

    def _pyramid(
        self, space: SearchSpace, weights: Weights, run: Run, visibility: Visibility | None = None
    ) -> CubePyramid:
        points = self._points.get(space, lambda: points_from_srgb(self.colors, space, threads=run.threads))
        cloud = Cloud(points, weights, self.alpha_kinds, space)
        if visibility is not None:
            cloud = replace(cloud, pixels=float(self.pixel_count), visibility=visibility)
        return CubePyramid(self.colors, cloud)

    def with_alpha(self) -> "Histogram":
        """Return the histogram with an alpha channel, opaque if it had none."""
        if self.colors.shape[1] == 4:
            return self
        sums = self.sums if self.sums is None else np.column_stack([self.sums, 255 * self.counts])
        return Histogram(with_alpha(self.colors), self.counts, self.shift, sums)

    def merge(self, *others: "Histogram") -> "Histogram":
        """Return the histogram of all images together, independent of order and grouping.

        The result has alpha if any histogram has, and the largest cell size of all.

        Examples
        --------
        >>> one = count(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8))
        >>> one.merge(one).counts.tolist()
        [2, 2]
        """
        for other in others:
            if not isinstance(other, Histogram):
                raise SettingsError(
                    f"{brief(other)} is not a histogram; give those of pictures, picture.histogram"
                )
        parts: Sequence[Histogram] = (self, *others)
        if any(part.colors.shape[1] == 4 for part in parts):
            parts = [part.with_alpha() for part in parts]
        shift = max(part.shift for part in parts)
        if shift == 0:
            colors = np.concatenate([part.colors for part in parts])
            return _exact(colors, np.concatenate([part.counts for part in parts]))
        return _cells([part._in_cells(shift) for part in parts], shift)

    def bounded(self, most: int) -> "Histogram":
        """Return a histogram with at most so many entries: exact if they suffice, else with the finest cells.

        Bounding before or after a merge gives the same result, however parts are grouped.

        Parameters
        ----------
        most : int
            Maximum number of entries, at least 32, the number of the largest cells.

        Raises
        ------
        ReadError
            When not even the largest cells fit.

        Examples
        --------
        >>> grey = np.repeat(np.arange(100, dtype=np.uint8), 3).reshape(1, 100, 3)
        >>> cells = count(grey).bounded(25)
        >>> len(cells), cells.shift, cells.colors[0].tolist(), int(cells.counts[0])
        (25, 2, [2, 2, 2], 4)
        """
        require_whole("most", most)
        shift, found = self.shift, self
        while len(found) > most:
            shift += 1
            if shift > _MAX_SHIFT:
                raise ReadError(f"most is {most}; give at least 32, the number of the largest cells")
            found = _cells([self._in_cells(shift)], shift)
        return found

    def _in_cells(self, shift: int) -> tuple[ColorBytes, Counts, Sums]:
        """Return representative colours, counts and sums; the caller groups them by cells of that size."""
        sums = _sums_of(self.colors, self.counts) if self.sums is None else self.sums
        return self.colors, self.counts, sums

    def to_bytes(self) -> bytes:
        """Serialize the histogram, with the same bytes on every machine.

        Examples
        --------
        >>> one = count(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8))
        >>> Histogram.from_bytes(one.to_bytes()).colors.tolist()
        [[1, 2, 3], [9, 9, 9]]
        """
        head = _HEAD.pack(_SIGNATURE, self.colors.shape[1], self.shift, len(self))
        sums = b"" if self.sums is None else self.sums.astype("<i8").tobytes()
        return b"".join((head, self.colors.tobytes(), self.counts.astype("<i8").tobytes(), sums))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Histogram":
        """Deserialize the bytes of `to_bytes`.

        Raises
        ------
        ReadError
            When the bytes are not a histogram.
        """
        if not isinstance(data, bytes) or len(data) < _HEAD.size or not data.startswith(_SIGNATURE):
            raise ReadError("the bytes are not a histogram; give what Histogram.to_bytes returned")
        _, channels, shift, size = _HEAD.unpack_from(data)
        body = memoryview(data)[_HEAD.size :]
        if channels not in (3, 4) or shift > _MAX_SHIFT or len(body) != size * _entry_bytes(channels, shift):
            raise ReadError("the histogram is damaged or cut short; make it again")
        colors = np.frombuffer(body, np.uint8, size * channels).reshape(-1, channels)
        counts = np.frombuffer(body, "<i8", size, size * channels).astype(np.int64)
        sums = None
        if shift:
            sums = np.frombuffer(body, "<i8", size * channels, size * (channels + 8)).astype(np.int64)
            sums = sums.reshape(-1, channels)
        if not _is_plausible(colors, counts, shift, sums):
            raise ReadError("the histogram is damaged; make it again")
        return cls(colors, counts, shift, sums)


def count(pixels: Pixels, *, run: Run = ONE_THREAD) -> Histogram:
    """Return the histogram of an image.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    run : Run
        Threads.

    Examples
    --------
    >>> histogram = count(np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8))
    >>> histogram.colors.tolist(), histogram.counts.tolist()
    ([[1, 2, 3], [9, 9, 9]], [1, 2])
    """
    return Histogram(*kernels.count_colors(pixels.reshape(-1, pixels.shape[-1]), run.threads))


def _require_arrays(histogram: Histogram) -> None:
    colors, counts, sums = histogram.colors, histogram.counts, histogram.sums
    if not is_bytes(colors, 2):
        raise wrong("colors", colors, "give an array (N, 3 or 4) of uint8, as picture.histogram has")
    if not _is_int64(counts, colors.shape[:1]):
        raise wrong("counts", counts, "give an array of int64, a number for each colour")
    require_whole("shift", histogram.shift, least=0, most=_MAX_SHIFT)
    if not (_is_int64(sums, colors.shape) if histogram.shift else sums is None):
        raise wrong("sums", sums, "give an array of int64 in the shape of the colours; None if shift is 0")


def _is_int64(values: object, shape: tuple[int, ...]) -> bool:
    return isinstance(values, np.ndarray) and values.dtype == np.int64 and values.shape == shape


def _is_plausible(colors: ColorBytes, counts: Counts, shift: int, sums: Sums | None) -> bool:
    """Return whether colours are in Z-order, counts positive, and sums consistent with the colours."""
    if not len(counts) > 0 or counts.min() < 1 or counts.astype(np.float64).sum() > _MOST_PIXELS:
        return False
    keys = z_keys(colors)
    if sums is None:
        return bool((keys[1:] > keys[:-1]).all())
    if sums.min() < 0 or sums.max() > 255 * 255 * _MOST_PIXELS:
        return False
    if colors.shape[1] == 4 and not ((sums[:, 3] > 0) == (colors[:, 3] > 0)).all():
        return False
    return bool((keys[1:] >= keys[:-1]).all() and (_mean_colors(sums, counts) == colors).all())


def _entry_bytes(channels: int, shift: int) -> int:
    return channels + 8 + (8 * channels if shift else 0)


def _exact(colors: ColorBytes, counts: Counts) -> Histogram:
    keys = z_keys(colors)
    order, starts = _groups(keys)
    distinct = colors_from_z_keys(keys[order][starts], colors.shape[1])
    return Histogram(distinct, np.add.reduceat(counts[order], starts))


def _groups(keys: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the order of the keys, and where in it each distinct one begins."""
    order = np.argsort(keys, kind="stable")  # merges what is in order already
    begins = np.ones(len(keys), bool)
    begins[1:] = keys[order[1:]] != keys[order[:-1]]
    return order, np.flatnonzero(begins)


def _sums_of(colors: ColorBytes, counts: Counts) -> Sums:
    wide = colors.astype(np.int64)
    if colors.shape[1] == 3:
        return wide * (255 * counts)[:, None]
    alpha = wide[:, 3:]
    factor = np.where(alpha == 0, 255, alpha)
    return np.concatenate([wide[:, :3] * factor, alpha], axis=1) * counts[:, None]


def _cells(parts: Sequence[tuple[ColorBytes, Counts, Sums]], shift: int) -> Histogram:
    """Return the histogram of entries grouped by cells, in the Z-order of the cells' mean colours."""
    colors, counts, sums = (np.concatenate(each) for each in zip(*parts, strict=True))
    # The kind of alpha is the most significant key, to separate the cells of a cube.
    keys = alpha_kinds(colors).astype(np.uint64) << np.uint64(32) | z_keys(colors >> np.uint8(shift))
    order, starts = _groups(keys)
    counts, sums = np.add.reduceat(counts[order], starts), np.add.reduceat(sums[order], starts)
    means = _mean_colors(sums, counts)
    order = np.argsort(z_keys(means), kind="stable")
    return Histogram(means[order], counts[order], shift, sums[order])


def _mean_colors(sums: Sums, counts: Counts) -> ColorBytes:
    """Return the rounded means of cells, each within its cell and of its kind of alpha."""
    if sums.shape[1] == 3:
        mass = 255 * counts
        return ((2 * sums + mass[:, None]) // (2 * mass[:, None])).astype(np.uint8)
    alpha = sums[:, 3]
    mass = np.where(alpha == 0, 255 * counts, alpha)[:, None]
    colors = (2 * sums[:, :3] + mass) // (2 * mass)
    return np.column_stack([colors, (2 * alpha + counts) // (2 * counts)]).astype(np.uint8)
