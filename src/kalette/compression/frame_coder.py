"""The palette of each frame of an animation, its mapping, and its coded bytes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import Histogram, count
from kalette.color import Space, with_alpha, without_alpha
from kalette.compression.constraints import Constraints
from kalette.compression.frame_colors import FrameColors, drawn_colors
from kalette.compression.frame_plan import PlannedFrame
from kalette.compression.palette import Emphasis, FoundPalette, find_palette
from kalette.compression.solid import opaque_colors
from kalette.mapping import (
    Aims,
    FrameStep,
    Moving,
    PerceptualPixels,
    RateDistortion,
    aims_of,
    code_exactly,
    code_frame,
    map_frame,
    noise_share,
    points_of,
    policy_for,
    visible_share,
)
from kalette.types import MAX_K, Indices, Palette, Pixels, Run, Settings, SettingsError
from kalette.writing import by_luma, deflated_frame, table_bytes, webp_frame

_LOCAL_FROM = 1.3  # loss of the shared palette, relative to those of the frames, from which each gets its own
_INVISIBLE_LOSS = 0.5  # of the shared palette, in squared byte steps: below, no frame needs one of its own
# Assumed of a palette that holds all colours, so that the rate has an effect where a target is to be met.
# With 64, rates reach from exact to a SSIMULACRA2 of 20; fewer colours instead score 8 less at equal bytes.
_LOSS_FOR_TARGET = 64.0
_STRENGTH = 0.3  # of automatic diffusion: a pattern costs more bits in motion than in a still
_MOST_RECODED = 4096  # bytes of a frame up to which a smaller table can save some
# Weight of errors in time relative to those in space: the least, and what noise adds at a rate of 1.
# A film with a share of noise of 0.67 then has 10 to 25 at SSIMULACRA2 of 80 to 72.
_STEADINESS, _NOISE_STEADINESS = 3.0, 56.0
_VISIBLE_STRENGTH = 0.75  # where the palette is too short for a gradient


class CodedFrame(NamedTuple):
    """The part of a frame that is stored.

    Parameters
    ----------
    palette : ndarray
        (k, 3) uint8.
    indices : ndarray
        (h, w) uint8: entries, or `kept`.
    kept : int
        The index that keeps what is shown: k, or in a GIF an entry that is not drawn.
    data : bytes
        LZW codes for GIF, deflated rows for PNG, a chunk for WebP.
    """

    palette: Palette
    indices: Indices
    kept: int
    data: bytes

    @property
    def drawn(self) -> NDArray[np.bool_]:
        """Where an entry is drawn."""
        drawn: NDArray[np.bool_] = self.indices != self.kept
        return drawn

    def over(self, shown: Pixels) -> Pixels:
        """Return what is shown after it."""
        colors = np.zeros((MAX_K, 4), np.uint8)
        colors[: len(self.palette)] = with_alpha(self.palette)
        new = np.take(colors.view(np.uint32)[:, 0], self.indices)
        return np.where(self.drawn, new, shown.view(np.uint32)[..., 0])[..., None].view(np.uint8)


class Lossy(NamedTuple):
    """What maps a frame with loss, whatever was shown before it.

    Parameters
    ----------
    aims : Aims
        What its pixels are to look like.
    palette : ndarray
        (k, 3) uint8.
    parameters : Moving
        Multiplier and strength.
    """

    aims: Aims
    palette: Palette
    parameters: Moving


class FrameCoder:
    """Finds palettes once, and codes frames with them at any rate.

    Parameters
    ----------
    settings : Settings
        Compression settings.
    colors : FrameColors
        The colours of all frames.
    run : Run
        Threads and callbacks.
    """

    def __init__(self, settings: Settings, colors: FrameColors, run: Run) -> None:
        """Keep them; palettes are found when they are needed."""
        self._settings, self.colors, self._run = settings, colors, run
        self._last: tuple[PlannedFrame, Aims] | None = None  # prepared

    @property
    def is_exact(self) -> bool:
        """Whether the animation keeps its colours: it has few enough, and nothing asks for fewer."""
        if self._settings.has_target:
            return False
        asked = self._settings.k is not None or self._settings.rate is not None
        if self._settings.palette is not None or asked:
            return self.colors.is_shared and len(self.colors.histogram) < self._settings.most_k
        if self.colors.is_shared or self._settings.format == "png" or self.colors.most_drawn is None:
            return self.colors.is_shared
        return self._settings.format == "gif" or self.colors.most_drawn < MAX_K

    @cached_property
    def found(self) -> FoundPalette:
        """The palette for all frames, which leaves an entry for what is kept."""
        constraints = self._constraints
        if constraints.has_alpha:
            raise SettingsError(
                "the palette has a clear colour, which animations add by themselves; leave it out"
            )
        if len(constraints.colors) >= MAX_K:
            raise SettingsError("the palette has 256 colours; an animation needs one entry for what is kept")
        return self._found(self.colors.histogram, self._settings, self._run)

    @cached_property
    def has_local_palettes(self) -> bool:
        """Whether each frame gets a palette: a GIF whose frames have too different colours for one.

        Losses are compared on a few frames; local palettes take a table a frame and shimmer a little more.
        """
        if self._settings.format != "gif" or self._constraints.colors.size or self.is_exact:
            return False
        with ThreadPoolExecutor(self._run.threads) as pool:
            pool.submit(lambda: self.found)
            find = partial(self._local_palette, threads=1)
            losses = [found.mean_loss for found in pool.map(find, self.colors.samples)]
        if self.found.mean_loss < _INVISIBLE_LOSS:
            return False
        return self.found.mean_loss > _LOCAL_FROM * sum(losses) / max(len(losses), 1)

    def _local_palette(self, histogram: Histogram, threads: int) -> FoundPalette:
        quick = replace(self._settings, effort="fast")
        silent = replace(self._run, threads=threads, on_pass=None, on_step=None)
        return self._found(histogram, quick, silent)

    def _found(self, histogram: Histogram, settings: Settings, run: Run) -> FoundPalette:
        """Find a palette without stretching chroma: entries that stay steady mix less."""
        most, emphasis = self._most_colors, Emphasis(stretch_chroma=False)
        return find_palette(histogram, self._constraints, settings, most, emphasis=emphasis, run=run)

    @cached_property
    def _constraints(self) -> Constraints:
        return Constraints.of(self._settings)

    @property
    def _most_colors(self) -> int:
        """The number of colours besides the entry for what is kept."""
        return min(max(self._settings.most_k - 1, 1), MAX_K - 1)

    def preparer(self, rate: float) -> Callable[[PlannedFrame], Lossy | None]:
        """Return a function that prepares frames at a rate, in any thread; it has None for exact ones.

        Palettes for all frames are found before it returns.
        """
        if self.is_exact:
            return lambda plan: None
        return partial(self._prepared, self.has_local_palettes, rate)

    def coded(self, step: FrameStep, lossy: Lossy | None) -> CodedFrame:
        """Return a frame drawn on what is shown; it was prepared from the source before and now."""
        if lossy is not None:
            return self._coded(step, lossy)
        if self._settings.format == "gif":
            return self._recoded(step, self.colors.shared)
        colors = self.colors.shared if self.colors.is_shared else drawn_colors(step.now, step.shown)
        assert colors is not None, "the first pass found a palette for each frame"
        aims = aims_of(points_of(step.shown, "srgb"), step.now, _image_of(step.now, "srgb"))
        return self._coded(step, Lossy(aims, _by_luma(colors), Moving(0.0, 0.0)))

    def _recoded(self, step: FrameStep, shared: Palette) -> CodedFrame:
        """Return a frame of a GIF without loss: with the shared palette or its own, in the fewest bytes."""
        colors = drawn_colors(step.now, step.shown)
        assert colors is not None, "what was mapped before has a palette"
        palettes = [(_by_luma(colors), table_bytes(colors))]
        prefix = _shortest_prefix(shared, colors)
        if prefix is not None:
            palettes.append((prefix, 0))
        coded = [
            (CodedFrame(palette, *code_exactly(step, palette, self._settings.effort)), table)
            for palette, table in palettes
        ]
        return min(coded, key=lambda each: len(each[0].data) + each[1])[0]

    def _coded(self, step: FrameStep, lossy: Lossy) -> CodedFrame:
        palette = lossy.palette
        if self._settings.format == "gif":
            return self._in_fewer_bytes(
                step, CodedFrame(palette, *code_frame(step, *lossy, threads=self._run.threads))
            )
        mapped = CodedFrame(palette, map_frame(step, *lossy), len(palette), b"")
        return mapped._replace(data=self._encoded(mapped, step))

    def _encoded(self, mapped: CodedFrame, step: FrameStep) -> bytes:
        effort = self._settings.effort
        if self._settings.format == "png":
            return deflated_frame(mapped.indices, mapped.palette, effort)
        return webp_frame(mapped.over(step.shown), mapped.drawn, effort)

    def _in_fewer_bytes(self, step: FrameStep, coded: CodedFrame) -> CodedFrame:
        """Return a mapped frame with a table of the entries it uses, if that takes fewer bytes."""
        if len(coded.data) > _MOST_RECODED:
            return coded
        recoded = self._recoded(step._replace(now=coded.over(step.shown)), coded.palette)
        local = 0 if _begins(recoded.palette, coded.palette) else table_bytes(recoded.palette)
        return recoded if len(recoded.data) + local < len(coded.data) else coded

    @cached_property
    def _sorted(self) -> Palette:
        """The palette for all frames, in the order of the file."""
        return _in_order(self.found)

    def _prepared(self, has_local_palettes: bool, rate: float, plan: PlannedFrame) -> Lossy:
        found, palette, now = self.found, self._sorted, plan.pixels[plan.place]
        if has_local_palettes and now[..., 3].any():
            found = self._local_palette(count(opaque_colors(now)[None], run=self._run), self._run.threads)
            palette = _in_order(found)
        image = _image_of(now, found.space)
        aims = aims_of(self._points_before(plan, found.space), now, image)
        self._last = (plan, aims)
        return Lossy(aims, palette, self._parameters(image, aims, found, rate))

    def _points_before(self, plan: PlannedFrame, space: Space) -> NDArray[np.int16]:
        """Return the points of what the source shows before a frame: mostly those of the frame before."""
        if self._last is not None:
            last, aims = self._last
            if last.pixels is plan.before and last.place == plan.place:
                return aims.points
        return points_of(plan.before[plan.place], space)

    def _parameters(self, image: PerceptualPixels, aims: Aims, found: FoundPalette, rate: float) -> Moving:
        loss = found.mean_loss
        if self._settings.has_target and loss == 0:
            loss = _LOSS_FOR_TARGET
        policy = policy_for(self._settings, image, loss, rate=rate)
        if not isinstance(policy, RateDistortion):
            return Moving(0.0, 0.0)
        automatic = self._settings.dither == "auto" and self._settings.dither_strength is None
        strength = policy.strength
        if automatic and strength:
            share = visible_share(image, found.mean_loss)
            strength = _STRENGTH + share * (_VISIBLE_STRENGTH - _STRENGTH)
        return Moving(policy.multiplier, strength, _steadiness(noise_share(aims), rate))


def _steadiness(noise: float, rate: float) -> float:
    return _STEADINESS + _NOISE_STEADINESS * noise * noise * rate * rate * rate * rate


def _image_of(now: Pixels, space: Space) -> PerceptualPixels:
    return PerceptualPixels(without_alpha(now), space)


def _in_order(found: FoundPalette) -> Palette:
    return found.colors if found.is_fixed else _by_luma(found.colors)


def _by_luma(colors: Palette) -> Palette:
    return colors[by_luma(colors)] if len(colors) else np.zeros((1, 3), np.uint8)


def _shortest_prefix(palette: Palette, colors: Palette) -> Palette | None:
    """Return the first entries of a palette, up to the last of the colours; None if it lacks some."""
    is_equal = (palette[:, None] == colors).all(axis=2)
    if not is_equal.any(axis=0).all():
        return None
    return palette[: max(int(is_equal.argmax(axis=0).max(initial=0)) + 1, 1)]


def _begins(palette: Palette, longer: Palette) -> bool:
    return np.array_equal(palette, longer[: len(palette)])
