"""How much of a stranger's file Kalette takes on, checked before memory is taken."""

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
    """What an input may be at most; none of it changes the output of an input that stays within.

    Parameters
    ----------
    max_input_bytes : int
        Size of the file.
    max_pixels : int
        Width x height, summed over the frames that are to be decoded.
    max_side : int
        Width, and height.
    max_frames : int
        Frames in the file.
    allow_truncated : bool
        Take what can be decoded of a file that is damaged or cut short, which is refused otherwise.

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
        """Refuse what cannot be a limit."""
        for field in fields(self):
            require = require_flag if field.name == "allow_truncated" else require_whole
            require(field.name, getattr(self, field.name))

    def require_bytes(self, name: str, size_bytes: int, *, at_least: bool = False) -> None:
        """Refuse a file that is too long.

        Parameters
        ----------
        name : str
            What messages call it.
        size_bytes : int
            Its size.
        at_least : bool
            Whether the size is only what was read so far.

        Raises
        ------
        LimitError
            With the figure and the option that lifts the limit.
        """
        if size_bytes > self.max_input_bytes:
            size = f"more than {self.max_input_bytes:,} bytes" if at_least else f"{size_bytes:,} bytes"
            raise LimitError(
                f"{name} has {size} and at most {self.max_input_bytes:,} are read; "
                f"raise the limit (--max-input-bytes) if you trust the file"
            )

    def require_frames(self, name: str, frames: int) -> None:
        """Refuse a file with too many frames.

        Raises
        ------
        LimitError
            With the option that lifts the limit.
        """
        if frames > self.max_frames:
            raise LimitError(
                f"{name} has more than {self.max_frames:,} frames, the most that are read; "
                f"raise the limit (--max-frames) if you trust the file"
            )

    def require_size(self, name: str, width: int, height: int, frames: int = 1) -> None:
        """Refuse a picture that is too large, its frames taken together.

        Raises
        ------
        LimitError
            With the figure and the option that lifts the limit.
        """
        if max(width, height) > self.max_side:
            raise LimitError(
                f"{name} is {width:,} x {height:,} pixels and a side has at most {self.max_side:,}; "
                f"raise the limit (--max-side) if you trust the file"
            )
        if width * height * frames > self.max_pixels:
            each = f"{frames:,} frames of {width:,} x {height:,}" if frames > 1 else f"{width:,} x {height:,}"
            first = ", or ask for the first frame (--first-frame)" if frames > 1 else ""
            raise LimitError(
                f"{name} has {each} = {width * height * frames:,} pixels and at most {self.max_pixels:,} are "
                f"read; raise the limit (--max-pixels) if you trust the file{first}"
            )


DEFAULT_LIMITS = Limits()

_ENDLESS = sys.maxsize
UNLIMITED = Limits(max_input_bytes=_ENDLESS, max_pixels=_ENDLESS, max_side=_ENDLESS, max_frames=_ENDLESS)
"""For files of Kalette's own."""
