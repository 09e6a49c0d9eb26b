"""Write the tables of docs/scale.md from the JSON of benchmarks/batch.py."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markdown import spread_text, table, time_text, times_text, with_blocks
from measure import RESULTS
from speed_tables import machine_text

DOCS = Path(__file__).resolve().parents[1] / "docs" / "scale.md"
_MIB = 1 << 20
_BILLION = 1_000_000_000
_CHUNK_S = 3.0  # as kalette.batch.Dask makes its chunks


def blocks(record: Mapping[str, Any]) -> dict[str, str]:
    """Return each table by the name of its block."""
    return {
        "batch-machine": machine_text(record),
        "batch-speed": "\n\n".join(
            (
                _speed(record["photographs"], "photographs"),
                _speed(record["engines"], "photographs"),
                _ratios(record),
            )
        ),
        "batch-plan": _plans(record["plans"]),
        "batch-billion": _billion(record),
    }


def _speed(entries: Sequence[Mapping[str, Any]], what: str) -> str:
    good = [entry for entry in entries if "flaw" not in entry]
    rows = [
        [
            entry["name"],
            spread_text(entry),
            f"{entry['images'] / entry['median']:.2f}",
            f"{entry['output_bytes']:,}",
        ]
        for entry in good
    ]
    count = good[0]["images"]
    return table([f"{count} {what}", "time", "images a second", "bytes of all outputs"], rows)


def _ratios(record: Mapping[str, Any]) -> str:
    """Return the speed of two processes beside one, of Dask beside local, and beside pngquant."""
    seconds = {
        entry["name"]: entry["median"]
        for part in ("loops", "photographs", "engines")
        for entry in record[part]
        if "flaw" not in entry
    }
    pairs = [
        ("two pure loops at once, beside one after the other", "one loop", "two loops at once", 2),
        ("`--effort fast`, two processes beside one", "fast, 1 process", "fast, 2 processes", 1),
        ("defaults, two processes beside one", "balanced, 1 process", "balanced, 2 processes", 1),
        ("`--effort fast`, beside pngquant", "pngquant, xargs -P 2", "fast, 2 processes", 1),
        ("defaults, beside pngquant", "pngquant, xargs -P 2", "balanced, 2 processes", 1),
        ("Dask beside local", "local", "dask", 1),
    ]
    rows = [
        [name, times_text(factor * seconds[slow] / seconds[fast])]
        for name, slow, fast, factor in pairs
        if slow in seconds and fast in seconds
    ]
    return table(["", "speed"], rows)


def _plans(plans: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        [
            f"{plan['images']:,}",
            time_text(plan["seconds"]),
            "–" if plan["peak_bytes"] is None else f"{plan['peak_bytes'] / _MIB:.0f} MiB",
        ]
        for plan in plans
    ]
    return table(["images", "time of the plan", "peak memory"], rows)


def _billion(record: Mapping[str, Any]) -> str:
    """Return the cost of a billion photographs like those measured, from the figures of one process."""
    seconds = {
        entry["name"].partition(",")[0]: entry["median"] / entry["images"]
        for entry in record["photographs"]
        if entry["name"].endswith("1 process") and "flaw" not in entry
    }
    rows = [
        ["one core, seconds an image", *(f"{each:.2f}" for each in seconds.values())],
        ["core hours", *(f"{each * _BILLION / 3600:,.0f}" for each in seconds.values())],
        ["days on 1,000 cores", *(f"{each * _BILLION / 1000 / 86400:.1f}" for each in seconds.values())],
        ["chunks of 3 s", *(f"{each * _BILLION / _CHUNK_S / 1e6:,.0f} million" for each in seconds.values())],
    ]
    made = table(["", *(f"`--effort {name}`" for name in seconds)], rows)
    cost = record["chunks"][0]["chunk_seconds"] if record.get("chunks") else 0.0
    if cost <= 0:  # too little to be measured, as in a smoke run
        return made
    return (
        f"{made}\n\nThe client and the scheduler need {1000 * cost:.1f} ms for a chunk. "
        f"One scheduler so feeds about {_CHUNK_S / cost:,.0f} cores."
    )


def main() -> None:
    """Read the arguments and fill the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON files")
    parser.add_argument("--docs", type=Path, default=DOCS, help="page whose marked blocks are replaced")
    arguments = parser.parse_args()
    record = json.loads((arguments.results / "batch.json").read_text(encoding="utf-8"))
    text = arguments.docs.read_text(encoding="utf-8")
    arguments.docs.write_text(with_blocks(text, blocks(record)), encoding="utf-8")


if __name__ == "__main__":
    main()
