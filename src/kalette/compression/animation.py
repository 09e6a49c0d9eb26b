"""The compression of an animation: one palette for all frames, and frames that know the one before."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kalette.clustering import Histogram, count
from kalette.compression.animation_result import AnimationResult, FrameRecord
from kalette.compression.constraints import Constraints
from kalette.compression.frame_plan import PlannedFrame, planned
from kalette.compression.palette import FoundPalette, find_palette
from kalette.mapping import (
    FrameStep,
    Moving,
    PerceptualPixels,
    RateDistortion,
    code_exactly,
    code_frame,
    map_frame,
    policy_for,
    rate_of,
    visible_share,
)
from kalette.reading import FrameSequence
from kalette.types import (
    MAX_K,
    ONE_THREAD,
    Frame,
    Indices,
    Palette,
    Pixels,
    Run,
    Settings,
    SettingsError,
    channels_of,
)
from kalette.writing import (
    Canvas,
    StoredFrame,
    animation_bytes,
    by_luma,
    deflated_frame,
    gif_animation_bytes,
    png_animation_bytes,
)

_CLEAR_BELOW = 128  # alpha threshold: all three formats are written with clear and opaque pixels only
_MOST_COLORS = 1 << 18  # of the merged histogram; above, cells
_SAMPLES = 5  # frames whose own palettes are compared with the shared one
_LOCAL_FROM = 1.3  # loss of the shared palette, relative to those of the frames, from which each gets its own
_STRENGTH = 0.3  # of automatic diffusion: a pattern costs more bits in motion than in a still
_VISIBLE_STRENGTH = 0.75  # where the palette is too short for a gradient
_PARTIAL_NOTE = "alpha below 128 became clear, the rest opaque"
_MATTE_NOTE = "partly clear pixels were laid over the matte"


@dataclass(frozen=True)
class Pass:
    """What the first pass over an animation finds.

    Parameters
    ----------
    histogram : Histogram
        Of the opaque pixels of all frames.
    is_shared : bool
        Whether one palette can hold every colour.
    fits_frames : bool
        Whether every frame has at most 256 colours, the clear one included.
    has_partial : bool
        Whether some pixel was partly clear.
    samples : tuple of Histogram
        Those of a few frames, spread evenly.
    """

    histogram: Histogram
    is_shared: bool
    fits_frames: bool
    has_partial: bool
    samples: tuple[Histogram, ...]


class _Drawn(NamedTuple):
    """A stored frame, what is shown after it, of palette colours, and whether that differs from before."""

    stored: StoredFrame
    shown: Pixels
    changes: bool


class Animator:
    """Compresses one animation any number of times; palettes are found once.

    Parameters
    ----------
    frames : FrameSequence
        The animation, iterated over once for each pass.
    settings : Settings
        Compression settings.
    matte : str or None
        Colour behind partly clear pixels, as #rrggbb.
    run : Run
        Threads, callbacks; a step is a frame.
    """

    def __init__(
        self, frames: FrameSequence, settings: Settings, *, matte: str | None = None, run: Run = ONE_THREAD
    ) -> None:
        """Check the settings against what an animation can be."""
        for name in ("keep_metadata", "keep_hidden"):
            if getattr(settings, name):
                raise SettingsError(f"{name} is set, which animations have no use for; leave it out")
        if settings.has_floor:
            raise SettingsError("min_psnr and min_ssim are for single images; give quality or max_bytes")
        self.started = time.perf_counter()
        self.frames, self.settings, self.run = frames, settings, run
        self._matte = None if matte is None else np.array(channels_of(matte)[:3], np.int64)

    @property
    def canvas(self) -> Canvas:
        """Size and loops."""
        return Canvas(*self.frames.size, self.frames.loops)

    @cached_property
    def first_pass(self) -> Pass:
        """Count the colours, frame by frame."""
        merged: Histogram | None = None
        fits_frames, has_partial, samples = True, False, list[Histogram]()
        most = MAX_K if self.settings.format == "gif" else MAX_K - 1
        for number, frame in enumerate(self.frames):
            self.run.require_wanted()
            alpha = frame.pixels[..., 3:]
            has_partial = has_partial or bool(((alpha > 0) & (alpha < 255)).any())
            solid = self._solid(frame.pixels)
            opaque = solid[solid[..., 3] > 0][:, :3]
            if not len(opaque):
                continue
            counted = count(np.ascontiguousarray(opaque[None]), run=self.run)
            fits_frames = fits_frames and len(counted) + (len(opaque) < solid[..., 3].size) <= most
            if number % -(-self.frames.frame_count // _SAMPLES) == 0:
                samples.append(counted)
            merged = (counted if merged is None else merged.merge(counted)).bounded(_MOST_COLORS)
        if merged is None:
            merged = count(np.zeros((1, 1, 3), np.uint8))
        is_shared = merged.is_exact and len(merged) < MAX_K
        return Pass(merged, is_shared, fits_frames, has_partial, tuple(samples))

    @property
    def is_exact(self) -> bool:
        """Whether the animation keeps its colours: it has few enough, and nothing asks for fewer."""
        asked = self.settings.k is not None or self.settings.rate is not None or self.settings.has_target
        if self.settings.palette is not None or asked:
            return self.first_pass.is_shared and len(self.first_pass.histogram) < self.settings.most_k
        return self.first_pass.is_shared or (self.settings.format != "png" and self.first_pass.fits_frames)

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
        return find_palette(
            self.first_pass.histogram, constraints, self.settings, self._most_colors, run=self.run
        )

    @cached_property
    def has_local_palettes(self) -> bool:
        """Whether each frame gets a palette: a GIF whose frames have too different colours for one.

        Losses are compared on a few frames; local palettes take a table a frame and shimmer a little more.
        """
        if self.settings.format != "gif" or self._constraints.colors.size or self.is_exact:
            return False
        samples = self.first_pass.samples
        losses = [self._local_palette(each).mean_loss for each in samples]
        return self.found.mean_loss > _LOCAL_FROM * sum(losses) / max(len(losses), 1)

    def _local_palette(self, histogram: Histogram) -> FoundPalette:
        quick = replace(self.settings, effort="fast")
        return find_palette(histogram, self._constraints, quick, self._most_colors, run=self.run)

    @cached_property
    def _constraints(self) -> Constraints:
        return Constraints.of(self.settings)

    @property
    def _most_colors(self) -> int:
        """The number of colours besides the entry for what is kept."""
        return min(max(self.settings.most_k - 1, 1), MAX_K - 1)

    def result(self, rate: float | None = None) -> AnimationResult:
        """Return the result at a rate; None takes that of the settings."""
        wanted = rate_of(self.settings) if rate is None else rate
        stored, shown = list[StoredFrame](), list[Frame]()
        for number, drawn in enumerate(self._drawn(wanted), 1):
            self.run.step("frames", number)
            if not drawn.changes and stored and stored[-1].disposal == "keep":
                stored[-1] = stored[-1]._replace(delay_ms=stored[-1].delay_ms + drawn.stored.delay_ms)
                continue
            stored.append(drawn.stored)
            if self.settings.format == "webp":
                shown.append(Frame(drawn.shown.copy(), 0))
        data = self._encoded(stored, shown)
        records = [FrameRecord(each.delay_ms, len(each.data), each.width * each.height) for each in stored]
        return AnimationResult(
            data=data,
            format=self.settings.format,
            canvas=self.canvas,
            records=tuple(records),
            palette=stored[0].palette,
            rate=0.0 if self.is_exact else wanted,
            is_exact=self.is_exact,
            frames=self.frames,
            notes=self._notes(),
            seconds=time.perf_counter() - self.started,
        )

    def _encoded(self, stored: list[StoredFrame], shown: list[Frame]) -> bytes:
        if self.settings.format == "gif":
            return gif_animation_bytes(stored, self.canvas)
        if self.settings.format == "png":
            return png_animation_bytes(stored, self.canvas)
        timed = [Frame(frame.picture, each.delay_ms) for frame, each in zip(shown, stored, strict=True)]
        return animation_bytes(timed, "webp", self.canvas.loops)

    def _notes(self) -> tuple[str, ...]:
        partial = (_PARTIAL_NOTE if self._matte is None else _MATTE_NOTE,)
        return self.frames.notes + (partial if self.first_pass.has_partial else ())

    def _drawn(self, rate: float) -> Iterator[_Drawn]:
        """Draw frame after frame on what the screen shows."""
        shown = np.zeros((self.canvas.height, self.canvas.width, 4), np.uint8)
        source = np.zeros_like(shown)
        for plan in planned(self._solid_frames()):
            self.run.require_wanted()
            before = shown.copy() if plan.disposal == "previous" else shown
            parts = (each[plan.place] for each in (source, plan.pixels, shown))
            step = FrameStep(*map(np.ascontiguousarray, parts))
            palette, indices, data = self._mapped(step, rate)
            part = shown[plan.place]
            drawn = indices < len(palette)
            part[drawn] = _with_opaque_alpha(palette)[indices[drawn]]
            yield _Drawn(_stored(plan, palette, data), shown, bool(drawn.any()) or plan.disposal != "keep")
            source = plan.pixels.copy()
            if plan.disposal == "background":
                shown[plan.place], source[plan.place] = 0, 0
            elif plan.disposal == "previous":
                shown, source = before, plan.before

    def _mapped(self, step: FrameStep, rate: float) -> tuple[Palette, Indices, bytes]:
        if self.is_exact:
            palette, parameters = self._exact_palette(step), Moving("srgb", 0.0, 0.0)
        else:
            found = self._found_for(step)
            palette = found.colors if found.is_fixed else found.colors[by_luma(found.colors)]
            parameters = self._parameters(step, found, rate)
        if self.settings.format == "gif":
            exact = self.is_exact
            return palette, *(code_exactly(step, palette) if exact else code_frame(step, palette, parameters))
        indices = map_frame(step, palette, parameters)
        data = (
            deflated_frame(indices, palette, self.settings.effort) if self.settings.format == "png" else b""
        )
        return palette, indices, data

    def _found_for(self, step: FrameStep) -> FoundPalette:
        """Return the palette for all frames, or that of the frame."""
        opaque = step.now[step.now[..., 3] > 0][:, :3]
        if not self.has_local_palettes or not len(opaque):
            return self.found
        return self._local_palette(count(np.ascontiguousarray(opaque[None]), run=self.run))

    def _exact_palette(self, step: FrameStep) -> Palette:
        """Return the colours of all frames, or of the pixels that change."""
        if self.first_pass.is_shared:
            return self._all_colors
        changed = (step.now != step.shown).any(axis=2) & (step.now[..., 3] > 0)
        colors = np.unique(step.now[changed][:, :3], axis=0)
        return colors[by_luma(colors)] if len(colors) else np.zeros((1, 3), np.uint8)

    @cached_property
    def _all_colors(self) -> Palette:
        colors = self.first_pass.histogram.colors
        return colors[by_luma(colors)]

    def _parameters(self, step: FrameStep, found: FoundPalette, rate: float) -> Moving:
        image = PerceptualPixels(np.ascontiguousarray(step.now[..., :3]), found.space)
        policy = policy_for(self.settings, image, found.mean_loss, rate=rate)
        if not isinstance(policy, RateDistortion):
            return Moving(found.space, 0.0, 0.0)
        automatic = self.settings.dither == "auto" and self.settings.dither_strength is None
        strength = policy.strength
        if automatic and strength:
            share = visible_share(image, found.mean_loss)
            strength = _STRENGTH + share * (_VISIBLE_STRENGTH - _STRENGTH)
        return Moving(found.space, policy.multiplier, strength)

    def _solid_frames(self) -> Iterator[Frame]:
        return (Frame(self._solid(frame.pixels), frame.delay_ms) for frame in self.frames)

    def _solid(self, picture: Pixels) -> Pixels:
        """Return (H, W, 4) pixels that are clear or opaque."""
        if picture.shape[2] == 3:
            return _with_opaque_alpha(picture)
        alpha = picture[..., 3:]
        if self._matte is None:
            return np.where(alpha < _CLEAR_BELOW, np.uint8(0), _with_opaque_alpha(picture[..., :3]))
        wide = alpha.astype(np.int64)
        laid = (picture[..., :3] * wide + self._matte * (255 - wide) + 127) // 255
        return np.where(alpha == 0, np.uint8(0), _with_opaque_alpha(laid.astype(np.uint8)))


def _with_opaque_alpha(colors: Pixels) -> Pixels:
    return np.concatenate([colors, np.full((*colors.shape[:-1], 1), 255, np.uint8)], axis=-1)


def _stored(plan: PlannedFrame, palette: Palette, data: bytes) -> StoredFrame:
    rows, columns = plan.place
    return StoredFrame(
        columns.start,
        rows.start,
        columns.stop - columns.start,
        rows.stop - rows.start,
        data,
        palette,
        plan.delay_ms,
        plan.disposal,
    )
