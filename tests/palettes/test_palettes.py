"""Palettes in and out."""

import contextlib
import io
import json
import re
import struct
import time
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import GimpPaletteFile, Image

import kalette
from kalette.palettes import FORMATS, OPAQUE_ONLY, Swatches

ORANGE_AND_BLUE = Swatches(np.array([[255, 128, 0], [51, 102, 153]], np.uint8), (0.75, 0.25))
WITH_ALPHA = Swatches(np.array([[255, 128, 0, 51], [0, 0, 0, 0], [9, 9, 9, 255]], np.uint8), (0.5, 0.3, 0.2))
PALETTES = arrays(np.uint8, st.tuples(st.integers(1, 256), st.sampled_from([3, 4])), unique=False)


@pytest.fixture
def written(tmp_path):
    """Bytes as a file of no telling name."""

    def write(data: bytes | str):
        path = tmp_path / "palette"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


def read(path) -> list[str]:
    return list(kalette.read_palette(path))


# --- each format by hand


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


def test_swatch_exchange_is_what_the_published_format_says():
    """Signature, version 1.0, blocks; each: type 1, length, UTF-16 name, RGB as floats, normal."""
    name = "#0000ff 100.0 %"
    block = struct.pack(">H", len(name) + 1) + name.encode("utf-16-be") + b"\0\0RGB "
    block += struct.pack(">fff", 0, 0, 1) + b"\0\2"
    expected = b"ASEF\0\1\0\0\0\0\0\1\0\1" + struct.pack(">I", len(block)) + block
    assert Swatches(np.array([[0, 0, 255]], np.uint8), (1.0,)).to_bytes("ase") == expected


def test_photoshop_swatches_are_what_the_published_format_says():
    """Version 1 without names, then version 2 with them; channels of 16 bits."""
    color = bytes.fromhex("0000 ffff 8080 0000 0000")
    name = bytes.fromhex("00000008") + "#ff8000\0".encode("utf-16-be")
    expected = bytes.fromhex("0001 0001") + color + bytes.fromhex("0002 0001") + color + name
    assert Swatches(np.array([[255, 128, 0]], np.uint8)).to_bytes("aco") == expected


def test_svg_is_well_formed_with_a_swatch_and_words_for_each_color():
    root = ElementTree.fromstring(WITH_ALPHA.to_bytes("svg"))
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["#ff800033", "50.0 %", "#00000000", "30.0 %", "#090909", "20.0 %"]
    fills = [
        rect.get("fill") for rect in root.iter("{http://www.w3.org/2000/svg}rect") if rect.get("data-color")
    ]
    assert fills == ["#ff8000", "#000000", "#090909"]


@pytest.mark.parametrize(
    ("count", "size"), [(1, (64, 64)), (16, (1024, 64)), (17, (576, 128)), (256, (1024, 1024))]
)
def test_png_shows_each_color_in_a_field_of_its_own(count, size):
    colors = np.arange(3 * count).reshape(-1, 3).astype(np.uint8)
    with Image.open(io.BytesIO(Swatches(colors).to_bytes("png"))) as image:
        assert (image.mode, image.size) == ("P", size)
        np.testing.assert_array_equal(np.reshape(image.getpalette("RGB"), (-1, 3))[:count], colors)
        assert min(np.bincount(np.asarray(image).ravel())) >= 64 * 64 * 7 // 8


# --- there and back


@given(PALETTES)
@hypothesis_settings(max_examples=15)
def test_every_format_comes_back_as_it_went(tmp_path_factory, colors):
    """CSS names equal colours once; formats without alpha get the colours alone."""
    for file_format in FORMATS:
        swatches = Swatches(colors[:, :3] if file_format in OPAQUE_ONLY else colors)
        path = tmp_path_factory.mktemp("palette") / "any"
        path.write_bytes(swatches.to_bytes(file_format))
        expected = list(dict.fromkeys(swatches)) if file_format == "css" else list(swatches)
        if file_format != "png":
            assert read(path) == expected
        else:  # alpha 10 may become 11 there
            assert [code[:7] for code in read(path)] == [code[:7] for code in expected]


