"""Which output belongs to which input, settled before any work; and standard output as one of them."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kalette.cli.streams import stdout_is_closed
from kalette.errors import SettingsError, WriteError
from kalette.result import SUFFIXES, format_of
from kalette.settings import Format, Settings

_RESULT = re.compile(r"(.+)-(?:k[0-9]{1,3}|kalette)", re.DOTALL)
STANDARD = "-"
"""Names standard input and standard output."""


class Job(NamedTuple):
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


def plan_in_place(inputs: Sequence[str], asked: Format | None) -> list[Job]:
    """Pair each input with itself: with the file that it is or that it leads to.

    Parameters
    ----------
    inputs : sequence of str
        Paths.
    asked : {"png", "webp", "gif"} or None
        What `--format` says.

    Raises
    ------
    SettingsError
        When one has a name that an output could not have, or two are one file.

    Examples
    --------
    >>> plan_in_place(["-"], None)
    Traceback (most recent call last):
    kalette.errors.SettingsError: - has no place that a result could take; leave out --in-place
    """
    jobs = [Job(name, os.path.realpath(name)) for name in inputs]
    for name in inputs:
        if name == STANDARD:
            raise SettingsError("- has no place that a result could take; leave out --in-place")
        if Path(name).suffix.lower() not in SUFFIXES:
            raise SettingsError(
                f"{name} cannot be replaced by the result, which is PNG, WebP or GIF; "
                f"leave out --in-place to get a file beside it"
            )
        chosen_format(name, asked)
    _require_distinct(jobs)
    return jobs


def without_results(inputs: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Tell inputs from what an earlier run made of them, as in a second `kalette compress *.png`.

    Returns
    -------
    kept : list of str
        What is to be compressed.
    results : dict of str to str
        What is not, with the input that each was made of.

    Examples
    --------
    >>> without_results(["a-k16.png", "a.jpg", "b-k16.png"])
    (['a.jpg', 'b-k16.png'], {'a-k16.png': 'a.jpg'})
    """
    bare = {name: str(Path(name).parent / Path(name).stem) for name in inputs}
    made_of = {stem: name for name, stem in bare.items()}
    results = {
        name: made_of[found[1]]
        for name, stem in bare.items()
        if (found := _RESULT.fullmatch(stem)) and found[1] in made_of
    }
    return [name for name in inputs if name not in results], results


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
    _require_no_inputs(jobs, inputs)
    return jobs


def write_standard_output(data: bytes) -> None:
    """Write bytes as they are.

    Raises
    ------
    WriteError
        When standard output is closed.
    """
    if stdout_is_closed():
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
        if name != STANDARD and not set(_identity(name)).isdisjoint(_identity(output)):
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


def _require_no_inputs(jobs: Sequence[Job], inputs: Sequence[str]) -> None:
    taken = {key for name in inputs if name != STANDARD for key in _identity(name)}
    for job in jobs:
        if job.output != STANDARD and not taken.isdisjoint(_identity(job.output)):
            raise SettingsError(f"{job.output} is an input itself; name another output with -o")


def _identity(name: str) -> tuple[object, ...]:
    """Return what two names of one file have in common: where they lead, and what is there."""
    try:
        status = Path(name).stat()
    except (OSError, ValueError):  # it is not there, or cannot be
        return (os.path.realpath(name),)
    return (os.path.realpath(name), (status.st_dev, status.st_ino))
