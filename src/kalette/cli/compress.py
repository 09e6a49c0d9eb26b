"""`kalette compress IMAGE...`: one output file per input file."""

import sys
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import click

from kalette.batch import (
    STANDARD,
    Job,
    Outcome,
    Planned,
    chosen_format,
    compress_file,
    plan_files,
    plan_in_place,
    require_apart,
    side_by_side,
    tag_of,
    without_results,
)
from kalette.cli.drawings import Drawings, require_animation
from kalette.cli.groups import COMMON, OUTPUT, GroupedCommand, as_one, option
from kalette.cli.options import (
    Reading,
    SettingsOptions,
    colors_option,
    input_options,
    overwrite_option,
    quiet_option,
    settings_from,
    settings_options,
    threads_option,
)
from kalette.cli.parameters import FileName, OutputPath
from kalette.cli.standard import read_standard_input, require_redirected, write_standard_output
from kalette.cli.streams import codecs_silent, say
from kalette.compression import Result, way_to_smaller
from kalette.report import Row, failure, line, print_table, progress, record, row_of
from kalette.types import (
    MAX_K,
    Format,
    KaletteError,
    PaletteError,
    Run,
    Settings,
    SettingsError,
    TargetError,
    WriteError,
    thread_count,
    worst_exit_code,
)


@dataclass(frozen=True, slots=True)
class _Writing:
    """Where outputs go, and what they may replace."""

    output: str | None
    file_format: Format | None
    overwrite: bool
    in_place: bool
    skip_if_larger: bool


@dataclass(frozen=True, slots=True)
class _Reporting:
    """What is told of the work."""

    figure: Path | None
    page: Path | None
    as_json: bool
    quiet: bool
    verbose: bool


@click.command(name="compress", cls=GroupedCommand)
@click.argument("inputs", nargs=-1, type=FileName(), required=True, metavar="IMAGE...")
@colors_option(
    None,
    also=f" An upper limit with a target. Default: {MAX_K}, or true colour where that takes fewer bytes.",
)
@option(
    COMMON,
    "-o",
    "--output",
    type=FileName(),
    metavar="FILE|FOLDER|-",
    help="Output; default: beside the input.",
)
@option(
    COMMON,
    "--html",
    "page",
    type=OutputPath(),
    metavar="FILE",
    help="Write a report on an animation in one file: frames before and after, bytes and flicker over time.",
)
@overwrite_option
@option(
    COMMON,
    "--in-place",
    is_flag=True,
    help="Replace each input by its result, under the same name, if that is smaller.",
)
@option(
    COMMON,
    "--skip-if-larger",
    is_flag=True,
    help="Write nothing (exit code 98) when the result is not smaller.",
)
@settings_options
@input_options
@option(
    OUTPUT,
    "--figure",
    type=OutputPath(),
    metavar="FILE",
    help="Draw original and result side by side, or an animation over time (.png, .svg or .pdf).",
)
@option(OUTPUT, "--json", "as_json", is_flag=True, help="Print one JSON object for each input.")
@quiet_option
@option(OUTPUT, "-v", "--verbose", is_flag=True, help="Print how K-Means went.")
@threads_option
@as_one("writing", _Writing)
@as_one("reporting", _Reporting)
def command(
    inputs: tuple[str, ...],
    writing: _Writing,
    reading: Reading,
    reporting: _Reporting,
    threads: int | None,
    **options: Unpack[SettingsOptions],
) -> int:
    """Compress images to indexed PNG, lossless WebP, GIF or raw files.

    Each IMAGE (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC; - is standard input) gives one file: photo.jpg
    becomes photo-k256.png beside it (photo-kalette.png with -k auto or a target); -o names another file or
    folder. An animated GIF, PNG, WebP or AVIF stays animated. Metadata such as GPS is removed.
    """
    settings = settings_from(options, chosen_format(writing.output, writing.file_format))
    run = Run(thread_count(threads))
    kept, results = without_results(inputs)
    planned = _planned(kept, list(results), settings, writing, reading)
    jobs = [_job(each, settings, writing, reading) for each in planned if each.refusal is None]
    if any(job.output == STANDARD for job in jobs):
        require_redirected(settings.format, as_json=reporting.as_json)
    palette_file = options.get("palette")
    taken = [str(palette_file)] if palette_file is not None else []
    for job in jobs:
        require_apart(job.output, taken, "-o")
    _require_drawable(reporting, jobs, taken)
    if not reporting.quiet:
        _tell_results(results)
    refused = _tell_refused(planned, reporting)
    return worst_exit_code(refused | _run_all(jobs, reporting, run))


def _planned(
    inputs: Sequence[str], others: Sequence[str], settings: Settings, writing: _Writing, reading: Reading
) -> Sequence[Planned]:
    if not writing.in_place:
        return plan_files(inputs, writing.output, tag_of(settings), settings.format, others=others)
    _require_nothing_lost(writing.output, reading)
    return plan_in_place(inputs, writing.file_format)


