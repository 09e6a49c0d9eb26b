"""The tables of growth, their steps and shortfalls, from the JSON of benchmarks/growth.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from commands import MIB
from growth_commands import OWN, PEER
from markdown import spread_text, table, time_text, times_text
from measure import Entry
from rate_tables import percent_text
from speed_tables import entry_of, machine_text

Record = Mapping[str, Any]
Rows = Sequence[Record]
CURVES = {"megapixels": "megapixels", "k": "k", "colors": "distinct colours"}
_COLUMNS = (OWN, PEER, "ratio", f"memory, {OWN}", f"memory, {PEER}", "bytes")
_FILES = {"one_by_one": "the Kodak pictures", "in_one_call": "files in one call"}
_FALL = 0.95  # a smaller fall of time is noise
_FIGURES = {"median": "the time", "peak_bytes": "the memory", "output_bytes": "the bytes"}


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block, for the parts that were run."""
    makers = {**dict.fromkeys(CURVES, _curve), "one_by_one": _one_by_one, "in_one_call": _in_one_call}
    made = {
        f"growth-{part.replace('_', '-')}": maker(part, record[part])
        for part, maker in makers.items()
        if record.get(part)
    }
    return {"growth-machine": f"{record['photo']}; {machine_text(record)}", **made}


def _curve(part: str, rows: Rows) -> str:
    sizes = part == "megapixels"
    header = [CURVES[part], *(["distinct colours", "per megapixel"] if sizes else []), *_COLUMNS]
    lines = [
        [f"{row['at']:,}", *([f"{row['colors']:,}", _per_megapixel(row)] if sizes else []), *_cells(row)]
        for row in rows
    ]
    return f"{table(header, lines)}\n\n{step_text(part, rows)}"


def _cells(row: Record) -> list[str]:
    entries = entry_of(row, OWN), entry_of(row, PEER)
    times = [spread_text(each) if each else "–" for each in entries]
    peaks = [f"{each['peak_bytes'] / MIB:.0f} MiB" if each else "–" for each in entries]
    seconds, size = ratio(row, "median"), ratio(row, "output_bytes")
    return [
        *times,
        times_text(seconds) if seconds else "–",
        *peaks,
        percent_text(size) if size else "–",
    ]


def _per_megapixel(row: Record) -> str:
    entry = entry_of(row, OWN)
    return time_text(entry["median"] / row["pixels"] * 1e6) if entry else "–"


def ratio(row: Record, key: str) -> float | None:
    """Return a figure of Kalette divided by that of pngquant; None without either."""
    own, peer = entry_of(row, OWN), entry_of(row, PEER)
    return own[key] / peer[key] if own and peer else None


def _one_by_one(_: str, rows: Rows) -> str:
    lines = []
    for name in (OWN, PEER):
        entries = [entry for row in rows if (entry := entry_of(row, name))]
        if entries:
            lines.append([name, *_medians(entries), _ratios(rows) if name == OWN else "×1.00"])
    header = [f"{len(rows)} pictures, medians", "time", "memory", "bytes", "ratio of times"]
    return table(header, lines)


def _medians(entries: Sequence[Entry]) -> list[str]:
    seconds, peak, size = (median(each[key] for each in entries) for key in _FIGURES)
    return [time_text(seconds), f"{peak / MIB:.0f} MiB", f"{size:,.0f}"]


def _ratios(rows: Rows) -> str:
    found = [each for row in rows if (each := ratio(row, "median"))]
    return f"{times_text(median(found))} ({min(found):.2f}–{max(found):.2f})" if found else "–"


def _in_one_call(_: str, rows: Rows) -> str:
    return table(["pictures", *_COLUMNS], [[str(row["at"]), *_cells(row)] for row in rows])


def step_text(part: str, rows: Rows) -> str:
    """Return the largest steps between neighbours of a curve; nothing for other parts."""
    if part not in CURVES:
        return ""
    each = " per megapixel" if part == "megapixels" else ""
    per = _pixels if part == "megapixels" else _one
    found = [f"{name} {text}" for name in (OWN, PEER) if (text := _steps_of(name, rows, per))]
    return f"Largest rise of time{each} between neighbours: {'. '.join(found)}." if found else ""


def _pixels(row: Record) -> float:
    return float(row["pixels"])


def _one(_: Record) -> float:
    return 1.0


def _steps_of(name: str, rows: Rows, per: Callable[[Record], float]) -> str:
    rises = steps(name, rows, per)
    if not rises:
        return ""
    rise = _step_text(max(rises)) if max(rises)[0] > 1 else "none"
    falls = [_step_text(step) for step in steps(name, rows, _one) if step[0] < _FALL]
    return rise + (f"; less time for more: {', '.join(falls)}" if falls else "")


def _step_text(step: tuple[float, float, float]) -> str:
    return f"{times_text(step[0])} from {step[1]:,} to {step[2]:,}"


def steps(name: str, rows: Rows, per: Callable[[Record], float]) -> list[tuple[float, float, float]]:
    """Return the ratios of times between neighbours, divided by what `per` returns, and their places."""
    costs = [(row["at"], entry["median"] / per(row)) for row in rows if (entry := entry_of(row, name))]
    return [(after / before, at, then) for (at, before), (then, after) in pairwise(costs)]


def sentences(record: Record) -> Iterator[str]:
    """Yield the shortfalls."""
    for part, what in {**CURVES, **_FILES}.items():
        for key, figure in _FIGURES.items():
            rows = record.get(part, [])
            higher = [(each, row["at"]) for row in rows if (each := ratio(row, key) or 0) > 1]
            if higher:
                most, at = max(higher)
                where = at if isinstance(at, str) else f"{at:,}"
                yield (
                    f"Growth over {what}: more than {figure} of pngquant in {len(higher)} of {len(rows)} "
                    f"cases, at most {most:.2f} times ({where})."
                )
