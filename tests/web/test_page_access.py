"""The page for everybody: screen readers, keyboard, narrow screens, light and dark."""

from typing import Any

import pytest

from browser import watched_page
from page_actions import PHOTO, choose, wait_for_file

pytest.importorskip("playwright")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

FAST = "#k=4&effort=fast"
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


@pytest.fixture(params=SCREENS)
def page(request, server, browser):
    with watched_page(browser, f"{server.address}{FAST}", **SCREENS[request.param]) as opened:
        yield opened


def violations(page) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def fill(page) -> None:
    """Bring the page into its fullest state: a list, the curve, "Watch it learn"."""
    choose(page, ("photo.jpg", PHOTO), ("second.jpg", PHOTO))
    wait_for_file(page)
    page.locator("#curve-section").scroll_into_view_if_needed()
    page.get_by_role("button", name="k = 16: ").wait_for()
    page.locator("#learn").scroll_into_view_if_needed()
    page.get_by_role("button", name="Play").wait_for()


def test_axe_finds_nothing(page):
    assert violations(page) == []
    fill(page)
    assert violations(page) == []
    page.get_by_label("Quality at least").fill("99")
    page.locator("#failure").get_by_text("quality").wait_for()
    assert violations(page) == []
    page.may_be_refused = True


def test_nothing_is_wider_than_the_screen(page):
    fill(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_can_be_reached_by_the_keyboard(server, browser):
    with watched_page(browser, f"{server.address}{FAST}") as page:
        fill(page)
        wanted = page.evaluate(
            """[...document.querySelectorAll('button, a[href], select, input, [tabindex="0"]')]
              .filter((each) => each.checkVisibility() && (each.type !== 'radio' || each.checked))
              .map((each) => (each.dataset.wanted = true) && each.outerHTML.slice(0, 90))"""
        )
        page.evaluate("document.activeElement.blur()")
        page.evaluate("document.addEventListener('focusin', ({target}) => delete target.dataset.wanted)")
        for _ in range(len(wanted) + 10):
            page.keyboard.press("Tab")
        missed = page.locator("[data-wanted]").evaluate_all("all => all.map((each) => each.outerHTML)")
        assert (len(wanted) > 30, missed) == (True, [])


BUSY = """const Real = IntersectionObserver;
window.IntersectionObserver = class extends Real {
    constructor(report, options) {
        super((changes) => report([{ isIntersecting: false }, ...changes]), options);
    }
};"""


def test_what_is_scrolled_to_appears_though_a_busy_browser_reports_several_moves_at_once(page):
    page.add_init_script(BUSY)
    page.reload()
    fill(page)
