"""A real browser for the tests of the page: Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_IT = "install it (Debian: apt-get install chromium), or give its path in KALETTE_BROWSER"


def executable() -> str:
    """The path of Chromium; where KALETTE_BROWSER is set, as in .ci/run, it must be there."""
    given = os.environ.get("KALETTE_BROWSER")
    found = next(filter(None, map(shutil.which, (given,) if given else NAMES)), None)
    if found is None and given:
        pytest.fail(f"KALETTE_BROWSER is {given}, which is no program; {HOW_TO_GET_IT}")
    if found is None:
        pytest.skip(f"there is no Chromium; {HOW_TO_GET_IT}")
    return found


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser; Playwright's event loop runs until the context ends."""
    path = executable()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@contextmanager
def watched_page(browser, address: str, **options) -> Iterator[Any]:
    """Open a page in a context of its own; at its end, the console is clean and no other host was asked."""
    context = browser.new_context(accept_downloads=True, **options)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    page.may_be_refused = False  # browsers write refused requests to the console
    page.goto(address)
    yield page
    context.close()
    own = (address.partition("#")[0], "blob:", "data:")
    if page.may_be_refused:
        said = [each for each in said if "Failed to load resource" not in each]
    foreign = [url for url in asked if not url.startswith(own)]
    assert (said, foreign) == ([], []), f"the console holds {said}; other hosts: {foreign}"