def test_a_palette_is_saved_in_the_format_of_its_name(tmp_path):
    for file_format in FORMATS:
        ORANGE_AND_BLUE.save(tmp_path / f"two.{file_format}")
        assert read(tmp_path / f"two.{file_format}") == ["#ff8000", "#336699"]
    ORANGE_AND_BLUE.save(tmp_path / "two.TXT")
    assert (tmp_path / "two.TXT").read_bytes() == ORANGE_AND_BLUE.to_bytes("hex")
    with pytest.raises(kalette.WriteError, match="exists"):
        ORANGE_AND_BLUE.save(tmp_path / "two.hex")
    with pytest.raises(kalette.SettingsError, match=r"two.pal names no palette format; end it in"):
        ORANGE_AND_BLUE.save(tmp_path / "two.pal")


# --- what others write


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
def test_texts_of_others_are_read(written, content, expected):
    assert read(written(content)) == expected


def ase(*blocks: bytes, count: int | None = None) -> bytes:
    return b"ASEF\0\1\0\0" + struct.pack(">I", len(blocks) if count is None else count) + b"".join(blocks)


def ase_block(kind: int, body: bytes) -> bytes:
    return struct.pack(">HI", kind, len(body)) + body


NO_NAME = b"\0\1\0\0"
RED = ase_block(1, NO_NAME + b"RGB " + struct.pack(">3fH", 1, 0, 0, 0))
GREY = ase_block(1, NO_NAME + b"Gray" + struct.pack(">fH", 0.6, 0))
CMYK = ase_block(1, NO_NAME + b"CMYK" + struct.pack(">4fH", 1, 0, 0, 0, 0))


def test_swatch_exchange_of_others_is_read():
    """Groups and blocks of unknown kinds are passed over."""
    group = ase_block(0xC001, NO_NAME), ase_block(0xC002, b"")
    data = ase(group[0], RED, GREY, group[1], ase_block(7, b"???"))
    assert kalette.palettes.adobe.codes_of_ase(data) == ["#ff0000", "#999999"]


def test_photoshop_swatches_of_version_2_alone_are_read(written):
    """The bytes that Photoshop writes for red and green, called A and B."""
    red = "0000 ffff 0000 0000 0000 00000002 0041 0000"
    green = "0000 0000 ffff 0000 0000 00000002 0042 0000"
    assert read(written(bytes.fromhex(f"0002 0002 {red} {green}"))) == ["#ff0000", "#00ff00"]


