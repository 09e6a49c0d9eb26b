"""Plans: the output path of each input, determined before any work."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kalette.types import Format, Settings, SettingsError, brief, require_all, require_format, require_kind
from kalette.writing import SUFFIXES, format_of

_NAME_OF_RESULT = re.compile(r"(.+)-(?:k[0-9]{1,3}|kalette)", re.DOTALL)
STANDARD = "-"
"""The name of standard input and of standard output."""


class Planned(NamedTuple):
    """An input and its output, both paths or `STANDARD`."""

    input: str
    output: str


def chosen_format(output: str | None, asked: Format | None) -> Format:
    """Return the output format: the requested one, that of the output's extension, or PNG.

    Raises
    ------
    SettingsError
        When option and extension contradict each other, or Kalette does not write such files.

    Examples
    --------
    >>> chosen_format("small.webp", None), chosen_format(None, "gif"), chosen_format(None, None)
    ('webp', 'gif', 'png')
    """
    _require_output(output)
    if asked is not None:
        require_format(asked)
    if output is None or output == STANDARD or _is_folder(output):
        return asked or "png"
    if not Path(output).suffix:
        raise SettingsError(
            f"{output} is not a folder and names no format; create the folder, or end the name in .png, "
            ".webp, .gif or .raw"
        )
    named = format_of(Path(output))
    if asked and asked != named:
        raise SettingsError(
            f"{output} asks for {named} and --format for {asked}; give one of them, "
            "or use the same format in both"
        )
    return named


def tag_of(settings: Settings) -> str:
    """Return the suffix of output names: the number of colours, if it is given.

    Examples
    --------
    >>> tag_of(Settings(k=16)), tag_of(Settings(k="auto")), tag_of(Settings(palette=("#000000", "#ffffff")))
    ('k16', 'kalette', 'kalette')
    >>> tag_of(Settings(max_bytes=200_000))
    'kalette'
    """
    require_kind("settings", settings, Settings, "give kalette.Settings(...)")
    chosen = settings.k == "auto" or settings.palette is not None or settings.has_target
    return "kalette" if chosen else f"k{settings.most_k}"


def plan_in_place(inputs: Sequence[str], asked: Format | None) -> list[Planned]:
    """Pair each input with itself, or with the target of a symbolic link.

    Parameters
    ----------
    inputs : sequence of str
        Paths.
    asked : {"png", "webp", "gif", "raw"} or None
        Value of `--format`.

    Raises
    ------
    SettingsError
        When an input cannot be an output, or two inputs are the same file.

    Examples
    --------
    >>> plan_in_place(["-"], None)
    Traceback (most recent call last):
    kalette.SettingsError: standard input cannot be replaced; leave out --in-place
    """
    _require_names("inputs", inputs)
    plans = [Planned(name, _real_path(name)) for name in inputs]
    for name in inputs:
        if name == STANDARD:
            raise SettingsError("standard input cannot be replaced; leave out --in-place")
        if Path(name).suffix.lower() not in SUFFIXES:
            raise SettingsError(
                f"{name} cannot be replaced by the result, which is PNG, WebP or GIF; "
                f"leave out --in-place to get a file beside it"
            )
        chosen_format(name, asked)
    _require_distinct(plans)
    return plans


def without_results(inputs: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Separate inputs from results of an earlier run, as in a second `kalette compress *.png`.

    Returns
    -------
    kept : list of str
        Inputs to compress.
    results : dict of str to str
        Earlier results, each with its input.

    Examples
    --------
    >>> without_results(["a-k16.png", "a.jpg", "b-k16.png"])
    (['a.jpg', 'b-k16.png'], {'a-k16.png': 'a.jpg'})
    """
    _require_names("inputs", inputs)
    bare = {name: str(Path(name).parent / Path(name).stem) for name in inputs}
    input_of = {stem: name for name, stem in bare.items()}
    results = {
        name: input_of[found[1]]
        for name, stem in bare.items()
        if (found := _NAME_OF_RESULT.fullmatch(stem)) and found[1] in input_of
    }
    return [name for name in inputs if name not in results], results


