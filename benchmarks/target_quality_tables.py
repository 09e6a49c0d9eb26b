"""The table of `--quality`, from the JSON of benchmarks/target_quality.py."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from markdown import table
from speed_tables import machine_text

Record = Mapping[str, Any]

_MOST_ABOVE = 1.5  # points
_MOST_LARGER = 0.02


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    qualities = sorted({each["quality"] for row in record["rows"] for each in row["reached"]})
    lines = [_line(f"{quality:g}", list(_cases(record["rows"], quality))) for quality in qualities]
    every = [case for quality in qualities for case in _cases(record["rows"], quality)]
    header = [
        "`--quality`",
        "cases",
        "met",
        "points above",
        "bytes beside the sweep",
        "time beside one run",
        "as commands",
    ]
    return {
        "target-quality-machine": machine_text(record),
        "target-quality": table(header, [*lines, _line("all", every)]),
    }


def _cases(rows: Sequence[Record], quality: float) -> Iterator[tuple[float, float, float, float]]:
    """Yield points above the quality, bytes beyond the smallest of the sweep, and times beside one run."""
    for row in rows:
        for each in row["reached"]:
            smallest = smallest_at(quality, row["sweep"])
            if each["quality"] == quality and smallest is not None:
                yield (
                    each["ssimulacra2"] - quality,
                    each["bytes"] / smallest - 1,
                    each["seconds"] / row["plain_seconds"],
                    row["command_seconds"][f"{quality:g}"] / row["command_seconds"]["plain"],
                )


def smallest_at(quality: float, sweep: Sequence[Record]) -> float | None:
    """Return the bytes of the smallest file of a sweep with a quality; None if none has it.

    For each k, the logarithm of bytes is interpolated between the scores on both sides of the quality.
    """
    found = []
    for k in {each["k"] for each in sweep}:
        points = sorted((each["ssimulacra2"], math.log(each["bytes"])) for each in sweep if each["k"] == k)
        for (low, few), (high, many) in pairwise(points):
            if low <= quality <= high:
                found.append(few + (many - few) * (quality - low) / max(high - low, 1e-9))
    return math.exp(min(found)) if found else None


def _line(name: str, cases: Sequence[tuple[float, float, float, float]]) -> list[str]:
    above, larger, *times = zip(*cases, strict=True)
    met = sum(
        0 <= points <= _MOST_ABOVE and share <= _MOST_LARGER
        for points, share in zip(above, larger, strict=True)
    )
    return [
        name,
        str(len(cases)),
        f"{100 * met / len(cases):.0f} %",
        f"{statistics.mean(above):.2f} (at most {max(above):.2f})",
        f"{100 * statistics.mean(larger):+.1f} % (at most {100 * max(larger):+.1f} %)",
        *(f"×{statistics.median(each):.1f} (at most {max(each):.1f})" for each in times),
    ]
