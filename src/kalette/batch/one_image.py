"""One job and its outcome; the same for the command, a batch and a cluster."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kalette.batch.planning import STANDARD, require_apart
from kalette.compression import Compression, Result, open_picture, way_to_smaller
from kalette.types import (
    DEFAULT_LIMITS,
    ONE_THREAD,
    AnimationError,
    Limits,
    NotSmallerError,
    ReadError,
    Run,
    Settings,
    SettingsError,
    WriteError,
    require_fields,
    require_flag,
    require_function,
    require_kind,
    require_run,
    size_text,
)
from kalette.writing import format_of, require_room, write_whole

if TYPE_CHECKING:  # stills do without the modules of animations, which take 10 ms to load
    from kalette.compression import AnimationResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """An image to compress.

    Parameters
    ----------
    input, output : str
        Paths, or "-" for standard input and output.
    settings : Settings
        Compression settings.
    limits : Limits
        Limits on the input.
    first_frame : bool
        Take the first frame of an animation, which stays an animation otherwise.
    overwrite : bool
        Replace an existing output.
    in_place : bool
        Replace the input if the result is smaller; its extension is the format.
    skip_if_larger : bool
        Write nothing if the result is not smaller than the input.
    """

    input: str
    output: str
    settings: Settings
    limits: Limits = DEFAULT_LIMITS
    first_frame: bool = False
    overwrite: bool = False
    in_place: bool = False
    skip_if_larger: bool = False

    def __post_init__(self) -> None:
        """Check the types of the values."""
        require_fields(self, {"input": str, "output": str, "settings": Settings, "limits": Limits})
        for name in ("first_frame", "overwrite", "in_place", "skip_if_larger"):
            require_flag(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a job.

    Parameters
    ----------
    job : Job
        The job.
    result : Result or AnimationResult
        The compressed picture or animation.
    seconds : float
        Time from reading to the output file.
    """

    job: Job
    result: "Result | AnimationResult"
    seconds: float


def compress_file(
    job: Job,
    *,
    read: Callable[[], bytes] | None = None,
    write: Callable[[bytes], object] | None = None,
    run: Run = ONE_THREAD,
) -> Outcome:
    """Execute a job: read, find a palette, render, write.

    Parameters
    ----------
    job : Job
        The job.
    read, write : callable or None
        Functions that return the input and take the output, in place of files; standard streams need them.
    run : Run
        Threads, callbacks.

    Raises
    ------
    KaletteError
        When the image cannot be compressed or written; no file is left behind.
    """
    require_kind("the job", job, Job, "give kalette.batch.Job(...)")
    require_function("read", read)
    require_function("write", write)
    require_run(run)
    if write is None:
        _require_writable(job)
    for name, stream in ((job.input, read), (job.output, write)):
        if name == STANDARD and stream is None:
            raise SettingsError("- is a standard stream; give read and write, or a path")
    started = time.perf_counter()
    before = _file_state(job.output) if job.in_place else None
    result = _compressed(job, read, run)
    _require_smaller(result, job)
    if before is not None and _file_state(job.output) != before:
        raise WriteError(f"{job.input} was changed while it was compressed; it is left alone, so try again")
    if write is not None:
        write(result.to_bytes())
    else:
        content = result.to_bytes() if isinstance(result, Result) else result.file
        write_whole(Path(job.output), content, overwrite=job.overwrite or job.in_place)
    return Outcome(job, result, time.perf_counter() - started)


class _Named(io.BytesIO):
    """Bytes with a name for messages."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = "the input" if name == STANDARD else name


def _require_writable(job: Job) -> None:
    if job.output == STANDARD or job.in_place:
        return
    named = format_of(Path(job.output))
    if named != job.settings.format:
        raise SettingsError(
            f"{job.output} asks for {named} and the settings for {job.settings.format}; "
            "use the same format in both"
        )
    require_apart(job.output, [job.input], "")
    require_room(Path(job.output), overwrite=job.overwrite)


def _compressed(job: Job, read: Callable[[], bytes] | None, run: Run) -> "Result | AnimationResult":
    """Compress an image, or an animation, which stays one."""
    source = job.input if read is None else _Named(read(), job.input)
    settings = job.settings
    if job.in_place:
        settings = replace(settings, format=format_of(Path(job.output)))
    try:
        picture = open_picture(
            source,
            limits=job.limits,
            first_frame=job.first_frame,
            keep_metadata=settings.keep_metadata,
            run=run,
        )
        result = Compression(picture, settings, run).result()
        result.to_bytes(run=run)
    except AnimationError:
        from kalette.compression import animated, frames_of

        if isinstance(source, _Named):
            source.seek(0)
        return animated(frames_of(source, None, job.limits), settings, run=run)
    except MemoryError as error:
        raise ReadError(f"{job.input} needs more memory than there is; make it smaller first") from error
    return result


def _file_state(path: str) -> tuple[int, ...] | None:
    """Return a signature that changes when another program writes the file."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _require_smaller(result: "Result | AnimationResult", job: Job) -> None:
    limit = result.input_bytes
    wanted = job.skip_if_larger or job.in_place
    if wanted and limit is not None and result.output_bytes >= limit:
        advice = None
        if isinstance(result, Result):
            advice = way_to_smaller(result, run=Run(result.run.threads))
        raise NotSmallerError(
            f"{job.input} is {size_text(limit)} and the result would be {size_text(result.output_bytes)}; "
            f"nothing is written{'' if advice is None else f', so {advice}'}"
        )
