"""What the command line names as input."""

import sys

from kalette.cli.outputs import STANDARD
from kalette.errors import ReadError
from kalette.limits import Limits
from kalette.sources import stream_bytes


def source_of(name: str, limits: Limits) -> str | bytes:
    """Return what an image is to be read from: the path, or the bytes of standard input for `STANDARD`.

    Raises
    ------
    ReadError
        When standard input is closed, cannot be read, or gives more than the limits allow.

    Examples
    --------
    >>> source_of("photo.jpg", Limits())
    'photo.jpg'
    """
    if name != STANDARD:
        return name
    if sys.stdin is None:
        raise ReadError("standard input is closed; pipe an image into it, or name a file")
    try:
        return stream_bytes(sys.stdin.buffer, "the input", limits)
    except OSError as error:
        raise ReadError(f"the input cannot be read ({error.strerror}); pipe an image into it") from error
