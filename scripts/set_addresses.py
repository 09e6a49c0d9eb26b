"""Write the public addresses of the project into pyproject.toml and README.md, before a release is built.

Run:  python scripts/set_addresses.py https://example.org/someone/kalette --documentation https://example.org/docs

The workflow of a release knows the address of the repository in which it runs, so the sources name none, and
a fork or a move needs no edit. The links of README.md become absolute, as a package index shows that file
alone. To take it back: git checkout pyproject.toml README.md
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from release import version_of  # type: ignore[import-not-found]  # beside this script

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "[project.optional-dependencies]\n"
LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<place>(?![a-z]+:|#)[^)\s]+)\)")


def main() -> None:
    """Read the addresses, and write both files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repository", help="the address of the repository, without a slash at its end")
    parser.add_argument("--documentation", help="the address of the site; else that of docs/ is taken")
    arguments = parser.parse_args()
    set_addresses(ROOT, arguments.repository.rstrip("/"), arguments.documentation)


def set_addresses(root: Path, repository: str, documentation: str | None = None) -> None:
    """Write the table of addresses and the absolute links, both at the tag of this version."""
    tag = f"v{version_of(root)}"
    _change(root / "pyproject.toml", lambda text: with_urls(text, repository, tag, documentation))
    _change(root / "README.md", lambda text: with_absolute_links(text, repository, tag))


def with_urls(pyproject: str, repository: str, tag: str, documentation: str | None = None) -> str:
    """Return the text of pyproject.toml with the table of addresses."""
    if BEFORE not in pyproject or "[project.urls]" in pyproject:
        raise SystemExit(
            f"set_addresses: pyproject.toml has {BEFORE.strip()} no more, or its addresses already"
        )
    addresses = {
        "Homepage": repository,
        "Documentation": documentation or f"{repository}/blob/{tag}/docs/index.md",
        "Changelog": f"{repository}/blob/{tag}/CHANGELOG.md",
        "Issues": f"{repository}/issues",
    }
    table = "".join(f'{name} = "{address}"\n' for name, address in addresses.items())
    return pyproject.replace(BEFORE, f"[project.urls]\n{table}\n{BEFORE}")


def with_absolute_links(markdown: str, repository: str, tag: str) -> str:
    """Return Markdown whose links and pictures lead to the repository; pictures to the file itself."""

    def absolute(link: re.Match[str]) -> str:
        kind = "raw" if link["picture"] else "blob"
        return f"{link['picture']}[{link['text']}]({repository}/{kind}/{tag}/{link['place']})"

    return LINK.sub(absolute, markdown)


def _change(path: Path, changed: Callable[[str], str]) -> None:
    path.write_text(changed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
