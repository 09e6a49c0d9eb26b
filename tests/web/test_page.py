"""The page in a real browser: pictures in, settings, the file out."""

import io
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import kalette
from browser import watched_page
from page_actions import PHOTO, choose, downloaded, the_file, wait_for_file
from shell import run
from web_server import jpeg, png

pytest.importorskip("playwright")

HOSTILE_NAME = "<img src=x onerror=alert(1)>'.jpg"


def command_output(folder, name, *options) -> bytes:
    (folder / name).write_bytes(PHOTO)
    done = run("compress", "-q", name, "-o", "out.png", "--overwrite", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return (folder / "out.png").read_bytes()


def test_a_chosen_picture_comes_back_as_the_file_of_the_command(page, tmp_path):
    choose(page)
    wait_for_file(page)
    assert the_file(page) == ("photo-k32.png", command_output(tmp_path, "photo.jpg", "-k", "32"))


def test_figures_are_those_of_the_library(page):
    choose(page)
    wait_for_file(page)
    result = kalette.compress(PHOTO, k=32)
    assert page.locator("#size").inner_text() == f"{result.output_bytes / 1000:.1f} KB"
    assert page.locator("#ssimulacra2").inner_text() == f"{result.ssimulacra2:.1f}"
    assert page.locator("#psnr").inner_text() == f"{result.psnr_db:.1f} dB"
    ratio = len(PHOTO) / result.output_bytes
    assert f"({ratio:.1f} : 1)" in page.locator("#sizes").inner_text()


@pytest.mark.parametrize(
    "settings",
    [
        "k=5&dither=none&format=webp",
        "k=16&space=srgb&dither=ordered&effort=fast&format=gif",
        "k=64&quality=40&effort=fast",
        "k=256&max_bytes=5500&effort=fast",
        "k=6&keep_colors=ff8000,336699&keep_metadata=true&effort=fast",
    ],
)
def test_the_command_and_the_code_that_the_page_shows_write_its_file(server, browser, tmp_path, settings):
    (tmp_path / "my photo.jpg").write_bytes(PHOTO)
    with watched_page(browser, f"{server.address}#{settings}") as page:
        choose(page, ("my photo.jpg", PHOTO))
        wait_for_file(page)
        name, data = the_file(page)
        words = page.locator("#command").inner_text().removeprefix("kalette ")
        code = page.locator("#python").inner_text()
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m kalette {words}', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes() == data
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / f"my photo-small{(tmp_path / name).suffix}").read_bytes() == data


def test_the_address_holds_the_settings_and_sets_them(page):
    choose(page)
    page.get_by_label("Dithering").select_option("blue-noise")
    page.get_by_label("Colours (k)").first.fill("23")
    wait_for_file(page, "photo-k23.png")
    assert page.url.endswith("#k=23&dither=blue-noise")
    page.evaluate("location.hash = 'k=7&effort=fast&dither=nonsense&k2=1&quality=x'")
    wait_for_file(page, "photo-k7.png")
    assert page.get_by_label("Effort").input_value() == "fast"
    assert page.get_by_label("Dithering").input_value() == "auto"
    assert page.url.endswith("#k=7&effort=fast")


def test_the_slider_and_the_number_show_the_same_k(page):
    choose(page)
    slider = page.locator("#k-slider")
    slider.focus()
    page.keyboard.press("Home")
    assert (page.locator("#k").input_value(), slider.get_attribute("aria-valuetext")) == ("2", "2 colours")
    page.keyboard.press("End")
    assert page.locator("#k").input_value() == "256"
    page.locator("#k").fill("17")
    assert slider.get_attribute("aria-valuetext") == "17 colours"
    wait_for_file(page, "photo-k17.png")


def test_the_slider_ends_older_requests_and_the_last_one_counts(page):
    choose(page, ("photo.jpg", jpeg(480, 320)))
    wait_for_file(page)
    exact = []
    page.on("request", lambda request: exact.append(request.url) if "/v1/compress?k" in request.url else None)
    page.locator("#k-slider").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    wait_for_file(page, "photo-k12.png")
    assert int(page.locator("#colors-used").inner_text()) == 12
    assert len([url for url in exact if "effort=fast" not in url]) < 6


