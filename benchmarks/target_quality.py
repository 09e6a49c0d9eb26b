"""`--quality`: its scores, its bytes beside a sweep over rate and k, and its time beside one run.

A case counts as met if its score lies at most 1.5 points above the quality and its file is at most 2 % larger
than the smallest of the sweep. Between two rates, bytes are interpolated at the quality.
Writes benchmarks/results/target_quality.json; benchmarks/tables.py makes the table of docs/benchmarks.md.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pictures
from arguments import argument_parser, checked
from commands import exit_code, kalette_arguments, require_zero
from measure import Contestant, Entry, in_turn, machine, write_json
from PIL import Image

import kalette


@dataclass(frozen=True)
class Scope:
    """What to run on: pictures, qualities, and the sweep."""

    pictures: tuple[str, ...]
    qualities: tuple[float, ...]
    ks: tuple[int, ...]
    rates: tuple[float, ...]
    command_runs: int


FULL = Scope(
    pictures.KODAK[::3],
    (50, 60, 70, 80, 85),
    (256, 192, 144, 112, 80, 56, 40, 28),
    (0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 1.0),
    5,
)
SMOKE = Scope((pictures.SAMPLE,), (50, 70), (256, 32), (0.0, 0.5, 1.0), 1)


def rows(scope: Scope, data: Path) -> Iterator[Entry]:
    """Yield the sweep of each picture, and what each quality gives."""
    for name in scope.pictures:
        picture = kalette.open(pictures.picture(data, name).pixels)
        _timed(picture)  # counts the colours
        runs = sorted(_timed(picture)[1] for _ in range(3))
        reached = list(_reached(picture, scope.qualities))
        qualities = [each["quality"] for each in reached]
        yield {
            "picture": name,
            "plain_seconds": statistics.median(runs),
            "command_seconds": _command_seconds(picture, qualities, scope.command_runs),
            "sweep": list(_sweep(picture, scope)),
            "reached": reached,
        }


def _sweep(picture: kalette.Picture, scope: Scope) -> Iterator[Entry]:
    for k in scope.ks:
        for rate in scope.rates:
            result = picture.compress(k, rate=rate)
            yield {
                "k": k,
                "rate": rate,
                "bytes": result.output_bytes,
                "ssimulacra2": round(result.ssimulacra2, 4),
            }


def _reached(picture: kalette.Picture, qualities: tuple[float, ...]) -> Iterator[Entry]:
    for quality in qualities:
        try:
            result, seconds = _timed(picture, quality=quality)
        except kalette.TargetError:
            continue  # a quality that no palette has
        yield {
            "quality": quality,
            "k": result.k,
            "bytes": result.output_bytes,
            "ssimulacra2": round(result.ssimulacra2, 4),
            "seconds": seconds,
        }


def _command_seconds(picture: kalette.Picture, qualities: list[float], runs: int) -> dict[str, float]:
    """Return the median time of the command without `--quality` ("plain"), and with each."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "source.png"
        Image.fromarray(picture.pixels).save(source)
        options = {"plain": [], **{f"{quality:g}": ["--quality", f"{quality:g}"] for quality in qualities}}
        calls = {
            each: kalette_arguments([source], source.with_name("out.png"), *more)
            for each, more in options.items()
        }
        contestants = [
            Contestant(each, partial(exit_code, call), require_zero, runs) for each, call in calls.items()
        ]
        return {entry["name"]: entry["median"] for entry in in_turn(contestants)}


def _timed(picture: kalette.Picture, *, quality: float | None = None) -> tuple[kalette.Result, float]:
    started = time.perf_counter()
    result = picture.compress(quality=quality)
    result.to_bytes()
    return result, time.perf_counter() - started


def main() -> None:
    """Read the arguments, measure, write the JSON."""
    arguments = checked(argument_parser("target_quality", __doc__).parse_args())
    record = {
        "benchmark": "target_quality",
        "smoke": arguments.smoke,
        "machine": machine({}),
        "rows": list(rows(SMOKE if arguments.smoke else FULL, arguments.data)),
    }
    write_json(arguments.out, record)
    print(f"target_quality: wrote {arguments.out}")


if __name__ == "__main__":
    main()
