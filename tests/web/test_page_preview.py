"""The preview in the page, by its own K-Means; and the page without a server."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from browser import watched_page
from kalette.web import export_page
from page_actions import choose, wait_for_file
from web_server import jpeg

pytest.importorskip("playwright")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def files_alone(tmp_path):
    """The address of a server that has nothing but the files of the page."""
    export_page(tmp_path / "page")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "page"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_slider_shows_a_preview_before_the_file_is_made(page):
    choose(page, ("photo.jpg", jpeg(480, 320)))
    wait_for_file(page)
    page.route("**/v1/compress*", lambda route: None)  # the server never answers
    page.locator("#k-slider").focus()
    page.keyboard.press("Home")
    page.locator(".tag.end").get_by_text("2 colours, preview", exact=True).wait_for()
    assert page.locator("#band rect").count() == 2
    colors = page.evaluate(
        """() => {
          const {width, height} = document.querySelector(".pane.after canvas");
          const context = document.querySelector(".pane.after canvas").getContext("2d");
          const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
          return [width, height, new Set(pixels).size];
        }"""
    )
    assert colors == [480, 320, 2]


def test_the_preview_is_dithered_when_the_slider_rests(page):
    choose(page, ("photo.jpg", jpeg(480, 320)))
    wait_for_file(page)
    page.route("**/v1/compress*", lambda route: None)  # the server never answers
    page.locator("#dither").select_option("ordered")
    page.locator(".tag.end").get_by_text("32 colours, dithered preview").wait_for()
    page.locator("#dither").select_option("none")
    page.locator(".tag.end").get_by_text("32 colours, preview").wait_for()


def test_the_page_works_without_a_server(browser, files_alone):
    with watched_page(browser, f"{files_alone}#k=5") as page:
        page.get_by_role("button", name="Try it with this one").click()
        page.locator(".tag.end").get_by_text("5 colours, dithered preview").wait_for()
        assert page.locator("#palette li").count() == 5
        assert page.locator("#command").inner_text() == "kalette compress -k 5 sample.png"
        assert not page.locator("#download").is_visible()
        page.locator("#k").fill("9")
        page.locator(".tag.end").get_by_text("9 colours, dithered preview").wait_for()
        choose(page, ("notes.txt", b"no image"))
        page.get_by_role("alert").get_by_text("This browser cannot decode notes.txt").wait_for()
