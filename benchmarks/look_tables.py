"""The table of look and its shortfalls, from the JSON of benchmarks/look.py."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, geometric_mean
from typing import Any

from encoders import KALETTE, REFERENCE
from markdown import table
from measure import Entry
from rate_tables import percent_text, row_of
from speed_tables import machine_text

Record = Mapping[str, Any]

# CIEDE2000 between blurred pictures that nobody sees: less counts as this, as its ratios mean nothing.
_NOT_SEEN = {"ciede2000_p99": 0.5, "ciede2000_mean": 0.1}
_MOST = 1.1
_WORSE_BY = 0.5  # points of SSIMULACRA2


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture by both encoders at one k; by plain defaults and at 256 colours if that is None."""

    picture: str
    k: int | None
    own: Entry
    other: Entry

    def color_ratio(self, name: str) -> float:
        """Return the ratio of a colour difference, the largest over all backgrounds."""
        own, other = (float(max(*each[name], _NOT_SEEN[name])) for each in (self.own, self.other))
        return own / other

    @property
    def gain(self) -> float:
        """Points that the score is higher, the lowest over all backgrounds."""
        own, other = (min(each["ssimulacra2"]) for each in (self.own, self.other))
        return float(own - other)

    @property
    def bytes_ratio(self) -> float:
        """Bytes relative to the other's."""
        return float(self.own["bytes"] / self.other["bytes"])


def pairs(record: Record) -> list[Pair]:
    """Return the pairs of all pictures that both encoders made."""
    found = []
    for name in dict.fromkeys(row["picture"] for row in record["rows"]):
        others = {point["k"]: point for point in row_of(record, name, REFERENCE)["points"]}
        for own in row_of(record, name, KALETTE)["points"]:
            other = others.get(own.get("k", 256))
            if other is not None and "flaw" not in own and "flaw" not in other:
                found.append(Pair(name, own.get("k"), own, other))
    return found


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    by_k: dict[int | None, list[Pair]] = {}
    for pair in pairs(record):
        by_k.setdefault(pair.k, []).append(pair)
    lines = [_line("none" if k is None else str(k), by_k[k]) for k in by_k]
    header = ["k", "pictures", "CIEDE2000, 99th percentile", "above", "CIEDE2000, mean", "score", "bytes"]
    return {"look-machine": machine_text(record), "look": table(header, lines)}


def _line(k: str, found: Sequence[Pair]) -> list[str]:
    percentiles, means = (
        [pair.color_ratio(name) for pair in found] for name in ("ciede2000_p99", "ciede2000_mean")
    )
    return [
        k,
        str(len(found)),
        f"{geometric_mean(percentiles):.2f} (at most {max(percentiles):.2f})",
        str(sum(ratio > _MOST for ratio in percentiles)),
        f"{geometric_mean(means):.2f}",
        f"{fmean(pair.gain for pair in found):+.1f}",
        percent_text(geometric_mean([pair.bytes_ratio for pair in found])),
    ]


def sentences(record: Record) -> Iterator[str]:
    """Yield the shortfalls."""
    for pair in pairs(record):
        ratio = pair.color_ratio("ciede2000_p99")
        if ratio > _MOST:
            yield (
                f"{pair.picture} in {pair.k or 256} colours: the colours are {ratio:.2f} times as far off as "
                f"with {REFERENCE}."
            )
        if pair.k is None and pair.gain < -_WORSE_BY:
            yield f"{pair.picture} by plain defaults scores {-pair.gain:.1f} below {REFERENCE}."
