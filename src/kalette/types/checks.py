"""Checks of arguments at public doors."""

from numbers import Integral

from kalette.types.errors import SettingsError


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, of Python or NumPy, and no bool.

    Examples
    --------
    >>> is_whole(3), is_whole(True), is_whole(3.0)
    (True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


def require_whole(name: str, value: object, least: int = 1) -> None:
    """Refuse all but whole numbers from the least on.

    Examples
    --------
    >>> require_whole("max_side", 0)
    Traceback (most recent call last):
    kalette.SettingsError: max_side is 0; give a whole number, at least 1
    """
    if not (isinstance(value, Integral) and is_whole(value) and int(value) >= least):
        raise SettingsError(f"{name} is {value!r}; give a whole number, at least {least}")


def require_flag(name: str, value: object) -> None:
    """Refuse all but True and False.

    Examples
    --------
    >>> require_flag("keep_hidden", 1)
    Traceback (most recent call last):
    kalette.SettingsError: keep_hidden is 1; give True or False
    """
    if not isinstance(value, bool):
        raise SettingsError(f"{name} is {value!r}; give True or False")


def require_function(name: str, value: object) -> None:
    """Refuse all but functions and None.

    Examples
    --------
    >>> require_function("on_pass", 3)
    Traceback (most recent call last):
    kalette.SettingsError: on_pass is 3; give a function, or leave it out
    """
    if value is not None and not callable(value):
        raise SettingsError(f"{name} is {value!r}; give a function, or leave it out")
