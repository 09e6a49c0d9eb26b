"""Write the tables of docs/benchmarks.md and draw the plots, from the JSON of the benchmarks."""

import argparse
import json
from pathlib import Path
from typing import Any

import flat_tables
import plot
import quality_tables
import rate_plot
import rate_tables
import shortfalls
import speed_tables
from markdown import with_blocks
from measure import RESULTS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "benchmarks.md"
PLOTS = ROOT / "docs" / "images"


def read(results: Path, benchmark: str) -> dict[str, Any]:
    """Return the record of one benchmark."""
    record: dict[str, Any] = json.loads((results / f"{benchmark}.json").read_text(encoding="utf-8"))
    return record


def blocks(
    speed: dict[str, Any], quality: dict[str, Any], rate: dict[str, Any], flat: dict[str, Any]
) -> dict[str, str]:
    """Return each block of the page by name."""
    return {
        **speed_tables.blocks(speed),
        **quality_tables.blocks(quality),
        **rate_tables.blocks(rate),
        **flat_tables.blocks(flat),
        **shortfalls.blocks(speed, quality, rate, flat),
    }


def main() -> None:
    """Read the arguments, fill the page and draw the plots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON files")
    parser.add_argument("--docs", type=Path, default=DOCS, help="page whose marked blocks are replaced")
    parser.add_argument("--plots", type=Path, default=PLOTS, help="folder of the PNG files to draw")
    parser.add_argument("--check", action="store_true", help="only check whether the page is up to date")
    arguments = parser.parse_args()
    names = ("speed", "quality", "rate", "flat")
    speed, quality, rate, flat = (read(arguments.results, each) for each in names)
    before = arguments.docs.read_text(encoding="utf-8")
    after = with_blocks(before, blocks(speed, quality, rate, flat))
    if arguments.check:
        raise SystemExit(
            f"{arguments.docs} is not up to date; run benchmarks/tables.py" if before != after else 0
        )
    arguments.docs.write_text(after, encoding="utf-8")
    plot.draw(quality, arguments.plots / "benchmarks.png")
    rate_plot.draw(rate, arguments.plots / "rate.png", alpha=False)
    rate_plot.draw(rate, arguments.plots / "rate-alpha.png", alpha=True)


if __name__ == "__main__":
    main()