def saved(image: Image.Image, file_format: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def test_an_image_of_few_colors_is_a_palette_in_reading_order(written):
    pixels = np.array([[[9, 0, 0], [1, 0, 0]], [[9, 0, 0], [5, 5, 5]]], np.uint8)
    assert read(written(saved(Image.fromarray(pixels)))) == ["#090000", "#010000", "#050505"]
    clear = np.dstack([pixels, [[255, 255], [255, 0]]]).astype(np.uint8)
    assert read(written(saved(Image.fromarray(clear)))) == ["#090000", "#010000", "#05050500"]


def test_an_indexed_image_gives_its_palette_up_to_the_last_entry_in_use(written):
    """The second entry is used by no pixel but keeps its place; what fills up the table is left out."""
    image = Image.fromarray(np.array([[2, 0]], np.uint8))
    image.putpalette([1, 1, 1, 7, 7, 7, 3, 3, 3, 0, 0, 0, 0, 0, 0])
    assert read(written(saved(image))) == ["#010101", "#070707", "#030303"]
    assert read(written(saved(image, "GIF", optimize=False))) == ["#010101", "#070707", "#030303"]


def test_a_result_is_a_palette_of_its_own(tmp_path, gradient):
    """In what order is open, as that decides how small the file gets."""
    result = kalette.compress(gradient, k=7)
    result.save(tmp_path / "seven.png")
    assert sorted(read(tmp_path / "seven.png")) == sorted(result.swatches)


# --- what is none


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no colours; a palette holds 1 to 256"),
        ("  \n", "has no colours"),
        ("hello world", "line 1 says 'hello', which is no colour such as #ff8000"),
        ("#ff8000\n#ff80000000", "line 2 says '#ff80000000', which is no colour"),
        ("JASC-PAL\n0100\n1\n0 0 0", "line 1 says 'JASC-PAL'"),
        ("#000\n" * 300, "has 300 colours; a palette holds 1 to 256"),
        (b"\x80\x81\x82\x83", "is no palette that Kalette knows; it reads hex lists, CSS"),
        (b"\xff\xfe\x00\xd8\x00", "is no palette that Kalette knows"),
        ("GIMP Palette\n", "has no colours"),
        ("GIMP Palette\n1 2\n", "line 2 says '1 2', which is no three numbers from 0 to 255"),
        ("GIMP Palette\n1 2 256\n", "line 2 says '1 2 256'"),
        ("GIMP Palette\n1 2 -3\n", "line 2 says '1 2 -3'"),
        ("GIMP Palette\n1 2 \N{SUPERSCRIPT TWO}\n", "which is no three numbers"),
        ("[", "cannot be read as a palette"),
        ("[" * 100_000, "cannot be read as a palette: its lists are nested too deeply"),
        ("[" + "9" * 5000 + "]", "cannot be read as a palette"),
        ("[1, 2, 3]", "1 is no colour; give red, green, blue"),
        ("[null]", "None is no colour"),
        ('{"a": []}', 'it holds no list of colours, and none under "colors"'),
        ('{"colors": {"a": "#fff"}}', "it holds no list of colours"),
        ("[[1, 2, 3.5], [1, 2]]", "is no colour"),
        ("a: b;", "has no colours"),
        ("a: #12345;", "'#12345' is no colour"),
        ("a: rgb(1 2);", "'rgb(1 2)' is no colour that Kalette reads"),
        ("<svg><rect fill='#fff'/></svg>", "has no colours"),
        (ase(), "has no colours"),
        (ase(RED, count=2), "is cut short"),
        (ase(RED)[:-3], "is cut short"),
        (ase(RED, count=0xFFFFFFFF), "is cut short"),
        (ase(struct.pack(">HI", 1, 0xFFFFFFFF) + RED[6:]), "is cut short"),
        (ase(ase_block(1, b"\xff\xff")), "is cut short"),
        (b"ASEF", "is cut short"),
        (ase(RED, CMYK), "colour 2 is in 'CMYK'; convert the swatches to RGB"),
        (
            ase(RED.replace(struct.pack(">f", 1), struct.pack(">f", float("nan")))),
            "beyond the range of 0 to 1",
        ),
        (ase(*[RED] * 300), "has 300 colours"),
        (b"\0\1\0\2" + bytes(10), "is cut short"),
        (b"\0\1\0\0", "has no colours"),
        (b"\0\2\0\1" + bytes(10) + b"\xff\xff\xff\xff", "is cut short"),
        (b"\0\1\0\1\0\2" + bytes(8), "colour 1 is in CMYK; convert the swatches to RGB"),
        (b"\0\1\0\1\0\x63" + bytes(8), "colour 1 is in space 99"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read"),
    ],
)
def test_what_is_no_palette_gives_one_sentence_with_the_name(written, content, said):
    path = written(content)
    with pytest.raises((kalette.PaletteError, kalette.ReadError), match=re.escape(said)) as caught:
        kalette.read_palette(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_photograph_is_no_palette_and_the_way_out_is_told(written, gradient):
    with pytest.raises(kalette.PaletteError, match="picture of 3072 colours; make a palette of it first"):
        kalette.read_palette(written(saved(Image.fromarray(gradient))))


def test_a_cut_picture_is_no_palette(written):
    whole = ORANGE_AND_BLUE.to_bytes("png")
    with pytest.raises(kalette.ReadError, match=r"palette cannot be read"):
        kalette.read_palette(written(whole[: len(whole) // 2]))


def test_a_file_that_is_not_there_or_far_too_large_is_refused(tmp_path):
    with pytest.raises(kalette.ReadError, match=r"none.gpl cannot be read as a palette"):
        kalette.read_palette(tmp_path / "none.gpl")
    with pytest.raises(kalette.ReadError, match="cannot be read as a palette"):
        kalette.read_palette(tmp_path)
    with pytest.raises(kalette.ReadError, match="cannot be read as a palette"):
        kalette.read_palette("a\0b")
    with (tmp_path / "giant").open("wb") as file:
        file.truncate(40_000_000)
    with pytest.raises(kalette.PaletteError, match="giant has more than 32 MB; a palette is smaller"):
        kalette.read_palette(tmp_path / "giant")


@given(st.binary(max_size=200), st.sampled_from(FORMATS), st.integers(0, 10_000), st.integers(0, 255))
@hypothesis_settings(max_examples=200)
def test_any_bytes_give_a_palette_or_one_error(tmp_path_factory, junk, file_format, place, value):
    whole = bytearray(ORANGE_AND_BLUE.to_bytes(file_format))
    whole[place % len(whole)] = value
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    for content in (junk, bytes(whole), bytes(whole[: place % len(whole)]), bytes(whole) + junk):
        path.write_bytes(content)
        with contextlib.suppress(kalette.PaletteError, kalette.ReadError):
            assert 1 <= len(kalette.read_palette(path)) <= 256


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
def test_a_hostile_text_is_read_in_linear_time(written, line, repeated):
    path = written(line.replace("{}", repeated * 100_000))
    started = time.process_time()
    with contextlib.suppress(kalette.PaletteError):
        kalette.read_palette(path)
    assert time.process_time() - started < 2  # quadratic took minutes


def test_a_css_number_of_many_digits_is_the_largest_byte(written):
    assert read(written(f"a {{ color: rgb({'9' * 400} 0 0) }}")) == ["#ff0000"]


# --- alpha, shares and order


@pytest.mark.parametrize("file_format", OPAQUE_ONLY)
def test_formats_without_alpha_refuse_it_and_opaque_is_the_way_out(file_format):
    with pytest.raises(kalette.PaletteError, match=f"which {file_format} cannot hold; write hex, css"):
        WITH_ALPHA.to_bytes(file_format)
    assert WITH_ALPHA.opaque().to_bytes(file_format)


def test_opaque_leaves_clear_colors_out_and_joins_equal_ones():
    colors = np.array([[9, 9, 9, 255], [9, 9, 9, 50], [1, 1, 1, 0], [2, 2, 2, 1]], np.uint8)
    opaque = Swatches(colors, (0.4, 0.3, 0.2, 0.1)).opaque()
    assert (list(opaque), opaque.shares) == (["#090909", "#020202"], (0.7, 0.1))
    with pytest.raises(kalette.PaletteError, match="clear entries only"):
        Swatches(colors[2:3]).opaque()


def test_swatches_of_a_result_have_the_shares_of_its_pixels():
    pixels = np.repeat(np.array([[0, 0, 0], [200, 0, 0]], np.uint8), [1, 3], axis=0)[None]
    swatches = kalette.compress(pixels, k=2).swatches
    assert (list(swatches), swatches.shares) == (["#000000", "#c80000"], (0.25, 0.75))
    assert swatches._repr_svg_().startswith("<svg ")


def test_sorting_by_share_lightness_and_hue():
    codes = ["#ffffff", "#0000ff", "#808080", "#ff0000", "#00000000", "#00ff00", "#000000", "#ffff00"]
    colors = np.array([[*bytes.fromhex(code[1:].ljust(8, "f"))] for code in codes], np.uint8)
    swatches = Swatches(colors, tuple(share / 36 for share in (1, 2, 3, 4, 5, 6, 7, 8)))
    assert list(swatches.sorted_by("share")) == codes[::-1]
    assert list(swatches.sorted_by("lightness")) == [
        *("#000000", "#0000ff", "#ff0000", "#808080", "#00ff00", "#ffff00", "#ffffff", "#00000000")
    ]
    by_hue = swatches.sorted_by("hue")
    assert list(by_hue) == [
        *("#ff0000", "#ffff00", "#00ff00", "#0000ff", "#000000", "#808080", "#ffffff", "#00000000")
    ]
    assert by_hue.shares[0] == 4 / 36
    with pytest.raises(kalette.SettingsError, match="shares of the colours are not known"):
        Swatches(colors).sorted_by("share")
    with pytest.raises(kalette.SettingsError, match="sort is 'size'; choose one of share"):
        swatches.sorted_by("size")
    with pytest.raises(kalette.SettingsError, match="format is 'pal'; choose one of hex"):
        swatches.to_bytes("pal")
