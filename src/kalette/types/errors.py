"""Exceptions with the exit codes of the command.

Every message is one sentence that names the value, the rule and the way out.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")


class KaletteError(Exception):
    """Base class of all errors raised by Kalette."""

    exit_code = 1


class SettingsError(KaletteError, ValueError):
    """An option is invalid; known before any file is opened."""

    exit_code = 2


class ReadError(KaletteError):
    """An input cannot be read as an image."""


class AnimationError(ReadError):
    """An input is an animation where one image is taken."""


class LimitError(ReadError):
    """An input exceeds a limit, which an option can raise."""


class DamagedError(ReadError):
    """An input is damaged or truncated; an option allows partial decoding."""

    reason = ""


class PaletteError(KaletteError):
    """A palette cannot be read or written, or it does not suit the picture."""


class WriteError(KaletteError):
    """An output cannot be written."""


class MissingLibraryError(KaletteError, ImportError):
    """An optional library is not installed."""


class TargetError(KaletteError):
    """A quality floor or a size budget cannot be met."""

    exit_code = 99


class NotSmallerError(KaletteError):
    """The result is not smaller than the input, as was required."""

    exit_code = 98


class WorkerError(KaletteError):
    """A worker process ended before its task was done."""


class TimeLimitError(WorkerError):
    """A task took longer than it may, and was ended."""


class MemoryLimitError(WorkerError):
    """A task needs more memory than it may take."""


class CancelledError(KaletteError):
    """The caller cancelled the work."""

    exit_code = 130


for _error in (
    KaletteError,
    *KaletteError.__subclasses__(),
    *ReadError.__subclasses__(),
    *WorkerError.__subclasses__(),
):
    _error.__module__ = "kalette"  # the public module, for tracebacks

_WORST_FIRST = (1, 99, 98)


def worst_exit_code(codes: Collection[int]) -> int:
    """Return the exit code for several failures: 1 before 99 before 98; 0 for none.

    Examples
    --------
    >>> worst_exit_code({98, 1, 99}), worst_exit_code({98, 99}), worst_exit_code(())
    (1, 99, 0)
    """
    return next((code for code in _WORST_FIRST if code in codes), max(codes, default=0))


def tells_of_memory(function: Callable[_Arguments, _Returned]) -> Callable[_Arguments, _Returned]:
    """Decorate a function to convert a `MemoryError` to a `KaletteError`."""

    @wraps(function)
    def telling(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Returned:
        try:
            return function(*args, **kwargs)
        except MemoryError as error:
            raise ReadError("the picture needs more memory than there is; make it smaller first") from error

    return telling
