"""The tables of quality, from the JSON of benchmarks/quality.py."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any

from markdown import above_text, table, time_text
from measure import Entry
from peers import EFFORTS, PEERS, kalette_name
from speed_tables import machine_text

Record = Mapping[str, Any]
Rows = Sequence[Entry]
_REFERENCE_DIGITS = 1e-5
_KALETTE = tuple(kalette_name(effort) for effort in EFFORTS)


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    rows = right(record["rows"])
    return {
        "quality-machine": machine_text(record),
        "best-known": _against(rows, "loss_to_best", "best known"),
        "iokm": _against(rows, "loss_to_iokm", "IOKM"),
        "rounding": _rounding(rows),
        "quality-peers": _peers(rows),
    }


def right(rows: Rows) -> Rows:
    """Return the rows with correct output."""
    return [row for row in rows if "flaw" not in row]


def of(rows: Rows, name: str, k: int) -> Rows:
    """Return the rows of one peer and k."""
    return [row for row in rows if row["name"] == name and row["k"] == k]


def ks_of(rows: Rows) -> list[int]:
    """Return all k of the rows."""
    return sorted({row["k"] for row in rows})


def common_pictures(rows: Rows) -> list[str]:
    """Return the pictures that every peer compressed at the largest k."""
    last = [row for row in rows if row["k"] == ks_of(rows)[-1]]
    names = {row["name"] for row in last}
    pictures = sorted({row["picture"] for row in last})
    return [each for each in pictures if {row["name"] for row in last if row["picture"] == each} == names]


def above(rows: Rows, key: str) -> Rows:
    """Return the rows above a reference by more than its precision."""
    return [row for row in rows if row[key] > 1 + _REFERENCE_DIGITS]


def _against(rows: Rows, key: str, reference: str) -> str:
    ks = ks_of(rows)
    lines = [[str(k), *(_against_cell(of(rows, name, k), key) for name in _KALETTE)] for k in ks]
    all_ks = [[row for row in rows if row["name"] == name] for name in _KALETTE]
    lines.append(["all", *(_against_cell(each, key) for each in all_ks)])
    return table([f"k, against {reference}", *_KALETTE], lines)


def _against_cell(rows: Rows, key: str) -> str:
    """Return the mean, the worst and the number above the reference, and the median time."""
    if not rows:
        return "–"
    worst = max(rows, key=lambda row: float(row[key]))
    mean = above_text(fmean(row[key] for row in rows))
    seconds = time_text(median(row["seconds"] for row in rows))
    count = f"{len(above(rows, key))} of {len(rows)} above"
    return f"{mean}; worst {above_text(worst[key])} ({worst['picture']}); {count}; {seconds}"


def _rounding(rows: Rows) -> str:
    ks = ks_of(rows)
    lines = [[name, *(_rounding_cell(of(rows, name, k)) for k in ks)] for name in _KALETTE]
    return table(["3 × mse − loss", *(f"k = {k}" for k in ks)], lines)


def _rounding_cell(rows: Rows) -> str:
    if not rows:
        return "–"
    costs = [row["rounding"] for row in rows]
    return f"{fmean(costs):.3f} ({min(costs):.3f}–{max(costs):.3f})"


def _peers(rows: Rows) -> str:
    names = [peer.name for peer in PEERS if any(row["name"] == peer.name for row in rows)]
    few = common_pictures(rows)
    ks = ks_of([row for row in rows if row["name"] not in _KALETTE] or rows)
    on_few = [row for row in rows if row["picture"] in few]
    slow = {peer.name for peer in PEERS if peer.slow}
    header = ["summed MSE of the palette of bytes", *(f"k = {k}" for k in ks), f"all pictures, k = {ks[-1]}"]
    lines = [
        [
            name,
            *(_error_cell(of(on_few, name, k)) for k in ks),
            "–" if name in slow else _error_cell(of(rows, name, ks[-1])),
        ]
        for name in names
    ]
    return table(header, lines) + f"\n\nThe columns by k are means of {', '.join(few)}."


def _error_cell(rows: Rows) -> str:
    if not rows:
        return "wrong output"
    error, ratio = (fmean(row[key] for row in rows) for key in ("summed_mse", "mse_to_best"))
    seconds = time_text(median(row["seconds"] for row in rows))
    return f"{error:.2f} ({above_text(ratio)}), {seconds}"