def test_a_problem_with_a_picture_is_a_sentence_beside_it(page):
    choose(page, ("notes.txt", b"no image at all"))
    failure = page.locator("#failure")
    failure.get_by_text("this is no PNG").wait_for()
    assert page.locator("#download").get_attribute("href") is None
    choose(page)
    wait_for_file(page, "photo-k32.png")
    assert failure.inner_text() == ""
    page.may_be_refused = True


def test_a_target_that_cannot_be_met_is_a_sentence_and_ends_with_the_target(page):
    choose(page)
    page.get_by_label("Quality at least").fill("95")
    with pytest.raises(kalette.TargetError) as raised:
        kalette.compress(PHOTO, k=32, quality=95)
    page.locator("#failure").get_by_text(str(raised.value)).wait_for()
    page.get_by_label("Quality at least").fill("")
    wait_for_file(page, "photo-k32.png")
    assert page.locator("#failure").inner_text() == ""
    page.may_be_refused = True


def test_a_server_that_is_gone_is_a_sentence(page):
    choose(page)
    wait_for_file(page)
    page.context.set_offline(True)
    page.get_by_label("Effort").select_option("fast")
    page.locator("#failure").get_by_text("The server does not answer").wait_for()
    page.context.set_offline(False)
    page.get_by_label("Effort").select_option("best")
    wait_for_file(page)
    page.may_be_refused = True


def test_the_sample_needs_no_file(page):
    page.get_by_role("button", name="Try it with this one").click()
    wait_for_file(page, "sample-k32.png")
    name, data = the_file(page)
    assert (name, kalette.open(data).pixels.shape) == ("sample-k32.png", (320, 480, 3))


def test_the_sample_is_that_of_the_library(server):
    shown = kalette.open(server.client.get("/sample.avif").content).pixels.astype(float)
    assert np.sqrt(np.mean((shown - kalette.sample_pixels(480, 320)) ** 2)) < 8


ARRIVAL = """([kind, name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
  const event = kind === "paste" ? new ClipboardEvent(kind, {clipboardData: transfer, bubbles: true})
    : new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
  document.body.dispatchEvent(event);
}"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_can_be_dropped_and_pasted(page, kind):
    page.evaluate(ARRIVAL, [kind, "photo.jpg", list(PHOTO)])
    wait_for_file(page, "photo-k32.png")


def test_several_pictures_are_a_list_and_come_home_in_a_zip(page, tmp_path):
    icon = png(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))
    choose(page, ("photo.jpg", PHOTO), ("icon.png", icon), (HOSTILE_NAME, PHOTO))
    page.get_by_text(re.compile("^3 pictures:")).wait_for()
    name, data = downloaded(page, lambda: page.get_by_role("button", name="Download all").click())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    assert name == "kalette.zip"
    assert set(files) == {"photo-k32.png", "icon-k32.png", "_img src=x onerror=alert(1)_'-k32.png"}
    assert files["photo-k32.png"] == command_output(tmp_path, "photo.jpg", "-k", "32")
    page.get_by_role("button", name="icon.png").first.click()
    wait_for_file(page, "icon-k32.png")
    assert the_file(page) == ("icon-k32.png", files["icon-k32.png"])
    page.get_by_role("button", name="Remove icon.png").click()
    page.get_by_text(re.compile("^2 pictures:")).wait_for()
    wait_for_file(page, "photo-k32.png")


def test_a_picture_that_the_server_has_dropped_is_sent_again(page):
    choose(page)
    wait_for_file(page)
    asked: list[str] = []
    problem = '{"type": "urn:kalette:problem:picture-expired", "detail": "it is not kept"}'
    page.route("**/v1/compress?*picture=*", lambda route: route.fulfill(status=404, body=problem))
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Effort").select_option("fast")
    page.locator(".working").wait_for()
    wait_for_file(page, "photo-k32.png")
    sent = ["picture=" in url for url in asked if "/v1/compress" in url]
    assert (sent[0], sent[-1]) == (True, False)
    page.may_be_refused = True


def test_the_first_sight_takes_less_than_150_kilobytes(server, browser):
    taken = []
    context = browser.new_context()
    page = context.new_page()
    page.on("response", lambda answer: taken.append(len(answer.body())))
    page.goto(server.address, wait_until="networkidle")
    context.close()
    assert 10_000 < sum(taken) < 150_000
