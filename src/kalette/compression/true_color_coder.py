"""Frames of an animation, coded exactly in true colour."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.compression.frame_plan import PlannedFrame
from kalette.compression.solid import differing
from kalette.mapping import FrameStep
from kalette.types import Effort, Format, Palette, Pixels
from kalette.writing import deflated_true_color, webp_frame


class TrueColorFrame(NamedTuple):
    """The part of a frame that is stored.

    Parameters
    ----------
    pixels : ndarray
        (h, w, 4) uint8, clear or opaque.
    drawn : ndarray
        (h, w) bool: pixels that change.
    data : bytes
        Deflated rows for PNG, a chunk for WebP.
    palette : ndarray
        (k, 3) uint8, which is not in the file.
    kept : int
        No index: k.
    """

    pixels: Pixels
    drawn: NDArray[np.bool_]
    data: bytes
    palette: Palette
    kept: int

    def over(self, shown: Pixels) -> Pixels:
        """Return what is shown after it, which does not depend on what was shown before."""
        return self.pixels


class TrueColorCoder:
    """Codes frames exactly.

    Parameters
    ----------
    file_format : {"png", "webp"}
        Format of the file.
    channels : {3, 4}
        Those of a PNG; WebP chooses by itself.
    palette : ndarray
        (k, 3) uint8: what K-Means found.
    effort : {"fast", "balanced", "best"}
        Effort of the search for fewer bytes.
    """

    def __init__(
        self, file_format: Format, channels: Literal[3, 4], palette: Palette, effort: Effort
    ) -> None:
        """Keep what all frames share."""
        self._format, self._channels = file_format, channels
        self._palette, self._effort = palette, effort

    def preparer(self, rate: float) -> Callable[[PlannedFrame], None]:
        """Return a function that has nothing to prepare, at any rate."""
        return lambda plan: None

    def coded(self, step: FrameStep, lossy: None) -> TrueColorFrame:
        """Return a frame drawn on what is shown."""
        drawn = differing(step.now, step.shown)
        data = (
            deflated_true_color(step.now, drawn, self._channels, self._effort)
            if self._format == "png"
            else webp_frame(step.now, drawn, self._effort)
        )
        return TrueColorFrame(step.now, drawn, data, self._palette, len(self._palette))
