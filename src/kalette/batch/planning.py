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
    """An input and its output, both paths or `STANDARD`; with the reason if it cannot be done."""

    input: str
    output: str
    refusal: str | None = None


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
    if output is None or output == STANDARD or Path(output).is_dir():
        return asked or "png"
    if _is_folder(output):
        raise SettingsError(f"the folder {output} does not exist; create it, or name another with -o")
    if not Path(output).suffix:
        raise SettingsError(
            f"the folder {output} does not exist; create it, or end the name in .png, .webp, .gif or .raw "
            "to name a file"
        )
    named = format_of(Path(output))
    if asked and asked != named:
        raise SettingsError(_contradiction(output, named, asked))
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

    An input that cannot be an output, or is the same file as an earlier one, is refused.

    Parameters
    ----------
    inputs : sequence of str
        Paths.
    asked : {"png", "webp", "gif", "raw"} or None
        Value of `--format`.

    Raises
    ------
    SettingsError
        When all inputs are refused.

    Examples
    --------
    >>> plan_in_place(["-"], None)
    Traceback (most recent call last):
    kalette.SettingsError: standard input cannot be replaced; leave out --in-place
    """
    _require_names("inputs", inputs)
    if asked is not None:
        require_format(asked)
    plans = [Planned(name, _real_path(name), _no_place(name, asked)) for name in inputs]
    return _with_a_way(_distinct(plans))


def _no_place(name: str, asked: Format | None) -> str | None:
    """Return why a result cannot take the place of an input."""
    if name == STANDARD:
        return "standard input cannot be replaced; leave out --in-place"
    if Path(name).suffix.lower() not in SUFFIXES:
        return (
            f"{name} cannot be replaced by the result, which is PNG, WebP or GIF; "
            f"leave out --in-place to get a file beside it"
        )
    named = format_of(Path(name))
    return _contradiction(name, named, asked) if asked not in (None, named) else None


def _contradiction(output: str, named: Format, asked: Format | None) -> str:
    return (
        f"{output} asks for {named} and --format for {asked}; give one of them, "
        "or use the same format in both"
    )


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


def plan_files(
    inputs: Sequence[str],
    output: str | None,
    tag: str,
    file_format: Format,
    *,
    others: Sequence[str] = (),
) -> list[Planned]:
    """Pair each input with its output; refuse one whose output is that of an earlier input, or an input.

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
    others : sequence of str
        Further paths that no output may replace.

    Raises
    ------
    SettingsError
        When several inputs have one file as output, or all inputs are refused.

    Examples
    --------
    >>> plan_files(["photo.jpg"], None, "k256", "png")
    [Planned(input='photo.jpg', output='photo-k256.png', refusal=None)]
    """
    _require_names("inputs", inputs)
    _require_names("others", others)
    _require_output(output)
    require_kind("tag", tag, str, 'give a text, such as "k256"')
    require_format(file_format)
    if len(inputs) > 1 and output is not None and not _is_folder(output):
        raise SettingsError(
            f"{len(inputs)} inputs cannot go to the one output {output}; name a folder with -o"
        )
    plans = [Planned(name, _output_of(name, output, f"{tag}.{file_format}")) for name in inputs]
    return _with_a_way(_apart(_distinct(plans), [*inputs, *others]))


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


def _with_a_way(plans: list[Planned]) -> list[Planned]:
    """Raise the first refusal if there is nothing left to do."""
    refusals = [planned.refusal for planned in plans if planned.refusal is not None]
    if refusals and len(refusals) == len(plans):
        raise SettingsError(refusals[0])
    return plans


def _distinct(plans: Sequence[Planned]) -> list[Planned]:
    """Refuse inputs that would write the output of an earlier one."""
    first: dict[str, str] = {}
    return [
        planned if planned.refusal else planned._replace(refusal=_clash_text(first, planned))
        for planned in plans
    ]


def _clash_text(first: dict[str, str], planned: Planned) -> str | None:
    """Return why an output is taken by the first input that has it; that input takes it."""
    place = _real_path(planned.output)
    if place not in first:
        first[place] = planned.input
        return None
    if _real_path(first[place]) == _real_path(planned.input):
        return f"{planned.input} is given twice; it is compressed once"
    return (
        f"{planned.output} is the output of {first[place]} already; compress {planned.input} by itself, "
        "to a name given with -o"
    )


def _apart(plans: Sequence[Planned], inputs: Sequence[str]) -> list[Planned]:
    """Refuse outputs that are inputs."""
    taken = {key for name in inputs if name != STANDARD for key in _identity(name)}
    return [
        planned._replace(refusal=f"{planned.output} is an input itself; name another output with -o")
        if planned.refusal is None
        and planned.output != STANDARD
        and not taken.isdisjoint(_identity(planned.output))
        else planned
        for planned in plans
    ]


def _identity(name: str) -> tuple[object, ...]:
    """Return the identities of a file: resolved path, and device and inode number."""
    try:
        status = Path(name).stat()
    except (OSError, ValueError):  # it does not exist, or the name is invalid
        return (_real_path(name),)
    return (_real_path(name), (status.st_dev, status.st_ino))
