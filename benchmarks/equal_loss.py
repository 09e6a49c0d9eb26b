"""Time of K-Means in other libraries at no higher loss than Kalette's, by a sweep over their settings.

Writes benchmarks/results/equal_loss.json; benchmarks/tables.py makes the table of docs/benchmarks.md from it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pictures
from arguments import argument_parser, checked
from measure import Contestant, Entry, Produced, in_turn, judged, machine, summed_mse, write_json
from peers import PEERS, contestant, kalette_name, points_of, produced_by, versions, warm_up

from kalette.types import Pixels

BASE = kalette_name("fast")
FINALISTS = 3  # of the settings that reach the loss, by one run each; these are timed in turn
ALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Setting:
    """How much a peer works: passes of Lloyd, starts of which the best is kept, points per centroid."""

    passes: int
    starts: int
    points: int = ALL

    def __str__(self) -> str:
        """Return the setting in words."""
        points = "all points" if self.points == ALL else f"{self.points} points per centroid"
        return f"{self.passes} passes, {self.starts} start{'s' * (self.starts > 1)}, {points}"


def _faiss(pixels: Pixels, k: int, setting: Setting) -> Produced:
    import faiss

    points = points_of(pixels)
    wanted = {"niter": setting.passes, "nredo": setting.starts, "max_points_per_centroid": setting.points}
    clustering = faiss.Kmeans(3, k, seed=1, **wanted)
    clustering.train(points)
    _, labels = clustering.index.search(points, 1)
    return produced_by(pixels, np.asarray(clustering.centroids), labels)


def _opencv(pixels: Pixels, k: int, setting: Setting) -> Produced:
    import cv2

    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, setting.passes, 0.0)
    points, labels = points_of(pixels), np.zeros((pixels.shape[0] * pixels.shape[1], 1), np.int32)
    _, found, centroids = cv2.kmeans(points, k, labels, stop, setting.starts, cv2.KMEANS_PP_CENTERS)
    return produced_by(pixels, np.asarray(centroids), np.asarray(found))


@dataclass(frozen=True, slots=True)
class Swept:
    """A peer and the settings to try."""

    name: str
    run: Callable[[Pixels, int, Setting], Produced]
    settings: tuple[Setting, ...]


SWEPT = {
    "faiss Kmeans": Swept(
        "faiss Kmeans",
        _faiss,
        tuple(Setting(*each) for each in product((10, 25, 50), (1, 3), (256, 1024, 4096, 16384))),
    ),
    "OpenCV kmeans": Swept(
        "OpenCV kmeans", _opencv, tuple(Setting(*each) for each in product((10, 30, 100), (1, 3)))
    ),
}


@dataclass(frozen=True)
class Scope:
    """Pictures, k and numbers of runs."""

    pictures: tuple[str, ...]
    ks: tuple[int, ...]
    runs: int


FULL = Scope(("kodim05", "kodim23"), (4, 16), 9)
SMOKE = Scope((pictures.SAMPLE,), (4,), 2)


def rows(scope: Scope, data: Path) -> Iterator[Entry]:
    """Yield a row for each picture and k."""
    installed = [peer for peer in PEERS if peer.installed]
    warm_up([peer for peer in installed if peer.name in (BASE, *SWEPT)])
    swept = [SWEPT[peer.name] for peer in installed if peer.name in SWEPT]
    own = next(peer for peer in installed if peer.name == BASE)
    for name, k in product(scope.pictures, scope.ks):
        picture = pictures.picture(data, name)
        most = summed_mse(picture.pixels, own.unpack(own.run(picture.pixels, k)))
        contestants = [contestant(own, picture.pixels, k, scope.runs)]
        for each in swept:
            contestants += _finalists(each, picture.pixels, k, most, scope.runs)
        yield {
            "picture": picture.name,
            "pixels": picture.pixel_count,
            "k": k,
            "swept": [each.name for each in swept],
            "entries": in_turn(contestants),
        }


def _finalists(swept: Swept, pixels: Pixels, k: int, most: float, runs: int) -> list[Contestant]:
    """Return the fastest settings whose summed MSE is at most that of Kalette."""
    reaching = []
    for setting in swept.settings:
        started = time.perf_counter()
        produced = swept.run(pixels, k, setting)
        seconds = time.perf_counter() - started
        if summed_mse(pixels, produced) <= most:
            reaching.append((seconds, setting))
    reaching.sort(key=lambda each: each[0])
    return [_contestant(swept, pixels, k, setting, runs) for _, setting in reaching[:FINALISTS]]


def _contestant(swept: Swept, pixels: Pixels, k: int, setting: Setting, runs: int) -> Contestant:
    return Contestant(
        f"{swept.name}, {setting}",
        lambda: swept.run(pixels, k, setting),
        lambda produced: {"peer": swept.name, "setting": str(setting), **judged(pixels, k, produced)},
        runs,
    )


def run(scope: Scope, data: Path, *, smoke: bool) -> dict[str, Any]:
    """Run the sweeps, and return the record."""
    found = {"benchmark": "equal_loss", "smoke": smoke, "machine": machine(versions())}
    return {**found, "rows": list(rows(scope, data))}


def main() -> None:
    """Read the arguments, run, write the JSON."""
    arguments = checked(argument_parser("equal_loss", __doc__).parse_args())
    scope = SMOKE if arguments.smoke else FULL
    write_json(arguments.out, run(scope, arguments.data, smoke=arguments.smoke))
    print(f"equal_loss: wrote {arguments.out}")


if __name__ == "__main__":
    main()
