"""One image of a batch, as a worker process executes it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kalette.batch.items import Item
from kalette.batch.one_image import Job, Outcome, compress_file
from kalette.batch.places import Place, place_of
from kalette.batch.plans import BatchOptions
from kalette.batch.records import Record, Status, failed
from kalette.compression import Result
from kalette.types import UNLIMITED, Run, Settings, WriteError

if TYPE_CHECKING:
    from kalette.compression import AnimationResult


@dataclass(frozen=True, slots=True)
class Task:
    """An image with everything that a worker needs for it.

    Parameters
    ----------
    item : Item
        The image.
    target : str
        Root of the outputs.
    settings : Settings
        Compression settings.
    options : BatchOptions
        How the image is treated.
    replaces : bool
        Whether the output is an earlier result, which may be replaced.
    threads : int
        Number of threads.
    """

    item: Item
    target: str
    settings: Settings
    options: BatchOptions
    replaces: bool
    threads: int


def execute(task: Task) -> Record:
    """Compress the image of a task; every failure becomes a record.

    Parameters
    ----------
    task : Task
        The image and its options.
    """
    started = time.perf_counter()
    try:
        return _executed(task, started)
    except MemoryError:
        raise  # the engine knows the limit
    except Exception as error:  # a fault of ours must not stop the other images; the record tells of it
        return failed(task.item, error, time.perf_counter() - started)


def trial(task: Task) -> tuple[int, float | None]:
    """Return size and PSNR of the result of a task, without writing it; None if it is exact or animated.

    Raises
    ------
    KaletteError
        When the image cannot be compressed.
    """
    result = _compress(task, _input(task), lambda data: None).result
    return result.output_bytes, _psnr_db(result)


def _executed(task: Task, started: float) -> Record:
    item, options, place = task.item, task.options, place_of(task.target)
    data, results = _input(task), list[bytes]()
    outcome = _compress(task, data, results.append)
    status, name, written = _chosen(task, data, results[0])
    if name is not None:
        _publish(place, name, written, replaces=task.replaces)
        if options.keep_dates:
            place.set_times(name, item.modified_ns)
    measured = options.scores
    result = outcome.result
    return Record(
        input=item.input,
        planned=item.output,
        identity=item.identity,
        status=status,
        output=name,
        input_bytes=len(data),
        output_bytes=None if name is None else len(written),
        k=result.k,
        colors_used=result.colors_used,
        psnr_db=_psnr_db(result),
        ssim=result.ssim if measured and isinstance(result, Result) else None,
        ssimulacra2=result.ssimulacra2 if measured else None,
        seconds=round(time.perf_counter() - started, 4),
        notes=result.notes,
    )


def _psnr_db(result: "Result | AnimationResult") -> float | None:
    """Return the PSNR of a picture; that of an animation would be one for each frame."""
    return result.psnr_db if isinstance(result, Result) else None


def _input(task: Task) -> bytes:
    item = task.item
    return place_of(item.root).read(item.path, task.options.limits)


def _compress(task: Task, data: bytes, write: Callable[[bytes], object]) -> Outcome:
    job = Job(
        input=task.item.input,
        output=task.item.output,
        settings=task.settings,
        limits=task.options.limits,
        first_frame=task.options.first_frame,
    )
    return compress_file(job, read=lambda: data, write=write, run=Run(task.threads))


def _chosen(task: Task, data: bytes, result: bytes) -> tuple[Status, str | None, bytes]:
    """Return what is written: the result, the input under its own ending, or nothing."""
    if len(result) < len(data) or task.options.if_larger == "write":
        return "done", task.item.output, result
    if task.options.if_larger == "skip":
        return "skipped", None, b""
    own = PurePosixPath(task.item.path).suffix
    planned = PurePosixPath(task.item.output)
    bare = planned.with_suffix("") if task.options.full_names else planned
    return "copied", str(bare.with_suffix(own)), data


def _publish(place: Place, name: str, data: bytes, *, replaces: bool) -> None:
    """Write a file; one that is there already with the same bytes is a result of an interrupted run."""
    try:
        place.write(name, data, overwrite=replaces)
    except WriteError:
        if replaces or place.size(name) != len(data) or place.read(name, UNLIMITED) != data:
            raise
