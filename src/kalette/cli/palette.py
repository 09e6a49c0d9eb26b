"""`kalette palette IMAGE`: show or export the k colours."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack, get_args

import click

from kalette.batch import STANDARD, BatchOptions, Local, find_shared_palette, plan, require_apart
from kalette.cli.groups import COMMON, FILES, OUTPUT, GroupedCommand, as_one, option
from kalette.cli.options import (
    Reading,
    SettingsOptions,
    colors_option,
    input_options,
    overwrite_option,
    search_options,
    settings_from,
    threads_option,
)
from kalette.cli.parameters import FileName, OutputFile
from kalette.cli.standard import require_redirected, source_of, write_standard_output
from kalette.cli.streams import codecs_silent, say
from kalette.compression import Compression, Result, open_picture
from kalette.palettes import OPAQUE_ONLY, Order, PaletteFormat, Swatches, palette_format_of
from kalette.report import print_swatches, progress
from kalette.types import Run, Settings, SettingsError, thread_count
from kalette.writing import require_room

_DEFAULT_K = 8
_BINARY = ("ase", "aco", "png")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The palette that is asked for."""

    output: str | None
    file_format: PaletteFormat | None
    sort: Order
    overwrite: bool
    quiet: bool
    shared: bool


@click.command(name="palette", cls=GroupedCommand)
@click.argument("image", type=FileName(), metavar="IMAGE")
@colors_option(_DEFAULT_K)
@option(
    COMMON, "-o", "--output", type=OutputFile(), metavar="FILE|-", help="Output; default: standard output."
)
@option(
    FILES,
    "--format",
    "file_format",
    type=click.Choice(get_args(PaletteFormat)),
    help="Palette format; default: from the name given with -o, else lines of colour and share.",
)
@option(
    COMMON,
    "--sort",
    type=click.Choice(get_args(Order)),
    default="share",
    show_default=True,
    help="Most pixels first, dark to light, or around the colour wheel.",
)
@option(
    COMMON,
    "--shared",
    is_flag=True,
    help="One palette for all images of a folder, a glob, or @list.txt, given as IMAGE.",
)
@overwrite_option
@search_options
@input_options
@option(OUTPUT, "-q", "--quiet", is_flag=True, help="Print the palette and errors only.")
@threads_option
@as_one("wanted", _Wanted)
def command(
    image: str, wanted: _Wanted, reading: Reading, threads: int | None, **options: Unpack[SettingsOptions]
) -> None:
    """Show the palette of IMAGE, or export it.

    The palette holds the k colours that represent the image best. IMAGE is a file, or - for standard input;
    with --shared a folder of images, which get one palette.

    A terminal shows swatches. With -o or --format a palette file is written: hex, css, json, tokens (Figma
    and other design tools), gpl (GIMP, Inkscape, Krita), ase (Adobe programs), aco (Photoshop), svg or png.
    """
    target = None if wanted.output is None or wanted.output == STANDARD else Path(wanted.output)
    file_format = _format(target, wanted.file_format)
    if target:
        require_apart(str(target), [image], "-o")
        require_room(target, overwrite=wanted.overwrite)
    elif file_format in _BINARY:
        require_redirected(file_format)
    # No dithering and no rate-distortion optimisation: shares by nearest colour.
    settings = settings_from({**options, "dither": "none", "rate": 0.0}, "png")
    swatches = _found(image, settings, reading, wanted, threads).sorted_by(wanted.sort)
    if file_format is None:
        print_swatches(swatches, sys.stdout)
    else:
        holdable = _holdable(swatches, file_format, quiet=wanted.quiet)
        _write(holdable, file_format, target, overwrite=wanted.overwrite)


def _found(
    image: str, settings: Settings, reading: Reading, wanted: _Wanted, threads: int | None
) -> Swatches:
    if wanted.shared:
        options = BatchOptions(limits=reading.limits, first_frame=reading.first_frame, full_names=True)
        with codecs_silent():
            return find_shared_palette(
                plan([image], f"{image}.out", settings, options), Local(threads=threads)
            )
    result = _compressed(image, settings, reading, Run(thread_count(threads)), quiet=wanted.quiet)
    if not wanted.quiet:
        for note in result.notes:
            say(f"{image}: {note}")
    return result.swatches


def _compressed(image: str, settings: Settings, reading: Reading, run: Run, *, quiet: bool) -> Result:
    with codecs_silent(), progress(1, sys.stderr, quiet=quiet) as next_file:
        watched = replace(run, on_step=next_file(image))
        source, limits = source_of(image, reading.limits), reading.limits
        picture = open_picture(source, limits=limits, first_frame=reading.first_frame, run=watched)
        return Compression(picture, settings, watched).result()


def _format(target: Path | None, asked: PaletteFormat | None) -> PaletteFormat | None:
    """Return the requested format, or that of the file's extension."""
    if target is None:
        return asked
    named = palette_format_of(target)
    if asked and asked != named:
        raise SettingsError(
            f"{target} asks for {named} and --format for {asked}; give one of them, "
            "or use the same format in both"
        )
    return named


def _holdable(swatches: Swatches, wanted: PaletteFormat, *, quiet: bool) -> Swatches:
    """Drop alpha, with a note, if the format has none."""
    opaque = swatches.opaque() if wanted in OPAQUE_ONLY else swatches
    if not quiet and list(opaque) != list(swatches):
        say(f"{wanted} has no alpha: clear colours are left out and partly clear ones made opaque")
    return opaque


def _write(swatches: Swatches, wanted: PaletteFormat, target: Path | None, *, overwrite: bool) -> None:
    if target is None:
        write_standard_output(swatches.to_bytes(wanted))
    else:
        swatches.save(target, overwrite=overwrite)
