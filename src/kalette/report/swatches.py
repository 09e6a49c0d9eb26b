"""Swatches for people: colours on a terminal, plain lines elsewhere."""

from typing import TYPE_CHECKING, TextIO

from kalette.palettes import Swatches
from kalette.types import channels_of, share_text

if TYPE_CHECKING:
    from rich.text import Text

_BLOCK, _BAR = 8, 30
_BACKDROPS = (255, 204)  # of a checkerboard, as image editors draw it under what is not opaque


def print_swatches(swatches: Swatches, stream: TextIO) -> None:
    """Print a line for each colour: its code and its share, on a terminal with a block of it and a bar.

    Parameters
    ----------
    swatches : Swatches
        With shares.
    stream : text stream
        Where to.

    Examples
    --------
    >>> import sys
    >>> import numpy as np
    >>> print_swatches(Swatches(np.array([[255, 128, 0]], np.uint8), (1.0,)), sys.stdout)
    #ff8000  100.0 %
    """
    shares = swatches.shares or (0.0,) * len(swatches)
    lines = list(zip(swatches, shares, strict=True))
    width = max(len(code) for code, _ in lines)
    if not stream.isatty():
        stream.writelines(f"{code:{width}}  {share_text(share):>7}\n" for code, share in lines)
        return
    from rich.console import Console

    console = Console(file=stream, highlight=False)
    for code, share in lines:
        bar = round(_BAR * share / max(*shares, 1e-9))
        console.print(
            _line(code, f"  {code:{width}}  {share_text(share):>7}  ", bar), no_wrap=True, crop=True
        )


def _line(code: str, words: str, bar: int) -> "Text":
    """Return a block of a colour, the words, and a bar; over a checkerboard where it is not opaque."""
    from rich.text import Text

    line = Text("  ")
    for column in range(_BLOCK):
        line.append(" ", style=f"on {_over(code, _BACKDROPS[column // 2 % 2])}")
    line.append(words)
    return line.append("\N{BOX DRAWINGS HEAVY HORIZONTAL}" * bar)


def _over(code: str, backdrop: int) -> str:
    """Return how a colour looks before a grey one."""
    *channels, alpha = channels_of(code)
    seen = (round((channel * alpha + backdrop * (255 - alpha)) / 255) for channel in channels)
    return f"#{bytes(seen).hex()}"
