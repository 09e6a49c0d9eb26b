"""The HTML report of an animation: one page that holds the file, frames, and figures over time."""

import base64
import re
from itertools import accumulate

import numpy as np
import pytest

import kalette
from kalette.report import animation_page
from kalette.types import SettingsError, size_text
from outline import Outline, assert_stands_alone


def animation(count: int, *, width: int = 40, height: int = 24) -> kalette.AnimationResult:
    """A ramp of many colours, over which a square moves."""
    y, x = np.mgrid[:height, :width]
    ground = np.stack([x * 6, y * 9, (x * y) % 256], axis=2).astype(np.uint8)
    frames = []
    for n in range(count):
        frame = ground.copy()
        frame[2:6, n : n + 4] = (250, 20, 20)
        frames.append(frame)
    return kalette.animate(frames, delays_ms=40, format="gif", k=16)


@pytest.fixture(scope="module")
def made() -> kalette.AnimationResult:
    return animation(9)


@pytest.fixture(scope="module")
def page(made) -> str:
    return animation_page(made, "a.gif")


def test_the_page_is_well_formed_and_stands_alone(page):
    outline = Outline(page)
    assert all(picture.get("alt") for picture in outline.all("img"))
    assert_stands_alone(page)


def test_the_page_embeds_the_file_and_the_frames_that_are_scored_before_and_after(page, made):
    data = [base64.b64decode(each["src"].partition("base64,")[2]) for each in Outline(page).all("img")]
    assert data[0] == made.to_bytes()
    frames = [kalette.open(each).pixels for each in data[1:]]
    assert len(frames) == 2 * 9
    for each, source, result in zip(made.sampled(), frames[::2], frames[1::2], strict=True):
        np.testing.assert_array_equal(source, each.source[..., :3])
        np.testing.assert_array_equal(result, each.result[..., :3])


def test_each_frame_has_its_time_and_score(page, made):
    names = [each["data-name"] for each in Outline(page).all("li") if "data-name" in each]
    times = accumulate([40] * 8, initial=0)
    assert names == [
        f"{time / 1000:g} s, SSIMULACRA 2 {score:.1f}" for time, score in zip(times, made.scores, strict=True)
    ]


def test_the_facts_are_those_of_the_result(page, made):
    facts = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert facts["File"] == f"GIF, {size_text(made.output_bytes)}"
    assert facts["Frames stored"] == "9"
    assert facts["Flicker (0 to 255)"] == f"{made.flicker:.2f}"
    assert facts["SSIMULACRA 2"].startswith(f"{made.ssimulacra2:.1f} (mean), {min(made.scores):.1f}")


def test_the_charts_show_bytes_flicker_and_scores_over_time(page, made):
    charts = re.findall('<svg class="chart".*?</svg>', page, re.S)
    assert [re.findall('aria-label="(.*?)"', each)[0] for each in charts] == [
        "Kilobytes of each frame", "Flicker of each frame", "Score of frames"
    ]  # fmt: skip
    assert not any(word in chart for chart in charts for word in ("nan", "inf", "None"))
    (area,) = re.findall('<polygon class="area" points="(.*?)"', charts[0])
    heights = [float(point.split(",")[1]) for point in area.split()][1:-1:2]
    sizes = [each.size_bytes for each in made.records]
    assert np.argsort(heights, kind="stable")[0] == np.argmax(sizes)
    assert len(heights) == len(sizes)


def test_large_frames_are_fewer(monkeypatch, made):
    monkeypatch.setattr("kalette.report.animation_report._MOST_PIXELS", 3 * 40 * 24)
    outline = Outline(animation_page(made, "a.gif"))
    assert len([each for each in outline.all("li") if "data-name" in each]) == 3


@pytest.mark.parametrize(("count", "width", "height"), [(1, 1, 1), (2, 90, 3)])
def test_the_smallest_animations_have_a_page(count, width, height):
    page = animation_page(animation(count, width=width, height=height), "</title><script>x</script>\udcff")
    Outline(page)
    assert "nan" not in "".join(re.findall("<svg.*?</svg>", page, re.S))
    assert "<script>x" not in page


def test_a_still_has_another_report():
    with pytest.raises(SettingsError, match=r"give one of kalette\.animate"):
        animation_page(kalette.compress(np.zeros((2, 2, 3), np.uint8)), "a.png")  # type: ignore[arg-type]
