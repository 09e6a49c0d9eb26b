"""`kalette batch SOURCE... TARGET`: folders and buckets, resumable."""

import sys
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Unpack, get_args

import click

from kalette.batch import (
    BatchOptions,
    Dask,
    Engine,
    IfLarger,
    Local,
    Plan,
    arrivals,
    estimate,
    failed_before,
    find_shared_palette,
    plan,
    run,
)
from kalette.cli.batch_report import Summary, batch_progress, print_plan, print_sharing, print_summary
from kalette.cli.groups import BATCH, OUTPUT, WORK, GroupedCommand, as_one, option
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
from kalette.cli.parameters import ByteCount, FileName
from kalette.cli.streams import codecs_silent, say
from kalette.compression import Weighting, with_shared_palette
from kalette.report import line
from kalette.types import MAX_K, Format, SettingsError, require_whole

MAX_WORKERS = 256


@dataclass(frozen=True, slots=True)
class _Paths:
    """What is read, and where the outputs go."""

    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class _Reporting:
    """What is told of the work."""

    as_json: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class _Treatment:
    """How each image is treated."""

    file_format: Format | None
    overwrite: bool
    if_larger: IfLarger
    keep_dates: bool
    scores: bool
    full_names: bool
    newest_first: bool
    apart: bool
    shared_palette: Weighting | None


@dataclass(frozen=True, slots=True)
class _Work:
    """What does the work, and how much of it."""

    workers: int | None
    threads: int | None
    timeout_s: float | None
    memory_bytes: int | None
    engine: str
    scheduler: str | None
    retry_failed: bool
    dry_run: bool
    watch: bool


@click.command(name="batch", cls=GroupedCommand)
@click.argument("sources", nargs=-1, type=FileName(), required=True, metavar="SOURCE...")
@click.argument("target", type=FileName(), metavar="TARGET")
@colors_option(None, also=f" An upper limit with a target. Default: {MAX_K}, or true colour where smaller.")
@option(
    BATCH,
    "--dry-run",
    is_flag=True,
    help="Print the plan, with estimated sizes; write nothing.",
)
@overwrite_option
@option(BATCH, "--retry-failed", is_flag=True, help="Take up the images that failed, and no others.")
@option(BATCH, "--watch", is_flag=True, help="Go on as images arrive in the folders, until Ctrl-C.")
@option(
    BATCH,
    "--shared-palette",
    type=click.Choice(get_args(Weighting)),
    is_flag=False,
    flag_value="pixels",
    help="One palette for all images, weighted by pixels (without a value) or by images.",
)
@settings_options
@option(
    BATCH,
    "--if-larger",
    type=click.Choice(get_args(IfLarger)),
    default="copy",
    show_default=True,
    help="Where the result is not smaller: copy the input, write nothing, or write the result.",
)
@option(BATCH, "--keep-dates", "--preserve", is_flag=True, help="Give outputs the dates of their inputs.")
@option(BATCH, "--full-names", is_flag=True, help="Keep endings in names: a.jpg becomes a.jpg.png.")
@option(BATCH, "--newest-first", is_flag=True, help="Begin with the files modified last.")
@option(BATCH, "--apart", is_flag=True, help="Write to a folder of TARGET named after the settings.")
@input_options
@option(
    WORK,
    "--engine",
    type=click.Choice(("local", "dask")),
    default="local",
    show_default=True,
    help="Processes here, or Dask.",
)
@option(WORK, "--scheduler", metavar="ADDRESS", help="Dask scheduler; default: one on this machine alone.")
@option(WORK, "--workers", type=int, metavar="N", help="Processes; default: as many as threads.")
@option(WORK, "--timeout", "timeout_s", type=float, metavar="SECONDS", help="Time limit for an image.")
@option(
    WORK,
    "--max-memory",
    "memory_bytes",
    type=ByteCount(),
    metavar="SIZE",
    help="Memory for an image; default: a process's share of the machine's.",
)
@option(OUTPUT, "--scores", is_flag=True, help="Measure SSIM and SSIMULACRA 2 of each result.")
@option(OUTPUT, "--json", "as_json", is_flag=True, help="Print one JSON object for each image.")
@quiet_option
@threads_option
@as_one("treatment", _Treatment)
@as_one("work", _Work)
@as_one("paths", _Paths)
@as_one("reporting", _Reporting)
def command(
    paths: _Paths,
    treatment: _Treatment,
    reading: Reading,
    work: _Work,
    reporting: _Reporting,
    **options: Unpack[SettingsOptions],
) -> int:
    """Compress whole folders of images; run it again to go on.

    A second run does what is new, changed or was left undone.

    SOURCE is a folder with all images below it, a glob, @list.txt with a path a line, or a file. TARGET keeps
    the tree of the sources, and a ledger in .kalette/ledger.jsonl: what that holds is not done again.
    """
    settings = settings_from(options, treatment.file_format or "png")
    if work.workers is not None:
        require_whole("workers", work.workers, most=MAX_WORKERS)
    planned = plan(paths.sources, paths.target, settings, _options(treatment, reading))
    engine = _engine(work)
    if work.dry_run:
        return _show_plan(planned, engine, reporting)
    code = _run(planned, engine, work.retry_failed, reporting)
    if work.watch:
        _watch(paths, planned, engine, reporting)
    return code


