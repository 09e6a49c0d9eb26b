"""Watch it learn: K-Means in the page, pass by pass."""

from random import Random

import numpy as np
import pytest

from browser import watched_page
from kalette.clustering import Clustering, Stopping, assign_to_fixed, count, run_lloyd, seeding
from kalette.color import srgb_from_points
from kalette.learn import sample_pixels
from kalette.mapping import map_labels
from kalette.types import Run
from page_actions import choose, wait_for_file
from web_server import png

pytest.importorskip("playwright")

MOUNT = """async (bytes) => {
    document.querySelector("main").innerHTML = '<link rel="stylesheet" href="learn.css"><section></section>';
    const { mountLearn } = await import("/learn.js");
    window.learn = mountLearn(document.querySelector("section"));
    await window.learn.show({ source: new Blob([Uint8Array.from(bytes)]), name: "my photo.png" });
}"""
PICTURE = """() => {
    const canvas = document.querySelector(".learn-picture");
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return Array.from(copy.getImageData(0, 0, width, height).data);
}"""
PIXELS = sample_pixels(120, 80)
HISTOGRAM = count(PIXELS)
CLOUD = HISTOGRAM.in_space("srgb").finest


@pytest.fixture
def learn(server, browser):
    """The section with a small picture, after its first run."""
    with watched_page(browser, server.address, reduced_motion="reduce") as page:
        mount(page)
        yield page


def mount(page) -> None:
    page.evaluate(MOUNT, list(png(PIXELS)))
    page.wait_for_selector("section[aria-busy=false] .learn-body")


