"""The tables of the page, from the JSON of benchmarks/page.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from markdown import table
from serve_tables import times_text
from speed_tables import machine_text

Record = Mapping[str, Any]


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    first = record["slider"][0]
    rows = [
        ["preview by K-Means in the page", times_text(first["preview"])],
        *(
            [f"file of the server, effort {each['effort']}", times_text(each["file"])]
            for each in record["slider"]
        ),
    ]
    header = [f"{first['pixels']:,} pixels, {first['ks']} numbers of colours", "p50 / p95 / p99"]
    return {
        "page-machine": machine_text(record),
        "page": table(header, rows),
        "page-frames": _frames(record["frames"]),
    }


def _frames(frames: Sequence[Record]) -> str:
    header = ["p50 / p95 / p99", "interval of frames", "work of a frame"]
    rows = [
        [
            f"{each['action']}, k = {each['k']}",
            times_text(each["interval_seconds"]),
            times_text(each["work_seconds"]),
        ]
        for each in frames
    ]
    return table(header, rows)
