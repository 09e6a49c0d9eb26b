"""The comparison table: estimated and actual sizes, compression ratios, quality and time for each k."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from kalette.report.comparison import Comparison, ComparisonRow
from kalette.report.low_rank import LowRankRow
from kalette.types import Settings, colors_text, printable, size_text

COLUMNS = ("k ", "size", "raw", "file", "size", "raw", "file", "MSE", "PSNR", "SSIMU2", "sec")
"""Column headings."""

GROUPS = (("", 1), ("by bits per pixel", 3), ("written file", 3), ("", 4))
"""Headings of column groups, with the number of columns."""

_LOW_RANK_COLUMNS = ("k ", "rank", "size", "MSE", "PSNR", "SSIMU2")
_WIDTH = 80
_GAP = "  "


def print_comparison(comparison: Comparison, name: str, stream: TextIO) -> None:
    """Print a row for each k and the recommendation, within 80 columns.

    Parameters
    ----------
    comparison : Comparison
        Result of `kalette.compare`.
    name : str
        Name of the image.
    stream : text stream
        Output stream.

    Examples
    --------
    >>> import sys
    >>> import numpy as np
    >>> from dataclasses import replace
    >>> from kalette.report.comparison import compare
    >>> colors = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    >>> made = compare(colors, [2, 16])
    >>> made = replace(made, rows=tuple(replace(row, seconds=0.01) for row in made.rows))
    >>> print_comparison(made, "the array", sys.stdout)
    the array: 4 x 4, 16 colours, 48 B raw
    <BLANKLINE>
         by bits per pixel     written file
     k   size   raw  file   size   raw  file    MSE   PSNR  SSIMU2   sec
    --------------------------------------------------------------------
     2    8 B   6.0     –   94 B  0.51     –  47.50  31.36    88.9  0.01
    16*  56 B  0.86     –  140 B  0.34     –   0.00  exact   100.0  0.01
    <BLANKLINE>
    raw: times smaller than the raw picture. PSNR in dB. SSIMU2: SSIMULACRA 2; 90 is
    not to be told apart, 70 good, 50 fair.
    Made with --space srgb --dither none --rate 0 --effort fast.
    Recommended: k = 16, since the picture has 16 colours and is exact with them.
    """
    cells = [row_cells(row, starred=row.k == comparison.recommended_k) for row in comparison.rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *cells, strict=True)]
    headings, *lines = (_line(line, widths) for line in (COLUMNS, *cells))
    table = (_groups_line(widths), headings, "-" * len(headings), *lines)
    above = wrapped(f"{printable(name)}: {summary(comparison)}")
    below = [legend(comparison), made_by(comparison), *conclusions(comparison)]
    texts = [*above, "", *table, "", *(line for text in below for line in wrapped(text))]
    stream.writelines(f"{text}\n" for text in texts)


def print_low_rank(rows: Sequence[LowRankRow], stream: TextIO) -> None:
    """Print a row for each picture of low rank, as the columns of the comparison are.

    Parameters
    ----------
    rows : sequence of LowRankRow
        Result of `low_rank_rows`.
    stream : text stream
        Output stream.

    Examples
    --------
    >>> import sys
    >>> import kalette
    >>> from kalette.report.comparison import compare
    >>> from kalette.report.low_rank import low_rank_rows
    >>> print_low_rank(low_rank_rows(compare(kalette.sample_pixels(48, 32), [4, 16])), sys.stdout)
    <BLANKLINE>
    Low rank (singular value decomposition) at most as large by bits per pixel:
     k   rank   size     MSE   PSNR  SSIMU2
    ---------------------------------------
     4      1  243 B  704.26  19.65   -64.2
    16      3  729 B  306.31  23.27   -52.8
    """
    if not rows:
        stream.write("\nLow rank: rank 1 alone is larger by bits per pixel.\n")
        return
    cells = [
        (
            f"{row.k} ",
            str(row.found.rank),
            size_text(row.found.size_bytes),
            f"{row.mse:.2f}",
            _psnr_cell(row.psnr_db),
            f"{row.ssimulacra2:.1f}",
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(_LOW_RANK_COLUMNS, *cells, strict=True)]
    headings, *lines = (_line(line, widths) for line in (_LOW_RANK_COLUMNS, *cells))
    title = "Low rank (singular value decomposition) at most as large by bits per pixel:"
    stream.writelines(f"{text}\n" for text in ("", title, headings, "-" * len(headings), *lines))


def row_cells(row: ComparisonRow, *, starred: bool = False) -> tuple[str, ...]:
    """Return the cells of a row, in the order of `COLUMNS`.

    Parameters
    ----------
    row : ComparisonRow
        Row of a comparison.
    starred : bool
        Mark k as recommended.
    """
    result = row.result
    sizes = [
        (size_text(size), _ratio(size, result.raw_bytes), _ratio(size, result.input_bytes))
        for size in (row.estimated_bytes, row.output_bytes)
    ]
    quality = (_psnr_cell(row.psnr_db), f"{row.ssimulacra2:.1f}")
    star = "*" if starred else " "
    return (f"{row.k}{star}", *sizes[0], *sizes[1], f"{row.mse:.2f}", *quality, f"{row.seconds:.2f}")


def summary(comparison: Comparison) -> str:
    """Return width, height, number of colours and sizes of the picture."""
    result = comparison.rows[0].result
    parts = [
        f"{result.width} x {result.height}",
        colors_text(comparison.color_count),
        f"{size_text(result.raw_bytes)} raw",
    ]
    if result.input_bytes is not None:
        parts.append(f"{size_text(result.input_bytes)} file")
    return ", ".join(parts)


def legend(comparison: Comparison) -> str:
    """Return the explanation of the column headings."""
    quality = "PSNR in dB. SSIMU2: SSIMULACRA 2; 90 is not to be told apart, 70 good, 50 fair."
    if comparison.rows[0].result.input_bytes is None:
        return f"raw: times smaller than the raw picture. {quality}"
    return f"raw, file: times smaller than the raw picture, the input file. {quality}"


def made_by(comparison: Comparison) -> str:
    """Return the options of `kalette compress` that reproduce the rows."""
    made, usual = asdict(comparison.rows[0].result.settings), asdict(Settings())
    options = [f"--keep-color {code}" for code in made.pop("keep_colors")]
    for name, value in made.items():
        if name != "k" and value != usual[name]:
            options.append(f"--{name.replace('_', '-')} {value if isinstance(value, str) else f'{value:g}'}")
    return f"Made with {' '.join(options) or 'the defaults of kalette compress'}."


def conclusions(comparison: Comparison) -> list[str]:
    """Return the recommendation with its reason, and each k whose file is larger than the input."""
    texts = [f"Recommended: k = {comparison.recommended_k}, {comparison.reason}."]
    larger = [
        str(row.k)
        for row in comparison.rows
        if row.result.input_bytes is not None and row.output_bytes > row.result.input_bytes
    ]
    if larger:
        texts.append(f"Larger than the input file: k = {', '.join(larger)}.")
    return texts


def wrapped(text: str) -> list[str]:
    """Wrap text to the width of the table."""
    return textwrap.wrap(text, _WIDTH)


def _psnr_cell(psnr_db: float | None) -> str:
    return "exact" if psnr_db is None else f"{psnr_db:.2f}"


def _ratio(size_bytes: int, of_bytes: int | None) -> str:
    if of_bytes is None:
        return "–"
    ratio = of_bytes / size_bytes
    return f"{ratio:.{0 if ratio >= 100 else 1 if ratio >= 1 else 2}f}"


def _groups_line(widths: Sequence[int]) -> str:
    texts, first = [], 0
    for heading, count in GROUPS:
        texts.append(heading.center(sum(widths[first : first + count]) + len(_GAP) * (count - 1)))
        first += count
    return _GAP.join(texts).rstrip()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
