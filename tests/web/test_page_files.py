"""The files of the page have the right types, whatever the tables of the system say."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from kalette.web.page_files import PageFiles

FILES = {
    "index.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "kmeans.js": "text/javascript; charset=utf-8",
    "kmeans.wasm": "application/wasm",
    "icon.svg": "image/svg+xml",
    "sample.png": "image/png",
    "page.webmanifest": "application/manifest+json",
    "other.bin": "application/octet-stream",
}


@pytest.fixture
def get(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(b"\0asm")
    app = Starlette(routes=[Mount("/", PageFiles(directory=tmp_path, html=True))])

    def get(path: str, **headers: str) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(answer())

    return get


@pytest.mark.parametrize(("name", "media_type"), FILES.items())
def test_a_file_has_the_type_of_its_extension(get, name, media_type):
    answer = get(f"/{name}")
    assert (answer.content, answer.headers["content-type"]) == (b"\0asm", media_type)


def test_the_root_is_the_page(get):
    assert get("/").headers["content-type"] == "text/html; charset=utf-8"


def test_a_browser_asks_whether_a_file_has_changed_and_gets_it_once(get):
    first = get("/kmeans.wasm")
    assert first.headers["cache-control"] == "no-cache"
    again = get("/kmeans.wasm", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
