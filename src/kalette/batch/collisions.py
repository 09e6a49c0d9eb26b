"""Checks of planned outputs: clashes, reserved names, and outputs that lie elsewhere."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path

from kalette.batch.items import Item
from kalette.batch.places import is_bucket
from kalette.types import SettingsError

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$')
_SHOWN = 3  # clashes named in the message


def folded(output: str) -> str:
    """Return a name that is the same for outputs which some systems take for one file.

    Examples
    --------
    >>> folded("Cat.png")
    'cat.png'
    """
    return (output if output.isascii() else unicodedata.normalize("NFC", output)).casefold()


def require_no_collisions(items: Iterable[Item], target: str) -> None:
    """Raise for outputs that cannot all be written.

    Parameters
    ----------
    items : iterable of Item
        The planned images, in the order of their folded outputs; read several times.
    target : str
        Folder or bucket of the outputs.

    Raises
    ------
    SettingsError
        When two outputs are the same file, also where case or the form of accents does not count; when an
        output is an input, lies outside the target, or has a name that is not possible.
    """
    _require_distinct(items)
    if is_bucket(target):
        _require_no_inputs(items, f"{target.rstrip('/')}/")
        return
    if os.name == "nt":
        _require_possible(item.output for item in items)
    _require_inside({item.output.rpartition("/")[0] for item in items}, Path(target))
    _require_no_inputs(items, os.path.realpath(target).rstrip(os.sep) + os.sep)


def reserved_names(names: Iterable[str]) -> list[str]:
    """Return the names with a part that Windows cannot have.

    Examples
    --------
    >>> reserved_names(["a/b.png", "a/aux.png", "what?.png"])
    ['a/aux.png', 'what?.png']
    """
    return [name for name in names if any(map(_is_impossible, name.split("/")))]


def _is_impossible(part: str) -> bool:
    return bool(_RESERVED.fullmatch(part) or _NOT_IN_NAMES.search(part))


def _require_distinct(items: Iterable[Item]) -> None:
    clashes = [
        (first, other)
        for _, same in groupby(items, key=lambda item: folded(item.output))
        for first in islice(same, 1)
        for other in same
    ]
    if clashes:
        shown = "; ".join(_clash_text(*clash) for clash in clashes[:_SHOWN])
        more = f"; and {len(clashes) - _SHOWN} more" if len(clashes) > _SHOWN else ""
        raise SettingsError(f"{shown}{more}; keep the endings (--full-names), or rename one of them")


def _clash_text(first: Item, second: Item) -> str:
    if first.output == second.output:
        return f"{first.input} and {second.input} would write the one {first.output}"
    return f"{first.output} and {second.output} are one file where case does not count"


def _require_possible(outputs: Iterable[str]) -> None:
    for name in reserved_names(outputs):
        raise SettingsError(f"{name} is a name that Windows cannot have; rename the input")


def _require_inside(folders: set[str], target: Path) -> None:
    """Raise if a folder of the target is a link out of it."""
    root = os.path.realpath(target)
    for folder in folders:
        place = os.path.realpath(target / folder)
        if place != root and not place.startswith(root + os.sep):
            raise SettingsError(
                f"{target / folder} leads to {place}, outside the target; "
                "remove the link, or choose another target"
            )


def _require_no_inputs(items: Iterable[Item], root: str) -> None:
    """Raise for an output below the root of the target that is an input."""
    inside = dict(_inputs_below(root, items))
    for item in items if inside else ():
        if item.output in inside:
            raise SettingsError(
                f"{inside[item.output]} is an input and would be an output; choose another target"
            )


def _inputs_below(root: str, items: Iterable[Item]) -> Iterator[tuple[str, str]]:
    """Yield the inputs below a root: the path from there, and the name of the input."""
    real_folders: dict[str, str] = {}
    for item in items:
        name = item.input if is_bucket(item.root) else _real_input(item, real_folders)
        if name.startswith(root):
            yield name[len(root) :].replace(os.sep, "/"), item.input


def _real_input(item: Item, real_folders: dict[str, str]) -> str:
    """Return the path of an input with the links of its folder resolved, each folder once."""
    folder, _, name = item.input.replace(os.sep, "/").rpartition("/")
    if folder not in real_folders:
        real_folders[folder] = os.path.realpath(folder or ("/" if item.input.startswith("/") else "."))
    return f"{real_folders[folder].rstrip(os.sep)}{os.sep}{name}"
