"""`kalette animate FRAMES... -o OUT`: frames or an animation to GIF, animated PNG or animated WebP."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import click

from kalette.batch import STANDARD, chosen_format, require_apart
from kalette.cli.drawings import Drawings
from kalette.cli.groups import COMMON, OUTPUT, SIZE_AND_LOOK, GroupedCommand, as_one, option
from kalette.cli.options import (
    SettingsOptions,
    colors_option,
    limits_options,
    overwrite_option,
    quiet_option,
    settings_from,
    settings_options,
    threads_option,
)
from kalette.cli.parameters import FileName, OutputPath
from kalette.cli.standard import require_redirected, source_of, write_standard_output
from kalette.cli.streams import codecs_silent, say
from kalette.compression import AnimationResult, animated, frames_of, narrowed
from kalette.report import line, print_table, progress, row_of
from kalette.types import Format, Limits, Run, SettingsError, thread_count
from kalette.writing import require_room

_SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class _Timing:
    """How long frames are shown, and how often the animation."""

    fps: float | None
    delay: float | None
    loops: int | None

    @property
    def delays_ms(self) -> float | None:
        """The delay of each frame in milliseconds; None keeps those of the source."""
        if self.fps is not None and self.delay is not None:
            raise SettingsError("--fps and --delay both say how long a frame is shown; give one of them")
        if self.fps is None:
            return self.delay
        if not 0 < self.fps <= _SECOND_MS:
            raise SettingsError(f"--fps is {self.fps:g}; give frames a second above 0, 1000 at most")
        return _SECOND_MS / self.fps


@dataclass(frozen=True, slots=True)
class _Making:
    """What becomes of the frames."""

    output: str
    file_format: Format | None
    width: int | None
    matte: str | None
    overwrite: bool
    figure: Path | None
    page: Path | None
    as_json: bool
    quiet: bool


@click.command(name="animate", cls=GroupedCommand)
@click.argument("frames", nargs=-1, type=FileName(), required=True, metavar="FRAMES...")
@colors_option(None, also=" Default: 256, or exact where frames have few colours.")
@option(COMMON, "-o", "--output", type=FileName(), required=True, metavar="FILE|-", help="Output.")
@overwrite_option
@option(COMMON, "--fps", type=float, metavar="N", help="Frames a second; of a video, those that are taken.")
@option(
    COMMON,
    "--delay",
    type=float,
    metavar="MS",
    help="Milliseconds for each frame; default: as in the input, or 100.",
)
@option(
    COMMON,
    "--loop",
    "loops",
    type=int,
    metavar="N",
    help="Times it is shown; 0 for ever. Default: as in the input, or 0.",
)
@option(SIZE_AND_LOOK, "--width", type=int, metavar="N", help="Scale wider frames down to that width.")
@option(
    SIZE_AND_LOOK,
    "--matte",
    metavar="HEX",
    help="Colour behind partly clear pixels; default: they become clear or opaque.",
)
@settings_options
@limits_options
@option(
    OUTPUT,
    "--figure",
    type=OutputPath(),
    metavar="FILE",
    help="Draw frames, bytes a frame and flicker over time (.png, .svg or .pdf).",
)
@option(
    OUTPUT,
    "--html",
    "page",
    type=OutputPath(),
    metavar="FILE",
    help="Write a report in one file: frames before and after, bytes and flicker over time.",
)
@option(OUTPUT, "--json", "as_json", is_flag=True, help="Print one JSON object.")
@quiet_option
@threads_option
@as_one("timing", _Timing)
@as_one("making", _Making)
def command(
    frames: tuple[str, ...],
    timing: _Timing,
    making: _Making,
    limits: Limits,
    threads: int | None,
    **options: Unpack[SettingsOptions],
) -> None:
    """Make an animated GIF, PNG or WebP.

    FRAMES are images in order, a folder of them, one animated GIF, PNG, WebP or AVIF, or a video.
    Frames share a palette, only what changes is stored, and still areas do not flicker.
    """
    started = time.perf_counter()
    settings = settings_from(options, chosen_format(making.output, making.file_format))
    delays_ms = timing.delays_ms
    if making.width is not None and making.width < 1:
        raise SettingsError(f"--width is {making.width}; give pixels, at least 1")
    _require_place(making, settings.format, frames)
    drawings = Drawings(making.figure, making.page, making.overwrite)
    drawings.require_places([*frames, making.output])
    with codecs_silent(), progress(1, sys.stderr, quiet=making.quiet) as next_file:
        run = Run(thread_count(threads), on_step=next_file(making.output))
        sequence = frames_of(_source(frames, limits), delays_ms, limits)
        if making.width is not None:
            sequence = narrowed(sequence, making.width)
        result = animated(sequence, settings, loops=timing.loops, matte=making.matte, run=run)
    if making.output == STANDARD:
        write_standard_output(result.file)
    else:
        result.save(making.output, overwrite=making.overwrite)
    drawings.write(result, Path(frames[0]).name if len(frames) == 1 else Path(making.output).name)
    _tell(result, frames, making, time.perf_counter() - started)


def _require_place(making: _Making, file_format: Format, frames: Sequence[str]) -> None:
    """Check before the work whether the output can be written."""
    if making.output != STANDARD:
        require_apart(making.output, list(frames), "-o")
        require_room(Path(making.output), overwrite=making.overwrite)
        return
    require_redirected(file_format, as_json=making.as_json)


def _source(frames: Sequence[str], limits: Limits) -> Any:
    """Return one animation or folder, or several frames; one of them may be standard input."""
    sources = [source_of(name, limits) for name in frames]
    return sources[0] if len(sources) == 1 else sources


def _tell(result: AnimationResult, frames: Sequence[str], making: _Making, seconds: float) -> None:
    if making.as_json:
        record = {"input": list(frames), "output": making.output, **result.record()}
        click.echo(line({**record, "seconds": round(seconds, 6)}))
    if making.quiet:
        return
    for note in result.notes:
        say(f"{making.output}: {note}")
    if not making.as_json:
        stream = sys.stderr if making.output == STANDARD else sys.stdout
        print_table([row_of(making.output, result, seconds)], stream)
