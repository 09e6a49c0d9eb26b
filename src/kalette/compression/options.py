"""Keyword arguments of the public functions: fields of `Settings` and of `Run`."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from kalette.types import (
    OnPass,
    OnStep,
    Options,
    Run,
    Settings,
    SettingsError,
    brief,
    require_kind,
    thread_count,
)


class CompressOptions(Options, total=False):
    """The fields of `Settings`, except k, and of `Run` as keyword arguments."""

    threads: int | None
    keep_history: bool
    on_pass: OnPass | None
    on_step: OnStep | None
    cancelled: Callable[[], bool] | None


_SETTINGS_NAMES = tuple(field.name for field in fields(Settings))
_RUN_NAMES = tuple(field.name for field in fields(Run))


def settings_and_run(k: Any, settings: Settings | None, options: Mapping[str, Any]) -> tuple[Settings, Run]:
    """Return settings and run with the given options applied; palette files are read.

    Parameters
    ----------
    k : int, "auto" or None
        None keeps the k of the settings.
    settings : Settings or None
        Settings to change; None: the defaults.
    options : mapping
        Fields of `Settings` and of `Run`.

    Raises
    ------
    SettingsError
        For an unknown option or an invalid value.

    Examples
    --------
    >>> settings_and_run(16, None, {"threads": 2})[1].threads
    2
    >>> settings_and_run(None, None, {"colour": 3})
    Traceback (most recent call last):
    kalette.SettingsError: there is no option 'colour'; did you mean keep_colors?
    """
    require_kind("settings", settings, Settings | None, "give kalette.Settings(...), or leave it out")
    if isinstance(k, Settings):
        raise SettingsError("k is a Settings object; pass it by name, as settings=...")
    for name in options:
        if name not in _SETTINGS_NAMES and name not in _RUN_NAMES:
            raise SettingsError(f"there is no option {brief(name)}; {_hint(name)}")
    changed = {name: value for name, value in options.items() if name in _SETTINGS_NAMES}
    if k is not None:
        changed["k"] = k
    if isinstance(changed.get("palette"), str | os.PathLike):
        from kalette.palettes import read_palette

        changed["palette"] = read_palette(changed["palette"])
    carried = {name: value for name, value in options.items() if name in _RUN_NAMES}
    carried["threads"] = thread_count(carried.get("threads"))
    return replace(settings or Settings(), **changed), Run(**carried)


def _hint(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, (*_SETTINGS_NAMES, *_RUN_NAMES), n=1, cutoff=0.5)
    return (
        f"did you mean {close[0]}?" if close else f"choose from {', '.join((*_SETTINGS_NAMES, *_RUN_NAMES))}"
    )
