"""Write the tables of docs/benchmarks.md and draw the plots, from the JSON of the benchmarks."""

import argparse
import json
from pathlib import Path
from typing import Any

import equal_loss_tables
import flat_tables
import growth_plot
import growth_tables
import look_tables
import motion_tables
import page_tables
import plot
import quality_tables
import rate_best_tables
import rate_plot
import rate_tables
import serve_tables
import shortfalls
import speed_tables
import target_quality_tables
from markdown import with_blocks
from measure import RESULTS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "benchmarks.md"
PLOTS = ROOT / "docs" / "images"


MAKERS = {
    "speed": speed_tables,
    "equal_loss": equal_loss_tables,
    "growth": growth_tables,
    "quality": quality_tables,
    "rate": rate_tables,
    "rate_best": rate_best_tables,
    "look": look_tables,
    "target_quality": target_quality_tables,
    "flat": flat_tables,
    "serve": serve_tables,
    "page": page_tables,
    "motion": motion_tables,
}


def read(results: Path, benchmark: str) -> dict[str, Any]:
    """Return the record of one benchmark."""
    record: dict[str, Any] = json.loads((results / f"{benchmark}.json").read_text(encoding="utf-8"))
    return record


def blocks(records: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return each block of the page by name, from the record of each benchmark."""
    made = (makers.blocks(records[name]) for name, makers in MAKERS.items())
    return {name: block for each in made for name, block in each.items()} | shortfalls.blocks(records)


def main() -> None:
    """Read the arguments, fill the page and draw the plots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON files")
    parser.add_argument("--docs", type=Path, default=DOCS, help="page whose marked blocks are replaced")
    parser.add_argument("--plots", type=Path, default=PLOTS, help="folder of the PNG files to draw")
    parser.add_argument("--check", action="store_true", help="only check whether the page is up to date")
    arguments = parser.parse_args()
    records = {name: read(arguments.results, name) for name in MAKERS}
    before = arguments.docs.read_text(encoding="utf-8")
    after = with_blocks(before, blocks(records))
    if arguments.check:
        raise SystemExit(
            f"{arguments.docs} is not up to date; run benchmarks/tables.py" if before != after else 0
        )
    arguments.docs.write_text(after, encoding="utf-8")
    plot.draw(records["quality"], arguments.plots / "benchmarks.png")
    growth_plot.draw(records["growth"], arguments.plots / "growth.png")
    rate_plot.draw(records["rate"], arguments.plots / "rate.png", alpha=False)
    rate_plot.draw(records["rate"], arguments.plots / "rate-alpha.png", alpha=True)


if __name__ == "__main__":
    main()
