"""Measurement: timing in turn, checks of output, the machine, JSON."""

import datetime
import hashlib
import json
import os
import platform
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kalette
from kalette import kernels
from kalette.types import Palette, Pixels

RESULTS = Path(__file__).resolve().parent / "results"
REST_SECONDS = 0.1  # between two runs, so that spinning threads of the last one go to sleep
_STRIP_ROWS = 256
_DIGITS = 6


class WrongOutputError(Exception):
    """The output does not fulfil the task, so its time does not count."""


@dataclass(frozen=True, slots=True)
class Produced:
    """A picture in few colours: palette (n, 3) uint8 and indices (H, W)."""

    palette: Palette
    indices: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A contestant: `run` is timed; `judge` is not, and returns facts of the output or rejects it.

    `seconds_of` reads the time from the output of a run that measures itself.
    """

    name: str
    run: Callable[[], Any]
    judge: Callable[[Any], Mapping[str, Any]]
    runs: int
    seconds_of: Callable[[Any], float] | None = None


Entry = dict[str, Any]
"""Name, median, min and max seconds, number of runs, and the facts of the judge."""


def in_turn(contestants: Sequence[Contestant]) -> list[Entry]:
    """Time contestants in turn, run by run, so that slow moments of the machine affect all alike."""
    seconds: dict[str, list[float]] = {each.name: [] for each in contestants}
    facts: dict[str, Mapping[str, Any]] = {}
    flaws: dict[str, str] = {}
    for number in range(max(each.runs for each in contestants)):
        for each in contestants:
            if number >= each.runs or each.name in flaws:
                continue
            try:
                elapsed, outcome = timed(each)
                facts[each.name] = each.judge(outcome)
                seconds[each.name].append(elapsed)
            except WrongOutputError as error:
                flaws[each.name] = str(error)
    return [
        {"name": each.name, "flaw": flaws[each.name]}
        if each.name in flaws
        else {"name": each.name, **summary(seconds[each.name]), **facts[each.name]}
        for each in contestants
    ]


def timed(contestant: Contestant) -> tuple[float, Any]:
    """Run once, and return the seconds and the output, not judged yet."""
    time.sleep(REST_SECONDS)
    started = time.perf_counter()
    outcome = contestant.run()
    elapsed = time.perf_counter() - started
    return (contestant.seconds_of(outcome) if contestant.seconds_of else elapsed), outcome


def summary(seconds: Sequence[float]) -> Entry:
    """Return median and range of the runs."""
    return {
        "median": statistics.median(seconds),
        "min": min(seconds),
        "max": max(seconds),
        "runs": len(seconds),
    }


def judged(pixels: Pixels, k: int, produced: Produced) -> Entry:
    """Return the number of colours in use and the summed MSE; reject anything but a picture in k colours."""
    palette, indices = produced.palette, produced.indices
    if indices.shape != pixels.shape[:2]:
        raise WrongOutputError(f"indices of shape {indices.shape} for pixels of shape {pixels.shape}")
    if palette.ndim != 2 or palette.shape[1] != 3 or palette.dtype != np.uint8:
        raise WrongOutputError(f"a palette of shape {palette.shape} and {palette.dtype}")
    if not 1 <= len(palette) <= k:
        raise WrongOutputError(f"{len(palette)} palette entries for k of {k}")
    if indices.min() < 0 or indices.max() >= len(palette):
        raise WrongOutputError(f"indices up to {indices.max()} for {len(palette)} palette entries")
    error = summed_mse(pixels, produced)
    if error > worst_entry_mse(pixels, palette) + 1:
        raise WrongOutputError(f"a summed MSE of {error:.6g}, worse than any one entry for all pixels")
    return {"colors_used": len(np.unique(indices)), "summed_mse": error}


def summed_mse(pixels: Pixels, produced: Produced) -> float:
    """Return the MSE of palette[indices], summed over channels."""
    total = 0
    for top in range(0, len(pixels), _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        difference = pixels[rows].astype(np.int32) - produced.palette[produced.indices[rows]]
        total += int((difference * difference).sum(dtype=np.int64))
    return float(total / (pixels.shape[0] * pixels.shape[1]))


def worst_entry_mse(pixels: Pixels, palette: Palette) -> float:
    """Return the summed MSE if all pixels had the worst palette entry."""
    mean = np.array([pixels[..., c].mean(dtype=np.float64) for c in range(3)])
    spread = sum(pixels[..., c].var(dtype=np.float64) for c in range(3))
    return float(spread + ((palette - mean) ** 2).sum(axis=1).max())


def machine(versions: Mapping[str, str | None]) -> Entry:
    """Describe the machine and the software; a version of None means missing."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "kernels": f"{kernels.BACKEND} ({kernels.INSTRUCTION_SET})",
        "code": code_digest(),
        "versions": {name: version for name, version in versions.items() if version is not None},
        "missing": [name for name, version in versions.items() if version is None],
    }


def code_digest() -> str:
    """Return a digest of Kalette's modules, including the compiled one: each run records its source."""
    package = Path(kalette.__file__).parent
    loaded = [module for name, module in sys.modules.items() if name.startswith("kalette.")]
    files = [Path(module.__file__) for module in loaded if module.__file__]
    compiled = [path for path in files if path.suffix != ".py"]
    digest = hashlib.sha256()
    for path in [*sorted(package.rglob("*.py")), *sorted(compiled)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def command_path(name: str) -> str | None:
    """Return the path of a command, preferring the one beside this Python; None if it is missing."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record, one row per line for readable diffs, and the digest of the code unless it has one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"code_at_end": code_digest(), **record}
    parts = [f'  "{key}": {_lines(_shortened(value))}' for key, value in record.items()]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _lines(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n    " + ",\n    ".join(json.dumps(row) for row in value) + "\n  ]"


def _shortened(value: Any) -> Any:
    """Return the value with all floats rounded to significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    return value
