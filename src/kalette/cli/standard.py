"""Images on standard input and output."""

import sys

from kalette.batch import STANDARD
from kalette.cli.streams import stdout_is_closed
from kalette.reading import stream_bytes
from kalette.types import Limits, ReadError, SettingsError, WriteError
from kalette.writing import Spool, blocks_of


def read_standard_input(limits: Limits) -> bytes:
    """Read standard input within the limits.

    Raises
    ------
    ReadError
        When it is closed, cannot be read, or exceeds the limits.
    """
    if sys.stdin is None:
        raise ReadError("standard input is closed; pipe an image into it, or name a file")
    try:
        return stream_bytes(sys.stdin.buffer, "the input", limits)
    except OSError as error:
        raise ReadError(f"the input cannot be read ({error.strerror}); pipe an image into it") from error


def source_of(name: str, limits: Limits) -> str | bytes:
    """Return the path of an image, or the bytes of standard input for `STANDARD`.

    Examples
    --------
    >>> source_of("photo.jpg", Limits())
    'photo.jpg'
    """
    return read_standard_input(limits) if name == STANDARD else name


def require_redirected(file_format: str, *, as_json: bool = False) -> None:
    """Raise if bytes of a format would go to a terminal, or between JSON lines."""
    if as_json:
        raise SettingsError("--json and an output of - both need standard output; name a file with -o")
    if sys.stdout is not None and sys.stdout.isatty():
        raise SettingsError(
            f"{file_format} is not for a terminal; name a file with -o, or pipe the output to a program"
        )


def write_standard_output(data: bytes | Spool) -> None:
    """Write bytes to standard output.

    Raises
    ------
    WriteError
        When standard output is closed.
    """
    if stdout_is_closed():
        raise WriteError("standard output is closed; name a file with -o")
    sys.stdout.buffer.writelines(blocks_of(data))
    sys.stdout.buffer.flush()
