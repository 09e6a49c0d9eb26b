"""Markdown: cells, tables, and blocks between markers."""

import re
from collections.abc import Mapping, Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with its first column aligned left and the others right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def aligned(text: str) -> str:
    """Return a text with its table aligned for a terminal."""
    lines = [line.strip("|").split("|") if line.startswith("|") else [line] for line in text.split("\n")]
    cells = [line for line in lines if len(line) > 1 and "---" not in line[0]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    shown = [line for line in lines if "---" not in line[0]]
    return "\n".join(
        line[0] if len(line) == 1 else line[0].ljust(widths[0]) + _to_the_right(line[1:], widths[1:])
        for line in shown
    )


def _to_the_right(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def time_text(seconds: float) -> str:
    """Return seconds with three significant digits, in s or ms."""
    return f"{_digits(seconds * 1e3)} ms" if seconds < 1 else f"{_digits(seconds)} s"


def spread_text(entry: Mapping[str, float]) -> str:
    """Return the median with minimum and maximum, in one unit."""
    scale, unit = (1e3, "ms") if entry["median"] < 1 else (1, "s")
    median, least, most = (_digits(entry[key] * scale) for key in ("median", "min", "max"))
    return f"{median} {unit} ({least}–{most})"


def times_text(ratio: float) -> str:
    """Return a ratio as a factor."""
    return f"×{ratio:.2f}" if ratio < 10 else f"×{ratio:.0f}"


def above_text(ratio: float) -> str:
    """Return a ratio as per cent above or below one."""
    return f"{100 * (ratio - 1):+.2f} %" if ratio < 1.1 else f"{100 * (ratio - 1):+.0f} %"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def with_blocks(text: str, blocks: Mapping[str, str]) -> str:
    """Return the text with each block between its markers replaced.

    Raises
    ------
    SystemExit
        When a block has no markers in the text.
    """
    for name, block in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        marked = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", text, re.DOTALL)
        if not marked:
            raise SystemExit(f"no lines {begin} and {end}; put them where the block belongs")
        text = f"{text[: marked.start()]}{begin}\n{block}\n{end}{text[marked.end() :]}"
    return text
