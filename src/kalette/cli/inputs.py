"""What the command line names as input."""

import sys

from kalette.cli.outputs import STANDARD
from kalette.errors import ReadError


def source_of(name: str) -> str | bytes:
    """Return what an image is to be read from: the path, or the bytes of standard input for `STANDARD`.

    Raises
    ------
    ReadError
        When standard input is closed.

    Examples
    --------
    >>> source_of("photo.jpg")
    'photo.jpg'
    """
    if name != STANDARD:
        return name
    if sys.stdin is None:
        raise ReadError("standard input is closed; pipe an image into it, or name a file")
    return sys.stdin.buffer.read()
