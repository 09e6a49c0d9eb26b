"""The tables of speed, from the JSON of benchmarks/speed.py."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from commands import MIB
from markdown import spread_text, table, times_text
from measure import Entry
from peers import BASE, PEERS

Record = Mapping[str, Any]


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block, for the parts that were run."""
    makers = {
        "in_process": _in_process,
        "whole_commands": _whole_commands,
        "memory": _memory,
        "start_up": _start_up,
    }
    made = {part.replace("_", "-"): maker(record[part]) for part, maker in makers.items() if record.get(part)}
    return {"speed-machine": machine_text(record), **made}


def machine_text(record: Record) -> str:
    """Return the machine and the versions of a run."""
    machine = record["machine"]
    peers = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    missing = f" Not installed: {', '.join(machine['missing'])}." if machine["missing"] else ""
    changed = record["code_at_end"] != machine["code"]
    warning = " **Kalette's code changed during the run.**" if changed else ""
    return (
        f"{machine['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}, kernels {machine['kernels']}, code {machine['code']}"
        f"{peers and '; '}{peers}.{missing}{warning}"
    )


def entry_of(row: Record, name: str) -> Entry | None:
    """Return the entry of one peer in a row; None if it has no time."""
    entries: Sequence[Entry] = row["entries"]
    return next((entry for entry in entries if entry["name"] == name and "median" in entry), None)


def title(row: Record) -> str:
    """Return a picture's name and size."""
    return f"{row['picture']}, {megapixels(row)}"


def megapixels(row: Record) -> str:
    """Return a row's size in megapixels."""
    return f"{row['pixels'] / 1e6:.3g} megapixels"


def _in_process(rows: Sequence[Record]) -> str:
    ran = [peer.name for peer in PEERS if any(_names(row, peer.name) for row in rows)]
    return "\n\n".join(_of_one_picture(name, list(group), ran) for name, group in groupby(rows, key=title))


def _of_one_picture(name: str, rows: Sequence[Record], ran: Sequence[str]) -> str:
    shown = [each for each in ran if any(_names(row, each) for row in rows)]
    left_out = [each for each in ran if each not in shown]
    ks = [str(row["k"]) for row in rows]
    header = [name, *(f"k = {k}" for k in ks), f"summed MSE, k = {' / '.join(ks)}"]
    lines = [[each, *(_cell(row, each) for row in rows), _errors(rows, each)] for each in shown]
    note = f"\n\nLeft out here for their time: {', '.join(left_out)}." if left_out else ""
    return table(header, lines) + note


def _names(row: Record, name: str) -> bool:
    return any(entry["name"] == name for entry in row["entries"])


def _cell(row: Record, name: str) -> str:
    entry, base = entry_of(row, name), entry_of(row, BASE)
    if entry is None:
        return "wrong output" if _names(row, name) else "–"
    ratio = f" {times_text(entry['median'] / base['median'])}" if base else ""
    return spread_text(entry) + ratio


def _error_cell(row: Record, name: str) -> str:
    entry = entry_of(row, name)
    return f"{entry['summed_mse']:.2f}" if entry else "–"


def _errors(rows: Sequence[Record], name: str) -> str:
    return " / ".join(_error_cell(row, name) for row in rows)


def _whole_commands(rows: Sequence[Record]) -> str:
    lines = [
        [
            f"{title(row)}, {'dithered' if row['dither'] else 'not dithered'}",
            entry["name"],
            _cell(row, entry["name"]),
            _error_cell(row, entry["name"]),
            f"{entry['output_bytes'] / 1e3:.0f} KB" if "output_bytes" in entry else "–",
        ]
        for row in rows
        for entry in row["entries"]
    ]
    return table(["PNG to PNG, k = 256", "command", "time", "summed MSE", "output"], lines)


def _memory(rows: Sequence[Record]) -> str:
    lines = [
        [
            f"{row['input']}, {'dithered' if row['dither'] != 'none' else 'not dithered'}",
            *(f"{row[key] / MIB:.0f} MiB" for key in ("base_bytes", "peak_bytes")),
            f"{taken(row) / MIB:.0f} MiB",
            f"{row['bound_bytes'] / MIB:.0f} MiB",
            "yes" if taken(row) <= row["bound_bytes"] else "**no**",
        ]
        for row in rows
    ]
    return table(["input", "imports", "peak", "peak less imports", "bound", "kept"], lines)


def taken(row: Record) -> int:
    """Return the memory that a command took above its imports."""
    return int(row["peak_bytes"] - row["base_bytes"])


def _start_up(rows: Sequence[Record]) -> str:
    lines = [[f"`{row['name']}`", spread_text(row) if "median" in row else "wrong output"] for row in rows]
    return table(["process", "time"], lines)
