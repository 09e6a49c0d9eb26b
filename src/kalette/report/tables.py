"""The table of results that people read."""

import os
from collections.abc import Sequence
from typing import NamedTuple, TextIO

from kalette.compression import Result
from kalette.types import printable, psnr_text, ratio_text, size_text

_HEADINGS = ("file", "k", "colours", "size", "to input", "to raw", "PSNR", "seconds")
_SHORTEST_NAME = 12


class Row(NamedTuple):
    """A line of the table: the name of a file, and the other cells, which keep no pixels in memory."""

    name: str
    cells: tuple[str, ...]


def row_of(name: str, result: Result, seconds: float) -> Row:
    """Return the line for a result.

    Parameters
    ----------
    name : str
        Of its file.
    result : Result
        The compressed picture.
    seconds : float
        That it took.
    """
    size_bytes, input_bytes = result.output_bytes, result.input_bytes
    cells = (
        str(result.k),
        str(result.colors_used),
        size_text(size_bytes),
        "–" if input_bytes is None else ratio_text(size_bytes, input_bytes),
        ratio_text(size_bytes, result.raw_bytes),
        psnr_text(result.psnr_db),
        f"{seconds:.2f}",
    )
    return Row(name, cells)


def print_table(rows: Sequence[Row], stream: TextIO) -> None:
    """Print a line for each result: colours, size, ratios to input file and raw picture, quality, time.

    On a terminal that is too narrow, names lose their beginning.

    Parameters
    ----------
    rows : sequence of Row
        In the order in which they are shown.
    stream : text stream
        Where to.

    Examples
    --------
    >>> import sys
    >>> import numpy as np
    >>> from kalette.compression import compress
    >>> print_table([row_of("a.png", compress(np.zeros((2, 2, 3), np.uint8)), 0.1)], sys.stdout)
    file     k  colours  size  to input   to raw   PSNR  seconds
    ------------------------------------------------------------
    a.png  256        1  72 B         –  0.2 : 1  exact     0.10
    """
    lines = [_HEADINGS, *((printable(row.name), *row.cells) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if stream.isatty():
        room = os.get_terminal_size(stream.fileno()).columns - sum(widths[1:]) - 2 * len(widths[1:])
        widths[0] = min(widths[0], max(room, _SHORTEST_NAME))
    texts = [_line(cells, widths) for cells in lines]
    stream.writelines(f"{text}\n" for text in (texts[0], "-" * len(texts[0]), *texts[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, room = cells[0], widths[0]
    shown = name if len(name) <= room else f"…{name[len(name) - room + 1 :]}"
    numbers = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join((shown.ljust(room), *numbers))
