"""`kalette compress IMAGE...`: one file out for each file in."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kalette.cli.inputs import source_of
from kalette.cli.options import settings_from, settings_options
from kalette.cli.outputs import (
    STANDARD,
    Job,
    chosen_format,
    plan,
    require_apart,
    tag_of,
    write_standard_output,
)
from kalette.errors import GoalError, KaletteError, NotSmallerError, PaletteError, SettingsError
from kalette.output import require_room, write_whole
from kalette.pipeline import OnPass, compress, thread_count
from kalette.report.progress import progress
from kalette.report.records import failure, line, record
from kalette.report.tables import Row, print_table
from kalette.result import Result
from kalette.settings import Settings
from kalette.wording import size_text

_WORST_FIRST = (1, 99, 98)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What is asked of every file, beside its settings."""

    overwrite: bool
    skip_if_larger: bool
    figure: Path | None
    first_frame: bool
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
    "--skip-if-larger", is_flag=True, help="Write nothing (exit code 98) when it would not be smaller."
)
@click.option(
    "--figure",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw original and result side by side, palettes below (.png, .svg or .pdf).",
)
@click.option("--first-frame", is_flag=True, help="Accept an animated input, and use its first frame.")
@click.option("--threads", type=int, metavar="N", help="Threads; as many as there are cores otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each input.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print how K-Means went.")
def command(inputs: tuple[str, ...], output: str | None, file_format: Any, **values: Any) -> int:
    """Compress images to indexed PNG, lossless WebP or GIF.

    Each IMAGE (PNG, JPEG, WebP, GIF, BMP or TIFF; - is standard input) gives one file: photo.jpg becomes
    photo-k256.png beside it (photo-kalette.png with -k auto, a floor or a budget), or what -o says. Metadata
    such as GPS is not taken over.
    """
    wishes = _Wishes(**{name: values[name] for name in _Wishes.__dataclass_fields__})
    settings = settings_from(values, chosen_format(output, file_format))
    thread_count(wishes.threads)
    jobs = plan(inputs, output, tag_of(settings), settings.format)
    if wishes.as_json and any(job.output == STANDARD for job in jobs):
        raise SettingsError("--json and an output of - both want standard output; name a file with -o")
    if wishes.figure is not None:
        _require_figure_room(wishes.figure, jobs, wishes)
    return _run(jobs, settings, wishes)


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
    with progress(len(jobs), sys.stderr, quiet=wishes.quiet) as next_file:
        for job in jobs:
            try:
                rows.append(_one(job, settings, wishes, next_file(job.input)))
            except KaletteError as error:
                codes.add(error.exit_code)
                _tell_failure(job, error, wishes)
    if rows and not wishes.as_json and not wishes.quiet:
        to_error = any(job.output == STANDARD for job in jobs)
        print_table(rows, sys.stderr if to_error else sys.stdout)
    return next((code for code in _WORST_FIRST if code in codes), max(codes, default=0))


def _one(job: Job, settings: Settings, wishes: _Wishes, on_pass: OnPass | None) -> Row:
    started = time.perf_counter()
    if job.output != STANDARD:
        require_room(Path(job.output), overwrite=wishes.overwrite)
    result = compress(
        source_of(job.input),
        settings,
        first_frame=wishes.first_frame,
        threads=wishes.threads,
        on_pass=on_pass,
    )
    _require_smaller(result, job, wishes)
    _write(result, job, wishes)
    if wishes.figure is not None:
        _draw(result, wishes.figure, wishes)
    row = Row(job.output, result, time.perf_counter() - started)
    _tell(row, job, wishes)
    return row


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
        click.echo(f"kalette: {job.input}: {note}", err=True)
    if result.input_bytes is not None and result.output_bytes > result.input_bytes:
        way_out = "" if result.stopped_by == "lossless" else "; try a smaller k"
        click.echo(f"kalette: {job.output} is larger than {job.input}{way_out}", err=True)
    if wishes.verbose:
        click.echo(_how_it_went(result, job), err=True)


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
    numbers = (
        f"loss {result.losses[-1]:.6g}; rate {result.rate:.3g}, dithered by {result.dither_strength:.3g}"
    )
    return f"kalette: {job.input}: {steps}{why[result.stopped_by]}; {numbers}"


def _tell_failure(job: Job, error: KaletteError, wishes: _Wishes) -> None:
    which = f"{job.input}: " if isinstance(error, GoalError | PaletteError) else ""
    click.echo(f"kalette: {which}{error}", err=True)
    if wishes.as_json:
        click.echo(line(failure(job.input, error)))
