"""Accuracy of the estimated error for every k, the recommended k, and the time of both.

Writes benchmarks/results/choose.json; benchmarks/choose_tables.py fills docs/compare.md from it.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pictures
from arguments import argument_parser, checked
from measure import Contestant, Entry, in_turn, machine, write_json
from peers import versions
from pictures import Picture
from PIL import Image

import kalette
from kalette.compression import Compression
from kalette.types import Options, Run, Settings

PLAIN: Options = {
    "space": "srgb",
    "dither": "none",
    "rate": 0.0,
}  # settings whose squared error the curve estimates
_COMMAND = [sys.executable, "-c", "from kalette.cli import main; main()", "compare"]


@dataclass(frozen=True)
class Scope:
    """What to run on."""

    pictures: tuple[str, ...]
    timed: str
    ks: tuple[int, ...]
    runs: int


FULL = Scope(pictures.KODAK, "kodim23", (2, 4, 8, 16, 32, 64, 128, 256), 15)
SMOKE = Scope((pictures.SAMPLE,), pictures.SAMPLE, (2, 16), 1)


def curves(scope: Scope, data: Path) -> Iterator[Entry]:
    """Yield the recommended k and the estimated and measured errors of each picture."""
    for name in scope.pictures:
        pixels = pictures.picture(data, name).pixels
        opened = kalette.open(pixels)
        curve = opened.curve()
        estimated = {point.k: point.mse for point in curve}
        recommended = Compression(opened, Settings()).recommended_k(curve)
        yield {
            "picture": name,
            "recommended_k": recommended,
            "psnr_db": kalette.compress(pixels, k=recommended, **PLAIN).psnr_db,
            "errors": [
                {
                    "k": k,
                    "estimated_mse": estimated[k],
                    "mse": opened.compress(k, **PLAIN).mse,
                }
                for k in scope.ks
            ],
        }


def times(scope: Scope, data: Path) -> list[Entry]:
    """Time the curve, compressing, the whole command and one fit of scikit-learn, in turn."""
    picture = pictures.picture(data, scope.timed)
    opened = kalette.open(picture.pixels)
    assert len(opened.histogram)  # counted before the clock starts
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{picture.name}.png"
        Image.fromarray(picture.pixels).save(path)
        contestants = [
            _timed("curve and recommended k", scope.runs, lambda: _choice(opened)),
            _timed("compress, k = 32", scope.runs, lambda: kalette.compress(path, k=32).to_bytes()),
            _timed("compress, k = auto", scope.runs, lambda: kalette.compress(path, k="auto").to_bytes()),
            _timed("kalette compare, whole command", scope.runs, lambda: _command(path)),
            *_scikit_learn(picture, scope.runs),
        ]
        return in_turn(contestants)


def _choice(opened: kalette.Picture) -> int:
    return Compression(opened, Settings()).recommended_k(opened.curve(run=Run(2)))


def _command(path: Path) -> None:
    subprocess.run([*_COMMAND, str(path)], check=True, stdout=subprocess.DEVNULL)


def _scikit_learn(picture: Picture, runs: int) -> Iterator[Contestant]:
    try:
        from sklearn.cluster import KMeans
    except ImportError:
        return
    colors = picture.pixels.reshape(-1, 3).astype("float32")
    seeds = iter(range(1000))
    name = "scikit-learn, one fit of KMeans(n_clusters=16, n_init=1)"
    yield _timed(name, runs, lambda: KMeans(n_clusters=16, n_init=1, random_state=next(seeds)).fit(colors))


def _timed(name: str, runs: int, run: Any) -> Contestant:
    run()
    return Contestant(name, run, lambda _: {}, runs)


def main() -> None:
    """Read the arguments, measure, write the JSON."""
    arguments = checked(argument_parser("choose", __doc__).parse_args())
    scope = SMOKE if arguments.smoke else FULL
    record = {
        "machine": machine(versions()),
        "timed": scope.timed,
        "times": times(scope, arguments.data),
        "curves": list(curves(scope, arguments.data)),
    }
    write_json(arguments.out, record)
    print(arguments.out)


if __name__ == "__main__":
    main()
