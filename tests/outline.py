"""The elements of an HTML page, and what holds for every page that stands alone."""

import base64
import hashlib
import re
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br"}


class Outline(HTMLParser):
    """The elements of a page; an unmatched end tag fails."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def assert_stands_alone(page: str) -> None:
    """The page loads nothing from outside, its policy forbids it, and allows its own style and script."""
    outline = Outline(page)
    policy = next(meta["content"] for meta in outline.all("meta") if "http-equiv" in meta)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page.replace("http-equiv", "")
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(f"<{tag}(?: type=.module.)?>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    for _, attributes in outline.found:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        address = attributes.get("src") or attributes.get("href") or "data:"
        assert address.startswith("data:")
