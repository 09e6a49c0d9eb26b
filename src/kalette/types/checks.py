"""Argument checks of the public functions."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from types import UnionType
from typing import Any, TypeGuard

from kalette.types.errors import SettingsError
from kalette.types.wording import brief


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is an integer of Python or NumPy, but not a bool.

    Examples
    --------
    >>> is_whole(3), is_whole(True), is_whole(3.0)
    (True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a number of Python or NumPy that a float can hold, but not a bool.

    Examples
    --------
    >>> is_number(3), is_number(0.5), is_number(True), is_number(math.inf), is_number(10**400)
    (True, True, False, False, False)
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def wrong(name: str, value: object, way_out: str) -> SettingsError:
    """Return the error of a wrong value, to raise: one sentence.

    Examples
    --------
    >>> wrong("ks", 5, "give numbers of colours, such as [2, 4, 8]")
    SettingsError('ks is 5; give numbers of colours, such as [2, 4, 8]')
    """
    return SettingsError(f"{name} is {brief(value)}; {way_out}")


def require_whole(name: str, value: object, least: int = 1, most: int | None = None) -> None:
    """Raise unless the value is an integer of at least `least`, and at most `most` if there is such a limit.

    Examples
    --------
    >>> require_whole("max_side", 0)
    Traceback (most recent call last):
    kalette.SettingsError: max_side is 0; give a whole number, at least 1
    >>> require_whole("width", 70_000, most=65_535)
    Traceback (most recent call last):
    kalette.SettingsError: width is 70000; give a whole number, at least 1 and at most 65535
    """
    if not is_whole(value) or value < least or (most is not None and value > most):
        bound = "" if most is None else f" and at most {most}"
        raise wrong(name, value, f"give a whole number, at least {least}{bound}")


def require_flag(name: str, value: object) -> None:
    """Raise unless the value is True or False.

    Examples
    --------
    >>> require_flag("keep_hidden", 1)
    Traceback (most recent call last):
    kalette.SettingsError: keep_hidden is 1; give True or False
    """
    require_kind(name, value, bool, "give True or False")


def require_function(name: str, value: object) -> None:
    """Raise unless the value is callable or None.

    Examples
    --------
    >>> require_function("on_pass", 3)
    Traceback (most recent call last):
    kalette.SettingsError: on_pass is 3; give a function, or leave it out
    """
    if value is not None and not callable(value):
        raise wrong(name, value, "give a function, or leave it out")


def require_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise unless the value is one of the choices.

    Examples
    --------
    >>> require_choice("space", "cmyk", ("srgb", "oklab"))
    Traceback (most recent call last):
    kalette.SettingsError: space is 'cmyk'; choose one of srgb, oklab
    """
    if not isinstance(value, str) or value not in choices:
        raise wrong(name, value, f"choose one of {', '.join(choices)}")


def require_kind(name: str, value: object, kind: type | UnionType, way_out: str) -> None:
    """Raise unless the value is of a type.

    Examples
    --------
    >>> require_kind("name", 5, str, "give a text")
    Traceback (most recent call last):
    kalette.SettingsError: name is 5; give a text
    """
    if not isinstance(value, kind):
        raise wrong(name, value, way_out)


def require_fields(owner: object, kinds: Mapping[str, type]) -> None:
    """Raise unless the attributes of an object are of these types.

    Examples
    --------
    >>> require_fields(1j, {"real": float, "imag": int})
    Traceback (most recent call last):
    kalette.SettingsError: imag is 1.0; give a int
    """
    for name, kind in kinds.items():
        require_kind(name, getattr(owner, name), kind, f"give a {kind.__name__}")


def elements_of(name: str, values: object, way_out: str) -> tuple[Any, ...]:
    """Return the elements of an iterable, or raise unless it is one (text is none).

    Examples
    --------
    >>> elements_of("ks", (k for k in (2, 4)), "give numbers of colours, such as [2, 4, 8]")
    (2, 4)
    >>> elements_of("ks", "2,4", "give numbers of colours, such as [2, 4, 8]")
    Traceback (most recent call last):
    kalette.SettingsError: ks is '2,4'; give numbers of colours, such as [2, 4, 8]
    """
    without_dimensions = getattr(values, "shape", None) == ()  # a NumPy array that only seems iterable
    if isinstance(values, str) or not isinstance(values, Iterable) or without_dimensions:
        raise wrong(name, values, way_out)
    return tuple(values)


def require_all(name: str, values: object, kind: type | UnionType, way_out: str, *, least: int = 0) -> None:
    """Raise unless the value is a list or tuple (no text) with at least so many elements, all of a type.

    Examples
    --------
    >>> require_all("inputs", "a.png", str, "give a list of paths")
    Traceback (most recent call last):
    kalette.SettingsError: inputs is 'a.png'; give a list of paths
    """
    if not isinstance(values, Sequence) or isinstance(values, str | bytes) or len(values) < least:
        raise wrong(name, values, way_out)
    if not all(isinstance(value, kind) for value in values):
        raise wrong(name, values, way_out)


def as_path(name: str, value: object, way_out: str = "give a file name") -> Path:
    """Return a path, or raise unless the value is one.

    Examples
    --------
    >>> as_path("the path", 5)
    Traceback (most recent call last):
    kalette.SettingsError: the path is 5; give a file name
    """
    if not isinstance(value, str | os.PathLike):
        raise wrong(name, value, way_out)
    return Path(os.fsdecode(value))
