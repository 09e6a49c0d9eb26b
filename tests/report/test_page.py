"""The HTML report: one self-contained page with escaped names."""

import base64
import re
from html import unescape

import numpy as np
import pytest

import kalette
from kalette.report.page import comparison_page
from outline import Outline, assert_stands_alone


@pytest.fixture(scope="module")
def made() -> kalette.Comparison:
    return kalette.compare(kalette.sample_pixels(96, 64), [2, 8, 100])


@pytest.fixture(scope="module")
def page(made) -> str:
    return comparison_page(made, "sample.png")


def test_the_page_is_well_formed_and_every_picture_has_alternative_text(page):
    outline = Outline(page)
    assert all(picture.get("alt") is not None for picture in outline.all("img"))
    names = [attributes["id"] for _, attributes in outline.found if "id" in attributes]
    assert len(names) == len(set(names))


def test_the_page_embeds_the_written_files_and_the_original(page, made):
    pictures = [picture for picture in Outline(page).all("img") if "src" in picture]
    data = [base64.b64decode(picture["src"].partition("base64,")[2]) for picture in pictures]
    assert np.array_equal(kalette.open(data[0]).pixels, made.rows[0].result.picture.pixels)
    assert data[1:] == [row.result.to_bytes() for row in made.rows]


def test_the_page_loads_nothing_from_outside_and_its_policy_forbids_it(page):
    assert_stands_alone(page)


def test_the_page_lists_the_palette_of_each_version(page, made):
    codes = [button["data-copy"] for button in Outline(page).all("button") if "data-copy" in button]
    assert codes == [code for row in made.rows for code in row.result.swatches]
    folded = ["open" not in attributes for attributes in Outline(page).all("details")]
    assert folded == [False, False, True]


def test_the_table_and_the_selector_have_every_k(page, made):
    outline = Outline(page)
    assert [choice["value"] for choice in outline.all("input") if choice.get("name") == "k"] == [
        f"k{row.k}" for row in made.rows
    ]
    (table,) = re.findall("<tbody>(.*?)</tbody>", page, re.S)
    rows = re.findall("<tr.*?</tr>", table, re.S)
    assert len(rows) == 3
    for row, line in zip(made.rows, rows, strict=True):
        for text in (f">{row.k}<", f">{row.mse:.2f}<", f">{row.psnr_db:.2f}<", f">{row.ssimulacra2:.1f}<"):
            assert text in line


def test_the_charts_have_finite_numbers_and_mark_the_recommended_k(page, made):
    charts = re.findall('<svg class="chart".*?</svg>', page, re.S)
    assert len(charts) == 3
    assert not any(word in chart for chart in charts for word in ("nan", "inf", "None"))
    for chart in charts[:2]:
        assert f">k = {made.recommended_k}<" in chart


@pytest.mark.parametrize(
    "name",
    [
        "</title><script>alert(1)</script>.png",
        "'\"><img src=x onerror=alert(1)>.png",
        "$name ${script} $$.png",
        "\udcff broken.png",
        "two\nlines.png",
    ],
)
def test_a_hostile_file_name_is_escaped(name, made):
    page = comparison_page(made, name)
    page.encode()
    outline = Outline(page)
    assert len(outline.all("script")) == 1
    (heading,) = re.findall("<h1><bdi>(.*?)</bdi></h1>", page, re.S)
    assert unescape(heading) == name.encode("utf-8", "backslashreplace").decode()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((2, 2, 4), np.uint8),
        np.arange(6, dtype=np.uint8).reshape(1, 2, 3),
        np.arange(9, dtype=np.uint8).reshape(1, 3, 3),
    ],
)
def test_the_smallest_pictures_have_a_page(pixels):
    page = comparison_page(kalette.compare(pixels, [1, 2, 4]), "tiny.png")
    Outline(page)
    assert "nan" not in "".join(re.findall("<svg.*?</svg>", page, re.S))


def test_partly_clear_entries_keep_their_alpha(icon):
    page = comparison_page(kalette.compare(icon, [8]), "icon.png")
    opacities = {rectangle["fill-opacity"] for rectangle in Outline(page).all("rect")}
    assert {"0.000", "1.000"} < opacities
