"""`kalette plot IMAGE`: scatter plots of colours with centroids, and the convergence of K-Means."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Unpack

import click

from kalette.batch import STANDARD, require_apart
from kalette.cli.groups import COMMON, K_MEANS, GroupedCommand, as_one, option
from kalette.cli.options import (
    Reading,
    SettingsOptions,
    input_options,
    kmeans_options,
    overwrite_option,
    quiet_option,
    settings_from,
    threads_option,
)
from kalette.cli.parameters import ColorCounts, FileName, OutputPath
from kalette.cli.standard import source_of
from kalette.cli.streams import codecs_silent, say
from kalette.color import Space
from kalette.compression import Compression, Picture, Result, open_picture
from kalette.report import ALONE, progress
from kalette.types import PaletteError, Run, Settings, SettingsError, printable, size_text, thread_count

_ELBOW_KS = range(2, 13)


@dataclass(frozen=True, slots=True)
class _Outputs:
    """Paths and options of figures and animation."""

    output: Path | None
    steps: Path | None
    elbow: Path | None
    space: Space
    view: Literal["cube", "plane"]
    overwrite: bool
    quiet: bool


# Random initialization by default, so that the convergence is visible.
@click.command(name="plot", cls=GroupedCommand, context_settings={"default_map": {"init": "random"}})
@click.argument("image", type=FileName(), metavar="IMAGE")
@option(
    COMMON,
    "-k",
    "--colors",
    "ks",
    type=ColorCounts(),
    default="16",
    show_default=True,
    help="Numbers of colours, a row for each.",
)
@option(
    COMMON,
    "-o",
    "--output",
    type=OutputPath(),
    metavar="FILE",
    help="The figure (.png, .svg or .pdf); default: photo-plot.png beside photo.jpg.",
)
@option(
    COMMON,
    "--steps",
    type=OutputPath(),
    metavar="FILE",
    help="Write the passes as an animation (.gif, .png or .webp); the figure then needs -o.",
)
@option(
    COMMON,
    "--elbow",
    type=OutputPath(),
    metavar="FILE",
    help=f"Draw loss and silhouette for k = {_ELBOW_KS[0]} to {_ELBOW_KS[-1]}; the figure then needs -o.",
)
@option(
    COMMON,
    "--view",
    type=click.Choice(("cube", "plane")),
    default="cube",
    show_default=True,
    help="Three dimensions, or the plane of the first two principal components.",
)
@overwrite_option
@kmeans_options
@option(
    K_MEANS,
    "--space",
    type=click.Choice(("srgb", "oklab")),
    default="srgb",
    show_default=True,
    help="The space that is shown.",
)
@input_options
@quiet_option
@threads_option
@as_one("outputs", _Outputs)
def command(
    image: str,
    ks: tuple[int, ...],
    outputs: _Outputs,
    reading: Reading,
    threads: int | None,
    **kmeans: Unpack[SettingsOptions],
) -> None:
    """Show what K-Means does to the colours of IMAGE.

    IMAGE is a file, or - for standard input. Each row of the figure shows the colours with their centroids,
    the compressed colours, and curves of loss, largest movement and reassigned colours. The default start is
    random, so that convergence is visible; --init auto shows what compress does.

    --elbow helps to choose k: the loss, which falls ever more slowly, and the mean silhouette, which is high
    where clusters are tight and far apart; both for the best palettes found.
    """
    figure = outputs.output or (None if outputs.steps or outputs.elbow else _beside(image))
    settings = [settings_from({**kmeans, "k": k}, "png") for k in ks]
    run = Run(thread_count(threads), keep_history=outputs.steps is not None)
    _require_room(image, ks, figure, outputs)
    source, limits = source_of(image, reading.limits), reading.limits
    with codecs_silent():
        picture = open_picture(source, limits=limits, first_frame=reading.first_frame, run=run)
    for note in picture.notes:
        say(f"{image}: {note}")
    if figure or outputs.steps:
        results = _compressed(picture, settings, run, quiet=outputs.quiet)
        if figure:
            _draw_figure(results, figure, outputs)
        if outputs.steps:
            _draw_steps(results[0], outputs.steps, outputs)
    if outputs.elbow:
        _draw_elbow(picture, outputs.elbow, outputs, run)


def _beside(image: str) -> Path:
    return (
        Path("stdin-plot.png") if image == STANDARD else Path(image).with_name(f"{Path(image).stem}-plot.png")
    )


def _require_room(image: str, ks: tuple[int, ...], figure: Path | None, outputs: _Outputs) -> None:
    """Check before any work that the outputs can be written."""
    from kalette.report import figures

    taken = [image]
    if figure:
        require_apart(str(figure), taken, "-o")
        figures.require_writable(figure, overwrite=outputs.overwrite)
        taken.append(str(figure))
    if outputs.elbow:
        require_apart(str(outputs.elbow), taken, "--elbow")
        figures.require_writable(outputs.elbow, overwrite=outputs.overwrite)
        taken.append(str(outputs.elbow))
    if outputs.steps:
        if len(ks) > 1:
            raise SettingsError(f"--steps shows one k and {len(ks)} are given; give one, or leave it out")
        require_apart(str(outputs.steps), taken, "--steps")
        figures.require_steps_writable(outputs.steps, overwrite=outputs.overwrite)


def _compressed(picture: Picture, settings: list[Settings], run: Run, *, quiet: bool) -> list[Result]:
    with progress(len(settings), sys.stderr, quiet=quiet) as next_k:
        return [
            Compression(picture, wanted, replace(run, on_step=next_k(f"k = {wanted.k}"))).result()
            for wanted in settings
        ]


def _draw_figure(results: list[Result], path: Path, outputs: _Outputs) -> None:
    from kalette.report import figures

    with progress(1, sys.stderr, quiet=outputs.quiet) as next_item:
        next_item(path.name)
        figures.save(
            figures.color_plot(results, outputs.space, outputs.view), path, overwrite=outputs.overwrite
        )
    _tell(path, outputs)


def _draw_steps(result: Result, path: Path, outputs: _Outputs) -> None:
    from kalette.report import figures

    with progress(figures.frame_count(result), sys.stderr, quiet=outputs.quiet) as next_frame:
        figures.save_steps(
            result,
            path,
            space=outputs.space,
            view=outputs.view,
            overwrite=outputs.overwrite,
            on_frame=lambda number: next_frame(f"{path.name} · frame {number}"),
        )
    _tell(path, outputs)


def _draw_elbow(picture: Picture, path: Path, outputs: _Outputs, run: Run) -> None:
    from kalette.report import figures

    work = Compression(picture, ALONE, run)
    least = max(work.constraints.least_k(work.histogram), _ELBOW_KS[0])
    most = min(len(work.histogram), _ELBOW_KS[-1])
    if most <= least:
        raise PaletteError(
            f"{printable(picture.name)} has too few colours for an elbow ({len(work.histogram)}); "
            "leave out --elbow"
        )
    settings = [replace(ALONE, space=outputs.space, k=k) for k in range(least, most + 1)]
    results = _compressed(picture, settings, run, quiet=outputs.quiet)
    figures.save(figures.color_elbow(results, outputs.space), path, overwrite=outputs.overwrite)
    _tell(path, outputs)


def _tell(path: Path, outputs: _Outputs) -> None:
    if not outputs.quiet:
        click.echo(f"{printable(str(path))}  {size_text(path.stat().st_size)}")
