"""Animations on the page: they stay animations, with their bytes over time and flicker."""

import subprocess
import sys

import numpy as np
import pytest

import kalette
from browser import watched_page
from kalette.reading import open_frames
from page_actions import choose, the_file, wait_for_file

pytest.importorskip("playwright")
FRAMES = 6


@pytest.fixture(scope="module")
def clip() -> bytes:
    """A gradient of many colours, on which a square moves, as a GIF."""
    y, x = np.mgrid[:60, :90]
    frames = []
    for n in range(FRAMES):
        frame = np.stack([x * 2, y * 4, 128 + 60 * np.sin(x / 9 + y / 5)], axis=2).astype(np.uint8)
        frame[10:30, 5 + 9 * n : 25 + 9 * n] = (250, 20, 30)
        frames.append(frame)
    return kalette.animate(frames, delays_ms=200, format="gif").to_bytes()


@pytest.fixture
def moving(page, clip):
    choose(page, ("clip.gif", clip))
    wait_for_file(page, "clip-k32.png")
    return page


def test_an_animation_comes_back_moving_as_the_file_of_the_command(moving, clip, tmp_path):
    name, data = the_file(moving)
    assert open_frames(data).frame_count == FRAMES
    (tmp_path / "clip.gif").write_bytes(clip)
    words = moving.locator("#command").inner_text().removeprefix("kalette ")
    subprocess.run(["sh", "-c", f'"$0" -m kalette {words} -q', sys.executable], cwd=tmp_path, check=True)
    assert (tmp_path / name).read_bytes() == data
    code = moving.locator("#python").inner_text()
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / "clip-small.png").read_bytes() == data


def test_frames_flicker_and_bytes_over_time_are_those_of_the_library(moving, clip):
    result = kalette.animate(clip, k=32)
    assert moving.locator("#flicker").inner_text() == f"{result.flicker:.2f}"
    assert moving.locator("#motion-text").inner_text().startswith(f"{FRAMES} frames in 1.2 s, ")
    bars = moving.locator("#frame-bytes rect")
    heights = [float(bar.get_attribute("height")) for bar in bars.all()]
    sizes = np.array([record.size_bytes for record in result.records])
    np.testing.assert_allclose(np.array(heights) / max(heights), sizes / sizes.max(), atol=1e-9)
    assert moving.locator("#psnr").is_hidden()
    assert moving.locator("#curve-section").is_hidden()


def difference(page) -> int:
    """The brightest byte inside the difference of before and after, as the screen shows it."""
    box = page.locator("picture-viewer .stage").bounding_box()
    inside = {
        "x": box["x"] + 99,
        "y": box["y"] + 99,
        "width": box["width"] - 198,
        "height": box["height"] - 198,
    }
    return int(kalette.open(page.screenshot(clip=inside)).pixels[..., :3].max())


def test_before_and_after_show_the_same_moment_of_an_exact_animation(page, clip):
    """A moment between the two changes of a picture may be caught, so some of the screenshots may differ."""
    page.evaluate("location.hash = 'k=256'")
    choose(page, ("clip.gif", clip))
    wait_for_file(page, "clip-k256.png")
    assert page.locator("#ssimulacra2").inner_text() == "100.0"
    page.get_by_label("Difference").check(force=True)
    brightest = []
    for _ in range(7):
        page.wait_for_timeout(230)
        brightest.append(difference(page))
    assert sorted(brightest)[3] == 0


def test_a_pause_shows_the_first_frames_until_play(moving):
    assert moving.locator(".pane.after img").count() == 1
    moving.locator("#pause", has_text="Pause").click()
    for pane in ("before", "after"):
        moving.locator(f".pane.{pane} canvas").wait_for()
    moving.locator("#pause", has_text="Play").click()
    for pane in ("before", "after"):
        moving.locator(f".pane.{pane} img").wait_for()


def test_an_animation_rests_where_motion_is_not_wanted(browser, server, clip):
    with watched_page(browser, server.address, reduced_motion="reduce") as page:
        choose(page, ("clip.gif", clip))
        wait_for_file(page, "clip-k32.png")
        assert page.locator(".pane.after canvas").count() == 1
        assert page.locator("#pause").inner_text() == "Play"


def test_the_palette_of_an_animation_can_be_downloaded(moving, clip):
    with moving.expect_download() as download:
        moving.get_by_role("button", name="Download the palette as hex list").click()
    codes = set(download.value.path().read_text().split())
    assert codes == set(kalette.Swatches(kalette.animate(clip, k=32).palette))


def test_a_still_after_an_animation_has_its_own_figures(moving):
    choose(moving)
    wait_for_file(moving, "photo-k32.png")
    assert moving.locator("#flicker").is_hidden()
    assert moving.locator("#psnr").is_visible()
    assert "kalette.compress(" in moving.locator("#python").inner_text()
