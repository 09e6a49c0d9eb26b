"""The record of benchmarks/growth.py: written after each row, kept between runs of the same code."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import Entry, machine, write_json

PARTS = ("megapixels", "k", "colors", "one_by_one", "in_one_call")


@dataclass(frozen=True)
class Growth:
    """A record and its file."""

    record: dict[str, Any]
    path: Path

    def rows(self, part: str) -> Sequence[Entry]:
        """Return the rows of a part."""
        rows: Sequence[Entry] = self.record.get(part, [])
        return rows

    def has(self, part: str, at: float | str) -> bool:
        """Whether the row at this place of the part is there."""
        return any(row["at"] == at for row in self.rows(part))

    def add(self, part: str, row: Entry) -> None:
        """Add a row to a part, and write the file."""
        self.record[part] = [*self.rows(part), row]
        write_json(self.path, self.record)


def opened(arguments: argparse.Namespace, photo: str, versions: Mapping[str, str | None]) -> Growth:
    """Return a new record with what it keeps of the stored one: other parts, and with `resume` all rows.

    Raises
    ------
    SystemExit
        When other parts would be lost or mixed, as they are of another code, machine or photograph.
    """
    head = {
        "benchmark": "growth",
        "smoke": arguments.smoke,
        "photo": photo,
        "machine": machine(versions),
    }
    stored = _read(arguments.out)
    kept = [part for part in PARTS if part in stored and (arguments.resume or part not in arguments.parts)]
    if kept and _identity(stored) != _identity(head):
        raise SystemExit(
            f"{arguments.out} has {', '.join(kept)} of another code, machine or photograph, which cannot be "
            "mixed with new rows; measure all parts without --resume, or name another file with --out"
        )
    return Growth({**head, **{part: stored[part] for part in kept}}, arguments.out)


def _read(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return record


def _identity(record: Mapping[str, Any]) -> tuple[Any, ...]:
    described = {key: value for key, value in record["machine"].items() if key != "date"}
    return record["smoke"], record["photo"], described