def press(page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def first_run(page) -> str:
    return page.locator(".learn-figures").first.inner_text().replace("\n", " ")


def wait_for_picture(page, expected: np.ndarray) -> None:
    page.wait_for_function(
        f"expected => ({PICTURE})().every((value, i) => i % 4 === 3 || value === expected[i])",
        arg=np.dstack([expected, expected[..., :1]]).ravel().tolist(),
    )


def run_of_library(seed: int = 0) -> Clustering:
    start = seeding.random(CLOUD, 8, Random(seed))
    return run_lloyd(CLOUD, start, Stopping(max_iter=100, tol=0.05), run=Run(keep_history=True))


def picture_of(centroids: np.ndarray) -> np.ndarray:
    """The picture, each pixel in the colour of its cluster."""
    labels = assign_to_fixed(CLOUD, centroids).labels.astype(np.uint8)
    return srgb_from_points(centroids)[map_labels(PIXELS, HISTOGRAM.colors, labels)]


def test_every_pass_shows_the_loss_and_the_picture_of_the_library(learn):
    whole = run_of_library()
    for number in range(4):
        per_pixel = whole.losses[number] / PIXELS[..., 0].size
        assert f"Pass {number} of {whole.iterations} " in first_run(learn)
        assert f"Loss per pixel {per_pixel:.1f}" in first_run(learn)
        wait_for_picture(learn, picture_of(whole.path[number]))
        press(learn, "Forward one pass")
    press(learn, "To the end")
    assert f"Pass {whole.iterations} of {whole.iterations}, the end" in first_run(learn)
    wait_for_picture(learn, picture_of(whole.centroids))


def test_playing_ends_at_the_last_pass(learn):
    press(learn, "Play")
    learn.get_by_role("button", name="Pause").wait_for()
    learn.get_by_role("button", name="Play").wait_for(timeout=60_000)
    assert "the end" in first_run(learn)


def test_while_it_plays_figures_chart_and_picture_follow(server, browser):
    with watched_page(browser, server.address) as page:
        mount(page)
        press(page, "Play")
        page.wait_for_function(
            "() => !/Pass [0-2] /.test(document.querySelector('.learn-figures').textContent)"
        )
        page.wait_for_function("""() => {
            const curve = document.querySelector("polyline.learn-curve-0");
            return curve.getAttribute("points").split(" ").length > 3;
        }""")
        assert page.locator(".learn-timeline.playing").count() == 1
        press(page, "Pause")
        number = int(page.locator(".learn-place").input_value())
        assert number >= 3
        assert first_run(page).startswith(f"Pass {number} of")
        wait_for_picture(page, picture_of(run_of_library().path[number]))


def test_back_and_the_slider_lead_to_earlier_passes(learn):
    press(learn, "Forward one pass", "Forward one pass", "Back one pass")
    assert first_run(learn).startswith("Pass 1 of")
    learn.get_by_label("Pass", exact=True).fill("3")
    assert first_run(learn).startswith("Pass 3 of")
    press(learn, "To the start")
    assert first_run(learn).startswith("Pass 0 of")


def learn_on_page(page) -> None:
    """Choose a picture on the whole page, and wait for its first run."""
    choose(page)
    wait_for_file(page)
    page.locator("#learn").scroll_into_view_if_needed()
    page.wait_for_selector("#learn[aria-busy=false] .learn-body")


def shown_settings(page) -> list[str]:
    return [page.locator(f"#learn-{name}").input_value() for name in ("start", "other", "k", "seed")]


def test_an_address_sets_starts_k_seed_and_pass(server, browser):
    settings = "start=k-means%2B%2B&beside=none&learn_k=5&learn_seed=3&pass=2"
    with watched_page(browser, f"{server.address}#k=16&{settings}", reduced_motion="reduce") as page:
        learn_on_page(page)
        assert shown_settings(page) == ["k-means++", "none", "5", "3"]
        assert first_run(page).startswith("Pass 2 of")
        assert page.locator("#address").inner_text().endswith(f"#k=16&{settings}")


def test_the_address_follows_what_is_watched(page):
    learn_on_page(page)
    page.locator("#learn-start").select_option("k-means++")
    page.locator("#learn-other").select_option("random")
    page.locator("#learn-seed").fill("4294967295")
    page.locator("#learn-seed").press("Enter")
    page.wait_for_selector("#learn[aria-busy=false]")
    press(page, "Forward one pass")
    expected = "#k=32&start=k-means%2B%2B&beside=random&learn_seed=4294967295&pass=1"
    page.wait_for_url(f"**{expected}")
    assert page.locator("#address").inner_text().endswith(expected)
    page.evaluate("location.hash = 'k=32&learn_k=3'")
    page.wait_for_selector("#learn .learn-swatches li:nth-child(3):last-child")
    assert shown_settings(page) == ["random", "search", "3", "0"]


def test_what_makes_no_sense_in_an_address_is_the_default(server, browser):
    wrong = "start=nonsense&beside=&learn_k=33&learn_seed=-1&pass=1.5"
    with watched_page(browser, f"{server.address}#{wrong}", reduced_motion="reduce") as page:
        learn_on_page(page)
        assert shown_settings(page) == ["random", "search", "8", "0"]
        assert first_run(page).startswith("Pass 0 of")
        page.wait_for_url("**#k=32")


def test_another_draw_and_other_settings_start_anew(learn):
    press(learn, "To the end", "Another draw")
    whole = run_of_library(seed=1)
    learn.wait_for_function(f"() => document.querySelector('.learn-place').max == {whole.iterations}")
    assert first_run(learn).startswith(f"Pass 0 of {whole.iterations}")
    assert learn.locator("code").inner_text() == "kalette plot 'my photo.png' -k 8 --init random --seed 1"
    learn.get_by_label("Colours (k)").fill("3")
    learn.wait_for_function("() => document.querySelectorAll('.learn-swatches')[0].children.length === 3")
    learn.get_by_label("Start", exact=True).select_option("search")
    assert learn.locator("code").inner_text() == "kalette plot 'my photo.png' -k 3 --space srgb"


def test_the_run_beside_it_can_be_taken_away(learn):
    assert learn.locator(".learn-chart polyline.learn-curve-1").count() == 1
    learn.get_by_label("Beside it").select_option("none")
    learn.wait_for_function(
        "() => document.querySelectorAll('.learn-chart polyline.learn-curve-1').length === 0"
    )
    assert not learn.locator(".learn-scatter").nth(1).is_visible()


def test_a_swatch_lights_up_the_pixels_of_its_cluster(learn):
    press(learn, "To the end")
    unlit = picture_of(run_of_library().centroids)
    wait_for_picture(learn, unlit)
    swatch = learn.locator(".learn-swatches").first.get_by_role("button").nth(2)
    swatch.click()
    code = swatch.get_attribute("aria-label").split("#")[1][:6]
    inside = (unlit == list(bytes.fromhex(code))).all(axis=2, keepdims=True)
    assert 0 < inside.sum() < inside.size
    assert swatch.get_attribute("aria-pressed") == "true"
    dimmed = np.floor(128 + 0.16 * (unlit.astype(float) - 128) + 0.5).astype(np.uint8)
    wait_for_picture(learn, np.where(inside, unlit, dimmed))


def test_a_click_on_the_picture_lights_up_the_cluster_under_it(learn):
    press(learn, "To the end")
    unlit = picture_of(run_of_library().centroids)
    wait_for_picture(learn, unlit)
    learn.locator(".learn-picture").first.click(position={"x": 3, "y": 3})
    code = f"#{bytes(unlit[0, 0]).hex()}"
    assert code in learn.locator("[aria-pressed=true]").get_attribute("aria-label")


def test_arrow_keys_turn_both_cubes(learn):
    canvases = learn.locator(".learn-scatter")
    before = [canvases.nth(i).screenshot() for i in (0, 1)]
    canvases.first.press("ArrowLeft")
    learn.wait_for_timeout(200)
    assert all(canvases.nth(i).screenshot() != before[i] for i in (0, 1))


def test_the_cube_follows_the_look_of_the_page(learn):
    canvas = learn.locator(".learn-scatter").first
    before = canvas.screenshot()
    learn.emulate_media(color_scheme="dark")
    learn.wait_for_timeout(200)
    dark = canvas.screenshot()
    learn.emulate_media(color_scheme="light")
    learn.wait_for_timeout(200)
    assert dark != before == canvas.screenshot()


def test_kmeans_goes_on_from_a_centroid_that_keys_have_moved(learn):
    press(learn, "To the end")
    ended = first_run(learn)
    learn.locator(".learn-swatches").first.get_by_role("button").first.click()
    scatter = learn.locator(".learn-scatter").first
    scatter.focus()
    learn.keyboard.down("Shift")
    for _ in range(9):
        learn.keyboard.press("ArrowUp")
    learn.keyboard.up("Shift")
    learn.get_by_role("button", name="Pause").wait_for()
    learn.get_by_role("button", name="Play").wait_for(timeout=60_000)
    assert "the end" in first_run(learn)
    assert first_run(learn) != ended


def test_kmeans_goes_on_from_a_centroid_that_was_dragged(learn):
    press(learn, "To the end")
    box = learn.locator(".learn-scatter").first.bounding_box()
    place = learn.evaluate(
        """async () => {
            const { View } = await import("/view.js");
            const label = document.querySelector(".learn-swatches button").getAttribute("aria-label");
            const color = label.match(/#(......)/)[1];
            const [x, y] = new View().seen(color.match(/../g).map((part) => parseInt(part, 16)));
            const canvas = document.querySelector(".learn-scatter");
            const unit = Math.min(canvas.clientWidth, canvas.clientHeight) / 2 * 0.53;
            return [canvas.clientWidth / 2 + x * unit, canvas.clientHeight / 2 + y * unit];
        }"""
    )
    learn.mouse.move(box["x"] + place[0], box["y"] + place[1])
    learn.mouse.down()
    learn.mouse.move(box["x"] + place[0] + 60, box["y"] + place[1] - 40, steps=4)
    learn.mouse.up()
    learn.get_by_role("button", name="Pause").wait_for()
    assert "the end" not in first_run(learn)


def test_kmeans_and_svd_stand_side_by_side_at_equal_size(learn):
    learn.locator("summary").click()
    captions = learn.locator("figcaption")
    captions.nth(1).wait_for()
    assert captions.nth(0).inner_text().startswith("K-Means, 8 colours: 3.6 KB, PSNR ")
    assert captions.nth(1).inner_text().startswith("SVD of rank 6: 3.6 KB, PSNR ")


def test_without_a_picture_it_says_what_to_do(learn):
    learn.evaluate("learn.show(null)")
    assert "Choose a picture" in learn.locator(".learn-status").inner_text()
    assert not learn.locator(".learn-body").is_visible()


def test_a_picture_that_cannot_be_shown_is_a_sentence(learn):
    learn.evaluate("learn.show({ source: new Blob(['x']), name: 'x' })")
    learn.wait_for_function(
        "document.querySelector('.learn-status').textContent.startsWith('K-Means cannot show')"
    )


def test_axe_finds_nothing(learn):
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
    learn.locator("summary").click()
    found = axe_module.Axe().run(learn, context="section")
    assert found.violations_count == 0, found.generate_report()


def test_a_phone_shows_it_without_scrolling_sideways(server, browser):
    viewport = {"width": 360, "height": 740}
    with watched_page(browser, server.address, viewport=viewport) as page:
        mount(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
