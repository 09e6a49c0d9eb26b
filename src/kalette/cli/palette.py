"""`kalette palette IMAGE`: the k colours, to look at or to take along."""

import sys
from pathlib import Path
from typing import Any, get_args

import click

from kalette.cli.inputs import source_of
from kalette.cli.options import search_options, settings_from
from kalette.cli.outputs import STANDARD, write_standard_output
from kalette.errors import SettingsError
from kalette.output import require_room
from kalette.palettes import OPAQUE_ONLY, Order, PaletteFormat, Swatches, palette_format_of
from kalette.pipeline import compress
from kalette.report.progress import progress
from kalette.report.swatches import print_swatches

_DEFAULT_K = 8
_BINARY = ("ase", "aco", "png")


@click.command(name="palette")
@click.argument("image")
@search_options(_DEFAULT_K)
@click.option(
    "--sort",
    type=click.Choice(get_args(Order)),
    default="share",
    show_default=True,
    help="Most pixels first, dark to light, or around the colour wheel.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(get_args(PaletteFormat)),
    help="Of the output; from the name given with -o, else lines of colour and share.",
)
@click.option("-o", "--output", metavar="FILE|-", help="Where to; standard output otherwise.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file, which is left alone otherwise.")
@click.option("--first-frame", is_flag=True, help="Accept an animated input, and use its first frame.")
@click.option("--threads", type=int, metavar="N", help="Threads; as many as there are cores otherwise.")
def command(
    image: str,
    sort: Order,
    file_format: PaletteFormat | None,
    output: str | None,
    overwrite: bool,
    first_frame: bool,
    threads: int | None,
    **values: Any,
) -> None:
    """Show the palette of IMAGE (- is standard input), or export it.

    It holds the colours that stand best for all of the picture.

    On a terminal it shows swatches. With -o or --format it writes a palette for other programs: hex, css,
    json, gpl (GIMP, Inkscape, Krita), ase (Adobe programs), aco (Photoshop), svg or png.
    """
    target = None if output in (None, STANDARD) else Path(str(output))
    wanted = _format(target, file_format)
    # The shares are those of the nearest colours.
    settings = settings_from({**values, "dither": "none", "rate": 0.0}, "png")
    if target:
        require_room(target, overwrite=overwrite)
    elif wanted in _BINARY and sys.stdout is not None and sys.stdout.isatty():
        raise SettingsError(f"{wanted} is not for a terminal; name a file with -o")
    with progress(1, sys.stderr, quiet=False) as next_file:
        on_pass = next_file(image)
        result = compress(
            source_of(image), settings, first_frame=first_frame, threads=threads, on_pass=on_pass
        )
    for note in result.notes:
        click.echo(f"kalette: {image}: {note}", err=True)
    swatches = result.swatches.sorted_by(sort)
    if wanted is None:
        print_swatches(swatches, sys.stdout)
    else:
        _write(_holdable(swatches, wanted), wanted, target, overwrite)


def _format(target: Path | None, asked: PaletteFormat | None) -> PaletteFormat | None:
    """Return the format asked for or named by the file; a name that contradicts the option is refused."""
    if target is None:
        return asked
    named = palette_format_of(target)
    if asked and asked != named:
        raise SettingsError(
            f"{target} asks for {named} and --format for {asked}; give one of them, or let them agree"
        )
    return named


def _holdable(swatches: Swatches, wanted: PaletteFormat) -> Swatches:
    """Leave alpha out, and say so, where the format knows none."""
    opaque = swatches.opaque() if wanted in OPAQUE_ONLY else swatches
    if list(opaque) != list(swatches):
        click.echo(
            f"kalette: {wanted} knows no alpha: clear colours are left out and partly clear ones made opaque",
            err=True,
        )
    return opaque


def _write(swatches: Swatches, wanted: PaletteFormat, target: Path | None, overwrite: bool) -> None:
    if target is None:
        write_standard_output(swatches.to_bytes(wanted))
    else:
        swatches.save(target, overwrite=overwrite)
