"""Standard input and standard output as files."""

import sys

from kalette.errors import ReadError, WriteError

STANDARD = "-"
"""Names standard input and standard output."""


def read_standard_input() -> bytes:
    """Return all that is piped in.

    Raises
    ------
    ReadError
        When standard input is closed.
    """
    if sys.stdin is None:
        raise ReadError("standard input is closed; pipe an image into it, or name a file")
    return sys.stdin.buffer.read()


def write_standard_output(data: bytes) -> None:
    """Write bytes as they are.

    Raises
    ------
    WriteError
        When standard output is closed.
    """
    if sys.stdout is None:
        raise WriteError("standard output is closed; name a file with -o")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
