"""`kalette compress IMAGE...`: one file out for each file in."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import click

from kalette.cli.inputs import source_of
from kalette.cli.options import limits_from, limits_options, settings_from, settings_options
from kalette.cli.outputs import (
    STANDARD,
    Job,
    chosen_format,
    plan,
    plan_in_place,
    require_apart,
    tag_of,
    without_results,
    write_standard_output,
)
from kalette.cli.streams import codecs_silent, say
from kalette.errors import (
    GoalError,
    KaletteError,
    NotSmallerError,
    PaletteError,
    ReadError,
    SettingsError,
    WriteError,
)
from kalette.limits import Limits
from kalette.output import require_room, write_whole
from kalette.pipeline import compress, thread_count
from kalette.quantize import OnPass
from kalette.report.progress import progress
from kalette.report.records import failure, line, record
from kalette.report.tables import Row, print_table
from kalette.result import Result, format_of
from kalette.settings import Settings
from kalette.wording import size_text

_WORST_FIRST = (1, 99, 98)


class _Wishes(NamedTuple):
    """What is asked of every file, beside its settings."""

    overwrite: bool
    in_place: bool
    skip_if_larger: bool
    figure: Path | None
    first_frame: bool
    limits: Limits
    threads: int | None
    as_json: bool
    quiet: bool
    verbose: bool


@click.command(name="compress")
@click.argument("inputs", nargs=-1, required=True, metavar="IMAGE...")
@settings_options
@click.option("-o", "--output", metavar="FILE|FOLDER|-", help="Where to; beside the input otherwise.")
@click.option("--overwrite", is_flag=True, help="Replace existing files, which are left alone otherwise.")
@click.option(
    "--in-place",
    is_flag=True,
    help="Replace each input by its result if that is smaller, under the same name.",
)
@click.option(
    "--skip-if-larger", is_flag=True, help="Write nothing (exit code 98) when it would not be smaller."
)
@click.option(
    "--figure",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw original and result side by side, palettes below (.png, .svg or .pdf).",
)
@click.option("--first-frame", is_flag=True, help="Accept an animated input, and use its first frame.")
@limits_options
@click.option("--threads", type=int, metavar="N", help="Threads; as many as there are cores otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each input.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print how K-Means went.")
def command(inputs: tuple[str, ...], output: str | None, file_format: Any, **values: Any) -> int:
    """Compress images to indexed PNG, lossless WebP or GIF.

    Each IMAGE (PNG, JPEG, WebP, GIF, BMP or TIFF; - is standard input) gives one file: photo.jpg becomes
    photo-k256.png beside it (photo-kalette.png with -k auto, a floor or a budget), or what -o says. Metadata
    such as GPS is left behind.
    """
    values["limits"] = limits_from(values)
    settings = settings_from(values, chosen_format(output, file_format))
    thread_count(values["threads"])
    kept, results = without_results(inputs)
    if values["in_place"]:
        _require_nothing_lost(output, values)
        values |= {"overwrite": True, "skip_if_larger": True}
        jobs = plan_in_place(kept, file_format)
    else:
        jobs = plan(kept, output, tag_of(settings), settings.format)
    wishes = _Wishes(**{name: values[name] for name in _Wishes._fields})
    if wishes.as_json and any(job.output == STANDARD for job in jobs):
        raise SettingsError("--json and an output of - both want standard output; name a file with -o")
    if wishes.figure is not None:
        _require_figure_room(wishes.figure, jobs, wishes)
    if not wishes.quiet:
        _tell_results(results)
    return _run(jobs, settings, wishes)


def _require_nothing_lost(output: str | None, values: dict[str, Any]) -> None:
    """Refuse to replace an input by less than it holds."""
    if output is not None:
        raise SettingsError(f"--in-place and the output {output} contradict each other; give one of them")
    for name, lost in (("first_frame", "all frames but one"), ("allow_truncated", "what can be saved")):
        if values[name]:
            option = name.replace("_", "-")
            raise SettingsError(
                f"--in-place with --{option} would lose {lost} for good; name an output with -o"
            )


def _tell_results(results: dict[str, str]) -> None:
    for name, origin in results.items():
        say(f"{name} is left out as a result of {origin}; name it alone to compress it")


def _require_figure_room(figure: Path, jobs: list[Job], wishes: _Wishes) -> None:
    from kalette.figures import require_writable

    if len(jobs) > 1:
        raise SettingsError(
            f"--figure shows one picture and {len(jobs)} are given; draw them one by one, or leave it out"
        )
    require_apart(str(figure), [jobs[0].input, jobs[0].output], "--figure")
    require_writable(figure, overwrite=wishes.overwrite)


def _run(jobs: list[Job], settings: Settings, wishes: _Wishes) -> int:
    rows: list[Row] = []
    codes: set[int] = set()
    with codecs_silent(), progress(len(jobs), sys.stderr, quiet=wishes.quiet) as next_file:
        for job in jobs:
            try:
                rows.append(_one(job, settings, wishes, next_file(job.input)))
            except KaletteError as error:
                codes.add(error.exit_code)
                _tell_failure(job, error, wishes)
            except MemoryError:
                codes.add(ReadError.exit_code)
                _tell_failure(job, ReadError(f"{job.input} needs more memory than there is"), wishes)
    if rows and not wishes.as_json and not wishes.quiet:
        to_error = any(job.output == STANDARD for job in jobs)
        print_table(rows, sys.stderr if to_error else sys.stdout)
    return next((code for code in _WORST_FIRST if code in codes), max(codes, default=0))


def _one(job: Job, settings: Settings, wishes: _Wishes, on_pass: OnPass | None) -> Row:
    started = time.perf_counter()
    before = _state(job) if wishes.in_place else None
    if job.output != STANDARD and not wishes.in_place:
        require_room(Path(job.output), overwrite=wishes.overwrite)
    result = compress(
        source_of(job.input, wishes.limits),
        replace(settings, format=format_of(Path(job.output))) if wishes.in_place else settings,
        first_frame=wishes.first_frame,
        limits=wishes.limits,
        threads=wishes.threads,
        on_pass=on_pass,
    )
    _require_smaller(result, job, wishes)
    if before is not None and _state(job) != before:
        raise WriteError(f"{job.input} was changed while it was compressed; it is left alone, so try again")
    _write(result, job, wishes)
    if wishes.figure is not None:
        _draw(result, wishes.figure, wishes)
    row = Row(job.output, result, time.perf_counter() - started)
    _tell(row, job, wishes)
    return row


def _state(job: Job) -> tuple[int, ...] | None:
    """Return what changes when somebody else writes the file."""
    try:
        status = Path(job.output).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _require_smaller(result: Result, job: Job, wishes: _Wishes) -> None:
    if wishes.skip_if_larger and result.input_bytes is not None and result.output_bytes >= result.input_bytes:
        raise NotSmallerError(
            f"{job.input} has {size_text(result.input_bytes)} and the result would have "
            f"{size_text(result.output_bytes)}; nothing is written, so try a smaller k"
        )


def _write(result: Result, job: Job, wishes: _Wishes) -> None:
    if job.output == STANDARD:
        write_standard_output(result.to_bytes())
    else:
        write_whole(Path(job.output), result.to_bytes(), overwrite=wishes.overwrite)


def _draw(result: Result, path: Path, wishes: _Wishes) -> None:
    from kalette import figures

    figures.save(figures.comparison_grid([result]), path, overwrite=wishes.overwrite)


def _tell(row: Row, job: Job, wishes: _Wishes) -> None:
    result = row.result
    if wishes.as_json:
        click.echo(line(record(result, job.input, job.output, row.seconds)))
    if wishes.quiet:
        return
    for note in result.notes:
        say(f"{job.input}: {note}")
    if result.input_bytes is not None and result.output_bytes > result.input_bytes:
        way_out = "" if result.stopped_by == "lossless" else "; try a smaller k"
        say(f"{job.output} is larger than {job.input}{way_out}")
    if wishes.verbose:
        say(_how_it_went(result, job))


def _how_it_went(result: Result, job: Job) -> str:
    why = {
        "labels": "no colour changed its centroid",
        "shift": "no centroid moved further than the tolerance",
        "max_iter": "the passes were used up",
        "lossless": "the picture has no more colours than k",
        "fixed": "the palette was given",
    }
    passes = "1 pass" if result.iterations == 1 else f"{result.iterations} passes"
    steps = f"{passes}, then " if result.iterations else ""
    numbers = f"loss {result.losses[-1]:.6g}; rate {result.rate:.3g}"
    return f"{job.input}: {steps}{why[result.stopped_by]}; {numbers}"


def _tell_failure(job: Job, error: KaletteError, wishes: _Wishes) -> None:
    which = f"{job.input}: " if isinstance(error, GoalError | PaletteError) else ""
    say(f"{which}{error}")
    if wishes.as_json:
        click.echo(line(failure(job.input, error)))
