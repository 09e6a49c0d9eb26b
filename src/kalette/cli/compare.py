"""`kalette compare IMAGE`: several numbers of colours side by side, and which one to take."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import click

from kalette.cli.inputs import source_of
from kalette.cli.options import ColorCounts, settings_from, version_options
from kalette.cli.outputs import STANDARD, plan, require_apart
from kalette.comparison import DEFAULT_KS, Comparison, compare
from kalette.output import make_folder, require_room, write_whole
from kalette.pipeline import thread_count
from kalette.report.comparison_table import print_comparison
from kalette.report.progress import progress
from kalette.report.records import comparison_record, line
from kalette.settings import Format


@dataclass(frozen=True, slots=True)
class _Targets:
    """Where things go: the figure, the page, and the file of each k."""

    figure: Path | None
    page: Path | None
    versions: dict[int, Path]

    @property
    def drawn(self) -> list[Path]:
        """What takes time to draw."""
        return [path for path in (self.figure, self.page) if path]


@click.command(name="compare")
@click.argument("image", metavar="IMAGE")
@click.option(
    "-k",
    "--colors",
    "ks",
    type=ColorCounts(),
    default=",".join(map(str, DEFAULT_KS)),
    show_default=True,
    help="Numbers of colours.",
)
@version_options
@click.option(
    "--format",
    "file_format",
    type=click.Choice(get_args(Format)),
    default="png",
    show_default=True,
    help="Of the versions, whose sizes are shown.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw original and versions side by side (.png, .svg or .pdf).",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a report in one file: slider, table, curves, palettes.",
)
@click.option(
    "--save-all",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Keep each version; the folder is made when it is not there.",
)
@click.option("--overwrite", is_flag=True, help="Replace existing files, which are left alone otherwise.")
@click.option("--first-frame", is_flag=True, help="Accept an animated input, and use its first frame.")
@click.option("--threads", type=int, metavar="N", help="Threads; as many as there are cores otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def command(
    image: str,
    ks: tuple[int, ...],
    file_format: Format,
    output: Path | None,
    html: Path | None,
    save_all: Path | None,
    overwrite: bool,
    first_frame: bool,
    threads: int | None,
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> None:
    """Compare versions of IMAGE (- is standard input) in several numbers of colours, and recommend one.

    For each k: the size by bits per pixel and that of the written file, how many times smaller that is than
    the raw picture and than the input file, and how near it comes. The recommended k is the knee of the curve
    of error against k, from 2 to 256, or all colours where that is exact.
    """
    settings = settings_from({**values, "k": max(ks)}, file_format)
    thread_count(threads)
    targets = _Targets(output, html, _version_paths(image, ks, save_all, settings.format))
    _require_room(image, targets, overwrite)
    source = source_of(image)
    with progress(len(ks) + len(targets.drawn), sys.stderr, quiet=quiet) as next_step:
        next_step(image)
        comparison = compare(
            source,
            ks,
            settings,
            first_frame=first_frame,
            threads=threads,
            on_row=lambda row: next_step(f"k = {row.k} done"),
        )
        _write(comparison, image, targets, overwrite, next_step)
    _tell(comparison, image, targets, as_json, quiet)


def _version_paths(
    image: str, ks: tuple[int, ...], folder: Path | None, file_format: Format
) -> dict[int, Path]:
    if folder is None:
        return {}
    return {k: Path(plan([image], f"{folder}/", f"k{k}", file_format)[0].output) for k in ks}


def _require_room(image: str, targets: _Targets, overwrite: bool) -> None:
    """Refuse before any work what could not be written after it."""
    taken = [image]
    for option, path in (("-o", targets.figure), ("--html", targets.page)):
        if path:
            require_apart(str(path), taken, option)
            require_room(path, overwrite=overwrite)
            taken.append(str(path))
    if targets.figure:
        from kalette import figures

        figures.require_writable(targets.figure, overwrite=overwrite)
    for path in targets.versions.values():
        make_folder(path.parent)
        require_apart(str(path), taken, "--save-all")
        require_room(path, overwrite=overwrite)


def _write(
    comparison: Comparison,
    image: str,
    targets: _Targets,
    overwrite: bool,
    next_step: Callable[[str], object],
) -> None:
    for row in comparison.rows:
        if row.k in targets.versions:
            write_whole(targets.versions[row.k], row.result.to_bytes(), overwrite=overwrite)
    if targets.figure:
        from kalette import figures

        next_step(targets.figure.name)
        figure = figures.comparison_grid([row.result for row in comparison.rows])
        figures.save(figure, targets.figure, overwrite=overwrite)
    if targets.page:
        from kalette.report.page import comparison_page

        next_step(targets.page.name)
        page = comparison_page(comparison, _name_of(image))
        write_whole(targets.page, page.encode(), overwrite=overwrite)


def _tell(comparison: Comparison, image: str, targets: _Targets, as_json: bool, quiet: bool) -> None:
    if as_json:
        outputs = [str(targets.versions[row.k]) if targets.versions else None for row in comparison.rows]
        click.echo(line(comparison_record(comparison, image, outputs)))
    if quiet:
        return
    for note in comparison.notes:
        click.echo(f"kalette: {image}: {note}", err=True)
    if as_json:
        return
    print_comparison(comparison, _name_of(image), sys.stdout)
    for path in (*targets.drawn, *(targets.versions[row.k] for row in comparison.rows if targets.versions)):
        click.echo(path)


def _name_of(image: str) -> str:
    return "standard input" if image == STANDARD else Path(image).name
