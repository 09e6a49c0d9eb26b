"""The table of results, as text."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

from kalette.compression import Result
from kalette.types import printable, psnr_text, ratio_text, size_text

if TYPE_CHECKING:  # stills do without the modules of animations
    from kalette.compression import AnimationResult

_MIN_NAME_WIDTH = 12


class Row(NamedTuple):
    """A row of the table: file name, other cells, whether one is a score of SSIMULACRA 2; no pixels."""

    name: str
    cells: tuple[str, ...]
    is_scored: bool


def row_of(name: str, result: "Result | AnimationResult", seconds: float) -> Row:
    """Return the row of a result, with its PSNR, or with the score if a quality was asked for.

    For an animation, the number of frames stands in this place.

    Parameters
    ----------
    name : str
        File name.
    result : Result or AnimationResult
        The compressed picture or animation.
    seconds : float
        Time in seconds.
    """
    size_bytes, input_bytes = result.output_bytes, result.input_bytes
    is_scored = isinstance(result, Result) and result.settings.quality is not None
    cells = (
        str(result.k),
        str(result.colors_used),
        size_text(size_bytes),
        "–" if input_bytes is None else ratio_text(size_bytes, input_bytes),
        ratio_text(size_bytes, result.raw_bytes),
        _look_of(result, is_scored=is_scored),
        f"{seconds:.2f}",
    )
    return Row(name, cells, is_scored)


def _look_of(result: "Result | AnimationResult", *, is_scored: bool) -> str:
    if not isinstance(result, Result):
        return "exact" if result.is_exact else f"{len(result.records)} frames"
    is_lossy = result.psnr_db is not None
    return f"{result.ssimulacra2:.1f}" if is_scored and is_lossy else psnr_text(result.psnr_db)


def print_table(rows: Sequence[Row], stream: TextIO) -> None:
    """Print a row for each result: colours, size, ratios to input file and raw picture, quality, time.

    Names are truncated at the start to fit the terminal.

    Parameters
    ----------
    rows : sequence of Row
        Rows, in order.
    stream : text stream
        Output stream.

    Examples
    --------
    >>> import sys
    >>> import numpy as np
    >>> from kalette.compression import compress
    >>> print_table([row_of("a.png", compress(np.zeros((2, 2, 3), np.uint8)), 0.1)], sys.stdout)
    file     k  colours  size  to input    to raw   PSNR  seconds
    -------------------------------------------------------------
    a.png  256        1  72 B         –  0.17 : 1  exact     0.10
    """
    measure = "SSIMU2" if any(row.is_scored for row in rows) else "PSNR"
    headings = ("file", "k", "colours", "size", "to input", "to raw", measure, "seconds")
    lines = [headings, *((printable(row.name), *row.cells) for row in rows)]
    widths = [max(map(cells_of, column)) for column in zip(*lines, strict=True)]
    if stream.isatty():
        name_width = os.get_terminal_size(stream.fileno()).columns - sum(widths[1:]) - 2 * len(widths[1:])
        widths[0] = min(widths[0], max(name_width, _MIN_NAME_WIDTH))
    texts = [_line(cells, widths) for cells in lines]
    stream.writelines(f"{text}\n" for text in (texts[0], "-" * len(texts[0]), *texts[1:]))


def cells_of(text: str) -> int:
    """Return the number of terminal cells of a text: two for a wide character, none for a combining one.

    Examples
    --------
    >>> cells_of("photo"), cells_of("\u5199\u771f"), cells_of("e\u0301")
    (5, 4, 1)
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = _end_of(cells[0], widths[0])
    numbers = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join((shown + " " * (widths[0] - cells_of(shown)), *numbers))


def _end_of(name: str, most_cells: int) -> str:
    """Return a name that fits, without its start if it is too wide."""
    if cells_of(name) <= most_cells:
        return name
    fits = (f"…{name[start:]}" for start in range(1, len(name)) if cells_of(name[start:]) < most_cells)
    return next(fits, "…")
