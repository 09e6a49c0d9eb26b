"""A frame of an animation as a file stores it, and its timing."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from kalette.types import Palette

Disposal = Literal["keep", "background", "previous"]
"""What becomes of a frame's place after it: as it is, clear, or as before the frame."""

_LEAST_HUNDREDTHS = 2  # browsers show shorter frames for a tenth of a second


class StoredFrame(NamedTuple):
    """A frame as stored: a part of the canvas.

    Parameters
    ----------
    left, top, width, height : int
        Its place.
    data : bytes
        Its indices: LZW codes for GIF, deflated rows for PNG, or a chunk for WebP.
    palette : ndarray
        (k, 3) uint8.
    kept : int
        The index that keeps what is shown: k, or in a GIF an entry that is not drawn.
    delay_ms : int
        How long it is shown.
    disposal : {"keep", "background", "previous"}
        What becomes of its place.
    """

    left: int
    top: int
    width: int
    height: int
    data: bytes
    palette: Palette
    kept: int
    delay_ms: int
    disposal: Disposal


class Canvas(NamedTuple):
    """What all frames of an animation share.

    Parameters
    ----------
    width, height : int
        Size in pixels.
    loops : int
        How often it is shown; 0 is for ever.
    """

    width: int
    height: int
    loops: int


def hundredths(delays_ms: Iterable[float]) -> Iterator[int]:
    """Yield delays in hundredths of a second, whose sum is exact: each carries its rounding on.

    A delay is at least 2, since browsers show shorter ones for a tenth of a second.

    Examples
    --------
    >>> list(hundredths([33, 33, 34, 4]))
    [3, 4, 3, 2]
    """
    shown, end = 0, 0.0
    for delay_ms in delays_ms:
        end += delay_ms
        delay = max(round(end / 10) - shown, _LEAST_HUNDREDTHS)
        yield delay
        shown += delay
