"""The compression of an animation: one palette for all frames, and frames that know the one before."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kalette.compression.ahead import ahead
from kalette.compression.animation_result import AnimationResult, FrameRecord
from kalette.compression.frame_coder import CodedFrame, FrameCoder
from kalette.compression.frame_colors import count_frames
from kalette.compression.frame_plan import STORAGES, PlannedFrame, planned
from kalette.compression.solid import Solidifier
from kalette.mapping import FrameStep, rate_of
from kalette.reading import FrameSequence
from kalette.types import ONE_THREAD, Format, Frame, Palette, Run, Settings, SettingsError
from kalette.writing import (
    Canvas,
    Spool,
    StoredFrame,
    animated_gif,
    animated_png,
    animated_webp,
)

_ENCODERS: dict[Format, Callable[[Iterable[StoredFrame], Canvas], Spool]] = {
    "gif": animated_gif,
    "png": animated_png,
    "webp": animated_webp,
}


class _Drawn(NamedTuple):
    """A stored frame, and whether something else is shown with it than before."""

    stored: StoredFrame
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
        if settings.format == "raw":
            raise SettingsError("format is raw, which holds one image; write animations as gif, png or webp")
        for name in ("keep_metadata", "keep_hidden", "clear_first", "pad_palette"):
            if getattr(settings, name):
                raise SettingsError(f"{name} is set, which animations have no use for; leave it out")
        if settings.has_floor:
            raise SettingsError("min_psnr and min_ssim are for single images; give quality or max_bytes")
        self.started = time.perf_counter()
        self.frames, self.settings, self.run = frames, settings, run
        self._matte, self._solidifier = matte, Solidifier(matte)

    def of(self, frames: FrameSequence) -> "Animator":
        """Return what compresses other frames in the same way."""
        return Animator(frames, self.settings, matte=self._matte, run=self.run)

    def exact(self) -> AnimationResult | None:
        """Return the result that would be exact without a target; None if it would not."""
        free = replace(self.settings, quality=None, max_bytes=None)
        if not FrameCoder(free, self.coder.colors, self.run).is_exact:
            return None
        return Animator(self.frames, free, matte=self._matte, run=self.run).result()

    @property
    def canvas(self) -> Canvas:
        """Size and loops."""
        return Canvas(*self.frames.size, self.frames.loops)

    @cached_property
    def coder(self) -> FrameCoder:
        """What codes the frames, after a first pass over their colours."""
        colors = count_frames(self.frames, self._solidifier, STORAGES[self.settings.format], self.run)
        return FrameCoder(self.settings, colors, self.run)

    def result(self, rate: float | None = None) -> AnimationResult:
        """Return the result at a rate; None takes that of the settings."""
        wanted = rate_of(self.settings) if rate is None else rate
        records, palettes = list[FrameRecord](), list[Palette]()

        def told() -> Iterator[_Drawn]:
            for drawn in self._merged(wanted):
                stored = drawn.stored
                records.append(FrameRecord(stored.delay_ms, len(stored.data), stored.width * stored.height))
                palettes.append(stored.palette)
                yield drawn

        file = self._encoded(told())
        return AnimationResult(
            file=file,
            format=self.settings.format,
            canvas=self.canvas,
            records=tuple(records),
            palette=palettes[0],
            rate=0.0 if self.coder.is_exact else wanted,
            is_exact=self.coder.is_exact,
            frames=self.frames,
            notes=self._notes(),
            seconds=time.perf_counter() - self.started,
            run=replace(self.run, on_pass=None, on_step=None),
        )

    def _encoded(self, drawn: Iterator[_Drawn]) -> Spool:
        """Return the file, into which frames are written as they come."""
        return _ENCODERS[self.settings.format]((each.stored for each in drawn), self.canvas)

    def _merged(self, rate: float) -> Iterator[_Drawn]:
        """Yield frames that differ from the one before, for the time of those that do not."""
        waiting: _Drawn | None = None
        for number, drawn in enumerate(self._drawn(rate), 1):
            self.run.step("frames", number)
            if waiting is not None and not drawn.changes and waiting.stored.disposal == "keep":
                delay_ms = waiting.stored.delay_ms + drawn.stored.delay_ms
                waiting = waiting._replace(stored=waiting.stored._replace(delay_ms=delay_ms))
                continue
            if waiting is not None:
                yield waiting
            waiting = drawn
        if waiting is not None:
            yield waiting

    def _notes(self) -> tuple[str, ...]:
        partial = (self._solidifier.note,) if self.coder.colors.has_partial else ()
        return self.frames.notes + partial

    def _drawn(self, rate: float) -> Iterator[_Drawn]:
        """Draw frame after frame on what the screen shows."""
        shown = np.zeros((self.canvas.height, self.canvas.width, 4), np.uint8)
        plans = planned(self._solid_frames(), STORAGES[self.settings.format])
        prepare = self.coder.preparer(rate)
        prepared = ((plan, prepare(plan)) for plan in plans)
        for plan, lossy in ahead(prepared, self.run):
            self.run.require_wanted()
            before = shown.copy() if plan.disposal == "previous" else shown
            parts = (each[plan.place] for each in (plan.pixels, shown))
            step = FrameStep(*map(np.ascontiguousarray, parts))
            coded = self.coder.coded(step, lossy)
            shown[plan.place] = coded.over(step.shown)
            yield _Drawn(_stored(plan, coded), bool(coded.drawn.any()) or plan.disposal != "keep")
            if plan.disposal == "background":
                shown[plan.place] = 0
            elif plan.disposal == "previous":
                shown = before

    def _solid_frames(self) -> Iterator[Frame]:
        return (Frame(self._solidifier.solid(frame.pixels), frame.delay_ms) for frame in self.frames)


def _stored(plan: PlannedFrame, coded: CodedFrame) -> StoredFrame:
    rows, columns = plan.place
    return StoredFrame(
        columns.start,
        rows.start,
        columns.stop - columns.start,
        rows.stop - rows.start,
        coded.data,
        coded.palette,
        coded.kept,
        plan.delay_ms,
        plan.disposal,
    )
