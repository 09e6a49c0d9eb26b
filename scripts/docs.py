"""Build the documentation site into build/site, without the network, and check it.

    pip install '.[docs]'
    python scripts/docs.py

Every warning is an error. Afterwards every link inside the site must lead to a page and a place in it, every
option of every command must have its place, and no page or style sheet may load anything from another host.
"""

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
COMMAND_PAGE = "docs/reference/command.html"
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
_FOREIGN_IN_STYLE = re.compile(r"""(?:url\(|@import )\s*["']?((?:https?:)?//[^"')\s]+)""")
_LINK_THAT_LOADS_NOTHING = {"canonical", "next", "prev", "search", "index", "author", "license"}


class Page(HTMLParser):
    """The links of a page, what it loads, and its anchors."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        values = {name: value for name, value in attrs if value}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in _LOADED and _LOADED[tag] in values:
            self.loaded.append(values[_LOADED[tag]])
        if tag == "link" and values.get("rel") not in _LINK_THAT_LOADS_NOTHING:
            self.loaded.append(values.get("href", ""))


def flaws(site: Path) -> Iterator[str]:
    """Yield a sentence for each broken link, and for each thing that comes from another host."""
    files = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in files}
    for path, page in pages.items():
        for flaw in (*_foreign(page), *_broken(path, pages)):
            yield f"{path.relative_to(site).as_posix()} {flaw}"
    for path in sorted(site.rglob("*.css")):
        for url in _FOREIGN_IN_STYLE.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site).as_posix()} loads {url}; put it into the site"


def _foreign(page: Page) -> Iterator[str]:
    for url in page.loaded:
        if urlsplit(url).netloc:
            yield f"loads {url}; put it into the site"


def _broken(path: Path, pages: dict[Path, Page]) -> Iterator[str]:
    for url in dict.fromkeys([*pages[path].links, *pages[path].loaded]):
        parts = urlsplit(url)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        place = unquote(parts.fragment)
        if not target.exists():
            yield f"links to {url}, which is not there"
        elif place and target in pages and place not in pages[target].anchors:
            yield f"links to {url}, where there is no such place"


def missing_options(site: Path) -> Iterator[str]:
    """Yield a sentence for each option of a command that does not stand once on the page of the command."""
    import click

    from kalette.cli import group

    html = (site / COMMAND_PAGE).read_text(encoding="utf-8")
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        for parameter in command.params if command else ():
            for option in parameter.opts if isinstance(parameter, click.Option) else ():
                times = html.count(f'id="cmdoption-kalette-{name}-{option.lstrip("-")}"')
                if times != 1:
                    yield f"{COMMAND_PAGE} has {option} of kalette {name} {times} times, not once"


def build(site: Path) -> int:
    """Build the site; return Sphinx's exit code."""
    from sphinx.cmd.build import main

    doctrees = site.parent / "doctrees"
    for old in (site, doctrees):
        shutil.rmtree(old, ignore_errors=True)
    strict = ["--nitpicky", "--fail-on-warning", "--keep-going", "--quiet"]
    return int(main([*strict, "-c", str(ROOT / "docs"), "-d", str(doctrees), str(ROOT), str(site)]))


def main() -> int:
    """Read the arguments, build, check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=ROOT / "build" / "site", help="folder of the site"
    )
    parser.add_argument("--check", action="store_true", help="only check a site that is built")
    asked = parser.parse_args()
    site = asked.output.resolve()
    if not asked.check and build(site):
        return 1
    found = [*flaws(site), *missing_options(site)]
    for flaw in found:
        print(flaw, file=sys.stderr)
    print(f"docs: {site / 'docs' / 'index.html'}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
