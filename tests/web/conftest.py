"""One server for all tests that need nothing special of it."""

from collections.abc import Iterator

import pytest

from web_server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started
