"""The viewer of page and report: divider, zoom, pan, difference, by pointer, wheel, fingers and keys."""

import numpy as np
import pytest

import kalette
from browser import watched_page
from kalette.report import comparison_page
from page_actions import choose, wait_for_file
from web_server import png

pytest.importorskip("playwright")

CENTER = (0.5, 0.5)


@pytest.fixture
def viewer(page):
    choose(page)  # 120 x 80 pixels
    wait_for_file(page)
    page.locator(".stage").scroll_into_view_if_needed()
    return Viewer(page)


class Viewer:
    """The viewer of a page, and what it shows."""

    def __init__(self, page):
        self.page, self.stage = page, page.locator(".stage")

    @property
    def zoom(self) -> str:
        return self.page.locator(".zoom output").inner_text()

    @property
    def divider(self) -> int:
        return int(self.page.get_by_role("slider", name="Divider").get_attribute("aria-valuenow"))

    def place(self, across: float, down: float) -> tuple[float, float]:
        """A place on the screen, from shares of the stage."""
        box = self.stage.bounding_box()
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*self.place(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.place(*end), steps=4)
        self.page.mouse.up()

    def pixel_under(self, across: float, down: float) -> tuple[int, int]:
        """The pixel of the picture at a place of the stage."""
        left, top = self.page.evaluate(
            """([x, y]) => {
              const picture = document.querySelector(".pane.before > *").getBoundingClientRect();
              const scale = picture.width / 120;
              return [(x - picture.left) / scale, (y - picture.top) / scale];
            }""",
            list(self.place(across, down)),
        )
        return int(left), int(top)


def test_the_divider_follows_pointer_and_keys(viewer):
    viewer.drag(CENTER, (0.25, 0.5))
    assert viewer.divider == 25
    handle = viewer.page.get_by_role("slider", name="Divider")
    handle.focus()
    for key, place in (
        ("ArrowRight", 26),
        ("Shift+ArrowLeft", 16),
        ("PageUp", 26),
        ("End", 100),
        ("Home", 0),
    ):
        viewer.page.keyboard.press(key)
        assert viewer.divider == place, key
    assert handle.get_attribute("aria-valuetext") == "0 % before"


def test_zoom_goes_in_steps_to_single_pixels(viewer):
    assert viewer.zoom == "600 %"
    seen = []
    for _ in range(6):
        viewer.page.get_by_role("button", name="Larger").click()
        seen.append(viewer.zoom)
    assert seen == ["800 %", "1200 %", "1600 %", "2400 %", "3200 %", "3200 %"]
    rendering = "getComputedStyle(document.querySelector('.pane.after > *')).imageRendering"
    assert viewer.page.evaluate(rendering) == "pixelated"
    viewer.page.get_by_role("button", name="Actual size").click()
    assert viewer.zoom == "100 %"
    viewer.page.get_by_role("button", name="Fit").click()
    assert viewer.zoom == "600 %"


def test_keys_zoom_and_move_the_picture(viewer):
    viewer.stage.focus()
    for key, zoom in (("+", "800 %"), ("-", "600 %"), ("1", "100 %"), ("0", "600 %")):
        viewer.page.keyboard.press(key)
        assert viewer.zoom == zoom, key
    for _ in range(3):
        viewer.page.keyboard.press("+")
    before = viewer.pixel_under(*CENTER)
    viewer.page.keyboard.press("ArrowRight")
    viewer.page.keyboard.press("ArrowDown")
    after = viewer.pixel_under(*CENTER)
    assert (after[0] - before[0], after[1] - before[1]) == (3, 3)  # 48 CSS pixels, at 16 a pixel


def test_the_wheel_zooms_around_the_pointer_once_the_picture_has_the_focus(viewer):
    place = (0.6, 0.4)
    viewer.page.mouse.move(*viewer.place(*place))
    viewer.page.mouse.wheel(0, -100)
    assert viewer.zoom == "600 %"
    viewer.page.evaluate("window.scrollTo(0, 0)")
    viewer.stage.focus()
    viewer.page.mouse.move(*viewer.place(*place))
    under = viewer.pixel_under(*place)
    for _ in range(3):
        viewer.page.mouse.wheel(0, -100)
    viewer.page.get_by_text("1600 %").wait_for()
    assert viewer.pixel_under(*place) == pytest.approx(under, abs=1)


def test_a_zoomed_picture_is_dragged_and_stays_in_the_stage(viewer):
    for _ in range(3):
        viewer.page.get_by_role("button", name="Larger").click()
    viewer.drag((0.2, 0.8), (0.4, 0.6))
    left, top = viewer.pixel_under(0, 0)
    assert viewer.divider == 50
    viewer.drag((0.1, 0.1), (0.95, 0.95))
    viewer.drag((0.1, 0.1), (0.95, 0.95))
    assert viewer.pixel_under(0, 0) == (0, 0)
    assert left > 0 < top


def test_two_fingers_zoom(server, browser):
    with watched_page(browser, server.address, has_touch=True) as page:
        choose(page)
        wait_for_file(page)
        viewer = Viewer(page)
        touch = page.context.new_cdp_session(page).send
        for kind, apart in (("touchStart", 0.1), *(("touchMove", 0.1 + step / 50) for step in range(1, 6))):
            places = (viewer.place(0.5 - apart, 0.5), viewer.place(0.5 + apart, 0.5))
            points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
            touch("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert int(viewer.zoom.split()[0]) == pytest.approx(1200, abs=30)


def test_views_show_one_picture_or_what_differs(viewer):
    page = viewer.page
    visible = "[...document.querySelectorAll('.pane')].map(each => getComputedStyle(each).visibility)"
    page.get_by_text("Before", exact=True).click()
    assert page.evaluate(visible) == ["visible", "hidden"]
    viewer.stage.focus()
    page.keyboard.press("x")
    assert page.evaluate(visible) == ["hidden", "visible"]
    assert page.get_by_label("After", exact=True).is_checked()
    page.keyboard.press("x")
    assert page.get_by_label("Before", exact=True).is_checked()
    page.get_by_text("Difference").click()
    mode = "getComputedStyle(document.querySelector('.pane.after')).mixBlendMode"
    assert page.evaluate(mode) == "difference"


def test_the_difference_of_equal_pictures_is_black(server, browser):
    with watched_page(browser, server.address) as page:
        choose(page, ("flat.png", png(np.full((40, 60, 3), 200, np.uint8))))
        wait_for_file(page)
        page.get_by_text("Difference").click()
        page.locator(".tag.end").evaluate("tag => tag.remove()")
        shot = kalette.open(page.locator(".panes").screenshot()).pixels
        assert shot[20:-20, 20:-20, :3].max() == 0


def test_the_report_has_the_same_viewer_and_opens_from_disk(browser, tmp_path):
    path = tmp_path / "report.html"
    comparison = kalette.compare(kalette.sample_pixels(96, 64), [4, 16])
    path.write_text(comparison_page(comparison, "a.png"), encoding="utf-8")
    with watched_page(browser, path.as_uri()) as page:
        viewer = Viewer(page)
        page.locator(".tag.end").get_by_text("k = 16").wait_for()
        viewer.drag(CENTER, (0.75, 0.5))
        assert viewer.divider == 75
        page.get_by_text("k = 4", exact=True).first.click()
        page.locator(".tag.end").get_by_text("k = 4").wait_for()
        page.locator(".palette button").first.click()
        page.get_by_text("copied").wait_for()
