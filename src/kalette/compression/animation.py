"""The compression of an animation: one palette for all frames, and frames that know the one before."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from math import inf
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kalette.compression.ahead import ahead
from kalette.compression.animation_result import AnimationResult, FrameRecord
from kalette.compression.frame_coder import FrameCoder
from kalette.compression.frame_colors import count_frames
from kalette.compression.frame_plan import STORAGES, PlannedFrame, planned
from kalette.compression.solid import Solidifier
from kalette.compression.true_color_coder import TrueColorCoder
from kalette.mapping import FrameStep, rate_of
from kalette.reading import FrameSequence
from kalette.types import ONE_THREAD, Format, Frame, Palette, Pixels, Run, Settings, SettingsError
from kalette.writing import (
    Canvas,
    Spool,
    StoredFrame,
    animated_gif,
    animated_png,
    animated_webp,
)

_Encoder = Callable[[Iterator[StoredFrame], Canvas], Spool]
_ENCODERS: dict[Format, _Encoder] = {"gif": animated_gif, "png": animated_png, "webp": animated_webp}


class _Coded(Protocol):
    """The part of a frame that is stored."""

    @property
    def palette(self) -> Palette: ...
    @property
    def kept(self) -> int: ...
    @property
    def data(self) -> bytes: ...
    @property
    def drawn(self) -> NDArray[np.bool_]: ...
    def over(self, shown: Pixels) -> Pixels: ...


class _Coder(Protocol):
    """What codes the frames: with palettes, or in true colour."""

    def preparer(self, rate: float) -> Callable[[PlannedFrame], Any]: ...
    def coded(self, step: FrameStep, lossy: Any) -> _Coded: ...


class _TooLargeError(Exception):
    """The file would take more bytes than it may."""


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
        """Return the result with palettes at a rate; None takes that of the settings."""
        wanted = rate_of(self.settings) if rate is None else rate
        is_exact, encoder = self.coder.is_exact, _ENCODERS[self.settings.format]
        return self._made(self.coder, encoder, 0.0 if is_exact else wanted, is_exact=is_exact)

    @property
    def may_be_true_color(self) -> bool:
        """Whether an exact file in true colour may be small, and nothing asks for a palette."""
        colors = self.coder.colors
        has_palette = colors.is_shared or self.coder.is_exact or not self.settings.allows_true_color
        return colors.is_smooth and not (has_palette or colors.has_partial)

    def in_true_color(self, most_bytes: float) -> AnimationResult | None:
        """Return the exact result in true colour; None if it may not be, or would be larger."""
        if not self.may_be_true_color:
            return None
        channels: Literal[3, 4] = 3 if self.coder.colors.is_opaque else 4
        encoders: dict[Format, _Encoder] = _ENCODERS | {"png": partial(animated_png, channels=channels)}
        found, effort = self.coder.found.colors, self.settings.effort
        coder = TrueColorCoder(self.settings.format, channels, found, effort)
        encoder = encoders[self.settings.format]
        try:
            result = self._made(coder, encoder, 0.0, is_exact=True, most_bytes=most_bytes)
        except _TooLargeError:
            return None
        return replace(result, is_true_color=True)

    def _made(
        self, coder: _Coder, encoder: _Encoder, rate: float, *, is_exact: bool, most_bytes: float = inf
    ) -> AnimationResult:
        """Return the result of a coder, whose frames are written into the file as they come."""
        records, palettes = list[FrameRecord](), list[Palette]()

        def told() -> Iterator[StoredFrame]:
            for stored in self._merged(coder, rate):
                records.append(FrameRecord(stored.delay_ms, len(stored.data), stored.width * stored.height))
                palettes.append(stored.palette)
                yield stored

        return AnimationResult(
            file=encoder(_bounded(told(), most_bytes), self.canvas),
            format=self.settings.format,
            canvas=self.canvas,
            records=tuple(records),
            palette=palettes[0],
            rate=rate,
            is_exact=is_exact,
            is_true_color=False,
            frames=self.frames,
            notes=self._notes(),
            seconds=time.perf_counter() - self.started,
            run=replace(self.run, on_pass=None, on_step=None),
        )

    def _merged(self, coder: _Coder, rate: float) -> Iterator[StoredFrame]:
        """Yield frames that differ from the one before, for the time of those that do not."""
        waiting: _Drawn | None = None
        for number, drawn in enumerate(self._drawn(coder, rate), 1):
            self.run.step("frames", number)
            if waiting is not None and not drawn.changes and waiting.stored.disposal == "keep":
                delay_ms = waiting.stored.delay_ms + drawn.stored.delay_ms
                waiting = waiting._replace(stored=waiting.stored._replace(delay_ms=delay_ms))
                continue
            if waiting is not None:
                yield waiting.stored
            waiting = drawn
        if waiting is not None:
            yield waiting.stored

    def _notes(self) -> tuple[str, ...]:
        note = (self._solidifier.note,) if self.coder.colors.has_partial else ()
        return self.frames.notes + note

    def _drawn(self, coder: _Coder, rate: float) -> Iterator[_Drawn]:
        """Draw frame after frame on what the screen shows."""
        shown = np.zeros((self.canvas.height, self.canvas.width, 4), np.uint8)
        plans = planned(self._solid_frames(), STORAGES[self.settings.format])
        prepare = coder.preparer(rate)
        prepared = ((plan, prepare(plan)) for plan in plans)
        for plan, lossy in ahead(prepared, self.run):
            self.run.require_wanted()
            before = shown.copy() if plan.disposal == "previous" else shown
            parts = (each[plan.place] for each in (plan.pixels, shown))
            step = FrameStep(*map(np.ascontiguousarray, parts))
            coded = coder.coded(step, lossy)
            shown[plan.place] = coded.over(step.shown)
            yield _Drawn(_stored(plan, coded), bool(coded.drawn.any()) or plan.disposal != "keep")
            if plan.disposal == "background":
                shown[plan.place] = 0
            elif plan.disposal == "previous":
                shown = before

    def _solid_frames(self) -> Iterator[Frame]:
        return (Frame(self._solidifier.solid(frame.pixels), frame.delay_ms) for frame in self.frames)


def _bounded(frames: Iterator[StoredFrame], most_bytes: float) -> Iterator[StoredFrame]:
    """Yield frames as long as they do not take too many bytes."""
    total_bytes = 0
    for frame in frames:
        total_bytes += len(frame.data)
        if total_bytes > most_bytes:
            raise _TooLargeError
        yield frame


def _stored(plan: PlannedFrame, coded: _Coded) -> StoredFrame:
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
