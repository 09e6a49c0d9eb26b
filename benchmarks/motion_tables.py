"""The tables of animations, from the JSON of benchmarks/motion.py."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import geometric_mean
from typing import Any

from commands import MIB
from curves import mean_difference
from markdown import table
from rate_tables import percent_text
from speed_tables import machine_text

Record = Mapping[str, Any]
Row = Mapping[str, Any]

_FORMAT_NAMES = {"gif": "GIF", "png": "animated PNG", "webp": "animated WebP"}
WITHIN = (60.0, 80.0)  # scores


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    rows = record["rows"]
    return {
        "motion-machine": machine_text(record) + _again_text(record),
        "motion": _table(rows),
        "motion-flicker": flicker_table(rows),
        "motion-exact": _exact_table(record.get("exact", [])),
        "motion-memory": _memory_table(record.get("memory", [])),
        "motion-time": _time_table(record.get("time", [])),
    }


def _again_text(record: Record) -> str:
    """Return what was measured later than the rest, with which code."""
    codes = {clip: machine["code"] for clip, machine in record.get("again", {}).items()}
    memory = {name: machine["code"] for name, machine in record.get("memory_machines", {}).items()}
    measured = f" Memory was measured later (`--memory`): {_by_code(memory)}." if memory else ""
    if not codes:
        return measured
    return f" Kalette's files were measured again later (`--again`): {_by_code(codes)}.{measured}"


def _by_code(codes: Mapping[str, str]) -> str:
    """Return names grouped by the code that they were measured with."""
    return "; ".join(
        f"{', '.join(name for name in codes if codes[name] == code)} with code {code}"
        for code in dict.fromkeys(codes.values())
    )


def ratio(rows: Sequence[Row], clip: str, file_format: str) -> float | None:
    """Return Kalette's bytes beside those of the hull of the peers' GIFs, at equal scores.

    From 60 to 80 where both have such, else over all scores that both reach. Files that are exact at every
    rate stand beside the GIF that scores best.
    """
    if (exact := _exact_bytes(rows, clip, file_format)) is not None:
        best = _best(row for row in rows if row["clip"] == clip and _is_gif_of_peer(row))[-1]
        return exact / int(best["bytes"])
    own = _points(rows, clip, lambda row: row["peer"] == "Kalette" and row["format"] == file_format)
    other = _points(rows, clip, _is_gif_of_peer)
    found = mean_difference(own, other, WITHIN) or mean_difference(own, other)
    return None if found is None else found.ratio


def _exact_bytes(rows: Sequence[Row], clip: str, file_format: str) -> int | None:
    """Return the bytes of Kalette's files of a clip; None if one is not exact."""
    own = [row for row in rows if (row["clip"], row["peer"], row["format"]) == (clip, "Kalette", file_format)]
    is_exact = bool(own) and all(row["score"] == 100 for row in own)
    return own[0]["bytes"] if is_exact else None


def _is_gif_of_peer(row: Row) -> bool:
    return bool(row["peer"] != "Kalette" and row["format"] == "gif")


def _points(rows: Iterable[Row], clip: str, wanted: Any) -> list[tuple[float, float]]:
    return [(row["bytes"], row["score"]) for row in rows if row["clip"] == clip and wanted(row)]


def _table(rows: Sequence[Row]) -> str:
    header = ["clip", "GIF", "animated PNG", "flicker", "of gifski"]
    lines = []
    for clip in dict.fromkeys(row["clip"] for row in rows):
        cells = [_ratio_text(rows, clip, file_format) for file_format in ("gif", "png")]
        lines.append([clip, *cells, *(f"{_flicker(rows, clip, peer):.2f}" for peer in ("Kalette", "gifski"))])
    return table(header, lines)


def _ratio_text(rows: Sequence[Row], clip: str, file_format: str) -> str:
    found = ratio(rows, clip, file_format)
    if found is None:
        return "–"
    return percent_text(found) + (" (exact)" if _exact_bytes(rows, clip, file_format) else "")


def flicker_table(rows: Sequence[Row]) -> str:
    """Return flicker at equal bytes, at the size of a clip where Kalette's is worst beside the best peer's.

    The best peer at a size is the one that scores best in at most as many bytes; sizes are theirs.
    """
    header = ["clip", "sizes", "above", "KB", "Kalette", "best peer", "", "least flicker", ""]
    clips = dict.fromkeys(row["clip"] for row in rows)
    return table(header, [line for clip in clips if (line := _flicker_line(rows, clip))])