def _job(planned: Planned, settings: Settings, writing: _Writing, reading: Reading) -> Job:
    return Job(
        input=planned.input,
        output=planned.output,
        settings=settings,
        limits=reading.limits,
        first_frame=reading.first_frame,
        overwrite=writing.overwrite or writing.in_place,
        in_place=writing.in_place,
        skip_if_larger=writing.skip_if_larger or writing.in_place,
    )


def _require_nothing_lost(output: str | None, reading: Reading) -> None:
    """Raise if replacing an input would lose data."""
    if output is not None:
        raise SettingsError(f"--in-place and the output {output} contradict each other; give one of them")
    for option_name, asked, lost in (
        ("--first-frame", reading.first_frame, "all frames but one"),
        ("--allow-truncated", reading.limits.allow_truncated, "what can be recovered"),
    ):
        if asked:
            raise SettingsError(
                f"--in-place with {option_name} would lose {lost} for good; name an output with -o"
            )


def _tell_refused(planned: Sequence[Planned], reporting: _Reporting) -> set[int]:
    """Tell which inputs have no output of their own, and return the exit code that they make."""
    errors = {each.input: WriteError(each.refusal) for each in planned if each.refusal is not None}
    for name, error in errors.items():
        _tell_failure(name, error, reporting)
    return {error.exit_code for error in errors.values()}


def _tell_results(results: dict[str, str]) -> None:
    for name, origin in results.items():
        say(f"{name} is left out as a result of {origin}; name it alone to compress it")


def _require_drawable(reporting: _Reporting, jobs: list[Job], others: list[str]) -> None:
    """Check before the work whether figure and report can be drawn."""
    for name, path, what in (
        ("--figure", reporting.figure, "picture"),
        ("--html", reporting.page, "animation"),
    ):
        if path is not None and len(jobs) > 1:
            raise SettingsError(
                f"{name} shows one {what} and {len(jobs)} are given; draw them one by one, or leave it out"
            )
    for job in jobs:
        _drawings(reporting, job).require_places([job.input, job.output, *others])
        if reporting.page is not None:
            require_animation(job)


def _drawings(reporting: _Reporting, job: Job) -> Drawings:
    return Drawings(reporting.figure, reporting.page, job.overwrite)


def _run_all(jobs: list[Job], reporting: _Reporting, run: Run) -> set[int]:
    """Run all jobs, and return the exit codes of those that failed."""
    rows: list[Row] = []
    codes: set[int] = set()
    has_table = not (reporting.as_json or reporting.quiet)  # its figures are measured on the decoded file
    with (
        codecs_silent(),
        progress(len(jobs), sys.stderr, quiet=reporting.quiet) as next_file,
        closing(side_by_side(jobs, threads=run.threads)) as begun,
    ):
        for job, future in begun:
            try:
                outcome = _outcome(job, future, Run(run.threads, on_step=next_file(job.input)))
                _drawings(reporting, job).write(outcome.result, Path(job.input).name)
                _tell(outcome, reporting)
                if has_table:
                    rows.append(row_of(job.output, outcome.result, outcome.seconds))
            except KaletteError as error:
                codes.add(error.exit_code)
                _tell_failure(job.input, error, reporting)
    if rows:
        to_error = any(job.output == STANDARD for job in jobs)
        print_table(rows, sys.stderr if to_error else sys.stdout)
    return codes


def _outcome(job: Job, future: Future[Outcome] | None, run: Run) -> Outcome:
    """Wait for a started job, or run the job."""
    if future is not None:
        return future.result()
    return compress_file(
        job,
        read=(lambda: read_standard_input(job.limits)) if job.input == STANDARD else None,
        write=write_standard_output if job.output == STANDARD else None,
        run=run,
    )


def _tell(outcome: Outcome, reporting: _Reporting) -> None:
    job, result = outcome.job, outcome.result
    if reporting.as_json:
        click.echo(line(record(result, job.input, job.output, outcome.seconds)))
    if reporting.quiet:
        return
    for note in result.notes:
        say(f"{job.input}: {note}")
    if result.input_bytes is not None and result.output_bytes > result.input_bytes:
        advice = None
        if isinstance(result, Result):
            advice = way_to_smaller(result, run=Run(result.run.threads))
        written = "the result" if job.output == STANDARD else job.output
        way_out = "" if advice is None else f"; {advice}"
        say(f"{written} is larger than {'the input' if job.input == STANDARD else job.input}{way_out}")
    if reporting.verbose and isinstance(result, Result):
        say(f"{job.input}: {_history_of(result)}")


def _history_of(result: Result) -> str:
    why = {
        "labels": "no colour changed its centroid",
        "shift": "no centroid moved further than the tolerance",
        "max_iter": "the passes were used up",
        "lossless": "the picture has no more colours than k",
        "fixed": "the palette is fixed",
    }
    passes = "1 pass" if result.iterations == 1 else f"{result.iterations} passes"
    steps = f"{passes}, then " if result.iterations else ""
    return f"{steps}{why[result.stopped_by]}; loss {result.losses[-1]:.6g}; rate {result.rate:.3g}"


def _tell_failure(name: str, error: KaletteError, reporting: _Reporting) -> None:
    which = f"{name}: " if isinstance(error, TargetError | PaletteError) else ""
    say(f"{which}{error}")
    if reporting.as_json:
        click.echo(line(failure(name, error)))
