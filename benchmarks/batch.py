"""`kalette batch`: images a second, beside pngquant under xargs and between engines, and the cost of a plan.

Writes benchmarks/results/batch.json; benchmarks/batch_tables.py makes the tables of docs/scale.md from it.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import children
import commands
import numpy as np
import pictures
from arguments import argument_parser, checked
from measure import Contestant, Entry, WrongOutputError, command_path, in_turn, machine, write_json
from peers import versions

import kalette

PARTS = ("loops", "photographs", "engines", "chunks", "plans")
_SHIFT = 97  # pixels, from one copy of a photograph to the next
_LOOP = "import sys\ntotal = 0\nfor number in range(int(sys.argv[1])): total += number"
_PLAN = """
import sys, time
from kalette.batch import plan
started = time.perf_counter()
planned = plan([sys.argv[1]], sys.argv[2])
print(len(planned.items), time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Scope:
    """Steps of a loop, photographs, copies of each, plans, and runs.

    So many that the start of the processes counts as little as in a long run.
    """

    steps: int
    photographs: tuple[str, ...]
    copies: int
    planned: tuple[int, ...]
    runs: int


FULL = Scope(
    steps=30_000_000,
    photographs=pictures.KODAK,
    copies=8,
    planned=(100, 1_000, 10_000, 100_000),
    runs=3,
)
SMOKE = Scope(
    steps=100_000,
    photographs=(pictures.SAMPLE,),
    copies=2,
    planned=(10, 1000),
    runs=1,
)


class Batches:
    """One run of this benchmark."""

    def __init__(self, scope: Scope, data: Path, folder: Path) -> None:
        self.scope = scope
        self.data = data
        self.folder = folder

    def loops(self) -> list[Entry]:
        """Time a pure loop in one process, and two at once: what the machine's cores give."""
        loop = [sys.executable, "-c", _LOOP, str(self.scope.steps)]
        contestants = [
            Contestant("one loop", partial(_codes_of, [loop]), _require_zeros, self.scope.runs),
            Contestant(
                "two loops at once", partial(_codes_of, [loop, loop]), _require_zeros, self.scope.runs
            ),
        ]
        return in_turn(contestants)

    def photographs(self) -> list[Entry]:
        """Time batches of photographs: one worker, two, and pngquant in two processes."""
        source = self._saved("photographs")
        contestants = []
        for effort in ("fast", "balanced"):
            for workers in (1, 2):
                options = ("--effort", effort, "--workers", str(workers), "--threads", str(workers))
                contestants.append(self._batch(source, f"{effort}, {_workers_text(workers)}", *options))
        if pngquant := command_path("pngquant"):
            contestants.append(self._pngquant(pngquant, source))
        return in_turn(contestants)

    def engines(self) -> list[Entry]:
        """Time the local engine beside Dask."""
        source = self._saved("engines")
        engines = ("local", "dask") if _has_dask() else ("local",)
        options = ("--effort", "balanced", "--workers", "2", "--threads", "2", "--engine")
        return in_turn([self._batch(source, engine, *options, engine) for engine in engines])

    def chunks(self) -> list[Entry]:
        """Measure what Dask needs to start, and for a chunk without work."""
        if not _has_dask():
            return []
        started = time.perf_counter()
        first = sum(1 for _ in kalette.batch.Dask(workers=2).map(abs, range(4)))
        begun = time.perf_counter()
        count = sum(1 for _ in kalette.batch.Dask(workers=2).map(abs, range(self.scope.steps // 1000)))
        ended = time.perf_counter()
        seconds = max(0.0, (ended - begun) - (begun - started))
        return [{"start_seconds": begun - started, "chunk_seconds": seconds / ((count - first) / 50)}]

    def plans(self) -> list[Entry]:
        """Measure seconds and peak memory of plans of some and of many files."""
        return [self._plan(count) for count in self.scope.planned]

    def _saved(self, name: str) -> Path:
        """Write the photographs to a folder, and further ones that are shifted."""
        folder = self.folder / name
        folder.mkdir()
        for photo in self.scope.photographs:
            pixels = pictures.picture(self.data, photo).pixels
            for copy in range(self.scope.copies):
                pictures.saved(np.roll(pixels, _SHIFT * copy, axis=1), folder / f"{photo}-{copy}.png")
        return folder

    def _batch(self, source: Path, name: str, *options: str) -> Contestant:
        target = self.folder / "out"
        command = [
            commands.kalette_command(),
            "batch",
            "-k",
            str(commands.K),
            *options,
            "--if-larger",
            "write",
        ]
        run = partial(_codes_of, [[*command, "--quiet", str(source), str(target)]])
        return Contestant(name, run, partial(_judged, source, target), self.scope.runs)

    def _pngquant(self, pngquant: str, source: Path) -> Contestant:
        target = self.folder / "out"
        files = " ".join(f"'{path}'" for path in sorted(source.iterdir()))
        one = f'"{pngquant}" -o "{target}/$(basename "$1")" {commands.K} "$1"'
        script = f"mkdir -p '{target}'; printf '%s\\n' {files} | xargs -P 2 -I FILE sh -c '{one}' _ FILE"
        run = partial(_codes_of, [["sh", "-c", script]])
        return Contestant("pngquant, xargs -P 2", run, partial(_judged, source, target), self.scope.runs)

    def _plan(self, count: int) -> Entry:
        source = self.folder / f"plan-{count}"
        for number in range(count):
            folder = source / f"{number // 1000:04}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"image-{number:06}.png").touch()
        command = [sys.executable, "-c", _PLAN, str(source), str(self.folder / "planned")]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        peak = children.ran(command).peak_bytes if children.can_measure_memory() else None
        shutil.rmtree(source)
        return {"images": int(shown[0]), "seconds": float(shown[1]), "peak_bytes": peak}


def _codes_of(together: Sequence[Sequence[str]]) -> list[int]:
    """Run commands at once and return their exit codes."""
    running = [subprocess.Popen(each, stdout=subprocess.DEVNULL) for each in together]
    return [process.wait() for process in running]


def _require_zeros(codes: Sequence[int]) -> Mapping[str, Any]:
    for code in codes:
        commands.require_zero(code)
    return {"processes": len(codes)}


def _judged(source: Path, target: Path, codes: Sequence[int]) -> Mapping[str, Any]:
    """Return number and size of the outputs, and remove them; reject a run that has not done all."""
    made = [path for path in target.rglob("*.png") if path.is_file()]
    size_bytes = sum(path.stat().st_size for path in made)
    shutil.rmtree(target, ignore_errors=True)
    _require_zeros(codes)
    wanted = sum(1 for _ in source.iterdir())
    if len(made) != wanted:
        raise WrongOutputError(f"{len(made)} outputs for {wanted} images")
    return {"images": len(made), "output_bytes": size_bytes}


def _workers_text(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def _has_dask() -> bool:
    return hasattr(kalette.batch, "Dask")


def run(parts: Sequence[str], scope: Scope, data: Path, *, smoke: bool) -> dict[str, Any]:
    """Run the requested parts, and return the record."""
    record: dict[str, Any] = {"benchmark": "batch", "smoke": smoke, "machine": machine(versions())}
    with tempfile.TemporaryDirectory() as folder:
        batches = Batches(scope, data, Path(folder))
        for part in parts:
            print(f"batch: {part}", flush=True)
            measured: Callable[[], list[Entry]] = getattr(batches, part)
            record[part] = measured()
    return record


def main() -> None:
    """Read the arguments, run, write the JSON."""
    parser = argument_parser("batch", __doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all)")
    arguments = checked(parser.parse_args())
    scope = SMOKE if arguments.smoke else FULL
    write_json(arguments.out, run(arguments.parts, scope, arguments.data, smoke=arguments.smoke))
    print(f"batch: wrote {arguments.out}")


if __name__ == "__main__":
    main()
