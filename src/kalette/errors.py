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


class LimitError(ReadError):
    """An input is larger than a limit, which an option lifts."""


class DamagedError(ReadError):
    """An input is damaged or cut short; an option takes what can be decoded of it."""

    reason = ""


class PaletteError(KaletteError):
    """The picture cannot be shown with the palette that was asked for."""


class WriteError(KaletteError):
    """An output cannot be written."""


class NotSmallerError(KaletteError):
    """The result is not smaller than the input, and only a smaller one was wanted."""

    exit_code = 98
