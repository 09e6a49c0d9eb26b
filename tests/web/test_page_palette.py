"""Palette and curve of the page: copy, keep, change, order, take home; and choose k."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette
from browser import watched_page
from page_actions import PHOTO, choose, downloaded, the_file, wait_for_file
from web_server import png

pytest.importorskip("playwright")


@pytest.fixture
def page(server, browser):
    with watched_page(browser, f"{server.address}#k=6&effort=fast") as opened:
        opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
        choose(opened)
        wait_for_file(opened)
        yield opened


def codes(page) -> list[str]:
    items = page.locator("#palette li")
    return items.evaluate_all("all => all.map((each) => each.dataset.code)")


def file_colors(page) -> list[str]:
    """The palette of the PNG file that the page offers, in its order."""
    image = Image.open(io.BytesIO(the_file(page)[1]))
    entries = bytes(image.getpalette())
    return [f"#{entries[place : place + 3].hex()}" for place in range(0, len(entries), 3)]


def result() -> kalette.Result:
    return kalette.compress(PHOTO, k=6, effort="fast")


def test_swatches_are_the_colours_of_the_file_with_their_shares(page):
    swatches = result().swatches.sorted_by("share")
    assert codes(page) == list(swatches)
    percents = [float(text.split()[0]) for text in page.locator("#palette small").all_text_contents()]
    assert percents == pytest.approx([100 * share for share in swatches.shares], abs=0.051)


@pytest.mark.parametrize("is_phone", [False, True], ids=["desktop", "phone"])
def test_the_buttons_below_stay_where_they_are_when_swatches_come_into_view(server, browser, is_phone):
    """A button that moves under the pointer loses the click."""
    options = {"has_touch": is_phone, "is_mobile": is_phone, "viewport": {"width": 900, "height": 500}}
    with watched_page(browser, f"{server.address}#k=32&effort=fast", **options) as page:
        choose(page)
        wait_for_file(page)
        before = list_height(page)
        page.locator("#palette li").last.scroll_into_view_if_needed()
        page.get_by_role("button", name="Download the palette as CSS").scroll_into_view_if_needed()
        page.evaluate("() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
        assert list_height(page) == before > 200


def list_height(page) -> float:
    return page.locator("#palette").bounding_box()["height"]


def test_a_click_copies_a_colour(page):
    first = codes(page)[0]
    page.get_by_role("button", name=f"Copy {first}").click()
    page.get_by_text(f"{first} copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == first


def test_a_kept_colour_stays_while_k_changes(page):
    code = codes(page)[-1]
    page.get_by_role("button", name=f"Keep {code}").click()
    wait_for_file(page)
    page.locator("#k").fill("3")
    wait_for_file(page, "photo-k3.png")
    assert len(codes(page)) == 3
    assert code in codes(page)
    assert page.url.endswith(f"#k=3&effort=fast&keep_colors={code[1:]}")
    page.get_by_role("button", name=f"Keep {code}").click()
    wait_for_file(page)
    assert "keep_colors" not in page.url


def test_a_changed_colour_fixes_the_palette_until_it_is_released(page):
    before = codes(page)
    page.get_by_label(f"Change {before[2]}").fill("#00ff00")
    wait_for_file(page, "photo-kalette.png")
    assert codes(page) == [*before[:2], "#00ff00", *before[3:]]
    assert file_colors(page) == codes(page)
    assert "--palette palette.hex" in page.locator("#command").inner_text()
    page.get_by_role("button", name="Let K-Means find the colours").click()
    wait_for_file(page, "photo-k6.png")
    assert codes(page) == before


def test_colours_are_put_in_order_by_keys_and_by_dragging(page):
    first, second, *rest = codes(page)
    page.get_by_role("button", name=f"Copy {first}").focus()
    page.keyboard.press("Alt+ArrowRight")
    wait_for_file(page, "photo-kalette.png")
    assert page.evaluate("document.activeElement.dataset.copy") == first
    assert file_colors(page) == codes(page) == [second, first, *rest]
    items = page.locator("#palette li")
    items.nth(5).drag_to(items.nth(0))
    page.locator("#workbench.working").wait_for(state="detached")
    wait_for_file(page)
    page.wait_for_function(
        "code => document.querySelector('#palette li').dataset.code === code", arg=rest[-1]
    )
    assert codes(page) == [rest[-1], second, first, *rest[:-1]]


def test_a_press_without_a_way_copies_and_moves_nothing(page):
    before = codes(page)
    page.locator("#palette li").nth(1).get_by_role("button").first.click()
    page.get_by_text(f"{before[1]} copied").wait_for()
    assert codes(page) == before
    assert "palette=" not in page.url


def test_escape_ends_a_drag_without_a_move(page):
    before = codes(page)
    page.get_by_role("button", name=f"Copy {before[0]}").focus()
    page.locator("#palette li").nth(3).hover()
    page.mouse.down()
    page.locator("#palette li").nth(1).hover()
    assert page.locator("#palette .target").get_attribute("data-code") == before[1]
    page.keyboard.press("Escape")
    page.mouse.up()
    assert codes(page) == before
    assert page.locator("#palette .target").count() == 0


def test_colours_are_put_in_order_by_touch(server, browser):
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    with watched_page(browser, f"{server.address}#k=6&effort=fast", **phone) as page:
        choose(page)
        wait_for_file(page)
        first, second, third, *rest = codes(page)
        page.locator("#palette").scroll_into_view_if_needed()
        page.locator("#palette li").last.scroll_into_view_if_needed()
        touch(page, page.locator("#palette .grip").nth(0), page.locator("#palette li").nth(2))
        wait_for_file(page, "photo-kalette.png")
        assert codes(page) == [second, third, first, *rest]


def touch(page, begin, end) -> None:
    """Move a finger from the middle of an element to that of another."""
    session = page.context.new_cdp_session(page)
    boxes = [each.bounding_box() for each in (begin, end)]
    (x, y), (right, down) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes)
    places = [(x + (right - x) * share, y + (down - y) * share) for share in (0, 0.3, 0.6, 1)]
    for kind, place in zip(("touchStart", "touchMove", "touchMove", "touchMove"), places, strict=True):
        points = [{"x": place[0], "y": place[1]}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("file_format", ["hex list", "CSS", "JSON", "GPL", "ASE"])
def test_the_palette_is_downloaded_as_shown(page, tmp_path, file_format):
    button = page.get_by_role("button", name=f"Download the palette as {file_format}")
    name, data = downloaded(page, button.click)
    assert name == f"photo.{file_format.lower().removesuffix(' list')}"
    (tmp_path / name).write_bytes(data)
    assert list(kalette.read_palette(tmp_path / name)) == codes(page)


def test_colours_that_are_partly_transparent_are_shown_but_not_changed(page, tmp_path):
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[5:15, 5:15] = (200, 30, 20, 255)
    pixels[8:10, 8:10] = (20, 30, 220, 120)
    choose(page, ("icon.png", png(pixels)))
    page.locator("#palette li[data-code='#141edc78']").wait_for()
    assert codes(page) == ["#00000000", "#c81e14", "#141edc78"]
    assert page.locator("#palette small").all_text_contents() == ["75.0 %", "24.0 %", "1.0 %"]
    page.get_by_text("as some are partly transparent").wait_for()
    assert page.locator("#palette input").count() == 0
    name, data = downloaded(page, page.get_by_role("button", name="Download the palette as JSON").click)
    (tmp_path / name).write_bytes(data)
    assert set(kalette.read_palette(tmp_path / name)) == set(codes(page))


def test_the_curve_marks_the_recommended_k_and_a_click_takes_it(page):
    page.locator("#curve-section").scroll_into_view_if_needed()
    comparison = kalette.compare(PHOTO, [2])
    recommended = page.get_by_role("button", name=f"k = {comparison.recommended_k}: ")
    recommended.get_by_text("(recommended)").wait_for()
    page.get_by_role("button", name="k = 256: ").wait_for()
    names = page.locator("#curve g").evaluate_all("all => all.map((each) => each.ariaLabel)")
    ks = [int(name.split()[2].rstrip(":")) for name in names]
    assert ks == sorted({2, 4, 8, 16, 32, 64, 128, 256, comparison.recommended_k})
    made = kalette.compress(PHOTO, k=8, effort="fast")
    assert f"k = 8: {made.output_bytes / 1000:.1f} KB, SSIMULACRA2 {made.ssimulacra2:.1f}" in names
    recommended.focus()
    page.keyboard.press("Enter")
    wait_for_file(page, f"photo-k{comparison.recommended_k}.png")