def _engine(work: _Work) -> Engine:
    if work.engine == "dask":
        if work.timeout_s is not None:
            raise SettingsError("--timeout is for --engine local; leave it out, or limit jobs in the cluster")
        return Dask(
            scheduler=work.scheduler,
            workers=work.workers,
            threads=work.threads,
            memory_bytes=work.memory_bytes,
        )
    if work.scheduler is not None:
        raise SettingsError("--scheduler is given without --engine dask; give both, or neither")
    return Local(
        workers=work.workers,
        threads=work.threads,
        timeout_s=work.timeout_s,
        memory_bytes=work.memory_bytes,
    )


def _watch(paths: _Paths, planned: Plan, engine: Engine, reporting: _Reporting) -> None:
    """Run again whenever files arrive, until a signal ends it."""
    for _ in arrivals(paths.sources, paths.target):
        again = plan(paths.sources, paths.target, planned.settings, planned.options)
        _run(again, engine, False, reporting)


def _options(treatment: _Treatment, reading: Reading) -> BatchOptions:
    return BatchOptions(
        limits=reading.limits,
        first_frame=reading.first_frame,
        if_larger=treatment.if_larger,
        keep_dates=treatment.keep_dates,
        scores=treatment.scores,
        full_names=treatment.full_names,
        newest_first=treatment.newest_first,
        apart=treatment.apart,
        overwrite=treatment.overwrite,
        shared_palette=treatment.shared_palette,
    )


def _show_plan(planned: Plan, engine: Engine, reporting: _Reporting) -> int:
    if reporting.as_json:
        for item in planned.items:
            click.echo(line({"input": item.input, "output": item.output, "input_bytes": item.size_bytes}))
        return 0
    with codecs_silent():
        alone = estimate(planned, engine)
        print_plan(planned, alone, sys.stdout)
        if planned.options.shared_palette is not None:
            palette = find_shared_palette(planned, engine)
            shared = replace(planned, settings=with_shared_palette(planned.settings, palette))
            print_sharing(len(palette.colors), estimate(shared, engine), alone, sys.stdout)
    return 0


def _run(planned: Plan, engine: Engine, retry_failed: bool, reporting: _Reporting) -> int:
    summary = Summary(failed_before=0 if retry_failed else failed_before(planned))
    with (
        codecs_silent(),
        batch_progress(planned, sys.stderr, quiet=reporting.quiet) as bar,
        closing(run(planned, engine, retry_failed=retry_failed, on_counted=lambda _: bar.count())) as records,
    ):
        for record in records:
            summary.add(record)
            bar.advance(record)
            if reporting.as_json:
                click.echo(line(record.to_dict()))
    if not reporting.as_json and not reporting.quiet:
        print_summary(summary, planned, sys.stdout)
    else:
        for sentence in summary.errors:
            say(sentence)
    return summary.exit_code
