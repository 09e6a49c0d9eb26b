"""Time, peak memory and bytes of whole commands as work grows: megapixels, k, distinct colours, many files.

Writes benchmarks/results/growth.json after each row; benchmarks/tables.py makes tables and a plot of it.
All parts take about half an hour, so parts can be measured one by one, and an interrupted run resumed.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import growth_pictures
import pictures
from arguments import argument_parser, checked
from children import can_measure_memory
from commands import K
from growth_commands import Case, contestants
from growth_record import PARTS, Growth, opened
from growth_tables import step_text
from measure import Entry, in_turn
from peers import versions

from kalette.types import Pixels

_VERSIONS = ("kalette", "numpy", "Pillow", "pngquant")

Making = Iterator[tuple[float | str, Callable[[], Case]]]
"""Places on the axis of a part, and what makes the case there."""


@dataclass(frozen=True)
class Scope:
    """Sizes, k and colours to measure."""

    photo: str
    megapixels: tuple[float, ...]
    ks: tuple[int, ...]
    k_megapixels: float  # size of the picture for all k
    color_bits: tuple[int, ...]  # binary logarithms of the numbers of colours
    side: int  # of the square picture for all numbers of colours
    files: tuple[str, ...]


FULL = Scope(
    photo=pictures.PHOTO,
    megapixels=(0.25, 0.5, 1, 2, 4, 8, 12, 16, 24, 32, 64),
    ks=(2, 4, 8, 16, 32, 64, 128, 256),
    k_megapixels=1,
    color_bits=tuple(range(6, 21)),
    side=1024,
    files=pictures.KODAK,
)
SMOKE = Scope(pictures.SAMPLE, (0.001, 0.01), (2, 16), 0.001, (4, 9), 32, (pictures.SAMPLE,))


class Cases:
    """Makes the files of each part."""

    def __init__(self, scope: Scope, photo: pictures.Picture, data: Path, folder: Path) -> None:
        self.scope = scope
        self.photo = photo
        self.data = data
        self.folder = folder

    def megapixels(self) -> Making:
        """Yield sizes of the photograph."""
        for megapixels in self.scope.megapixels:
            yield megapixels, partial(self._scaled, megapixels, K)

    def k(self) -> Making:
        """Yield k for one size of the photograph."""
        for k in self.scope.ks:
            yield k, partial(self._scaled, self.scope.k_megapixels, k)

    def colors(self) -> Making:
        """Yield numbers of colours of a square photograph."""
        for bits in self.scope.color_bits:
            yield 1 << bits, partial(self._of_colors, bits)

    def one_by_one(self) -> Making:
        """Yield the Kodak pictures."""
        for name in self.scope.files:
            yield name, partial(self._files, name)

    def in_one_call(self) -> Making:
        """Yield the Kodak pictures together."""
        yield len(self.scope.files), partial(self._files, *self.scope.files)

    def _scaled(self, megapixels: float, k: int) -> Case:
        return Case((self._saved(growth_pictures.scaled(self.photo.pixels, megapixels)),), k)

    def _of_colors(self, bits: int) -> Case:
        square = growth_pictures.squared(self.photo.pixels, self.scope.side)
        return Case((self._saved(growth_pictures.with_colors(square, bits)),))

    def _files(self, *names: str) -> Case:
        chosen = [pictures.picture(self.data, name) for name in names]
        return Case(tuple(each.path or self._saved(each.pixels) for each in chosen))

    def _saved(self, pixels: Pixels) -> Path:
        return pictures.saved(pixels, self.folder / "picture.png")


def row(at: float | str, case: Case, folder: Path, runs: int) -> Entry:
    """Measure one case."""
    contents = [pictures.Picture(source.stem, source).pixels for source in case.sources]
    facts = {
        "at": at,
        "k": case.k,
        "pixels": sum(each.shape[0] * each.shape[1] for each in contents),
        "colors": max(map(growth_pictures.count_colors, contents)),
        "input_bytes": sum(source.stat().st_size for source in case.sources),
    }
    del contents
    return {**facts, "entries": in_turn(contestants(case, folder, runs))}


def measure(growth: Growth, cases: Cases, parts: tuple[str, ...], runs: int) -> None:
    """Measure all rows of the parts that the record lacks, and show the steps of each part."""
    for part in parts:
        making: Making = getattr(cases, part)()
        for at, make in making:
            if not growth.has(part, at):
                print(f"growth: {part} {at}", flush=True)
                growth.add(part, row(at, make(), cases.folder, runs))
        if shown := step_text(part, growth.rows(part)):
            print(f"growth: {shown}", flush=True)


def arguments_of() -> argparse.Namespace:
    """Read the arguments."""
    parser = argument_parser("growth", __doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all)")
    parser.add_argument("--photo", type=Path, help="picture to scale (photo_16mp.jpg of the data)")
    parser.add_argument("--runs", type=int, help="runs of each command (9)")
    parser.add_argument("--resume", action="store_true", help="keep the rows that an earlier run measured")
    return checked(parser.parse_args())


def main() -> None:
    """Read the arguments, measure, write the JSON row by row."""
    arguments = arguments_of()
    if not can_measure_memory():
        raise SystemExit("this system does not report the peak memory of a command, so there is no growth")
    scope, runs = (SMOKE, 1) if arguments.smoke else (FULL, 9)
    photo = pictures.picture(arguments.data, scope.photo)
    if arguments.photo:
        photo = pictures.Picture(arguments.photo.stem, arguments.photo)
    found = versions()
    growth = opened(arguments, photo.name, {name: found[name] for name in _VERSIONS})
    with tempfile.TemporaryDirectory() as folder:
        cases = Cases(scope, photo, arguments.data, Path(folder))
        measure(growth, cases, tuple(arguments.parts), arguments.runs or runs)
    print(f"growth: wrote {arguments.out}")


if __name__ == "__main__":
    main()
