"""The first pass over an animation: its histogram, and whether it can stay exact."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import Histogram, count
from kalette.color import color_keys, colors_of_keys
from kalette.compression.ahead import ahead
from kalette.compression.frame_plan import PlannedFrame, Storage, planned
from kalette.compression.solid import Solidifier, differing, has_partial_alpha, opaque_colors
from kalette.reading import FrameSequence
from kalette.types import MAX_K, Frame, Palette, Pixels, Run
from kalette.writing import SMOOTH_BITS, true_color_bits

_MOST_COLORS = 1 << 18  # of the merged histogram; above, cells
_MOST_WAITING = 1 << 20  # colours of histograms that are merged at once
# Once that many colours are found on a grid of a frame, more than any palette holds, grids alone are counted:
# at least the first number of pixels of each frame, about the second of all. Films take 1.8 % more bytes than
# with all pixels, in a fifth less time.
_MANY_COLORS = 1 << 11
_SAMPLED, _SAMPLED_IN_ALL = 1 << 14, 1 << 18
_BLACK: Palette = np.zeros((1, 3), np.uint8)
_SAMPLES = 5  # frames whose own palettes are compared with the shared one


@dataclass(frozen=True)
class FrameColors:
    """What the first pass over an animation finds.

    Parameters
    ----------
    histogram : Histogram
        Of the opaque pixels of all frames; of films, of a sample.
    is_shared : bool
        Whether one palette can hold every colour, beside the entry for what is kept.
    most_drawn : int or None
        Colours of the palette that the most colourful frame needs to be drawn exactly, up to 256; None where
        no palette holds them.
    shared : ndarray
        (k, 3) uint8, k at most 255: colours that the first frames draw, as many as one palette holds, in
        an order that gives short codes.
    has_partial : bool
        Whether some pixel was partly clear.
    is_opaque : bool
        Whether every pixel was opaque.
    is_smooth : bool
        Whether true colour may take fewer bytes than a palette, estimated from a few frames.
    samples : tuple of Histogram
        Those of a few frames, spread evenly.
    """

    histogram: Histogram
    is_shared: bool
    most_drawn: int | None
    shared: Palette
    has_partial: bool
    is_opaque: bool
    is_smooth: bool
    samples: tuple[Histogram, ...]


def count_frames(frames: FrameSequence, solidifier: Solidifier, storage: Storage, run: Run) -> FrameColors:
    """Count the colours of an animation, frame by frame."""
    counted, drawn = _Counted(frames.frame_count, solidifier, run), _Drawn()
    passing = counted.passing(frames)
    solid = (Frame(solidifier.solid(frame.pixels), frame.delay_ms) for frame in passing)
    for plan in planned(solid, storage):
        drawn.add(plan)
        if drawn.most is None:
            break
    for _ in passing:
        pass  # what remains is counted alone
    histogram = counted.merged()
    return FrameColors(
        histogram,
        histogram.is_exact and len(histogram) < MAX_K,
        drawn.most,
        drawn.shared,
        counted.has_partial,
        counted.is_opaque,
        counted.is_smooth,
        tuple(counted.samples),
    )


class _Counted:
    """Histograms of the frames that pass."""

    def __init__(self, frame_count: int, solidifier: Solidifier, run: Run) -> None:
        self._every, self._solidifier, self._run = -(-frame_count // _SAMPLES), solidifier, run
        self._sampled = max(_SAMPLED, _SAMPLED_IN_ALL // frame_count)
        self._is_sampling = False
        self._waiting = list[Histogram]()
        self.samples = list[Histogram]()
        self.has_partial, self.is_opaque = False, True
        self._bits_beyond_smooth = 0.0

    def passing(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield the frames, and count them."""
        for number, frame in enumerate(ahead(iter(frames), self._run)):
            self._run.require_wanted()
            self._run.step("colors", number + 1)
            self.has_partial = self.has_partial or has_partial_alpha(frame.pixels)
            self.is_opaque = self.is_opaque and bool((frame.pixels[..., 3:] == 255).all())
            if number % self._every == 0:
                pixel_count = frame.pixels[..., 0].size
                self._bits_beyond_smooth += true_color_bits(frame.pixels) - SMOOTH_BITS * pixel_count
            self._add(frame.pixels, number)
            yield frame

    @property
    def is_smooth(self) -> bool:
        """Whether a few frames, spread evenly, take as few bits in true colour as smooth pictures."""
        return self._bits_beyond_smooth < 0

    def _add(self, pixels: Pixels, number: int) -> None:
        counted = self._count(pixels, number)
        if not len(counted):
            return
        if number % self._every == 0:
            self.samples.append(counted)
        self._waiting.append(counted)
        if sum(map(len, self._waiting)) > _MOST_WAITING:
            self._waiting = [self.merged()]

    def _count(self, pixels: Pixels, number: int) -> Histogram:
        """Count the opaque pixels, or those on a grid, which moves from frame to frame."""
        step = max(isqrt(pixels.shape[0] * pixels.shape[1] // self._sampled), 1)
        grid = pixels[number % step :: step, number // step % step :: step]
        if not self._is_sampling:
            whole = self._count_opaque(pixels)
            if len(whole) <= _MANY_COLORS or len(self._count_opaque(grid)) <= _MANY_COLORS:
                return whole
            self._is_sampling = True
        return self._count_opaque(grid)

    def _count_opaque(self, pixels: Pixels) -> Histogram:
        colors = pixels if pixels.shape[2] == 3 else opaque_colors(self._solidifier.solid(pixels))[None]
        return count(np.ascontiguousarray(colors), run=self._run)

    def merged(self) -> Histogram:
        """Return the histogram of all frames; black where nothing is opaque."""
        first, *others = self._waiting or [count(np.zeros((1, 1, 3), np.uint8))]
        return first.merge(*others).bounded(_MOST_COLORS)


class _Drawn:
    """Colours that frames draw, until one draws more than a palette holds."""

    def __init__(self) -> None:
        self.most: int | None = 0
        self._shared = np.zeros(0, np.uint32)
        self._frames = list[NDArray[np.uint32]]()

    @property
    def shared(self) -> Palette:
        """The shared palette, in an order that gives short codes; black where nothing is drawn."""
        return colors_of_keys(_in_order(self._shared, self._frames)) if self._shared.size else _BLACK

    def add(self, plan: PlannedFrame) -> None:
        """Add the colours that a frame draws."""
        if self.most is None:
            return
        colors = drawn_colors(plan.pixels[plan.place], plan.before[plan.place])
        self.most = None if colors is None else max(self.most, len(colors))
        if colors is None:
            return
        keys = color_keys(colors)
        union = np.union1d(self._shared, keys)
        if len(union) < MAX_K:
            self._shared = union
        self._frames.append(keys)


def _in_order(shared: NDArray[np.uint32], frames: list[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """Return the keys in the order in which the symbols of frames take the fewest bits.

    A frame that draws only the first few entries has short symbols. Colours of many frames go first, or those
    of the frames with the fewest colours.
    """
    known = [places for keys in frames if (places := _places(keys, shared)) is not None]
    by_frames = np.argsort(-np.bincount(np.concatenate(known), minlength=len(shared)), kind="stable")
    by_size, first = np.unique(np.concatenate(sorted(known, key=len)), return_index=True)
    orders = [by_frames, by_size[np.argsort(first)]]
    best = min(orders, key=lambda order: _symbol_bits(order, known))
    return np.asarray(shared[best])


def _places(keys: NDArray[np.uint32], shared: NDArray[np.uint32]) -> NDArray[np.intp] | None:
    """Return where some keys stand; None if one is missing."""
    places = np.minimum(np.searchsorted(shared, keys), len(shared) - 1)
    return places if (shared[places] == keys).all() else None


def _symbol_bits(order: NDArray[np.intp], frames: list[NDArray[np.intp]]) -> int:
    """Return the bits of a symbol, summed over frames, each up to the last entry that it draws."""
    ranks = np.argsort(order)
    return sum(int(ranks[places].max(initial=-1) + 1).bit_length() for places in frames)


def drawn_colors(pixels: NDArray[np.uint8], before: NDArray[np.uint8]) -> Palette | None:
    """Return the colours that a palette needs to draw the place of a frame exactly; None if it cannot.

    A palette of 256 has no entry for what is kept, so it needs the colours of all pixels.

    Parameters
    ----------
    pixels, before : ndarray
        (h, w, 4) uint8: the place as it is to be shown, and as it is shown before.

    Examples
    --------
    >>> clear, red = np.zeros((1, 2, 4), np.uint8), np.full((1, 2, 4), (255, 0, 0, 255), np.uint8)
    >>> drawn_colors(red, clear).tolist(), drawn_colors(red, red).tolist()
    ([[255, 0, 0]], [])
    """
    colors = _distinct(opaque_colors(pixels[differing(pixels, before)]))
    if len(colors) < MAX_K:
        return colors
    everything = _distinct(opaque_colors(pixels))
    return everything if len(everything) == MAX_K and bool(pixels[..., 3].all()) else None


def _distinct(colors: NDArray[np.uint8]) -> Palette:
    """Return each colour once, in ascending order; NumPy sorts numbers many times faster than rows."""
    keys = np.sort(color_keys(colors))
    return colors_of_keys(keys[np.diff(keys, prepend=~keys[:1]) != 0])
