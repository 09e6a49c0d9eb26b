"""A compressed animation, and what is measured on it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import Histogram, count
from kalette.color import with_alpha
from kalette.compression.metrics import ssimulacra2
from kalette.compression.solid import opaque_colors
from kalette.mapping import nearest_labels
from kalette.palettes import Swatches
from kalette.reading import FrameSequence, open_frames, read
from kalette.types import LUMA, ONE_THREAD, UNLIMITED, Format, Frame, Palette, Pixels, Run, __version__
from kalette.writing import Canvas, Spool, output_path, write_whole

_STILL = 1.0  # change of the source's luma up to which a pixel stands still
_MID_GREY = 128
_SCORED = 24  # frames, spread evenly, whose mean is the score


class FrameRecord(NamedTuple):
    """A frame in the file.

    Parameters
    ----------
    delay_ms : int
        How long it is shown.
    size_bytes : int
        Size of its pixel data.
    pixels : int
        Pixels of the part that is stored.
    """

    delay_ms: int
    size_bytes: int
    pixels: int


class SampledFrame(NamedTuple):
    """A frame of the source, and what the file shows at its time.

    Parameters
    ----------
    time_ms : int
        When it begins.
    source, result : ndarray
        (H, W, 3 or 4) uint8.
    """

    time_ms: int
    source: Pixels
    result: Pixels


@dataclass(frozen=True, eq=False, repr=False)
class AnimationResult:
    """A compressed animation.

    Parameters
    ----------
    file : Spool
        The file.
    format : {"png", "webp", "gif"}
        Its format.
    canvas : Canvas
        Size and loops.
    records : tuple of FrameRecord
        One for each frame in the file; equal frames of the source are merged.
    palette : ndarray
        (k, 3) uint8, the palette of the first frame, without the clear entry; in true colour that which
        K-Means found, which is not in the file.
    rate : float
        Quality/size trade-off, 0 to 1.
    is_exact : bool
        Whether every frame keeps its colours.
    is_true_color : bool
        Whether the file has no palette, since exact frames are worth their bytes.
    frames : FrameSequence
        The source.
    notes : tuple of str
        Notes for the user.
    seconds : float
        Time it took.
    run : Run
        Threads for measuring.

    Examples
    --------
    >>> import kalette
    >>> frames = [np.full((8, 8, 3), grey, np.uint8) for grey in (0, 90, 180)]
    >>> result = kalette.animate(frames, delays_ms=40, format="gif")
    >>> result, result.to_bytes()[:6]
    (<AnimationResult 8 x 8, 3 frames, gif>, b'GIF89a')
    """

    file: Spool
    format: Format
    canvas: Canvas
    records: tuple[FrameRecord, ...]
    palette: Palette
    rate: float
    is_exact: bool
    is_true_color: bool
    frames: FrameSequence
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    run: Run = ONE_THREAD

    def __repr__(self) -> str:
        """Return size, frames and format."""
        width, height, _ = self.canvas
        return f"<AnimationResult {width} x {height}, {len(self.records)} frames, {self.format}>"

    def to_bytes(self) -> bytes:
        """Return the file."""
        return self.file.to_bytes()

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the file whole or not at all.

        Raises
        ------
        WriteError
            When the file exists or cannot be written.
        """
        write_whole(output_path(path, overwrite), self.file, overwrite=overwrite)

    @property
    def output_bytes(self) -> int:
        """Size of the file."""
        return self.file.size

    @property
    def k(self) -> int:
        """Number of entries of the first palette, with the one that keeps what is shown."""
        return len(self.palette) + 1

    @property
    def colors_used(self) -> int:
        """Number of colours of the first palette; in true colour, of the first frame."""
        return len(self._first_histogram) if self.is_true_color else len(self.palette)

    @cached_property
    def swatches(self) -> Swatches:
        """The first palette, with the share of the first frame's pixels that are nearest to each colour."""
        counted = self._first_histogram
        labels = nearest_labels(counted.colors, self.palette, "srgb")
        pixels = np.bincount(labels, counted.counts, minlength=len(self.palette))
        return Swatches(self.palette, tuple((pixels / (self.canvas.width * self.canvas.height)).tolist()))

    @cached_property
    def _first_histogram(self) -> Histogram:
        """The opaque pixels of the first frame in the file."""
        return count(opaque_colors(with_alpha(next(self._decoded()).pixels))[None])

    @property
    def input_bytes(self) -> int | None:
        """Size of the source's file; None without one."""
        return self.frames.input_bytes

    @property
    def raw_bytes(self) -> int:
        """Size of all frames of the source with 3 bytes a pixel."""
        return 3 * self.canvas.width * self.canvas.height * self.frames.frame_count

    def record(self) -> dict[str, Any]:
        """Return all figures of the result without pixels."""
        return {
            "format": self.format,
            "width": self.canvas.width,
            "height": self.canvas.height,
            "frames": len(self.records),
            "loops": self.canvas.loops,
            "duration_ms": self.duration_ms,
            "k": self.k,
            "colors_used": self.colors_used,
            "rate": self.rate,
            "is_exact": self.is_exact,
            "is_true_color": self.is_true_color,
            "input_bytes": self.input_bytes,
            "output_bytes": self.output_bytes,
            "raw_bytes": self.raw_bytes,
            "ssimulacra2": self.ssimulacra2,
            "worst_ssimulacra2": min(self.scores),
            "flicker": self.flicker,
            "frame_bytes": [record.size_bytes for record in self.records],
            "seconds": self.seconds,
            "version": __version__,
            "notes": list(self.notes),
        }

    @property
    def duration_ms(self) -> int:
        """How long one loop takes."""
        return sum(record.delay_ms for record in self.records)

    @property
    def ssimulacra2(self) -> float:
        """Mean SSIMULACRA 2 score over the sampled frames."""
        return sum(self.scores) / len(self.scores)

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """SSIMULACRA 2 score of each sampled frame, on the decoded file."""
        return tuple(ssimulacra2(each.source, each.result, run=self.run) for each in self.sampled())

    @property
    def flicker(self) -> float:
        """Mean difference of changes of luma from those of the source, 0-255, where the source is still."""
        return sum(total for total, _ in self._flickers) / max(sum(count for _, count in self._flickers), 1)

    @property
    def flickers(self) -> tuple[float, ...]:
        """The flicker of each frame of the source after the first, 0-255."""
        return tuple(total / max(count, 1) for total, count in self._flickers)

    @cached_property
    def _flickers(self) -> tuple[tuple[float, int], ...]:
        """For each frame after the first, the sum over pixels that stand still, and their number."""
        return tuple(_flicker(*each) for each in pairwise(self.pairs()))

    def sampled(self) -> Iterator[SampledFrame]:
        """Yield at most 24 frames of the source, spread evenly."""
        every = -(-self.frames.frame_count // _SCORED)
        return islice(self._timed(), 0, None, every)

    def pairs(self) -> Iterator[tuple[Pixels, Pixels]]:
        """Yield each frame of the source with what the file shows at its time."""
        return ((each.source, each.result) for each in self._timed())

    def _timed(self) -> Iterator[SampledFrame]:
        shown = self._decoded()
        current, time_ms = next(shown), 0
        end_ms = current.delay_ms
        for frame in self.frames:
            middle = time_ms + frame.delay_ms / 2
            while middle >= end_ms and (following := next(shown, None)) is not None:
                current, end_ms = following, end_ms + following.delay_ms
            yield SampledFrame(time_ms, *_alike(frame.pixels, current.pixels))
            time_ms += frame.delay_ms

    def _decoded(self) -> Iterator[Frame]:
        data = self.to_bytes()
        sequence = open_frames(data, limits=UNLIMITED, name="the result")
        if sequence is not None:
            yield from sequence
            return
        yield Frame(read(data, limits=UNLIMITED).pixels, self.duration_ms)


def _alike(source: Pixels, result: Pixels) -> tuple[Pixels, Pixels]:
    """Return both with alpha if one has it."""
    if source.shape[2] == result.shape[2]:
        return source, result
    return with_alpha(source), with_alpha(result)


def _flicker(before: tuple[Pixels, Pixels], now: tuple[Pixels, Pixels]) -> tuple[float, int]:
    source, result = (
        luma_over_grey(after) - luma_over_grey(then) for after, then in zip(now, before, strict=True)
    )
    still = np.abs(source) < _STILL
    return float(np.abs(result - source)[still].sum()), int(np.count_nonzero(still))


def luma_over_grey(pixels: Pixels) -> NDArray[np.float64]:
    """Return the luma of pixels on a mid-grey ground, less that of the ground.

    A clear pixel shows the ground, whatever colour is stored in it.

    Examples
    --------
    >>> luma_over_grey(np.array([[[255, 255, 255, 255], [255, 255, 255, 0]]], np.uint8)).round(6).tolist()
    [[127.0, 0.0]]
    """
    luma: NDArray[np.float64] = pixels[..., :3].astype(np.float64) @ np.asarray(LUMA) - _MID_GREY
    return luma if pixels.shape[2] == 3 else luma * (pixels[..., 3] / 255)
