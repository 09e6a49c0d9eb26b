"""`kalette compare IMAGE`: several numbers of colours side by side, with a recommendation."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack, get_args

import click

from kalette.batch import STANDARD, plan_files, require_apart
from kalette.cli.groups import COMMON, FILES, OUTPUT, GroupedCommand, as_one, option
from kalette.cli.options import (
    Reading,
    SettingsOptions,
    input_options,
    overwrite_option,
    quiet_option,
    settings_from,
    threads_option,
    version_options,
)
from kalette.cli.parameters import ColorCounts, FileName, OutputPath
from kalette.cli.standard import source_of
from kalette.cli.streams import codecs_silent, say
from kalette.report import (
    ALONE,
    DEFAULT_KS,
    Comparison,
    LowRankRow,
    compare,
    comparison_csv,
    comparison_page,
    comparison_record,
    line,
    low_rank_rows,
    print_comparison,
    print_low_rank,
    progress,
)
from kalette.types import Format, Run, Settings, SettingsError, printable, thread_count
from kalette.writing import make_folder, require_room, write_whole

_FIGURES = ("-o", "--curves")
_ALONE = {name: getattr(ALONE, name) for name in ("space", "dither", "rate", "effort")}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The outputs that are asked for, and what is told of them."""

    figure: Path | None
    page: Path | None
    curves: Path | None
    table: Path | None
    low_rank: bool
    folder: Path | None
    overwrite: bool
    file_format: Format
    as_json: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class _Outputs:
    """Paths of what is drawn, by option, and of the file of each k."""

    drawn: dict[str, Path]
    versions: dict[int, Path]
    low_rank: bool
    overwrite: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class _Compared:
    """The comparison, and beside it pictures of low rank where they are asked for."""

    comparison: Comparison
    low_rank: tuple[LowRankRow, ...]


