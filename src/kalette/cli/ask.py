"""`kalette` without arguments on a terminal: a dialogue that checks each answer, then compresses."""

import io
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar, get_args

import click

from kalette.batch import STANDARD, chosen_format, plan_files, require_apart, tag_of
from kalette.cli.streams import codecs_silent
from kalette.compression import Compression, Constraints, Picture, Result, open_picture, way_to_smaller
from kalette.report import progress
from kalette.types import (
    Dither,
    KaletteError,
    ReadError,
    Run,
    Settings,
    SettingsError,
    WriteError,
    colors_text,
    psnr_text,
    ratio_text,
    size_text,
)
from kalette.writing import require_room

_DEFAULT_K = "16"
_AUTO = "auto"
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Input:
    """An input image, already read."""

    path: str
    first_frame: bool
    picture: Picture


@dataclass(frozen=True, slots=True)
class _Output:
    """A writable output path; `overwrite` if the user agreed to replace a file."""

    path: Path
    overwrite: bool


def ask() -> None:
    """Ask for an image and settings, then compress it; an invalid answer is explained and asked again.

    Raises
    ------
    KaletteError
        When compression or writing fails.
    click.Abort
        When the user ends the dialogue; no file is left behind.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # file names can be any bytes
    try:
        _run_dialogue()
    except click.Abort:
        click.echo()
        raise


def _run_dialogue() -> None:
    click.echo("Compress an image. Enter takes the answer in brackets, Ctrl-C ends; kalette -h lists more.\n")
    image = _prompt("Image", None, _input_of)
    settings = _prompt("Number of colours, 1 to 256, or auto", _DEFAULT_K, lambda text: _with_k(text, image))
    settings = _prompt(
        "Maximum iterations, or auto", _AUTO, lambda text: replace(settings, max_iter=_max_iter_of(text))
    )
    settings = _prompt(
        f"Dithering ({', '.join(get_args(Dither))})", _AUTO, lambda text: _with_dither(text, settings)
    )
    default = plan_files([image.path], None, tag_of(settings), settings.format)[0].output
    target = _prompt("Write to", default, lambda text: _output_of(text, image, Path(default).name))
    settings = replace(settings, format=chosen_format(str(target.path), None))
    result = _compress_to(image, settings, target)
    _print_result(result, image, target)
    _offer_figure(result, image, target)
    click.echo(f"\nAs one command: {_equivalent_command(image, settings, target)}")


def _prompt(question: str, default: str | None, check: Callable[[str], _Answer]) -> _Answer:
    """Ask until `check` accepts the answer."""
    while True:
        text: str = click.prompt(question, default=default)
        try:
            return check(text.strip())
        except KaletteError as error:
            click.echo(f"  {error}")


def _input_of(text: str) -> _Input:
    """Read the image, so that errors show early; offer the first frame of an animation."""
    path = str(Path(text.strip("'\"")).expanduser())  # terminals quote dropped file names
    try:
        picture, first_frame = _read(path, first_frame=False), False
    except ReadError as error:
        picture, first_frame = _first_frame_of(path, error), True
    click.echo(f"  {_summary(picture)}")
    return _Input(path, first_frame, picture)


def _read(path: str, *, first_frame: bool) -> Picture:
    with codecs_silent():
        return open_picture(path, first_frame=first_frame)


def _first_frame_of(path: str, error: ReadError) -> Picture:
    """Read the first frame if the error is about animation and the user agrees; otherwise raise it again."""
    try:
        picture = _read(path, first_frame=True)
    except ReadError:
        raise error from None
    if not click.confirm("  It is an animation. Take its first frame?"):
        raise ReadError("Then choose another image")
    return picture


def _summary(picture: Picture) -> str:
    color_count = len(picture.histogram)
    size = "" if picture.input_bytes is None else f", {size_text(picture.input_bytes)}"
    return f"{picture.width} x {picture.height} pixels, {colors_text(color_count)}{size}"


def _with_k(text: str, image: _Input) -> Settings:
    if text.lower() == _AUTO:
        return Settings(k="auto")
    k = _integer_of(text)
    settings = Settings(k=k)
    Constraints.of(settings).require_room(image.picture.histogram, k)
    return settings


def _max_iter_of(text: str) -> int | None:
    return None if text.lower() == _AUTO else _integer_of(text)


def _with_dither(text: str, settings: Settings) -> Settings:
    found = next((choice for choice in get_args(Dither) if choice == text.lower()), None)
    if found is None:
        raise SettingsError(f"dithering is {text!r}; choose one of {', '.join(get_args(Dither))}")
    return replace(settings, dither=found)


def _integer_of(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(f"{text!r} is not a whole number; give one") from error


def _output_of(text: str, image: _Input, name: str) -> _Output:
    """Return the output: a file, or the default name in a folder."""
    target = str(Path(text.strip("'\"")).expanduser())
    if target == STANDARD:
        raise SettingsError("The result needs a name here; kalette compress can write to standard output")
    path = Path(target) / name if Path(target).is_dir() else Path(target)
    chosen_format(str(path), None)
    return _confirmed_output(path, [image.path])


def _confirmed_output(path: Path, others: list[str]) -> _Output:
    """Check that a path is none of the others; ask before replacing an existing file."""
    require_apart(str(path), others, "")
    overwrite = path.is_file() and click.confirm(f"  {path} exists. Replace it?")
    if path.is_file() and not overwrite:
        raise WriteError("Then choose another name")
    require_room(path, overwrite=overwrite)
    return _Output(path, overwrite)


def _compress_to(image: _Input, settings: Settings, target: _Output) -> Result:
    with progress(1, sys.stderr, quiet=False) as next_file:
        run = Run(on_step=next_file(image.path))
        result = Compression(image.picture, settings, run).result()
        result.save(target.path, overwrite=target.overwrite)
    return result


def _print_result(result: Result, image: _Input, target: _Output) -> None:
    for note in result.notes:
        click.echo(f"  Note: {note}")
    before, after = result.input_bytes or result.raw_bytes, result.output_bytes
    sizes = [size_text(before), size_text(after)]
    width = max(map(len, sizes))
    colors = colors_text(result.colors_used)
    click.echo(f"\nOriginal  {sizes[0]:>{width}}  {image.path}")
    click.echo(f"Result    {sizes[1]:>{width}}  {target.path}")
    click.echo(f"{ratio_text(after, before)} to the original, {colors}, PSNR {psnr_text(result.psnr_db)}")
    if after > before:
        advice = way_to_smaller(result, run=Run(result.run.threads))
        click.echo(f"The result is larger than the original{'' if advice is None else f': {advice}'}.")


def _offer_figure(result: Result, image: _Input, target: _Output) -> None:
    if find_spec("matplotlib") is None or not click.confirm("\nDraw original and result side by side?"):
        return
    from kalette.report import figures

    default = str(target.path.with_name(f"{target.path.stem}-figure.png"))
    place = _prompt("Figure", default, lambda text: _figure_output_of(text, image, target))
    figures.save(figures.comparison_grid([result]), place.path, overwrite=place.overwrite)
    click.echo(f"  The figure is in {place.path}")


def _figure_output_of(text: str, image: _Input, target: _Output) -> _Output:
    from kalette.report.figures import require_writable

    path = Path(text.strip("'\"")).expanduser()
    require_writable(path, overwrite=True)
    return _confirmed_output(path, [image.path, str(target.path)])


def _equivalent_command(image: _Input, settings: Settings, target: _Output) -> str:
    """Return the command line that gives the same result."""
    words = ["kalette", "compress", image.path, "-k", str(settings.k)]
    words += [] if settings.max_iter is None else ["--max-iter", str(settings.max_iter)]
    words += [] if settings.dither == _AUTO else ["--dither", settings.dither]
    words += ["--first-frame"] if image.first_frame else []
    words += ["--overwrite"] if target.overwrite else []
    return shlex.join([*words, "-o", str(target.path)])
