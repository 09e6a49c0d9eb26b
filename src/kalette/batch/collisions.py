"""Checks of planned outputs: clashes, reserved names, and outputs that lie elsewhere."""

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kalette.batch.places import is_bucket
from kalette.types import SettingsError

if TYPE_CHECKING:
    from kalette.batch.plans import Item

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$')
_SHOWN = 3  # clashes named in the message


def require_no_collisions(items: "Sequence[Item]", target: str) -> None:
    """Raise for outputs that cannot all be written.

    Parameters
    ----------
    items : sequence of Item
        The planned images.
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
        _require_no_inputs({f"{target.rstrip('/')}/{item.output}" for item in items}, items)
        return
    if os.name == "nt":
        _require_possible(item.output for item in items)
    _require_inside({item.output.rpartition("/")[0] for item in items}, Path(target))
    root = os.path.realpath(target).rstrip(os.sep)
    _require_no_inputs({f"{root}{os.sep}{item.output}" for item in items}, items)


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


def _require_distinct(items: "Sequence[Item]") -> None:
    first_with: dict[str, Item] = {}
    clashes: list[tuple[Item, Item]] = []
    for item in items:
        key = item.output if item.output.isascii() else unicodedata.normalize("NFC", item.output)
        other = first_with.setdefault(key.casefold(), item)
        if other is not item:
            clashes.append((other, item))
    if clashes:
        shown = "; ".join(_clash_text(*clash) for clash in clashes[:_SHOWN])
        more = f"; and {len(clashes) - _SHOWN} more" if len(clashes) > _SHOWN else ""
        raise SettingsError(f"{shown}{more}; keep the endings (--full-names), or rename one of them")


def _clash_text(first: "Item", second: "Item") -> str:
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


def _require_no_inputs(outputs: set[str], items: "Sequence[Item]") -> None:
    real_root: dict[str, str] = {}
    for item in items:
        name = item.input if is_bucket(item.root) else _real_input(item, real_root)
        if name in outputs:
            raise SettingsError(f"{item.input} is an input and would be an output; choose another target")


def _real_input(item: "Item", real_root: dict[str, str]) -> str:
    """Return the path of an input with the links of its folder resolved, each folder once."""
    folder, _, name = item.input.replace(os.sep, "/").rpartition("/")
    if folder not in real_root:
        real_root[folder] = os.path.realpath(folder or ("/" if item.input.startswith("/") else "."))
    return f"{real_root[folder].rstrip(os.sep)}{os.sep}{name}"
