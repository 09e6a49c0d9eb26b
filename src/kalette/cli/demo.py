"""`kalette demo`: the main job on the built-in sample image."""

import io
import sys
import time
from pathlib import Path

import click

from kalette.output import make_folder, require_room, write_whole
from kalette.pipeline import compress
from kalette.report.tables import Row, print_table
from kalette.sample import sample_pixels

_KS = (4, 16, 256)
_STARTS = 20


@click.command(name="demo")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("kalette-demo"),
    show_default=True,
    metavar="FOLDER",
    help="Where the sample and its versions go.",
)
@click.option(
    "--blobs", is_flag=True, help="K-Means on a sample data set instead: its ways from many random starts."
)
@click.option("--overwrite", is_flag=True, help="Replace existing files, which are left alone otherwise.")
def command(output: Path, blobs: bool, overwrite: bool) -> None:
    """Compress the built-in sample image to 4, 16 and 256 colours, and say where the files are."""
    make_folder(output)
    if blobs:
        _draw_blobs(output / "blobs.png", overwrite)
    else:
        _compress_sample(output, overwrite)


def _compress_sample(output: Path, overwrite: bool) -> None:
    from PIL import Image

    names = ["sample.png", *(f"sample-k{k}.png" for k in _KS)]
    for name in names:
        require_room(output / name, overwrite=overwrite)
    original = io.BytesIO()
    Image.fromarray(sample_pixels()).save(original, "PNG")
    write_whole(output / "sample.png", original.getvalue(), overwrite=overwrite)
    rows = [
        _version(original.getvalue(), k, output / name, overwrite)
        for k, name in zip(_KS, names[1:], strict=True)
    ]
    print_table(rows, sys.stdout)
    click.echo(f"The sample and its versions are in {output.resolve()}")


def _draw_blobs(path: Path, overwrite: bool) -> None:
    """Draw K-Means on points in a plane from many random starts, and say how they ended."""
    import numpy as np

    from kalette import figures, learn

    require_room(path, overwrite=overwrite)
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


def _version(original: bytes, k: int, path: Path, overwrite: bool) -> Row:
    started = time.perf_counter()
    result = compress(original, k=k)
    result.save(path, overwrite=overwrite)
    return Row(path.name, result, time.perf_counter() - started)
