"""Check that version, changelog, citation, tests and tag agree.

Run:  python scripts/release.py --check [--tag v0.1.0] [--dist dist]

Without a tag, the newest section of the changelog may be "(unreleased)". With one, everything that a release
needs must be there, such as its date. In a folder of built files, each must name the addresses of the
project, which scripts/set_addresses.py adds before the build, and show a README without relative links.
"""

import argparse
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"^## (\S+) \((unreleased|\d{4}-\d{2}-\d{2})\)$", re.M)


def main() -> None:
    """Print what disagrees, and exit with 1 if anything does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", required=True, help="check, and change nothing")
    parser.add_argument("--tag", help="the tag of a release, such as v0.1.0")
    parser.add_argument("--dist", type=Path, help="the folder of the built files")
    arguments = parser.parse_args()
    faults = list(faults_of(ROOT))
    if arguments.tag is not None:
        faults += faults_of_release(ROOT, arguments.tag)
    if arguments.dist is not None:
        faults += faults_of_files(arguments.dist)
    for fault in faults:
        print(f"release: {fault}", file=sys.stderr)
    if faults:
        raise SystemExit(1)
    print(f"Kalette {version_of(ROOT)}: version, changelog, citation and tests agree")


def version_of(root: Path) -> str:
    """Return the version of the sources."""
    found = re.search(r'^__version__ = "([^"]+)"$', _text(root, "src/kalette/types/version.py"), re.M)
    if found is None:
        raise SystemExit("release: src/kalette/types/version.py has no line __version__ = ...")
    return found[1]


def faults_of(root: Path) -> Iterator[str]:
    """Yield what must hold for every commit, and does not."""
    version = version_of(root)
    newest = HEADING.search(_text(root, "CHANGELOG.md"))
    if newest is None or newest[1] != version:
        yield f"CHANGELOG.md begins with {newest and newest[1]}; the version is {version}"
    if f"\nversion: {version}\n" not in _text(root, "CITATION.cff"):
        yield f"CITATION.cff names another version than {version}"
    pythons = set(re.findall(r"Python :: (3\.\d+)", _text(root, "pyproject.toml")))
    tested = set(re.findall(r'"(3\.\d+)"', _text(root, ".github/workflows/tests.yml").split("matrix:")[1]))
    if not pythons <= tested:
        yield f"pyproject.toml names Python {', '.join(sorted(pythons - tested))}, not in tests.yml"
    pages = [*root.glob("*.md"), *(root / "docs").glob("*.md")]
    links = {
        link for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    }
    for page in sorted((root / "docs").glob("*.md")):
        if not links & {page.name, f"docs/{page.name}"}:
            yield f"docs/{page.name} is linked from no page"


def faults_of_release(root: Path, tag: str) -> Iterator[str]:
    """Yield what a release needs beyond that."""
    version, newest = version_of(root), HEADING.search(_text(root, "CHANGELOG.md"))
    if tag != f"v{version}":
        yield f"the tag is {tag} and the version {version}; tag it v{version}"
    if newest is not None and newest[2] == "unreleased":
        yield f"CHANGELOG.md says that {version} is unreleased; give the date"


def faults_of_files(dist: Path) -> Iterator[str]:
    """Yield what the metadata of built files lack."""
    files = sorted([*dist.glob("*.whl"), *dist.glob("*.tar.gz")])
    way_out = "run scripts/set_addresses.py before it is built"
    if not files:
        yield f"{dist} holds no wheel and no source archive"
    for file in files:
        metadata = _metadata(file)
        if "\nProject-URL: Homepage, https://" not in metadata:
            yield f"{file.name} names no address; {way_out}"
        if re.search(r"\]\((?!https://|#)", metadata):
            yield f"{file.name} has a README with relative links; {way_out}"


def _metadata(file: Path) -> str:
    """Return the metadata of a wheel or of a source archive, with the README."""
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            return wheel.read(name).decode()
    with tarfile.open(file) as archive:
        member = archive.extractfile(f"{file.name.removesuffix('.tar.gz')}/PKG-INFO")
        if member is None:
            raise SystemExit(f"release: {file} has no PKG-INFO")
        return member.read().decode()


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
