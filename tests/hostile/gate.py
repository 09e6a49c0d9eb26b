"""The gate: each file must give a result or one sentence, through the library and the command."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import kalette

_GROUP = 400  # files for one run of the command


@dataclass
class Tally:
    """Counts of outcomes; `other` must stay empty."""

    files: int = 0
    results: int = 0
    errors: int = 0
    other: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def time(self, name: str, seconds: float) -> None:
        self.slowest = max(self.slowest, (seconds, name))

    def sentence(self, name: str, said: str) -> None:
        """Count an error: one line with a cause and, after a semicolon, a way out."""
        self.errors += 1
        if "\n" in said or "; " not in said or "Traceback" in said:
            self.other.append(f"{name}: {said}")


def through_library(cases: Iterable[tuple[str, bytes]]) -> Tally:
    """Compress the bytes of each file, and check that the result decodes."""
    return _tallied(cases, _picture_fault)


def through_animations(cases: Iterable[tuple[str, bytes]]) -> Tally:
    """Make a GIF of each animation, and check that its frames are decoded."""
    return _tallied(cases, _animation_fault)


def _tallied(cases: Iterable[tuple[str, bytes]], fault_of: Callable[[bytes], str | None]) -> Tally:
    tally = Tally()
    for name, data in cases:
        tally.files += 1
        started = time.perf_counter()
        try:
            fault = fault_of(data)
        except kalette.KaletteError as error:
            tally.sentence(name, str(error))
        except Exception as error:
            tally.other.append(f"{name}: {type(error).__name__}: {error}")
        else:
            tally.results += 1
            if fault is not None:
                tally.other.append(f"{name}: {fault}")
        tally.time(name, time.perf_counter() - started)
    return tally


def _picture_fault(data: bytes) -> str | None:
    result = kalette.compress(data, k=16, effort="fast", threads=1)
    shown = result.decoded.shape[:2]
    return None if shown == result.indices.shape else f"decodes to {shown} instead of {result.indices.shape}"


def _animation_fault(data: bytes) -> str | None:
    pairs = list(kalette.animate(data, format="gif", effort="fast", threads=1).pairs())
    wrong = any(source.shape != shown.shape for source, shown in pairs)
    return "a frame decodes to another size" if wrong else None


def through_command(cases: Iterable[tuple[str, bytes]], folder: Path) -> Tally:
    """Compress the files by `kalette compress --json`, many in a run."""
    tally = Tally()
    for number, group in enumerate(_grouped(cases)):
        inputs, outputs = folder / f"in-{number}", folder / f"out-{number}"
        inputs.mkdir()
        outputs.mkdir()
        # Names without endings: formats are recognised by content.
        paths = [inputs / f"{place}-{name.replace('.', '-')}" for place, (name, _) in enumerate(group)]
        for path, (_, data) in zip(paths, group, strict=True):
            path.write_bytes(data)
        _run(tally, [str(path) for path in paths], outputs)
    return tally


def _run(tally: Tally, names: list[str], outputs: Path) -> None:
    arguments = ["compress", "-k", "16", "--effort", "fast", "--json", "-q", "-o", f"{outputs}/"]
    done = subprocess.run(
        [sys.executable, "-m", "kalette", *arguments, "--", *names],
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
        timeout=3_600,
    )
    said = done.stderr.splitlines()
    records = [json.loads(line) for line in done.stdout.splitlines()]
    failures = [record for record in records if "error" in record]
    tally.files += len(names)
    tally.results += len(records) - len(failures)
    for record in failures:
        tally.sentence(record["input"], record["error"])
    for record in records:
        tally.time(Path(record["input"]).name.partition("-")[2], record.get("seconds", 0.0))
    written = {record["output"] for record in records if "output" in record}
    if {str(path) for path in outputs.iterdir()} != written:
        tally.other.append(f"{outputs}: holds other files than were reported")
    if [record["input"] for record in records] != names or done.returncode != (1 if failures else 0):
        tally.other.append(f"{names[0]} and so on: ended with {done.returncode}, {said[-3:]}")
    if said != [f"kalette: {record['error']}" for record in failures]:
        tally.other.append(f"{names[0]} and so on: standard error holds other lines than the sentences")


def _grouped(cases: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    group: list[tuple[str, bytes]] = []
    for case in cases:
        group.append(case)
        if len(group) == _GROUP:
            yield group
            group = []
    if group:
        yield group
