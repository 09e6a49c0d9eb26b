"""Speed against peers, and peak memory.

Writes benchmarks/results/speed.json; benchmarks/tables.py makes the tables of docs/benchmarks.md from it.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import commands
import pictures
from arguments import argument_parser, checked
from children import can_measure_memory
from measure import Entry, in_turn, machine, write_json
from peers import Peer, contestant, installed_peers, versions, warm_up

from kalette.types import Pixels

PARTS = ("in_process", "whole_commands", "memory", "start_up")


@dataclass(frozen=True)
class Scope:
    """Pictures, k and numbers of runs."""

    quick: tuple[str, ...]  # pictures for the quick peers
    slow: tuple[str, ...]  # and those for the slow peers as well
    large: str
    ks: tuple[int, ...]
    runs: int
    slow_runs: int


FULL = Scope(
    quick=("kodim05", "kodim23"),
    slow=("kodim23",),
    large=pictures.PHOTO,
    ks=(4, 16, 64, 256),
    runs=7,
    slow_runs=3,
)
SMOKE = Scope(
    quick=(pictures.SAMPLE,),
    slow=(pictures.SAMPLE,),
    large=pictures.SAMPLE,
    ks=(4, 16),
    runs=2,
    slow_runs=1,
)


class Speed:
    """One run of this benchmark."""

    def __init__(self, scope: Scope, data: Path, folder: Path) -> None:
        self.scope = scope
        self.data = data
        self.folder = folder
        self.peers = installed_peers()

    def in_process(self) -> list[Entry]:
        """Time all peers, from pixels to palette and indices."""
        warm_up(self.peers)
        rows = []
        for name in self.scope.quick:
            peers = [peer for peer in self.peers if not peer.slow or name in self.scope.slow]
            rows += [self._in_process(pictures.picture(self.data, name), k, peers) for k in self.scope.ks]
        if self.scope.large not in self.scope.quick:
            large = pictures.picture(self.data, self.scope.large)
            rows.append(self._in_process(large, 256, [peer for peer in self.peers if not peer.slow]))
        return rows

    def _in_process(self, picture: pictures.Picture, k: int, peers: Sequence[Peer]) -> Entry:
        pixels = picture.pixels
        contestants = [
            contestant(peer, pixels, k, self.scope.slow_runs if peer.slow else self.scope.runs)
            for peer in peers
        ]
        entries = in_turn(contestants)
        return {"picture": picture.name, "pixels": picture.pixel_count, "k": k, "entries": entries}

    def whole_commands(self) -> list[Entry]:
        """Time whole commands, from PNG to PNG."""
        rows = []
        runs_of = {self.scope.quick[-1]: self.scope.runs, self.scope.large: self.scope.slow_runs}
        for name, runs in runs_of.items():
            picture = pictures.picture(self.data, name)
            source = self._saved(picture.pixels, f"{name}.png")
            for dither in (False, True):
                compressors = commands.compressors(source, picture.pixels, self.folder, runs, dither=dither)
                rows.append(
                    {
                        "picture": source.name,
                        "pixels": picture.pixel_count,
                        "k": commands.K,
                        "dither": dither,
                        "entries": in_turn(compressors),
                    }
                )
        return rows

    def memory(self) -> list[Entry]:
        """Measure the peak memory of the command, where the system reports it."""
        if not can_measure_memory():
            return []
        base = commands.base_bytes()
        return [commands.memory_of(case, base, self.folder) for case in self._memory_cases()]

    def _memory_cases(self) -> list[commands.MemoryCase]:
        large = pictures.picture(self.data, self.scope.large)
        height, width, _ = large.pixels.shape
        png = self._saved(large.pixels, f"{large.name}.png")
        jpeg = large.path or self._saved(large.pixels, f"{large.name}.jpg")
        noise = self._saved(pictures.noise(height, width), "noise.png")
        case, count = commands.MemoryCase, large.pixel_count
        return [
            case(png.name, png, count, 16),
            case(jpeg.name, jpeg, count, 16),
            case(png.name, png, count, 24, dither=True),
            case(noise.name, noise, count, 32),
        ]

    def start_up(self) -> list[Entry]:
        """Time the start of the command."""
        return in_turn(commands.starters(2 * self.scope.runs + 1))

    def _saved(self, pixels: Pixels, name: str) -> Path:
        path = self.folder / name
        return path if path.exists() else pictures.saved(pixels, path)


def run(parts: Sequence[str], scope: Scope, data: Path, *, smoke: bool) -> dict[str, Any]:
    """Run the requested parts, and return the record."""
    record: dict[str, Any] = {"benchmark": "speed", "smoke": smoke, "machine": machine(versions())}
    with tempfile.TemporaryDirectory() as folder:
        speed = Speed(scope, data, Path(folder))
        for part in parts:
            print(f"speed: {part}", flush=True)
            measured: Callable[[], list[Entry]] = getattr(speed, part)
            record[part] = measured()
    return record


def main() -> None:
    """Read the arguments, run, write the JSON."""
    parser = argument_parser("speed", __doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all)")
    arguments = checked(parser.parse_args())
    scope = SMOKE if arguments.smoke else FULL
    write_json(arguments.out, run(arguments.parts, scope, arguments.data, smoke=arguments.smoke))
    print(f"speed: wrote {arguments.out}")


if __name__ == "__main__":
    main()
