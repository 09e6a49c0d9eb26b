"""Printing swatches: in colour on a terminal, as plain text elsewhere."""

from typing import TYPE_CHECKING, TextIO

from kalette.palettes import Swatches
from kalette.types import channels_of, share_text

if TYPE_CHECKING:
    from rich.text import Text

_BLOCK_WIDTH, _MAX_BAR_WIDTH = 8, 30
_BACKDROPS = (255, 204)  # greys of the checkerboard under translucent colours


def print_swatches(swatches: Swatches, stream: TextIO) -> None:
    """Print code and share of each colour; on a terminal also a block of the colour and a bar.

    Parameters
    ----------
    swatches : Swatches
        Swatches with shares.
    stream : text stream
        Output stream.

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
        bar = round(_MAX_BAR_WIDTH * share / max(*shares, 1e-9))
        console.print(
            _line(code, f"  {code:{width}}  {share_text(share):>7}  ", bar), no_wrap=True, crop=True
        )


def _line(code: str, words: str, bar: int) -> "Text":
    """Return a block of the colour (over a checkerboard if not opaque), the text, and a bar."""
    from rich.text import Text

    line = Text("  ")
    for column in range(_BLOCK_WIDTH):
        line.append(" ", style=f"on {_blended(code, _BACKDROPS[column // 2 % 2])}")
    line.append(words)
    return line.append("\N{BOX DRAWINGS HEAVY HORIZONTAL}" * bar)


def _blended(code: str, backdrop: int) -> str:
    """Blend a colour over a grey background."""
    *channels, alpha = channels_of(code)
    seen = (round((channel * alpha + backdrop * (255 - alpha)) / 255) for channel in channels)
    return f"#{bytes(seen).hex()}"
