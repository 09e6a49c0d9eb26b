"""Limits on untrusted input files, checked before memory is allocated."""

import sys
from dataclasses import dataclass, fields

from kalette.types.checks import require_flag, require_whole
from kalette.types.errors import LimitError

MAX_INPUT_BYTES = 256 << 20
MAX_PIXELS = 256_000_000
MAX_SIDE = 65_535
MAX_FRAMES = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Upper limits on an input; they never change the output of an input within them.

    Parameters
    ----------
    max_input_bytes : int
        Size of the file.
    max_pixels : int
        Width x height, summed over the decoded frames.
    max_side : int
        Width or height, whichever is larger.
    max_frames : int
        Frames in the file.
    allow_truncated : bool
        Decode what is left of a damaged or truncated file, which is an error otherwise.

    Raises
    ------
    SettingsError
        For a limit below one.

    Examples
    --------
    >>> Limits().max_pixels
    256000000
    >>> Limits(max_side=0)
    Traceback (most recent call last):
    kalette.SettingsError: max_side is 0; give a whole number, at least 1
    """

    max_input_bytes: int = MAX_INPUT_BYTES
    max_pixels: int = MAX_PIXELS
    max_side: int = MAX_SIDE
    max_frames: int = MAX_FRAMES
    allow_truncated: bool = False

    def __post_init__(self) -> None:
        """Check the values."""
        for field in fields(self):
            require = require_flag if field.name == "allow_truncated" else require_whole
            require(field.name, getattr(self, field.name))

    def require_bytes(self, name: str, size_bytes: int, *, at_least: bool = False) -> None:
        """Raise for a file that is too large.

        Parameters
        ----------
        name : str
            Name of the file in messages.
        size_bytes : int
            Its size.
        at_least : bool
            Whether the size counts only the bytes read so far.

        Raises
        ------
        LimitError
            With the size and the option that raises the limit.
        """
        if size_bytes > self.max_input_bytes:
            size = f"more than {self.max_input_bytes:,} bytes" if at_least else f"{size_bytes:,} bytes"
            raise LimitError(
                f"{name} has {size} and at most {self.max_input_bytes:,} are read; "
                f"raise the limit (--max-input-bytes) if you trust the file"
            )

    def require_frames(self, name: str, frames: int, *, instead: str = "") -> None:
        """Raise for a file with too many frames.

        Parameters
        ----------
        name : str
            Name of the file in messages.
        frames : int
            Its frames.
        instead : str
            What else the user can do.

        Raises
        ------
        LimitError
            With the option that raises the limit.
        """
        if frames > self.max_frames:
            raise LimitError(
                f"{name} has more than {self.max_frames:,} frames, the most that are read; "
                f"raise the limit (--max-frames) if you trust the file{_or(instead)}"
            )

    def require_stored(self, name: str, frames: int, pixels: int) -> None:
        """Raise for an animation whose stored frames, also those beyond the canvas, have too many pixels.

        Raises
        ------
        LimitError
            With the number of pixels and the option that raises the limit.
        """
        if pixels > self.max_pixels:
            raise LimitError(
                f"{name} stores {frames:,} frames of {pixels:,} pixels together and at most "
                f"{self.max_pixels:,} are read; raise the limit (--max-pixels) if you trust the file"
            )

    def require_size(self, name: str, width: int, height: int, *, frames: int = 1, instead: str = "") -> None:
        """Raise for a picture that is too large, in pixels of all frames or in width or height.

        Parameters
        ----------
        name : str
            Name of the file in messages.
        width, height : int
            Size of a frame.
        frames : int
            Number of frames.
        instead : str
            What else the user can do about the pixels of several frames.

        Raises
        ------
        LimitError
            With the size and the option that raises the limit.
        """
        if max(width, height) > self.max_side:
            raise LimitError(
                f"{name} is {width:,} x {height:,} pixels and a side has at most {self.max_side:,}; "
                f"raise the limit (--max-side) if you trust the file"
            )
        if width * height * frames > self.max_pixels:
            each = f"{frames:,} frames of {width:,} x {height:,}" if frames > 1 else f"{width:,} x {height:,}"
            way_out = _or(instead if frames > 1 else "")
            raise LimitError(
                f"{name} has {each} = {width * height * frames:,} pixels and at most {self.max_pixels:,} are "
                f"read; raise the limit (--max-pixels) if you trust the file{way_out}"
            )


def _or(instead: str) -> str:
    return f", or {instead}" if instead else ""


DEFAULT_LIMITS = Limits()

_NO_LIMIT = sys.maxsize
UNLIMITED = Limits(max_input_bytes=_NO_LIMIT, max_pixels=_NO_LIMIT, max_side=_NO_LIMIT, max_frames=_NO_LIMIT)
"""For files that Kalette has written itself."""
