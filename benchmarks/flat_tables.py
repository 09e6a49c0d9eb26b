"""The table of flat graphics and gradients and its shortfalls, from the JSON of benchmarks/flat.py."""

from collections.abc import Iterator, Mapping
from typing import Any

import flat_pictures
from markdown import table
from rate_tables import percent_text
from speed_tables import machine_text

Record = Mapping[str, Any]

_NOT_TOLD_APART = 90


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    header = ["picture", "PNG by Pillow", "oxipng -o 4", "Kalette", "", "SSIMULACRA2"]
    lines = [
        [
            row["picture"],
            f"{row['input_bytes']:,}",
            f"{row['oxipng_bytes']:,}",
            f"{row['kalette_bytes']:,}",
            percent_text(row["kalette_bytes"] / row["oxipng_bytes"]),
            "exact" if row["exact"] else f"{row['ssimulacra2']:.1f}",
        ]
        for row in record["rows"]
    ]
    return {"flat-machine": machine_text(record), "flat": f"{table(header, lines)}\n\n{_in_total(record)}"}


def _in_total(record: Record) -> str:
    rows = record["rows"]
    ratio = sum(row["kalette_bytes"] for row in rows) / sum(row["oxipng_bytes"] for row in rows)
    times = sum(row["kalette_seconds"] for row in rows) / sum(row["oxipng_seconds"] for row in rows)
    return f"All {len(rows)} together: {percent_text(ratio)} bytes, in {times:.1f} times the time of oxipng."


def sentences(record: Record) -> Iterator[str]:
    """Yield the shortfalls."""
    for row in record["rows"]:
        seen = row["picture"] in flat_pictures.DRAWN or row["ssimulacra2"] < _NOT_TOLD_APART
        if seen and not row["exact"]:
            yield f"{row['picture']} is not exact: it has a score of {row['ssimulacra2']:.1f}."
        if row["kalette_bytes"] > row["oxipng_bytes"]:
            ratio = percent_text(row["kalette_bytes"] / row["oxipng_bytes"])
            yield f"{row['picture']} takes {ratio} bytes beside `oxipng -o 4`."
