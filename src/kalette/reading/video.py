"""Frames of a video through PyAV, an extra: decoded one at a time, scaled and turned as players show them."""

import importlib.util
import io
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from kalette.reading.frames import FrameSequence
from kalette.types import Frame, Limits, Pixels, ReadError, SettingsError

MOST_FPS = 50
"""Frames a second: browsers show GIFs no faster."""

_UNSPECIFIED, _HIGH_DYNAMIC_RANGE = 2, {16: "PQ", 18: "HLG"}  # colour codes of ITU-T H.273
_HD_HEIGHT = 720  # from which colours without a code are BT.709, as players take them
_SIGNATURES = {
    b"\x1a\x45\xdf\xa3": "matroska",  # WebM too
    b"FLV\x01": "flv",
    b"OggS": "ogg",
    b"\0\0\x01\xba": "mpeg",
}


def video_format(head: bytes) -> str | None:
    """Return FFmpeg's name of a video container by its first 12 bytes; None for any other file.

    Examples
    --------
    >>> video_format(b"\\0\\0\\0\\x20ftypisom"), video_format(b"GIF89a") is None
    ('mov', True)
    """
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    return next((name for signature, name in _SIGNATURES.items() if head.startswith(signature)), None)


def open_video(
    source: str | bytes, kind: str, *, name: str, fps: float | None, limits: Limits
) -> FrameSequence:
    """Open a video.

    Its packets are read once for their times; each iteration decodes it anew, frame by frame.

    Parameters
    ----------
    source : str or bytes
        Path, or content.
    kind : str
        As `video_format` returns it.
    name : str
        Name in messages.
    fps : float or None
        Frames a second that are taken; None: those of the video, 50 at most.
    limits : Limits
        Limits on the file, and on frames and pixels that are taken.

    Raises
    ------
    ReadError
        When it cannot be read, or PyAV is missing.
    """
    if importlib.util.find_spec("av") is None:
        raise ReadError(f"{name} is a video, which an extra reads; install it: pip install 'kalette[video]'")
    if fps is not None and not 0 < fps <= MOST_FPS:
        raise SettingsError(f"fps is {fps:g}; give frames a second above 0, {MOST_FPS} at most")
    size_bytes = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    limits.require_bytes(name, size_bytes)
    video = _Video(source, kind, name)
    width, height, times = video.examined()
    taken = _Taken.of(times, fps)
    count, fewer = len(taken.places), "take fewer frames a second (--fps)"
    limits.require_frames(name, count, instead=fewer)
    limits.require_size(name, width, height, frames=count, instead=fewer)
    return FrameSequence(
        name=name,
        size=(width, height),
        frame_count=count,
        loops=0,
        input_bytes=size_bytes,
        notes=(),
        decode=lambda: taken.frames(video.decoded(width, height), name),
    )


@dataclass(frozen=True)
class _Taken:
    """Which frames of a video are taken, in the order of their times, and how long each is shown."""

    places: tuple[int, ...]
    delays_ms: tuple[int, ...]

    @classmethod
    def of(cls, times: list[Fraction], fps: float | None) -> "_Taken":
        """Take the frame that is shown at each moment of a steady clock, or all that are not too fast."""
        begin, period = times[0], (times[-1] - times[0]) / max(len(times) - 1, 1) or Fraction(1, 10)
        end = times[-1] + period
        if fps is None and period * MOST_FPS >= 1:
            moments = times
        else:
            step = 1 / Fraction(fps or MOST_FPS)
            moments = [begin + n * step for n in range(max(round((end - begin) / step), 1))]
        ends_ms = [round(1000 * (moment - begin)) for moment in [*moments[1:], end]]
        delays = [after - before for before, after in zip([0, *ends_ms], ends_ms, strict=False)]
        places = (max(bisect_right(times, moment) - 1, 0) for moment in moments)
        return cls(tuple(places), tuple(max(delay, 1) for delay in delays))

    def frames(self, decoded: Iterator[Callable[[], Pixels]], name: str) -> Iterator[Frame]:
        """Yield the taken frames; a video that ends early repeats its last one."""
        number, convert = -1, None
        for place, delay_ms in zip(self.places, self.delays_ms, strict=True):
            while number < place and (following := next(decoded, None)) is not None:
                number, convert = number + 1, following
            if convert is None:
                raise ReadError(f"{name} has no frame that can be decoded; get it again")
            yield Frame(convert(), delay_ms)


@dataclass(frozen=True)
class _Video:
    """A video in a file or in memory."""

    source: str | bytes
    kind: str
    name: str

    def examined(self) -> tuple[int, int, list[Fraction]]:
        """Return width and height as shown, and the times of the frames in seconds."""
        with self._opened() as container:
            packets = container.demux(video=0)
            stamps = sorted(
                packet.pts for packet in packets if packet.pts is not None and not packet.is_discard
            )
            if not stamps:
                raise ReadError(f"{self.name} has no frames; give another video")
            base = container.streams.video[0].time_base
        with self._opened() as container:
            first = next(container.decode(video=0), None)
            if first is None:
                raise ReadError(f"{self.name} has no frame that can be decoded; get it again")
            self._require_shown(first)
            width, height = _shown_size(first, container.streams.video[0].sample_aspect_ratio)
        return width, height, [stamp * base for stamp in stamps]

    def decoded(self, width: int, height: int) -> Iterator[Callable[[], Pixels]]:
        """Yield, for each frame, a function that returns its pixels."""
        with self._opened() as container:
            for frame in container.decode(video=0):
                yield partial(_pixels, frame, width, height)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Open the container by its kind alone: FFmpeg shall follow no name and no playlist."""
        import av

        with _stream(self.source) as file:
            try:
                with av.open(file, format=self.kind) as container:
                    if not container.streams.video:
                        raise ReadError(f"{self.name} has no pictures; give a video, not sound alone")
                    yield container
            except av.error.FFmpegError as error:
                raise ReadError(
                    f"{self.name} cannot be decoded ({error.strerror}); get it again, or convert it to MP4"
                ) from error

    def _require_shown(self, frame: Any) -> None:
        transfer = _HIGH_DYNAMIC_RANGE.get(frame.color_trc)
        if transfer:
            raise ReadError(
                f"{self.name} has a high dynamic range ({transfer}), which a palette cannot show; "
                "convert it to standard range first"
            )


def _stream(source: str | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


def _shown_size(frame: Any, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height with square pixels, upright."""
    width, height = max(round(frame.width * (pixel_aspect or 1)), 1), frame.height
    return (height, width) if frame.rotation % 180 else (width, height)


def _pixels(frame: Any, width: int, height: int) -> Pixels:
    """Return a decoded frame as sRGB bytes, (height, width, 3)."""
    from av.video.reformatter import Colorspace

    across, down = (height, width) if frame.rotation % 180 else (width, height)
    is_hd = frame.colorspace == _UNSPECIFIED and frame.height >= _HD_HEIGHT
    colors = Colorspace.ITU709 if is_hd else None
    shown = frame.reformat(width=across, height=down, format="rgb24", src_colorspace=colors).to_ndarray()
    return np.ascontiguousarray(np.rot90(shown, round(frame.rotation / 90)))
