"""The table of time at no higher loss, from the JSON of benchmarks/equal_loss.py."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from equal_loss import BASE
from markdown import spread_text, table, times_text
from measure import Entry
from speed_tables import entry_of, machine_text, title

Record = Mapping[str, Any]


def blocks(record: Record) -> dict[str, str]:
    """Return the table by the name of its block."""
    parts = [_of_one_picture(name, list(group)) for name, group in groupby(record["rows"], key=title)]
    return {"equal-loss": "\n\n".join([machine_text(record), *parts])}


def sentences(record: Record) -> Iterator[str]:
    """Name each peer that is faster than Kalette fast at no higher loss."""
    for row in record["rows"]:
        base = entry_of(row, BASE)
        for name in row["swept"]:
            entry = fastest(row, name)
            if base and entry and entry["median"] < base["median"]:
                share = entry["median"] / base["median"]
                where = f"{row['picture']}, k = {row['k']}"
                yield f"{name} reaches the loss of {BASE} in {share:.2f} times its time ({where})."


def fastest(row: Record, name: str) -> Entry | None:
    """Return the fastest entry of a peer; None if no setting reached the loss."""
    timed = [entry for entry in row["entries"] if entry.get("peer") == name and "median" in entry]
    return min(timed, key=lambda entry: entry["median"], default=None)


def _of_one_picture(name: str, rows: Sequence[Record]) -> str:
    header = [name, *(f"k = {row['k']}" for row in rows)]
    own = [BASE, *(_cell(row, entry_of(row, BASE)) for row in rows)]
    peers = [[peer, *(_cell(row, fastest(row, peer)) for row in rows)] for peer in rows[0]["swept"]]
    return table(header, [own, *peers])


def _cell(row: Record, entry: Entry | None) -> str:
    base = entry_of(row, BASE)
    if entry is None or base is None:
        return "not reached"
    setting = f"; {entry['setting']}" if "setting" in entry else ""
    times = times_text(entry["median"] / base["median"])
    return f"{spread_text(entry)} {times}, summed MSE {entry['summed_mse']:.2f}{setting}"
