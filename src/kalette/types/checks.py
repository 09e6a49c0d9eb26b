"""Argument checks of the public functions."""

from numbers import Integral
from typing import TypeGuard

from kalette.types.errors import SettingsError


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is an integer of Python or NumPy, but not a bool.

    Examples
    --------
    >>> is_whole(3), is_whole(True), is_whole(3.0)
    (True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


def require_whole(name: str, value: object, least: int = 1) -> None:
    """Raise unless the value is an integer of at least `least`.

    Examples
    --------
    >>> require_whole("max_side", 0)
    Traceback (most recent call last):
    kalette.SettingsError: max_side is 0; give a whole number, at least 1
    """
    if not (isinstance(value, Integral) and is_whole(value) and int(value) >= least):
        raise SettingsError(f"{name} is {value!r}; give a whole number, at least {least}")


def require_flag(name: str, value: object) -> None:
    """Raise unless the value is True or False.

    Examples
    --------
    >>> require_flag("keep_hidden", 1)
    Traceback (most recent call last):
    kalette.SettingsError: keep_hidden is 1; give True or False
    """
    if not isinstance(value, bool):
        raise SettingsError(f"{name} is {value!r}; give True or False")


def require_function(name: str, value: object) -> None:
    """Raise unless the value is callable or None.

    Examples
    --------
    >>> require_function("on_pass", 3)
    Traceback (most recent call last):
    kalette.SettingsError: on_pass is 3; give a function, or leave it out
    """
    if value is not None and not callable(value):
        raise SettingsError(f"{name} is {value!r}; give a function, or leave it out")
