"""A frame of an animation to be mapped, and as it is mapped."""

from typing import NamedTuple

from kalette.types import Indices, Pixels


class FrameStep(NamedTuple):
    """A frame to be drawn, or a place of it: the source now, and what the screen shows.

    Parameters
    ----------
    now, shown : ndarray
        (H, W, 4) uint8, with alpha 0 and 255 only. A pixel that is clear now is clear in `shown`.
    """

    now: Pixels
    shown: Pixels


class Coded(NamedTuple):
    """A mapped frame.

    Parameters
    ----------
    indices : ndarray
        (H, W) uint8: entries, or `kept`.
    kept : int
        The index that keeps what is shown: k, or an entry that is not drawn.
    data : bytes
        The same as LZW codes of GIF.
    """

    indices: Indices
    kept: int
    data: bytes
