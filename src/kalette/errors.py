"""What can go wrong, each kind with the exit code that the command returns for it.

Every message is one sentence that names the value, the rule and the way out.
"""


class KaletteError(Exception):
    """Base of all errors that Kalette raises on purpose."""

    exit_code = 1


class SettingsError(KaletteError, ValueError):
    """An option has a value that it cannot have; known before any file is opened."""

    exit_code = 2


class ReadError(KaletteError):
    """An input cannot be read as an image."""


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
