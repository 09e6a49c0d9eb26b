"""Write the tables of docs/compare.md from the JSON of benchmarks/choose.py."""

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

from markdown import spread_text, table, with_blocks
from measure import RESULTS

DOCS = Path(__file__).resolve().parents[1] / "docs" / "compare.md"


def blocks(record: dict[str, Any]) -> dict[str, str]:
    """Return each table by the name of its block."""
    return {
        "choose-machine": _machine(record["machine"]),
        "choose-errors": _errors(record["curves"]),
        "choose-picks": _picks(record["curves"]),
        "choose-times": _times(record["times"]),
    }


def _machine(described: dict[str, Any]) -> str:
    named = ("date", "cpu", "system", "python", "kernels", "code")
    return ", ".join(str(described[name]) for name in named) + f", {described['cores']} cores."


def _errors(curves: list[dict[str, Any]]) -> str:
    ks = [entry["k"] for entry in curves[0]["errors"]]
    columns = []
    for place in range(len(ks)):
        entries = [curve["errors"][place] for curve in curves]
        columns.append([100 * (entry["estimated_mse"] / entry["mse"] - 1) for entry in entries])
    rows = [
        ["mean", *(f"{statistics.mean(column):+.1f} %" for column in columns)],
        ["mean of sizes", *(f"{statistics.mean(map(abs, column)):.1f} %" for column in columns)],
        ["least", *(f"{min(column):+.1f} %" for column in columns)],
        ["most", *(f"{max(column):+.1f} %" for column in columns)],
    ]
    return table(["estimated against measured MSE", *(f"k = {k}" for k in ks)], rows)


def _picks(curves: list[dict[str, Any]]) -> str:
    rows = [[curve["picture"], str(curve["recommended_k"]), f"{curve['psnr_db']:.1f} dB"] for curve in curves]
    third = -(-len(rows) // 3)
    empty = ["", "", ""]
    lines = [
        [cell for part in range(3) for cell in (rows[i + part * third : i + part * third + 1] or [empty])[0]]
        for i in range(third)
    ]
    return table(["picture", "k", "PSNR"] * 3, lines)


def _times(times: list[dict[str, Any]]) -> str:
    return table(["", "time"], [[entry["name"], spread_text(entry)] for entry in times])


def main() -> None:
    """Read the arguments and fill the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON files")
    parser.add_argument("--docs", type=Path, default=DOCS, help="page whose marked blocks are replaced")
    arguments = parser.parse_args()
    record = json.loads((arguments.results / "choose.json").read_text(encoding="utf-8"))
    text = arguments.docs.read_text(encoding="utf-8")
    arguments.docs.write_text(with_blocks(text, blocks(record)), encoding="utf-8")


if __name__ == "__main__":
    main()
