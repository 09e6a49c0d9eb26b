"""Frames of clear and opaque pixels only, which is what all three formats of animations are written with."""

import numpy as np
from numpy.typing import NDArray

from kalette.color import composited, with_alpha, without_alpha
from kalette.types import Pixels, channels_of

_CLEAR_BELOW = 128  # alpha threshold without a matte
_PARTIAL_NOTE = "alpha below 128 became clear, the rest opaque"
_MATTE_NOTE = "partly clear pixels were laid over the matte"


class Solidifier:
    """Makes pixels clear or opaque.

    Parameters
    ----------
    matte : str or None
        Colour behind partly clear pixels, as #rrggbb; None: they become clear or opaque.

    Examples
    --------
    >>> half_clear = np.array([[[200, 0, 0, 128]]], np.uint8)
    >>> Solidifier("#0000ff").solid(half_clear).tolist(), Solidifier(None).solid(half_clear).tolist()
    ([[[100, 0, 127, 255]]], [[[200, 0, 0, 255]]])
    """

    def __init__(self, matte: str | None) -> None:
        """Check the matte."""
        self._matte = None if matte is None else np.array(channels_of(matte)[:3], np.int64)

    @property
    def note(self) -> str:
        """What becomes of partly clear pixels, for the user."""
        return _PARTIAL_NOTE if self._matte is None else _MATTE_NOTE

    def solid(self, pixels: Pixels) -> Pixels:
        """Return (H, W, 4) pixels that are clear or opaque."""
        if pixels.shape[2] == 3:
            return with_alpha(pixels)
        alpha = pixels[..., 3:]
        if self._matte is None:
            return np.where(alpha < _CLEAR_BELOW, np.uint8(0), with_alpha(pixels[..., :3]))
        return np.where(alpha == 0, np.uint8(0), with_alpha(composited(pixels, self._matte)))


def differing(pixels: Pixels, others: Pixels) -> NDArray[np.bool_]:
    """Return where two arrays of pixels with alpha differ."""
    differ: NDArray[np.bool_] = pixels.view(np.uint32)[..., 0] != others.view(np.uint32)[..., 0]
    return differ


def has_partial_alpha(pixels: Pixels) -> bool:
    """Return whether some pixel is partly clear."""
    alpha = pixels[..., 3:]
    return alpha.size > 0 and bool(((alpha > 0) & (alpha < 255)).any())


def opaque_colors(pixels: Pixels) -> NDArray[np.uint8]:
    """Return the colours of opaque pixels, (N, 3)."""
    is_opaque = pixels[..., 3] > 0
    opaque = pixels.reshape(-1, 4) if is_opaque.all() else pixels[is_opaque]
    return without_alpha(opaque)
