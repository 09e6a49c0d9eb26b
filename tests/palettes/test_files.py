"""Palette files: the round trip of every format, and refused files."""

import contextlib
import re
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import kalette
from kalette.palettes import FORMATS, OPAQUE_ONLY, Swatches
from palette_cases import CMYK, ORANGE_AND_BLUE, RED, ase, ase_block, read

PALETTES = arrays(np.uint8, st.tuples(st.integers(1, 256), st.sampled_from([3, 4])), unique=False)


@given(PALETTES)
@hypothesis_settings(max_examples=15)
def test_every_format_survives_the_round_trip(tmp_path_factory, colors):
    """CSS lists equal colours once; formats without alpha get opaque colours."""
    for file_format in FORMATS:
        swatches = Swatches(colors[:, :3] if file_format in OPAQUE_ONLY else colors)
        path = tmp_path_factory.mktemp("palette") / "any"
        path.write_bytes(swatches.to_bytes(file_format))
        expected = list(dict.fromkeys(swatches)) if file_format == "css" else list(swatches)
        if file_format != "png":
            assert read(path) == expected
        else:  # PNG may change alpha 10 to 11
            assert [code[:7] for code in read(path)] == [code[:7] for code in expected]


def test_a_palette_is_saved_in_the_format_of_the_file_name(tmp_path):
    for file_format in FORMATS:
        ORANGE_AND_BLUE.save(tmp_path / f"two.{file_format}")
        assert read(tmp_path / f"two.{file_format}") == ["#ff8000", "#336699"]
    ORANGE_AND_BLUE.save(tmp_path / "two.TXT")
    assert (tmp_path / "two.TXT").read_bytes() == ORANGE_AND_BLUE.to_bytes("hex")
    with pytest.raises(kalette.WriteError, match="exists"):
        ORANGE_AND_BLUE.save(tmp_path / "two.hex")
    with pytest.raises(kalette.SettingsError, match=r"two.pal names no palette format; end it in"):
        ORANGE_AND_BLUE.save(tmp_path / "two.pal")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no colours; a palette holds 1 to 256"),
        ("  \n", "has no colours"),
        ("hello world", "line 1 says 'hello'; expected a colour such as #ff8000"),
        ("#ff8000\n#ff80000000", "line 2 says '#ff80000000'; expected a colour"),
        ("JASC-PAL\n0100\n2\n0 0 0", "its third line says '2' and 1 colours follow"),
        ("#000\n" * 300, "has 300 colours; a palette holds 1 to 256"),
        (b"\x80\x81\x82\x83", "is not a palette that Kalette knows; it reads hex lists, CSS"),
        (b"\xff\xfe\x00\xd8\x00", "is not a palette that Kalette knows"),
        ("GIMP Palette\n", "has no colours"),
        ("GIMP Palette\n1 2\n", "line 2 says '1 2'; expected three numbers from 0 to 255"),
        ("GIMP Palette\n1 2 256\n", "line 2 says '1 2 256'"),
        ("GIMP Palette\n1 2 -3\n", "line 2 says '1 2 -3'"),
        ("GIMP Palette\n1 2 \N{SUPERSCRIPT TWO}\n", "expected three numbers"),
        ("[", "cannot be read as a palette"),
        ("[" * 100_000, "cannot be read as a palette: its lists are nested too deeply"),
        ("[" + "9" * 5000 + "]", "cannot be read as a palette"),
        ("[1, 2, 3]", "1 is not a colour; give red, green, blue"),
        ("[null]", "None is not a colour"),
        ('{"a": []}', 'it holds no list of colours, and none under "colors"'),
        ('{"colors": {"a": "#fff"}}', "it holds no list of colours"),
        ("[[1, 2, 3.5], [1, 2]]", "is not a colour"),
        ("a: b;", "has no colours"),
        ("a: #12345;", "'#12345' is not a colour"),
        ("a: rgb(1 2);", "'rgb(1 2)' is not a colour that Kalette reads"),
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
def test_invalid_palettes_give_one_sentence_with_the_file_name(written, content, said):
    path = written(content)
    with pytest.raises((kalette.PaletteError, kalette.ReadError), match=re.escape(said)) as caught:
        kalette.read_palette(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_missing_and_giant_files_are_refused(tmp_path):
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
