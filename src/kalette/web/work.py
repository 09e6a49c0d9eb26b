"""The work of a request, in a worker process: bytes and settings in, bytes and figures out."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from kalette.compression import (
    AnimationResult,
    Compression,
    Picture,
    Result,
    animated,
    foresee,
    frames_of,
    open_picture,
)
from kalette.learn import sample_pixels
from kalette.palettes import OPAQUE_ONLY, Order, PaletteFormat, Swatches
from kalette.report import compare, comparison_record
from kalette.types import AnimationError, Limits, ReadError, Run, Settings
from kalette.web.cache import BoundedCache
from kalette.web.shared_flags import SharedFlags

_CLEANING_S = 30.0
_COPIES = 4  # of the pixels, adapted to settings
_MOST_STRETCHES = 200  # of an animation, whose bytes are told
_BYTES_PER_COLOR = 128  # of a histogram: counts, points and cubes in each working space


@dataclass(frozen=True, slots=True)
class Source:
    """An uploaded image, and how it is to be read.

    Parameters
    ----------
    picture_id : str
        SHA-256 of the bytes, in hexadecimal digits.
    data : bytes
        The file.
    limits : Limits
        Limits, and whether a truncated file is allowed.
    first_frame : bool
        Take the first frame of an animation.
    """

    picture_id: str
    data: bytes = field(repr=False)
    limits: Limits
    first_frame: bool = False


class Turn(NamedTuple):
    """A turn of a request: its number, and the threads that it may use."""

    number: int
    threads: int


class WantedPalette(NamedTuple):
    """A palette file that is asked for."""

    name: str
    file_format: PaletteFormat
    sort: Order | None


class Answer(NamedTuple):
    """A file and the record of its figures."""

    content: bytes
    record: dict[str, Any]


class _Process:
    """What a worker process keeps between requests."""

    pictures: BoundedCache[Picture] = BoundedCache(0, 0)
    abandoned: SharedFlags


def prepare(abandoned: SharedFlags, cache_bytes: int, cache_seconds: float) -> None:
    """Prepare a worker process: its cache of pictures, and the flags of abandoned turns.

    Parameters
    ----------
    abandoned : SharedFlags
        The server sets the one at the number of a turn to end its work.
    cache_bytes, cache_seconds
        Bounds of the cache.
    """
    compare(sample_pixels(8, 8), [2])  # loads all that work needs, before its memory is limited
    _Process.pictures = BoundedCache(cache_bytes, cache_seconds)
    _Process.abandoned = abandoned
    threading.Thread(target=_clean, args=(_Process.pictures, threading.Event()), daemon=True).start()


def _clean(pictures: BoundedCache[Picture], never: threading.Event) -> None:
    while not never.wait(_CLEANING_S):
        pictures.drop_expired()


def look(turn: Turn, source: Source) -> dict[str, Any]:
    """Return the size of a picture and its number of colours; those of an animation are not counted."""
    try:
        picture = _picture(source, _run(turn), keep_metadata=False)
    except AnimationError:
        frames = frames_of(source.data, None, source.limits)
        counted = {"frames": frames.frame_count, "colors": None, "has_alpha": None}
        return _looked(source, *frames.size, frames.notes, counted)
    counted = {
        "frames": 1,
        "colors": len(picture.count(run=_run(turn))),
        "has_alpha": picture.pixels.shape[2] == 4,
    }
    return _looked(source, picture.width, picture.height, picture.notes, counted)


def _looked(
    source: Source, width: int, height: int, notes: Sequence[str], counted: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "picture": source.picture_id,
        "width": width,
        "height": height,
        **counted,
        "input_bytes": len(source.data),
        "notes": list(notes),
    }


def compressed(turn: Turn, source: Source, settings: Settings) -> Answer:
    """Compress a picture, or an animation, which stays one, like `kalette compress`."""
    try:
        result = _result(turn, source, settings)
    except AnimationError:
        frames = frames_of(source.data, None, source.limits)
        return _moving(animated(frames, settings, run=_run(turn)))
    measured = _measured(result, _run(turn))
    return Answer(measured.to_bytes(run=_run(turn)), {**measured.record(), **_told(result.swatches)})


def _measured(result: Result, run: Run) -> Result:
    """Return an encoded result with its quality, measured meanwhile if there is a thread for it."""
    if run.threads == 1:
        return result
    original, expected = result.picture.original.pixels, result.to_array()
    with ThreadPoolExecutor(1) as beside:
        foreseen = beside.submit(foresee, original, expected)
        result.to_bytes(run=run)
    return replace(result, foreseen=foreseen.result())


def _moving(result: AnimationResult) -> Answer:
    record = result.record()
    stretches = {"frame_bytes": _means(record["frame_bytes"])}
    return Answer(result.to_bytes(), {**record, **stretches, **_told(result.swatches)})


def _told(swatches: Swatches) -> dict[str, str]:
    shares = ",".join(f"{share:.6g}" for share in swatches.shares or ())
    return {"palette": ",".join(swatches), "shares": shares}


def _means(sizes: Sequence[int]) -> list[int]:
    """Return the mean size of a frame in equal stretches: of one frame each, unless there are too many."""
    count = -(-len(sizes) // _MOST_STRETCHES)
    stretches = [sizes[begin : begin + count] for begin in range(0, len(sizes), count)]
    return [round(sum(each) / len(each)) for each in stretches]


def palette(turn: Turn, source: Source, settings: Settings, wanted: WantedPalette) -> Answer:
    """Find a palette and export it like `kalette palette`."""
    result = _result(turn, source, replace(settings, dither="none", rate=0.0))
    swatches = result.swatches.sorted_by(wanted.sort) if wanted.sort else result.swatches
    holdable = swatches.opaque() if wanted.file_format in OPAQUE_ONLY else swatches
    return Answer(holdable.to_bytes(wanted.file_format, name=wanted.name), {"notes": list(result.notes)})


def compared(
    turn: Turn, source: Source, ks: tuple[int, ...], settings: Settings, name: str
) -> dict[str, Any]:
    """Compress a picture to several numbers of colours like `kalette compare --json`."""
    run = _run(turn)
    picture = _picture(source, run, keep_metadata=False)
    comparison = compare(picture, ks, settings, threads=run.threads, cancelled=run.cancelled)
    return comparison_record(comparison, name, [None] * len(comparison.rows))


def _result(turn: Turn, source: Source, settings: Settings) -> Result:
    run = _run(turn)
    picture = _picture(source, run, keep_metadata=settings.keep_metadata)
    return Compression(picture, settings, run).result()


def _run(turn: Turn) -> Run:
    return Run(turn.threads, cancelled=lambda: _Process.abandoned[turn.number])


def _picture(source: Source, run: Run, *, keep_metadata: bool) -> Picture:
    """Return a picture from the cache, or open it."""
    key = (source.picture_id, source.first_frame, source.limits, keep_metadata)
    picture = _Process.pictures.get(key)
    if picture is None:
        try:
            picture = open_picture(
                source.data,
                limits=source.limits,
                first_frame=source.first_frame,
                keep_metadata=keep_metadata,
                run=run,
            )
        except MemoryError as error:
            raise ReadError("the image needs more memory than there is; make it smaller first") from error
        size_bytes = _COPIES * picture.pixels.nbytes + _BYTES_PER_COLOR * len(picture.count(run=run))
        _Process.pictures.put(key, picture, size_bytes)
    return picture
