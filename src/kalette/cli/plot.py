"""`kalette plot IMAGE`: colours in space with their centroids, and the passes of K-Means."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kalette import images
from kalette.arrays import Pixels
from kalette.cli.inputs import source_of
from kalette.cli.options import ColorCounts, kmeans_options
from kalette.cli.outputs import STANDARD, require_apart
from kalette.errors import SettingsError
from kalette.pipeline import compress, thread_count
from kalette.report.progress import progress
from kalette.result import Result
from kalette.settings import Settings
from kalette.wording import size_text


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Where figure and animation go, and how they are made."""

    figure: Path | None
    steps: Path | None
    space: Any
    overwrite: bool
    threads: int | None
    quiet: bool


# The default start is a poor one, so that there is something to see.
@click.command(name="plot", context_settings={"default_map": {"init": "random"}})
@click.argument("image", metavar="IMAGE")
@click.option(
    "-k",
    "--colors",
    "ks",
    type=ColorCounts(),
    default="16",
    show_default=True,
    help="Numbers of colours, a row for each.",
)
@kmeans_options
@click.option(
    "--space",
    type=click.Choice(("srgb", "oklab")),
    default="srgb",
    show_default=True,
    help="The space that is shown.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The figure (.png, .svg or .pdf); photo-plot.png beside photo.jpg otherwise.",
)
@click.option(
    "--steps",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the passes as animation (.gif, .png or .webp), and the figure only with -o.",
)
@click.option("--overwrite", is_flag=True, help="Replace existing files, which are left alone otherwise.")
@click.option("--first-frame", is_flag=True, help="Accept an animated input, and use its first frame.")
@click.option("--threads", type=int, metavar="N", help="Threads; as many as there are cores otherwise.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def command(
    image: str, ks: tuple[int, ...], output: Path | None, steps: Path | None, first_frame: bool, **values: Any
) -> None:
    """Show what K-Means does to the colours of IMAGE (- is standard input).

    For each k the figure has the colours in space with their centroids, the same after compression, and for
    each pass the loss, the movement of the centroids and how many colours changed theirs. The start is
    random, so that there is something to see; --init auto shows what compress does.
    """
    figure = output or (None if steps else _beside(image))
    wishes = _Wishes(figure, steps, *(values[name] for name in ("space", "overwrite", "threads", "quiet")))
    kmeans = {name: values[name] for name in ("init", "max_iter", "tol", "seed")}
    settings = [Settings(k=k, **kmeans) for k in ks]
    thread_count(wishes.threads)
    _require_room(image, ks, wishes)
    source = images.read(source_of(image), first_frame=first_frame)
    for note in source.notes:
        click.echo(f"kalette: {image}: {note}", err=True)
    results = _compressed(source.pixels, settings, wishes)
    if wishes.figure:
        _draw_figure(results, wishes.figure, wishes)
    if wishes.steps:
        _draw_steps(results[0], wishes.steps, wishes)


def _beside(image: str) -> Path:
    return (
        Path("stdin-plot.png") if image == STANDARD else Path(image).with_name(f"{Path(image).stem}-plot.png")
    )


def _require_room(image: str, ks: tuple[int, ...], wishes: _Wishes) -> None:
    """Refuse before any work what could not be written after it."""
    from kalette import figures

    taken = [image]
    if wishes.figure:
        require_apart(str(wishes.figure), taken, "-o")
        figures.require_writable(wishes.figure, overwrite=wishes.overwrite)
        taken.append(str(wishes.figure))
    if wishes.steps:
        if len(ks) > 1:
            raise SettingsError(f"--steps shows one k and {len(ks)} are given; give one, or leave it out")
        require_apart(str(wishes.steps), taken, "--steps")
        figures.require_steps_writable(wishes.steps, overwrite=wishes.overwrite)


def _compressed(pixels: Pixels, settings: list[Settings], wishes: _Wishes) -> list[Result]:
    with progress(len(settings), sys.stderr, quiet=wishes.quiet) as next_run:
        return [
            compress(
                pixels,
                wanted,
                threads=wishes.threads,
                keep_history=wishes.steps is not None,
                on_pass=next_run(f"k = {wanted.k}"),
            )
            for wanted in settings
        ]


def _draw_figure(results: list[Result], path: Path, wishes: _Wishes) -> None:
    from kalette import figures

    with progress(1, sys.stderr, quiet=wishes.quiet) as next_item:
        next_item(path.name)
        figures.save(figures.color_plot(results, wishes.space), path, overwrite=wishes.overwrite)
    _tell(path, wishes)


def _draw_steps(result: Result, path: Path, wishes: _Wishes) -> None:
    from kalette import figures

    with progress(figures.frame_count(result), sys.stderr, quiet=wishes.quiet) as next_frame:
        figures.save_steps(
            result,
            path,
            space=wishes.space,
            overwrite=wishes.overwrite,
            on_frame=lambda number: next_frame(f"{path.name} · frame {number}"),
        )
    _tell(path, wishes)


def _tell(path: Path, wishes: _Wishes) -> None:
    if not wishes.quiet:
        click.echo(f"{path}  {size_text(path.stat().st_size)}")