@click.command(name="compare", cls=GroupedCommand, context_settings={"default_map": _ALONE})
@click.argument("image", type=FileName(), metavar="IMAGE")
@option(
    COMMON,
    "-k",
    "--colors",
    "ks",
    type=ColorCounts(),
    default=",".join(map(str, DEFAULT_KS)),
    show_default=True,
    help="Numbers of colours.",
)
@option(
    COMMON,
    "-o",
    "--output",
    "figure",
    type=OutputPath(),
    metavar="FILE",
    help="Draw original and versions side by side (.png, .svg or .pdf).",
)
@option(
    COMMON,
    "--html",
    "page",
    type=OutputPath(),
    metavar="FILE",
    help="Write a report in one file: slider, table, curves, palettes.",
)
@option(
    COMMON,
    "--curves",
    type=OutputPath(),
    metavar="FILE",
    help="Draw bytes, PSNR, SSIM and SSIMULACRA 2 over k (.png, .svg or .pdf).",
)
@option(
    COMMON,
    "--csv",
    "table",
    type=OutputPath(),
    metavar="FILE",
    help="Write these figures as CSV, a row for each k.",
)
@option(
    COMMON,
    "--low-rank",
    is_flag=True,
    help="Compare with pictures of low rank (SVD) of equal size, in table, curves, CSV and JSON.",
)
@option(
    COMMON,
    "--save-all",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Keep each version; the folder is made when it is missing.",
)
@overwrite_option
@version_options
@option(
    FILES,
    "--format",
    "file_format",
    type=click.Choice(get_args(Format)),
    default="png",
    show_default=True,
    help="Format of the versions, whose sizes are shown.",
)
@input_options
@option(OUTPUT, "--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
@quiet_option
@threads_option
@as_one("wanted", _Wanted)
def command(
    image: str,
    ks: tuple[int, ...],
    wanted: _Wanted,
    reading: Reading,
    threads: int | None,
    **options: Unpack[SettingsOptions],
) -> None:
    """Compare several numbers of colours for IMAGE, and recommend one.

    IMAGE is a file, or - for standard input. The table lists size, compression ratios and error for each k.
    The recommended k is the knee of the error curve, or the number of colours of an image with at most 256.

    The defaults run K-Means alone, so that versions differ in k only: --space srgb --dither none --rate 0
    --effort fast. For versions as compress makes them by default, give --space auto --dither auto --rate 0.55
    --effort balanced.
    """
    settings = settings_from({**options, "k": max(ks)}, wanted.file_format)
    run = Run(thread_count(threads))
    versions = _version_paths(image, ks, wanted.folder, settings.format)
    drawn = {"-o": wanted.figure, "--html": wanted.page, "--curves": wanted.curves, "--csv": wanted.table}
    existing = {name: path for name, path in drawn.items() if path}
    outputs = _Outputs(existing, versions, wanted.low_rank, wanted.overwrite, wanted.quiet)
    _require_room(image, ks, outputs)
    compared = _compared(image, ks, settings, outputs, reading, run)
    if wanted.as_json:
        paths = [str(versions[row.k]) if versions else None for row in compared.comparison.rows]
        click.echo(line(comparison_record(compared.comparison, image, paths, compared.low_rank)))
    if not wanted.quiet:
        _tell(compared, image, outputs, table=not wanted.as_json)


def _compared(
    image: str, ks: tuple[int, ...], settings: Settings, outputs: _Outputs, reading: Reading, run: Run
) -> _Compared:
    steps = len(ks) + len(outputs.drawn) + outputs.low_rank
    with codecs_silent(), progress(steps, sys.stderr, quiet=outputs.quiet) as next_step:
        next_step(image)
        comparison = compare(
            source_of(image, reading.limits),
            ks,
            settings,
            first_frame=reading.first_frame,
            limits=reading.limits,
            threads=run.threads,
            on_row=lambda row: next_step(f"k = {row.k} done"),
        )
        if outputs.low_rank:
            next_step("low rank")
        compared = _Compared(comparison, low_rank_rows(comparison) if outputs.low_rank else ())
        _write(compared, image, outputs, next_step)
    return compared


def _version_paths(
    image: str, ks: tuple[int, ...], folder: Path | None, file_format: Format
) -> dict[int, Path]:
    if folder is None:
        return {}
    return {k: Path(plan_files([image], f"{folder}/", f"k{k}", file_format)[0].output) for k in ks}


def _require_room(image: str, ks: tuple[int, ...], outputs: _Outputs) -> None:
    """Check before any work that the outputs can be written."""
    taken = [image]
    for name, path in outputs.drawn.items():
        require_apart(str(path), taken, name)
        require_room(path, overwrite=outputs.overwrite)
        taken.append(str(path))
        if name in _FIGURES:
            from kalette.report import figures

            figures.require_writable(path, overwrite=outputs.overwrite)
    if "--curves" in outputs.drawn and len(ks) < 2:
        raise SettingsError(f"--curves needs two k and {ks[0]} is given; give more with -k")
    for path in outputs.versions.values():
        make_folder(path.parent)
        require_apart(str(path), taken, "--save-all")
        require_room(path, overwrite=outputs.overwrite)


def _write(compared: _Compared, image: str, outputs: _Outputs, next_step: Callable[[str], object]) -> None:
    comparison = compared.comparison
    for row in comparison.rows:
        if row.k in outputs.versions:
            write_whole(outputs.versions[row.k], row.result.to_bytes(), overwrite=outputs.overwrite)
    for name, path in outputs.drawn.items():
        next_step(path.name)
        if name in _FIGURES:
            _draw(name, compared, path, outputs.overwrite)
            continue
        page = name == "--html"
        text = (
            comparison_page(comparison, _name_of(image))
            if page
            else comparison_csv(comparison, compared.low_rank)
        )
        write_whole(path, text.encode(), overwrite=outputs.overwrite)


def _draw(name: str, compared: _Compared, path: Path, overwrite: bool) -> None:
    from kalette.report import figures

    if name == "--curves":
        figure = figures.comparison_curves(compared.comparison, compared.low_rank)
    else:
        figure = figures.comparison_grid([row.result for row in compared.comparison.rows])
    figures.save(figure, path, overwrite=overwrite)


def _tell(compared: _Compared, image: str, outputs: _Outputs, *, table: bool) -> None:
    for note in compared.comparison.notes:
        say(f"{image}: {note}")
    if not table:
        return
    print_comparison(compared.comparison, _name_of(image), sys.stdout)
    if outputs.low_rank:
        print_low_rank(compared.low_rank, sys.stdout)
    kept = [outputs.versions[row.k] for row in compared.comparison.rows if outputs.versions]
    for path in (*outputs.drawn.values(), *kept):
        click.echo(printable(str(path)))


def _name_of(image: str) -> str:
    return "standard input" if image == STANDARD else Path(image).name
