"""Tables of the page on formats, so that tests hold it to what they test."""

from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"


def tables(heading: str) -> list[list[list[str]]]:
    """Return the rows of each table under a heading, without the row of titles."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    blocks = [block.strip().splitlines() for block in section.split("\n\n")]
    return [[_cells(line) for line in block[2:]] for block in blocks if block and block[0].startswith("|")]


def kinds(table: list[list[str]], separator: str) -> list[str]:
    """Return `row: entry` for each entry in the second column."""
    return [f"{row}: {entry}" for row, entries, *_ in table for entry in entries.split(separator)]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
