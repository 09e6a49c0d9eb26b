"""`kalette demo`: the main job on the built-in sample image."""

import io
import sys
import time
from pathlib import Path

import click

from kalette.output import write_whole
from kalette.pipeline import compress
from kalette.report.tables import Row, print_table
from kalette.sample import sample_pixels

_KS = (4, 16, 256)


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
def command(output: Path) -> None:
    """Compress the built-in sample image to 4, 16 and 256 colours, and say where the files are."""
    from PIL import Image

    output.mkdir(parents=True, exist_ok=True)
    original = io.BytesIO()
    Image.fromarray(sample_pixels()).save(original, "PNG")
    write_whole(output / "sample.png", original.getvalue(), overwrite=True)
    rows = [_version(original.getvalue(), k, output) for k in _KS]
    print_table(rows, sys.stdout)
    click.echo(f"The sample and its versions are in {output.resolve()}")


def _version(original: bytes, k: int, folder: Path) -> Row:
    started = time.perf_counter()
    result = compress(original, k=k)
    path = folder / f"sample-k{k}.png"
    result.save(path, overwrite=True)
    return Row(path.name, result, time.perf_counter() - started)
