"""Animations from any source: a file, a folder, or a sequence of frames."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kalette.reading import FrameSequence, is_image, open_frames, open_video, read, video_format
from kalette.types import Frame, Limits, Pixels, ReadError, SettingsError, is_number, wrong
from kalette.writing import Spool, resized

DEFAULT_DELAY_MS = 100
Delays = float | Sequence[float] | None
"""Of each frame in milliseconds: one for all, or one for each; None keeps those of the source."""

_FEWER = "give fewer or smaller frames"
_HEAD_BYTES = 32  # enough for the signature of an image


def frames_of(source: Any, delays_ms: Delays, limits: Limits) -> FrameSequence:
    """Open an animation.

    Parameters
    ----------
    source : path, bytes, binary file, or iterable of frames
        An animated file; a video, as path or bytes; a folder, whose images are frames in the order of their
        names; or frames, each an image as for `kalette.open`.
    delays_ms : float, sequence of float or None
        How long each frame is shown; None: as in the file, or 100. One delay for all takes a frame of a video
        at every such moment.
    limits : Limits
        Limits on files, frames, and pixels summed over the frames.

    Raises
    ------
    KaletteError
        When the source holds no frames, or frames of different sizes.

    Examples
    --------
    >>> frames_of([np.zeros((2, 3, 3), np.uint8)] * 2, 40, Limits()).frame_count
    2
    """
    delays = None if delays_ms is None else _checked(delays_ms)
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return _of_images(_images_in(Path(source)), delays, limits)
    if (kind := _video_format(source)) is not None:
        return _of_video(source, kind, delays, limits)
    if isinstance(source, str | os.PathLike | bytes | bytearray | memoryview) or hasattr(source, "read"):
        sequence = open_frames(source, limits=limits)
        if sequence is None:
            raise ReadError(
                f"{source if isinstance(source, str | os.PathLike) else 'the input'} has one image; "
                "give an animation or several frames, or compress it"
            )
        return sequence if delays is None else _retimed(sequence, delays)
    if not isinstance(source, Iterable):
        raise wrong("the source", source, "give an animation or an iterable of frames")
    images = list(_spooled(source, limits) if isinstance(source, Iterator) else source)
    return _of_images(images, delays, limits)


def narrowed(sequence: FrameSequence, width: int) -> FrameSequence:
    """Return the animation scaled to a width, if it is wider."""
    if width >= sequence.size[0]:
        return sequence
    height = max(round(sequence.size[1] * width / sequence.size[0]), 1)

    def decode() -> Iterator[Frame]:
        for frame in sequence:
            yield frame._replace(picture=resized(frame.pixels, width, height))

    return replace(sequence, size=(width, height), decode=decode)


def halved(sequence: FrameSequence) -> FrameSequence:
    """Return every second frame, shown for the time of two."""

    def decode() -> Iterator[Frame]:
        frames = iter(sequence)
        for frame in frames:
            dropped = next(frames, None)
            yield frame._replace(delay_ms=frame.delay_ms + (dropped.delay_ms if dropped else 0))

    return replace(sequence, frame_count=-(-sequence.frame_count // 2), decode=decode)


def _checked(delays_ms: float | Sequence[float]) -> list[float]:
    given = list(delays_ms) if isinstance(delays_ms, Iterable) else [delays_ms]
    for delay in given:
        if not is_number(delay) or not 0 < delay < float("inf"):
            raise wrong("delays_ms", delay, "give milliseconds above 0")
    if not given:
        raise SettingsError("delays_ms is empty; give one delay, or one for each frame")
    return [float(delay) for delay in given]


def _whole_delays(delays: list[float], count: int) -> list[int]:
    """Return whole milliseconds for each frame, whose sum is exact: each carries its rounding on."""
    if len(delays) not in (1, count):
        raise SettingsError(
            f"delays_ms has {len(delays)} delays for {count} frames; give one, or one for each"
        )
    ends = np.rint(np.cumsum(list(islice(cycle(delays), count)))).astype(np.int64)
    whole: list[int] = np.diff(ends, prepend=0).tolist()
    return whole


def _retimed(sequence: FrameSequence, delays: list[float]) -> FrameSequence:
    whole = _whole_delays(delays, sequence.frame_count)

    def decode() -> Iterator[Frame]:
        for frame, delay_ms in zip(sequence, whole, strict=True):
            yield frame._replace(delay_ms=delay_ms)

    return replace(sequence, decode=decode, notes=())


def _video_format(source: Any) -> str | None:
    """Return the container of a video, of a path or bytes; None for anything else."""
    if isinstance(source, bytes):
        head = source[:_HEAD_BYTES]
    elif isinstance(source, str | os.PathLike) and Path(source).is_file():
        head = _head_of(Path(source))
    else:
        return None
    return None if is_image(head) else video_format(head)  # an AVIF begins like a video


def _of_video(source: Any, kind: str, delays: list[float] | None, limits: Limits) -> FrameSequence:
    """Open a video: one delay for all takes that many frames of it, several are those of its frames."""
    is_steady = delays is not None and len(delays) == 1
    fps = 1000 / delays[0] if delays is not None and is_steady else None
    path, name = (source, "the video") if isinstance(source, bytes) else (os.fsdecode(source),) * 2
    sequence = open_video(path, kind, name=name, fps=fps, limits=limits)
    return sequence if delays is None or is_steady else _retimed(sequence, delays)


def _images_in(folder: Path) -> list[Path]:
    """Return the images of a folder, in the order of their names."""
    files = [path for path in sorted(folder.iterdir(), key=lambda path: path.name) if path.is_file()]
    images = [path for path in files if is_image(_head_of(path))]
    if not images:
        raise ReadError(f"{folder} holds no image that Kalette reads; give a folder of frames")
    return images


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


class _Spooled(NamedTuple):
    """A frame of an iterator, which gives it once: its pixels in a file, from `begin` to `end`."""

    file: Spool
    begin: int
    end: int
    shape: tuple[int, ...]

    @property
    def pixels(self) -> Pixels:
        return np.frombuffer(self.file.read(self.begin, self.end), np.uint8).reshape(self.shape)


def _spooled(images: Iterator[Any], limits: Limits) -> Iterator[_Spooled]:
    file = Spool()
    for number, image in enumerate(images, 1):
        limits.require_frames("the animation", number, instead=_FEWER)
        pixels, begin = _pixels(image, limits), file.size
        height, width = pixels.shape[:2]
        limits.require_size("the animation", width, height, frames=number, instead=_FEWER)
        file.append(pixels.tobytes())
        yield _Spooled(file, begin, file.size, pixels.shape)


def _of_images(images: list[Any], delays: list[float] | None, limits: Limits) -> FrameSequence:
    if not images:
        raise ReadError("there are no frames; give one at least")
    limits.require_frames("the animation", len(images), instead=_FEWER)
    first = _pixels(images[0], limits)
    height, width = first.shape[:2]
    limits.require_size("the animation", width, height, frames=len(images), instead=_FEWER)
    whole = _whole_delays(delays or [DEFAULT_DELAY_MS], len(images))
    return FrameSequence(
        name="the frames",
        size=(width, height),
        frame_count=len(images),
        loops=0,
        input_bytes=None,
        notes=(),
        decode=_decoder(images, whole, (height, width), limits),
    )


def _decoder(
    images: list[Any], delays: list[int], shape: tuple[int, int], limits: Limits
) -> Callable[[], Iterator[Frame]]:
    def decode() -> Iterator[Frame]:
        for number, (image, delay_ms) in enumerate(zip(images, delays, strict=True), 1):
            pixels = _pixels(image, limits)
            if pixels.shape[:2] != shape:
                raise ReadError(
                    f"frame {number} is {pixels.shape[1]} x {pixels.shape[0]} and the first "
                    f"{shape[1]} x {shape[0]}; give frames of one size"
                )
            yield Frame(pixels, delay_ms)

    return decode


def _pixels(image: Any, limits: Limits) -> Pixels:
    if isinstance(image, _Spooled):
        return image.pixels
    return read(image, limits=limits, first_frame=True).pixels
