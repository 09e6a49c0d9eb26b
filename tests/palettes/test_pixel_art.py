"""Palettes of pixel-art tools, and every notation of CSS."""

import struct

import pytest

import kalette
from kalette.types import code_of

THREE = ["#1a1c2c", "#5d275d", "#b13e53"]


def read(path) -> list[str]:
    return [code_of(color) for color in kalette.read_palette(path).colors]


@pytest.fixture
def saved(tmp_path):
    def save(content: str | bytes):
        path = tmp_path / "palette"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return save


@pytest.mark.parametrize(
    "content",
    [
        "JASC-PAL\r\n0100\r\n3\r\n26 28 44\r\n93 39 93\r\n177 62 83\r\n",
        "; paint.net Palette File\n; 96\nFF1A1C2C\nFF5D275D\nFFB13E53\n",
        '{"name": "Sweetie", "author": "GrafxKid", "colors": ["1a1c2c", "5d275d", "b13e53"]}',
        "GIMP Palette\nChannels: RGBA\n#\n 26 28 44 255 a\n 93 39 93 255 b\n177 62 83 255 c\n",
        "1a1c2c\n5d275d\nb13e53\n",
    ],
    ids=["JASC", "Paint.NET", "Lospec", "Aseprite's gpl", "Lospec's hex"],
)
def test_text_palettes_of_pixel_art_tools_are_read(saved, content):
    assert read(saved(content)) == THREE


def test_alpha_of_paint_net_and_of_aseprite_is_kept(saved):
    assert read(saved("; paint.net\n80FF0000\n")) == ["#ff000080"]
    assert read(saved("GIMP Palette\nChannels: RGBA\n255 0 0 128 red\n")) == ["#ff000080"]


def aseprite(kind: int, body: bytes) -> bytes:
    """A file of one frame with one chunk."""
    chunk = struct.pack("<IH", 6 + len(body), kind) + body
    frame = struct.pack("<IHHH2xI", 16 + len(chunk), 0xF1FA, 1, 100, 1) + chunk
    return struct.pack("<IHH", 128 + len(frame), 0xA5E0, 1).ljust(128, b"\0") + frame


def test_a_palette_of_aseprite_is_read_with_names_and_alpha(saved):
    named = struct.pack("<H4BH", 1, 0x1A, 0x1C, 0x2C, 255, 4) + b"dusk"
    plain = struct.pack("<H4B", 0, 0xFF, 0, 0, 128)
    content = aseprite(0x2019, struct.pack("<III8x", 2, 0, 1) + named + plain)
    assert read(saved(content)) == ["#1a1c2c", "#ff000080"]


def test_the_older_palette_of_aseprite_is_read(saved):
    content = aseprite(0x0004, struct.pack("<HBB", 1, 0, 2) + bytes([0x1A, 0x1C, 0x2C, 0x5D, 0x27, 0x5D]))
    assert read(saved(content)) == THREE[:2]


@pytest.mark.parametrize("size", [10, 130, 150])
def test_a_truncated_file_of_aseprite_is_a_sentence(saved, size):
    content = aseprite(0x0004, struct.pack("<HBB", 1, 0, 2) + bytes(6))
    with pytest.raises(kalette.PaletteError, match="is cut short"):
        read(saved(content[:size]))


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("hsl(120 50% 50%)", "#40bf40"),
        ("hsla(120, 50%, 50%, 0.5)", "#40bf4080"),
        ("hwb(90 10% 10%)", "#80e61a"),
        ("rebeccapurple", "#663399"),
        ("TEAL", "#008080"),
        ("transparent", "#00000000"),
        ("rgb(100% 0% 50% / 20%)", "#ff008033"),
        ("rgb(none 255 0)", "#00ff00"),
        ("oklch(62.8% 0.2577 29.23)", "#ff0000"),
        ("oklab(1 0 0)", "#ffffff"),
        ("lab(0% 0 0)", "#000000"),
        ("color(srgb 1 0.5 0)", "#ff8000"),
    ],
)
def test_every_notation_of_css_is_read(saved, notation, expected):
    assert read(saved(f"a {{ border: 1px solid {notation}; }}")) == [expected]


@pytest.mark.parametrize(
    "notation", ["color-mix(in srgb, red, blue)", "rgb(from red r g b)", "rgb(1 2)", "#12345"]
)
def test_a_color_that_cannot_be_read_is_a_sentence(saved, notation):
    with pytest.raises(kalette.PaletteError, match="is not a colo"):
        read(saved(f"a {{ color: {notation}; }}"))


def test_words_that_are_no_colors_are_not_read(saved):
    assert read(saved("a { font: red-hat, Inter; display: grid; color: var(--red); fill: #fff }")) == [
        "#ffffff"
    ]
