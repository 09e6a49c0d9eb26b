"""Frames of an animation without loss, as LZW codes of GIF."""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import color_keys
from kalette.mapping.frame_step import Coded, FrameStep
from kalette.types import Effort, Indices, Palette, Pixels

# How many shorter strings than the longest are tried too. None is best for pixels chosen for a greedy coder.
_LOOKAHEADS = (8, 0)
_MORE_LOOKAHEADS = (4, 2, 1)  # for the best way alone
# Of the best mean length of strings, down to which a full dictionary stays; at 100 it is cleared at once.
_WORN_PERCENTS = (100, 97, 94)


def code_exactly(step: FrameStep, palette: Palette, effort: Effort = "balanced") -> Coded:
    """Map a frame to equal palette entries, or keep equal pixels, in the fewest LZW codes found.

    A pixel that is shown already may be kept or drawn again. Always keeping, always drawing, and whatever
    makes the longer string: each is best for some frames, so all are tried.

    Parameters
    ----------
    step : FrameStep
        The frame; `before` has no effect.
    palette : ndarray
        (k, 3) uint8, k at most 256, with every colour that is not shown already; with k = 256 all colours, if
        each is drawn.
    effort : {"fast", "balanced", "best"}
        With "fast", one way alone is tried.

    Examples
    --------
    >>> clear, black = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), (0, 0, 0, 255), np.uint8)
    >>> code_exactly(FrameStep(black, clear), np.zeros((1, 3), np.uint8)).indices.tolist()
    [[0, 0, 0, 0]]
    """
    entries = _entries(step.now, palette)
    symbols = Symbols(len(palette), _kept_symbol(entries, len(palette)))
    is_kept = (step.now == step.shown).all(axis=2) & (symbols.kept < 256)
    either = is_kept & (entries >= 0)
    drawn = np.where(is_kept & ~either, symbols.kept, entries).astype(np.uint8)
    kept_first = np.where(is_kept, symbols.kept, drawn).astype(np.uint8)
    return Coded(kept_first, symbols.kept, min(_codes(drawn, either, symbols, effort), key=len))


class Symbols(NamedTuple):
    """The k entries of a palette, and what keeps a pixel: k, or an entry that is not drawn."""

    k: int
    kept: int


def _kept_symbol(entries: NDArray[np.int64], k: int) -> int:
    """Return k, or the last entry that is not drawn where one symbol more would take one bit more."""
    if k & (k - 1):
        return k
    unused = np.flatnonzero(np.bincount(entries[entries >= 0], minlength=k) == 0)
    return int(unused[-1]) if unused.size else k


def _codes(drawn: Indices, either: NDArray[np.bool_], symbols: Symbols, effort: Effort) -> list[bytes]:
    nothing = np.zeros(drawn.shape, np.uint8)
    choices = [(drawn, either.astype(np.uint8))]
    if effort == "fast":
        return [_coded(*choices[0], symbols, _LOOKAHEADS[0])]
    if either.any():
        kept = np.where(either, symbols.kept, drawn).astype(np.uint8)
        choices += [(kept, nothing), (drawn, nothing)]
    ways = list(product(choices, _LOOKAHEADS, _WORN_PERCENTS))
    found = [_coded(*choice, symbols, lookahead, worn) for choice, lookahead, worn in ways]
    choice, _, worn = ways[found.index(min(found, key=len))]
    return found + [_coded(*choice, symbols, lookahead, worn) for lookahead in _MORE_LOOKAHEADS]


def _coded(indices: Indices, either: Indices, symbols: Symbols, lookahead: int, worn: int = 100) -> bytes:
    return kernels.code_lzw(indices, either, *symbols, lookahead, worn).tobytes()


def _entries(pixels: Pixels, palette: Palette) -> NDArray[np.int64]:
    """Return the entry of each pixel; -1 where there is none, as for clear pixels."""
    order = np.argsort(color_keys(palette))
    keys = color_keys(palette)[order]
    wanted = color_keys(pixels)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = (keys[places] == wanted) & (pixels[..., 3] > 0)
    return np.where(found, order[places], -1)
