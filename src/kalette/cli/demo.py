"""`kalette demo`: the main job on the built-in sample image."""

import sys
import time
from pathlib import Path

import click

from kalette.cli.groups import COMMON, GroupedCommand, option
from kalette.cli.options import overwrite_option
from kalette.compression import Picture, open_picture
from kalette.learn import sample_pixels
from kalette.report import Row, print_table, row_of
from kalette.writing import encode, make_folder, require_room, write_whole

_KS = (4, 16, 256)
_STARTS = 20
_MOST_BLOB_K = 9


@click.command(name="demo", cls=GroupedCommand)
@option(
    COMMON,
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("kalette-demo"),
    show_default=True,
    metavar="FOLDER",
    help="Folder for the sample and its versions.",
)
@option(COMMON, "--blobs", is_flag=True, help="Show K-Means from 20 random starts on a sample data set.")
@overwrite_option
def command(output: Path, blobs: bool, overwrite: bool) -> None:
    """Compress the built-in sample image to 4, 16 and 256 colours."""
    make_folder(output)
    if blobs:
        for name in ("blobs.png", "blobs-elbow.png"):
            require_room(output / name, overwrite=overwrite)
        _draw_blobs(output / "blobs.png", overwrite)
        _draw_elbow(output / "blobs-elbow.png", overwrite)
    else:
        _compress_sample(output, overwrite)


def _compress_sample(output: Path, overwrite: bool) -> None:
    names = ["sample.png", *(f"sample-k{k}.png" for k in _KS)]
    for name in names:
        require_room(output / name, overwrite=overwrite)
    original = encode(sample_pixels(), "png", "fast")
    write_whole(output / "sample.png", original, overwrite=overwrite)
    picture = open_picture(original)
    rows = [_version(picture, k, output / name, overwrite) for k, name in zip(_KS, names[1:], strict=True)]
    print_table(rows, sys.stdout)
    click.echo(f"The sample and its versions are in {output.resolve()}")


def _draw_blobs(path: Path, overwrite: bool) -> None:
    """Run K-Means on points in a plane from random starts; draw them and print their losses."""
    import numpy as np

    from kalette import learn
    from kalette.report import figures

    points = learn.sample_blobs()
    k = len(learn.BLOB_CENTERS)
    runs = [learn.run_kmeans(points, learn.init_centroids(points, k, seed)) for seed in range(_STARTS)]
    figures.save(figures.starts_figure(points, runs), path, overwrite=overwrite)
    losses = sorted(run.losses[-1] for run in runs)
    best = int(np.isclose(losses, losses[0]).sum())
    click.echo(
        f"{len(points)} points, k = {k}, {_STARTS} random starts: {best} end in the lowest loss of "
        f"{losses[0]:.1f}, the worst in {losses[-1]:.1f}"
    )
    click.echo(f"The figure is {path.resolve()}")


def _draw_elbow(path: Path, overwrite: bool) -> None:
    """Run K-Means with several k, the best of the starts for each; draw loss and silhouette."""
    from kalette import learn
    from kalette.report import figures

    points = learn.sample_blobs()
    runs = [
        min(
            (learn.run_kmeans(points, learn.init_centroids(points, k, seed)) for seed in range(_STARTS)),
            key=lambda run: run.losses[-1],
        )
        for k in range(2, _MOST_BLOB_K + 1)
    ]
    figures.save(figures.elbow_figure(points, runs), path, overwrite=overwrite)
    click.echo(f"How to choose k: {path.resolve()}")


def _version(picture: Picture, k: int, path: Path, overwrite: bool) -> Row:
    started = time.perf_counter()
    result = picture.compress(k)
    result.save(path, overwrite=overwrite)
    return row_of(path.name, result, time.perf_counter() - started)