def plan_files(inputs: Sequence[str], output: str | None, tag: str, file_format: Format) -> list[Planned]:
    """Pair each input with its output.

    Parameters
    ----------
    inputs : sequence of str
        Paths, or `STANDARD` once.
    output : str or None
        A file, a folder, `STANDARD`, or None for a file beside each input.
    tag : str
        Suffix of output names, such as "k256".
    file_format : {"png", "webp", "gif", "raw"}
        Determines the extension.

    Raises
    ------
    SettingsError
        When two outputs are the same file, or an output is an input.

    Examples
    --------
    >>> plan_files(["photo.jpg"], None, "k256", "png")
    [Planned(input='photo.jpg', output='photo-k256.png')]
    """
    _require_names("inputs", inputs)
    _require_output(output)
    require_kind("tag", tag, str, 'give a text, such as "k256"')
    require_format(file_format)
    if len(inputs) > 1 and output is not None and not _is_folder(output):
        raise SettingsError(
            f"{len(inputs)} inputs cannot go to the one output {output}; name a folder with -o"
        )
    plans = [Planned(name, _output_of(name, output, f"{tag}.{file_format}")) for name in inputs]
    _require_distinct(plans)
    _require_no_inputs(plans, inputs)
    return plans


def require_apart(output: str, others: Sequence[str], option: str) -> None:
    """Raise if a further output would overwrite an input or another output.

    Parameters
    ----------
    output : str
        A file.
    others : sequence of str
        Paths, or `STANDARD`.
    option : str
        Option for this output; empty if there is none.

    Raises
    ------
    SettingsError
        When it is the same file as one of them.

    Examples
    --------
    >>> require_apart("photo.png", ["./photo.png"], "--figure")
    Traceback (most recent call last):
    kalette.SettingsError: photo.png would overwrite ./photo.png; name another file with --figure
    """
    require_kind("output", output, str, "give a path as text")
    _require_names("others", others)
    require_kind("option", option, str, "give a text, which may be empty")
    for name in others:
        if name != STANDARD and not set(_identity(name)).isdisjoint(_identity(output)):
            way_out = f"name another file with {option}" if option else "choose another name"
            raise SettingsError(f"{output} would overwrite {name}; {way_out}")


def _require_names(name: str, values: Sequence[str]) -> None:
    require_all(name, values, str, "give a list of paths, each a text")


def _require_output(output: str | None) -> None:
    require_kind("output", output, str | None, "give a path as text, or None")


def _real_path(name: str) -> str:
    try:
        return os.path.realpath(name)
    except ValueError as error:
        raise SettingsError(f"{brief(name)} cannot be a path ({error}); choose another name") from error


def _is_folder(output: str) -> bool:
    return output.endswith(("/", "\\")) or Path(output).is_dir()


def _output_of(name: str, output: str | None, ending: str) -> str:
    if output is not None and not _is_folder(output):
        return output
    if name == STANDARD:
        return STANDARD if output is None else str(Path(output) / f"stdin-{ending}")
    folder = Path(name).parent if output is None else Path(output)
    return str(folder / f"{Path(name).stem}-{ending}")


def _require_distinct(plans: Sequence[Planned]) -> None:
    seen: dict[Path, str] = {}
    for planned in plans:
        place = Path(_real_path(planned.output))
        if place in seen:
            both = f"{seen[place]} and {planned.input}"
            raise SettingsError(
                f"{both} would write the one {planned.output}; compress them one by one with -o"
            )
        seen[place] = planned.input


def _require_no_inputs(plans: Sequence[Planned], inputs: Sequence[str]) -> None:
    taken = {key for name in inputs if name != STANDARD for key in _identity(name)}
    for planned in plans:
        if planned.output != STANDARD and not taken.isdisjoint(_identity(planned.output)):
            raise SettingsError(f"{planned.output} is an input itself; name another output with -o")


def _identity(name: str) -> tuple[object, ...]:
    """Return the identities of a file: resolved path, and device and inode number."""
    try:
        status = Path(name).stat()
    except (OSError, ValueError):  # it does not exist, or the name is invalid
        return (_real_path(name),)
    return (_real_path(name), (status.st_dev, status.st_ino))
