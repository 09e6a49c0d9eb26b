"""Frames of an animation without loss, as LZW codes of GIF."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import color_keys
from kalette.mapping.frame_step import Coded, FrameStep
from kalette.types import Effort, Indices, Palette, Pixels

# How many shorter strings than the longest are tried too. None is best for pixels chosen for a greedy coder.
_LOOKAHEADS = (8, 0)
_MORE_LOOKAHEADS = (4, 2, 1)  # for the best way alone


def code_exactly(step: FrameStep, palette: Palette, effort: Effort = "balanced") -> Coded:
    """Map a frame to equal palette entries, or keep equal pixels, in the fewest LZW codes found.

    A pixel that is shown already may be kept or drawn again. Always keeping, always drawing, and whatever
    makes the longer string: each is best for some frames, so all are tried.

    Parameters
    ----------
    step : FrameStep
        The frame; `before` has no effect.
    palette : ndarray
        (k, 3) uint8, k at most 256, with every colour that is not shown already; with k = 256 all colours.
    effort : {"fast", "balanced", "best"}
        With "fast", one way alone is tried.

    Examples
    --------
    >>> clear, black = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (0, 0, 0, 255), np.uint8)
    >>> code_exactly(FrameStep(clear, black, clear), np.zeros((1, 3), np.uint8)).indices.tolist()
    [[0, 0, 0, 0]]
    """
    k, indices = len(palette), _entries(step.now, palette)
    kept = (step.now == step.shown).all(axis=2) & (k < 256)
    indices[kept & (indices < 0)] = k
    either = kept & (indices < k)
    drawn = indices.astype(np.uint8)
    kept_first = np.where(kept, k, drawn).astype(np.uint8)
    return Coded(kept_first, min(_codes(drawn, either, k, effort), key=len))


def _codes(drawn: Indices, either: NDArray[np.bool_], k: int, effort: Effort) -> list[bytes]:
    nothing = np.zeros(drawn.shape, np.uint8)
    choices = [(drawn, either.astype(np.uint8))]
    if effort == "fast":
        return [_coded(*choices[0], k, _LOOKAHEADS[0])]
    if either.any():
        kept = np.where(either, k, drawn).astype(np.uint8)
        choices += [(kept, nothing), (drawn, nothing)]
    ways = list(product(choices, _LOOKAHEADS, (False, True)))
    found = [_coded(*choice, k, lookahead, defers=defers) for choice, lookahead, defers in ways]
    choice, _, defers = ways[found.index(min(found, key=len))]
    return found + [_coded(*choice, k, lookahead, defers=defers) for lookahead in _MORE_LOOKAHEADS]


def _coded(indices: Indices, either: Indices, k: int, lookahead: int, *, defers: bool = False) -> bytes:
    return kernels.code_lzw(indices, either, k, lookahead, defers).tobytes()


def _entries(pixels: Pixels, palette: Palette) -> NDArray[np.int64]:
    """Return the entry of each pixel; -1 where there is none, as for clear pixels."""
    order = np.argsort(color_keys(palette))
    keys = color_keys(palette)[order]
    wanted = color_keys(pixels)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = (keys[places] == wanted) & (pixels[..., 3] > 0)
    return np.where(found, order[places], -1)
