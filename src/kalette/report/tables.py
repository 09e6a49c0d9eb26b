"""The table of results that people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from kalette.pipeline import Result


@dataclass(frozen=True, slots=True)
class Row:
    """A result with the name of its file and the seconds that it took."""

    name: str
    result: Result
    seconds: float


def print_table(rows: Sequence[Row], stream: TextIO) -> None:
    """Print a line for each result: colours, size, ratios to input file and raw picture, quality, time.

    Parameters
    ----------
    rows : sequence of Row
        In the order in which they are shown.
    stream : text stream
        Where to; colours only on a terminal.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("file", overflow="fold", min_width=12)
    for heading in ("k", "colours", "size", "to input", "to raw", "PSNR", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(row.name, *_cells(row.result, row.seconds))
    # A pipe has no width to fold to.
    console = Console(file=stream, width=None if stream.isatty() else 10_000, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(table)
    stream.writelines(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def size_text(size_bytes: int) -> str:
    """Return a size for people, KB being 1000 bytes.

    Examples
    --------
    >>> [size_text(n) for n in (999, 12_345, 3_456_789)]
    ['999 B', '12.3 KB', '3.46 MB']
    """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} KB"
    return f"{size_bytes / 1_000_000:.2f} MB"


def _cells(result: Result, seconds: float) -> list[str]:
    psnr_db = result.psnr_db
    return [
        str(result.settings.k),
        str(result.colors_used),
        size_text(result.output_bytes),
        _ratio(result.output_bytes, result.input_bytes),
        _ratio(result.output_bytes, result.raw_bytes),
        "exact" if psnr_db is None else f"{psnr_db:.2f} dB",
        f"{seconds:.2f}",
    ]


def _ratio(size_bytes: int, of_bytes: int | None) -> str:
    """Return how many bytes of another file or picture come to one byte of this."""
    return "–" if of_bytes is None else f"{of_bytes / size_bytes:.1f} : 1"
