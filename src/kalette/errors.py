"""What can go wrong, each kind with the exit code that the command returns for it.

Every message is one sentence that names the value, the rule and the way out.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")


class KaletteError(Exception):
    """Base of all errors that Kalette raises on purpose."""

    exit_code = 1


class SettingsError(KaletteError, ValueError):
    """An option has a value that it cannot have; known before any file is opened."""

    exit_code = 2


class ReadError(KaletteError):
    """An input cannot be read as an image."""


class LimitError(ReadError):
    """An input is larger than a limit, which an option lifts."""


class DamagedError(ReadError):
    """An input is damaged or cut short; an option takes what can be decoded of it."""

    reason = ""


class PaletteError(KaletteError):
    """A palette cannot be read or written, or the picture cannot be shown with it."""


class WriteError(KaletteError):
    """An output cannot be written."""


class MissingLibraryError(KaletteError, ImportError):
    """Something needs a library that the plain install does not bring."""


class GoalError(KaletteError):
    """A floor of quality or a budget of bytes cannot be met."""

    exit_code = 99


class NotSmallerError(KaletteError):
    """The result is not smaller than the input, and only a smaller one was wanted."""

    exit_code = 98


def memory_told(function: Callable[_Arguments, _Returned]) -> Callable[_Arguments, _Returned]:
    """Let a function say in one sentence that memory is not enough, wherever that shows."""

    @wraps(function)
    def told(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Returned:
        try:
            return function(*args, **kwargs)
        except MemoryError as error:
            raise ReadError("the picture needs more memory than there is; make it smaller first") from error

    return told
