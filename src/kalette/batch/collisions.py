"""Checks of planned outputs: clashes, reserved names, and outputs that lie elsewhere."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path

from kalette.batch.database import StoredMapping
from kalette.batch.items import Item
from kalette.batch.places import is_bucket
from kalette.types import SettingsError

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$')
_SHOWN = 3  # clashes named in the message
_FOLDERS = 256  # whose links are known at once; in a sorted plan, those of one folder are almost side by side


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
        The planned images, in the order of their folded outputs; read once, or twice if some lie in
        the target.
    target : str
        Folder or bucket of the outputs.

    Raises
    ------
    SettingsError
        When two outputs are the same file, also where case or the form of accents does not count; when an
        output is an input, lies outside the target, or has a name that is not possible.
    """
    checked = _distinct(items)
    if is_bucket(target):
        root = f"{target.rstrip('/')}/"
    else:
        root = os.path.realpath(target).rstrip(os.sep) + os.sep
        checked = _inside(_possible(checked) if os.name == "nt" else checked, Path(target))
    inputs = StoredMapping[str]()
    inputs.update(_inputs_below(root, checked))
    if inputs:
        _require_no_inputs(items, inputs)


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


def _distinct(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, and raise at their end if some have the same output."""
    shown, count, first, name = list[str](), 0, None, ""
    for item in items:
        own_name = folded(item.output)
        if first is None or own_name != name:
            first, name = item, own_name
        else:
            count += 1
            if count <= _SHOWN:
                shown.append(_clash_text(first, item))
        yield item
    if count:
        more = f"; and {count - _SHOWN} more" if count > _SHOWN else ""
        raise SettingsError(
            f"{'; '.join(shown)}{more}; keep the endings (--full-names), or rename one of them"
        )


def _clash_text(first: Item, second: Item) -> str:
    if first.output == second.output:
        return f"{first.input} and {second.input} would write the one {first.output}"
    return f"{first.output} and {second.output} are one file where case does not count"


def _possible(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items; raise for an output that Windows cannot have."""
    for item in items:
        if reserved_names([item.output]):
            raise SettingsError(f"{item.output} is a name that Windows cannot have; rename the input")
        yield item


def _inside(items: Iterable[Item], target: Path) -> Iterator[Item]:
    """Yield the items; raise if a folder of the target is a link out of it."""
    require_inside = lru_cache(_FOLDERS)(partial(_require_inside, target, os.path.realpath(target)))
    for item in items:
        require_inside(_folder_of(item.output))
        yield item


def _require_inside(target: Path, root: str, folder: str) -> None:
    place = os.path.realpath(target / folder)
    if place != root and not place.startswith(root + os.sep):
        raise SettingsError(
            f"{target / folder} leads to {place}, outside the target; "
            "remove the link, or choose another target"
        )


def _inputs_below(root: str, items: Iterable[Item]) -> Iterator[tuple[str, str]]:
    """Yield the inputs below a root: the path from there, and the name of the input."""
    way_to = lru_cache(_FOLDERS)(partial(_way, root))
    for item in items:
        path = item.path.replace(os.sep, "/")
        folder = _folder_of(path)
        way = way_to(item.root, folder)
        if way is not None:
            yield way + path[len(folder) :], item.input


def _way(root: str, place: str, folder: str) -> str | None:
    """Return the path from a root to a folder of inputs, with links resolved; None if it lies elsewhere."""
    if is_bucket(place):
        whole = f"{place.rstrip('/')}/{folder}"
    else:
        whole = os.path.realpath(Path(place, folder)).rstrip(os.sep) + os.sep
    return whole[len(root) :].replace(os.sep, "/") if whole.startswith(root) else None


def _folder_of(path: str) -> str:
    """Return the part of a path up to its last slash."""
    return path[: path.rfind("/") + 1]


def _require_no_inputs(items: Iterable[Item], inputs: StoredMapping[str]) -> None:
    """Raise for an output that is an input."""
    for item in items:
        own_input = inputs.get(item.output)
        if own_input is not None:
            raise SettingsError(f"{own_input} is an input and would be an output; choose another target")
