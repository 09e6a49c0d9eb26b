"""One server for all tests that need nothing special of it, and a browser for those of the page."""

from collections.abc import Iterator

import pytest

from browser import chromium, watched_page
from web_server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Ends with its module, as no other event loop may run beside that of Playwright."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(server, browser) -> Iterator[object]:
    """The page as it is first seen."""
    with watched_page(browser, server.address) as opened:
        yield opened
