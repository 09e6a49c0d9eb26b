"""Which output belongs to which input, settled before any work; and standard output as one of them."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kalette.errors import SettingsError, WriteError
from kalette.result import format_of
from kalette.settings import Format, Settings

STANDARD = "-"
"""Names standard input and standard output."""


@dataclass(frozen=True, slots=True)
class Job:
    """An input and where its result goes, both paths or `STANDARD`."""

    input: str
    output: str


def chosen_format(output: str | None, asked: Format | None) -> Format:
    """Return the format to write: asked for, or named by the output, or PNG.

    Raises
    ------
    SettingsError
        When name and option contradict each other, or the name's format cannot be written.

    Examples
    --------
    >>> chosen_format("small.webp", None), chosen_format(None, "gif"), chosen_format(None, None)
    ('webp', 'gif', 'png')
    """
    if output is None or output == STANDARD or _is_folder(output):
        return asked or "png"
    named = format_of(Path(output))
    if asked and asked != named:
        raise SettingsError(
            f"{output} asks for {named} and --format for {asked}; give one of them, or let them agree"
        )
    return named


def tag_of(settings: Settings) -> str:
    """Return what is put behind the input's name: the number of colours where it was asked for.

    Examples
    --------
    >>> tag_of(Settings(k=16)), tag_of(Settings(k="auto")), tag_of(Settings(palette=("#000000", "#ffffff")))
    ('k16', 'kalette', 'kalette')
    >>> tag_of(Settings(max_bytes=200_000))
    'kalette'
    """
    chosen = settings.k == "auto" or settings.palette is not None or settings.has_goal
    return "kalette" if chosen else f"k{settings.k}"


def plan(inputs: Sequence[str], output: str | None, tag: str, file_format: Format) -> list[Job]:
    """Pair each input with its output.

    Parameters
    ----------
    inputs : sequence of str
        Paths, or `STANDARD` once.
    output : str or None
        A file, a folder, `STANDARD`, or None for a file beside each input.
    tag : str
        What is put behind the input's name, such as "k256".
    file_format : {"png", "webp", "gif"}
        Gives the ending.

    Raises
    ------
    SettingsError
        When two would write one file, or one would write an input.

    Examples
    --------
    >>> plan(["photo.jpg"], None, "k256", "png")
    [Job(input='photo.jpg', output='photo-k256.png')]
    """
    if len(inputs) > 1 and output is not None and not _is_folder(output):
        raise SettingsError(
            f"{len(inputs)} inputs cannot go to the one output {output}; name a folder with -o"
        )
    jobs = [Job(name, _output_of(name, output, f"{tag}.{file_format}")) for name in inputs]
    _require_distinct(jobs)
    for job in jobs:
        _require_not_an_input(job, inputs)
    return jobs


def write_standard_output(data: bytes) -> None:
    """Write bytes as they are.

    Raises
    ------
    WriteError
        When standard output is closed.
    """
    if sys.stdout is None:
        raise WriteError("standard output is closed; name a file with -o")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def require_apart(output: str, others: Sequence[str], option: str) -> None:
    """Refuse a further output that would be written over an input or another output.

    Parameters
    ----------
    output : str
        A file.
    others : sequence of str
        Paths, or `STANDARD`.
    option : str
        That names the output; empty where there is none.

    Raises
    ------
    SettingsError
        When it is one of the others.

    Examples
    --------
    >>> require_apart("photo.png", ["./photo.png"], "--figure")
    Traceback (most recent call last):
    kalette.errors.SettingsError: photo.png would overwrite ./photo.png; name another file with --figure
    """
    for name in others:
        if name != STANDARD and _same_file(Path(name), Path(output)):
            way_out = f"name another file with {option}" if option else "choose another name"
            raise SettingsError(f"{output} would overwrite {name}; {way_out}")


def _is_folder(output: str) -> bool:
    return output.endswith(("/", "\\")) or Path(output).is_dir()


def _output_of(name: str, output: str | None, ending: str) -> str:
    if output is not None and not _is_folder(output):
        return output
    if name == STANDARD:
        return STANDARD if output is None else str(Path(output) / f"stdin-{ending}")
    folder = Path(name).parent if output is None else Path(output)
    return str(folder / f"{Path(name).stem}-{ending}")


def _require_distinct(jobs: Sequence[Job]) -> None:
    seen: dict[Path, str] = {}
    for job in jobs:
        place = Path(os.path.realpath(job.output))
        if place in seen:
            both = f"{seen[place]} and {job.input}"
            raise SettingsError(f"{both} would write the one {job.output}; compress them one by one with -o")
        seen[place] = job.input


def _require_not_an_input(job: Job, inputs: Sequence[str]) -> None:
    for name in inputs:
        if STANDARD not in (name, job.output) and _same_file(Path(name), Path(job.output)):
            raise SettingsError(f"{job.output} is an input itself; name another output with -o")


def _same_file(a: Path, b: Path) -> bool:
    return os.path.realpath(a) == os.path.realpath(b) or (a.exists() and b.exists() and a.samefile(b))
