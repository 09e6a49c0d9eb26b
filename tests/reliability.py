"""Run all hostile files through Kalette and write the counts into docs/reliability.md.

    python tests/reliability.py [ARCHIVE_OR_FOLDER...]

Inputs are the generated hostile files and every file of the given archives or folders; each goes through the
library and through the command. --check writes nothing. The exit code is 1 if any file gave neither a result
nor a sentence. Pillow's source archive has the best test images:
`python -m pip download --no-binary pillow --no-deps pillow`.
"""

import argparse
import sys
import tarfile
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import kalette
from hostile import cases, gate

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- begin counts -->\n", "<!-- end counts -->"
Files = Callable[[], Iterable[tuple[str, bytes]]]


def files_in(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file in a folder, or of the test images in a source archive."""
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.is_file():
                yield flat(str(path.relative_to(place))), path.read_bytes()
        return
    with tarfile.open(place) as archive:
        for member in archive:
            found = member.name.partition("/Tests/images/")[2]
            content = archive.extractfile(member) if found and member.isfile() else None
            if content is not None:
                yield flat(found), content.read()


def flat(name: str) -> str:
    return name.replace("/", "_").replace("\\", "_")


def rows(name: str, files: Files, folder: Path) -> Iterator[tuple[str, str, gate.Tally]]:
    yield name, "library", gate.through_library(files())
    yield name, "command", gate.through_command(files(), folder)


def table(found: Iterable[tuple[str, str, gate.Tally]]) -> str:
    lines = [
        "| files | through | files | results | errors | anything else | slowest |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, interface, tally in found:
        counts = f"{tally.files:,} | {tally.results:,} | {tally.errors:,} | {len(tally.other):,}"
        seconds, slowest = tally.slowest
        lines.append(f"| {name} | {interface} | {counts} | {seconds:.1f} s, {slowest} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", nargs="*", type=Path, metavar="ARCHIVE_OR_FOLDER")
    parser.add_argument(
        "--sample", action="store_true", help="only the sample of hostile files that the tests run"
    )
    parser.add_argument("--check", action="store_true", help="do not write the page")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    sets: list[tuple[str, Files]] = [("hostile, made by code", lambda: cases(full=not chosen.sample))]
    sets += [(f"`{place.name}`", partial(files_in, place)) for place in chosen.places]
    found = []
    with tempfile.TemporaryDirectory() as name:
        for number, (title, files) in enumerate(sets):
            folder = Path(name) / str(number)
            folder.mkdir()
            for row in rows(title, files, folder):
                found.append(row)
                print(table([row]).splitlines()[-1], *row[2].other, sep="\n", flush=True)
    if not chosen.check:
        text = PAGE.read_text(encoding="utf-8")
        head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
        made = (
            f"Kalette {kalette.__version__}, Pillow {version('pillow')}, Python {sys.version.split()[0]}.\n\n"
        )
        PAGE.write_text(f"{head}{BEGIN}{made}{table(found)}{END}{tail}", encoding="utf-8")
    return 1 if any(tally.other for _, _, tally in found) else 0


if __name__ == "__main__":
    sys.exit(main())