def _flicker_line(rows: Sequence[Row], clip: str) -> list[str] | None:
    """Return a line of the table; None if no peer is best at a size that Kalette's files reach."""
    gifs = [row for row in rows if (row["clip"], row["format"]) == (clip, "gif")]
    own = sorted((row for row in gifs if row["peer"] == "Kalette"), key=lambda row: row["bytes"])
    peers = [row for row in gifs if row["peer"] != "Kalette"]
    found = [(best, at) for best in _best(peers) if (at := _own_at(own, best["bytes"]))]
    if not found:
        return None
    best, at = max(found, key=lambda each: each[1]["flicker"] - each[0]["flicker"])
    steadiest = min((row for row in peers if row["bytes"] <= best["bytes"]), key=lambda row: row["flicker"])
    above = sum(at["flicker"] > best["flicker"] for best, at in found)
    counts = [str(len(found)), str(above), f"{best['bytes'] / 1000:.0f}"]
    named = (text for row in (best, steadiest) for text in (_maker(row), _flicker_text(row)))
    return [clip, *counts, _flicker_text(at), *named]


def _best(peers: Iterable[Row]) -> list[Row]:
    """Return the rows that score more than all smaller ones."""
    kept = list[Row]()
    for row in sorted(peers, key=lambda row: (row["bytes"], -row["score"])):
        if not kept or row["score"] > kept[-1]["score"]:
            kept.append(row)
    return kept


def _own_at(own: Sequence[Row], size_bytes: int) -> Row | None:
    """Return score and flicker at a size, linear in the logarithm of bytes; None if it is out of reach."""
    for left, right in pairwise(own):
        if left["bytes"] <= size_bytes <= right["bytes"] and left["bytes"] < right["bytes"]:
            share = math.log(size_bytes / left["bytes"]) / math.log(right["bytes"] / left["bytes"])
            return {key: left[key] + share * (right[key] - left[key]) for key in ("score", "flicker")}
    return None


def _maker(row: Row) -> str:
    return f"{row['peer']}, {row['setting']}"


def _flicker_text(row: Row) -> str:
    return f"{row['flicker']:.2f} ({row['score']:.0f})"


def _exact_table(rows: Sequence[Row]) -> str:
    """Return Kalette's bytes beside those of gifsicle, by the makers of the GIFs."""
    header = ["GIFs by", "files", "mean", "least", "most", "larger"]
    ratios: dict[str, list[float]] = {}
    for row in rows:
        maker = row["file"].partition(", ")[2] or "samples"
        assert row["kalette_is_exact"], row["file"]
        ratios.setdefault(maker, []).append(row["kalette"] / row["gifsicle"])
    ratios["all"] = [ratio for each in ratios.values() for ratio in each]
    return table(header, [_exact_line(maker, each) for maker, each in ratios.items() if each])


def _exact_line(maker: str, ratios: Sequence[float]) -> list[str]:
    shown = (geometric_mean(ratios), min(ratios), max(ratios))
    larger = sum(ratio > 1 for ratio in ratios)
    return [maker, str(len(ratios)), *map(percent_text, shown), str(larger)]


def _time_table(rows: Sequence[Row]) -> str:
    """Return milliseconds a frame, and in brackets the ratio to gifski's."""
    header = ["clip", "frames", "gifski", "Kalette in process", "Kalette's command"]
    return table(header, [_time_line(row) for row in rows])


def _time_line(row: Row) -> list[str]:
    size = f"{row['frames']} of {row['width']} x {row['height']}"
    own = (f"{_milliseconds(row, way)} ({row[f'{way}_ratio']:.2f})" for way in ("in_process", "command"))
    return [row["clip"], size, _milliseconds(row, "gifski"), *own]


def _milliseconds(row: Row, way: str) -> str:
    return f"{1000 * row[f'{way}_seconds']:.0f} ms"


def _memory_table(rows: Sequence[Row]) -> str:
    lines = [
        [
            _FORMAT_NAMES[row["format"]],
            row["effort"],
            f"{row['frames']:,} of {row['width']} x {row['height']}",
            f"{row['bytes'] / MIB:.0f} MiB",
            f"{row['peak_bytes'] / MIB:.0f} MiB",
        ]
        for row in rows
    ]
    return table(["format", "effort", "frames", "file", "peak memory"], lines)


def _flicker(rows: Sequence[Row], clip: str, peer: str) -> float:
    """Return the flicker of the GIF whose score is closest to 70."""
    own = [row for row in rows if (row["clip"], row["peer"], row["format"]) == (clip, peer, "gif")]
    return min(own, key=lambda row: abs(row["score"] - 70))["flicker"] if own else float("nan")
