"""Palettes as text: hex lists, CSS, JSON, GIMP."""

import contextlib
import io
import json

import pytest
from PIL import GimpPaletteFile

import kalette
from kalette.palettes import Swatches
from palette_cases import ORANGE_AND_BLUE, WITH_ALPHA, read


def test_hex_is_a_line_for_each_color():
    assert ORANGE_AND_BLUE.to_bytes("hex") == b"#ff8000\n#336699\n"
    assert WITH_ALPHA.to_bytes("hex") == b"#ff800033\n#00000000\n#090909\n"


def test_css_is_custom_properties():
    assert WITH_ALPHA.to_bytes("css").decode() == (
        ":root {\n"
        "  --color-1: rgb(255 128 0 / 0.2); /* 50.0 % */\n"
        "  --color-2: rgb(0 0 0 / 0); /* 30.0 % */\n"
        "  --color-3: #090909; /* 20.0 % */\n"
        "}\n"
    )


def test_json_holds_codes_and_shares():
    assert json.loads(ORANGE_AND_BLUE.to_bytes("json")) == {
        "colors": [{"hex": "#ff8000", "share": 0.75}, {"hex": "#336699", "share": 0.25}]
    }
    assert json.loads(Swatches(WITH_ALPHA.colors).to_bytes("json"))["colors"][0] == {"hex": "#ff800033"}


def test_gimp_palette_is_read_by_pillow():
    data = ORANGE_AND_BLUE.to_bytes("gpl", name="two\nlines")
    assert data.decode().splitlines()[:2] == ["GIMP Palette", "Name: two lines"]
    found, mode = GimpPaletteFile.GimpPaletteFile(io.BytesIO(data)).getpalette()
    assert (mode, found[:6]) == ("RGB", bytes([255, 128, 0, 51, 102, 153]))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("ff8000\n336699\n", ["#ff8000", "#336699"]),
        ("#F80, #369;\t#0000\n\n", ["#ff8800", "#336699", "#00000000"]),
        ("#ff8000   75.0 %\n#336699  <0.1 %\n", ["#ff8000", "#336699"]),
        ("\ufeff#ff8000", ["#ff8000"]),
        ("#ff8000 #336699".encode("utf-16"), ["#ff8000", "#336699"]),
        ("a{color:#F80}#fed{background:rgba(51,102,153,.2)} /* #123 */", ["#ff8800", "#33669933"]),
        ("$brand: rgb(100% 50% 0%);\n$b: #ff8000;", ["#ff8000"]),
        ("a{b:url(#fade) '#add' \"#bed\";c:#fff}", ["#ffffff"]),
        ("--x: linear-gradient(#000, rgb(1 2 3 / 20%));", ["#000000", "#01020333"]),
        ('["#ff8000", "369"]', ["#ff8000", "#336699"]),
        ('{"palette": [[255, 128, 0], [0, 0, 0, 9]]}', ["#ff8000", "#00000009"]),
        ('{"colors": [{"color": "#ff8000"}]}', ["#ff8000"]),
        ("GIMP Palette\n255 128 0\n#c\n\n51 102 153 sea blue 3", ["#ff8000", "#336699"]),
        ("GIMP Palette\r\nName: x\r\nColumns: 4\r\n  0   0   0\tblack\r\n", ["#000000"]),
    ],
)
def test_text_palettes_of_other_programs_are_read(written, content, expected):
    assert read(written(content)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "#ff8000{}x",
        "#ff8000 1{}x",
        "#ff8000 1%{}x",
        "GIMP Palette\n255 128 0{}\n1 2{}x",
        "a { color:{} #ff8000{}",
        "a { color: rgb({}1",
    ],
)
@pytest.mark.parametrize("repeated", [" ", "1", ".", " 1", ":", "#", "rgb(", "/*", "url("])
def test_a_long_repetition_is_read_or_refused(written, line, repeated):
    path = written(line.replace("{}", repeated * 100_000))  # takes minutes where a pattern is quadratic
    with contextlib.suppress(kalette.PaletteError):
        assert kalette.read_palette(path)


def test_a_css_number_of_many_digits_is_the_largest_byte(written):
    assert read(written(f"a {{ color: rgb({'9' * 400} 0 0) }}")) == ["#ff0000"]
