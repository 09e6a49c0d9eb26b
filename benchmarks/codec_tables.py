"""Write the tables of docs/when-not.md from the JSON of benchmarks/image_codecs.py."""

import argparse
import json
import math
import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from codec_peers import EXACT
from curves import hull, log_bytes_at
from encoders import KALETTE
from markdown import table, with_blocks
from measure import RESULTS
from rate_tables import percent_text
from speed_tables import machine_text

Record = Mapping[str, Any]

DOCS = Path(__file__).resolve().parents[1] / "docs" / "when-not.md"
SCORES = (50, 60, 70, 80)
NOT_TOLD_APART = 90


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    return {
        "codecs-machine": machine_text(record),
        "codecs-photographs": _photographs(record["photographs"]),
        "codecs-drawings": _drawings(record["drawings"]),
    }


def bytes_at(points: Iterable[Mapping[str, float]], score: float) -> float | None:
    """Return the bytes of the best settings at a score, interpolated on the hull; None beyond its ends."""
    knots = hull((point["bytes"], point["ssimulacra2"]) for point in points)
    if not knots or not knots[0][0] <= score <= knots[-1][0]:
        return None
    return math.exp(log_bytes_at(knots, score))


def mean_ratio(record: list[Record], name: str, score: float) -> tuple[float, int] | None:
    """Return the geometric mean of a codec's bytes over Kalette's at a score, and of how many pictures."""
    own, other = _by_picture(record, name), _by_picture(record, KALETTE)
    both = ((bytes_at(own[each]["points"], score), bytes_at(other[each]["points"], score)) for each in own)
    ratios = [theirs / ours for theirs, ours in both if theirs and ours]
    return (statistics.geometric_mean(ratios), len(ratios)) if ratios else None


def _by_picture(record: list[Record], name: str) -> dict[str, Record]:
    return {row["picture"]: row for row in record if row["name"] == name}


def _names(record: list[Record]) -> list[str]:
    return list(dict.fromkeys(row["name"] for row in record))


def _photographs(record: list[Record]) -> str:
    lines = []
    for name in _names(record)[1:]:
        found = [mean_ratio(record, name, score) for score in SCORES]
        lines.append([name, *(f"{percent_text(each[0])} ({each[1]})" if each else "–" for each in found)])
    return table(["bytes against Kalette's PNG", *(f"score {score}" for score in SCORES)], lines)


def fewest_bytes(row: Record) -> float | None:
    """Return the bytes of the smallest file that is not to be told apart; None if there is none."""
    good = [each["bytes"] for each in row["points"] if each["ssimulacra2"] >= NOT_TOLD_APART]
    return min([*good, *([row[EXACT]] if EXACT in row else [])], default=None)


def _drawings(record: list[Record]) -> str:
    png = {row["picture"]: row[EXACT] for row in record if row["name"] == KALETTE}
    lines = []
    for name in _names(record)[1:]:
        rows = _by_picture(record, name)
        exact = {each: row[EXACT] for each, row in rows.items() if EXACT in row}
        good = {each: size for each, row in rows.items() if (size := fewest_bytes(row))}
        lines.append([name, *_compared(exact, png), *_compared(good, png)])
    good_header = f"score of at least {NOT_TOLD_APART}"
    return table(
        ["bytes against Kalette's PNG", "exact", "larger", good_header, "larger, or not reached"], lines
    )


def _compared(sizes: Mapping[str, float], png: Mapping[str, float]) -> list[str]:
    """Return the mean ratio to Kalette's PNG, and how many files are larger or missing."""
    if not sizes:
        return ["–", "–"]
    larger = sum(each not in sizes or sizes[each] > size for each, size in png.items())
    mean = statistics.geometric_mean([size / png[each] for each, size in sizes.items()])
    return [percent_text(mean), f"{larger} of {len(png)}"]


def main() -> None:
    """Read the arguments, and fill or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON files")
    parser.add_argument("--docs", type=Path, default=DOCS, help="page whose marked blocks are replaced")
    parser.add_argument("--check", action="store_true", help="only check whether the page is up to date")
    arguments = parser.parse_args()
    record = json.loads((arguments.results / "image_codecs.json").read_text(encoding="utf-8"))
    before = arguments.docs.read_text(encoding="utf-8")
    after = with_blocks(before, blocks(record))
    if arguments.check:
        raise SystemExit(f"{arguments.docs} is old; run benchmarks/codec_tables.py" if before != after else 0)
    arguments.docs.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
