"""`kalette palette`, and palettes as options of `kalette compress`."""

import json
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kalette
from shell import run_here


@pytest.fixture
def photo(tmp_path, gradient):
    path = tmp_path / "photo.png"
    Image.fromarray(gradient).save(path)
    return path


@pytest.fixture
def icon_file(tmp_path, icon):
    path = tmp_path / "icon.png"
    Image.fromarray(icon).save(path)
    return path


PLAIN: dict[str, Any] = {"dither": "none", "rate": 0.0}


def _first_code(photo):
    return next(iter(kalette.compress(photo, k=3, **PLAIN).swatches.sorted_by("share")))


def test_a_pipe_gets_a_line_with_code_and_share_for_each_color(photo):
    done = run_here("palette", photo, "-k", 4, "--keep-color", "00ff00")
    swatches = kalette.compress(photo, k=4, keep_colors=["#00ff00"], **PLAIN).swatches.sorted_by("share")
    assert done.stdout == "".join(
        f"{code}  {100 * share:5.1f} %\n" for code, share in zip(swatches, swatches.shares, strict=True)
    )
    assert "#00ff00  " in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_shows_swatches(photo, kalette_terminal):
    code, said = kalette_terminal(["palette", photo.name, "-k", "3"], [], cwd=photo.parent)
    red, green, blue = bytes.fromhex(_first_code(photo)[1:])
    assert code == 0
    assert f"\x1b[48;2;{red};{green};{blue}m" in said
    assert said.count("━" * 5) >= 1


def test_the_palette_is_written_in_the_format_of_the_file_name(photo):
    target = photo.with_name("brand.ase")
    done = run_here("palette", photo, "-k", 5, "-o", target, "--sort", "lightness")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(kalette.read_palette(target)) == list(
        kalette.compress(photo, k=5, **PLAIN).swatches.sorted_by("lightness")
    )
    again = run_here("palette", photo, "-o", target)
    assert (again.returncode, "brand.ase exists; allow overwriting" in again.stderr) == (1, True)
    assert run_here("palette", photo, "-o", target, "--overwrite").returncode == 0


def test_palette_reads_standard_input_and_writes_standard_output(photo, kalette_command):
    done = kalette_command(
        *("palette", "-", "-k", 3, "--format", "aco", "-o", "-"), input=photo.read_bytes(), text=False
    )
    assert done.stdout == kalette.compress(photo, k=3, **PLAIN).swatches.sorted_by("share").to_bytes("aco")


def test_formats_without_alpha_drop_it_with_a_note(icon_file):
    done = run_here("palette", icon_file, "-k", 4, "--format", "gpl")
    assert "kalette: gpl has no alpha: clear colours are left out" in done.stderr
    assert done.stdout.startswith("GIMP Palette\n")
    assert run_here("palette", icon_file, "-k", 4, "--format", "css").stderr == ""
    quiet = run_here("palette", icon_file, "-k", 4, "--format", "gpl", "-q")
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none.png"], 1, "none.png does not exist"),
        (["photo.png", "-o", "x.pal"], 2, "x.pal names no palette format; end it in one of .hex"),
        (["photo.png", "-o", "x.ase", "--format", "gpl"], 2, "asks for ase and --format for gpl"),
        (["photo.png", "-o", "none/x.ase"], 1, "the folder none does not exist"),
        (["photo.png", "--keep-color", "red"], 2, "'red' is not a colour; give it in hexadecimal digits"),
    ],
)
def test_bad_input_gives_one_sentence(arguments, code, said, photo):
    before = sorted(photo.parent.iterdir())
    done = run_here("palette", *arguments, cwd=photo.parent)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert sorted(photo.parent.iterdir()) == before


def test_compress_takes_a_fixed_palette_from_a_file(photo):
    palette = photo.with_name("brand.gpl")
    palette.write_text("GIMP Palette\n255 255 255 white\n0 0 0 black\n0 128 128\n")
    done = run_here("compress", photo, "--palette", palette, "--json", "--dither", "diffusion")
    fields = json.loads(done.stdout)
    assert fields["output"] == str(photo.with_name("photo-kalette.png"))
    assert (fields["k"], fields["colors_used"], fields["iterations"]) == (3, 3, 0)
    assert fields["stopped_by"] == "fixed"
    assert fields["settings"]["palette"] == ["#ffffff", "#000000", "#008080"]
    assert len(fields["losses"]) == 1
    with Image.open(fields["output"]) as image:
        assert image.getpalette("RGB")[:9] == [255, 255, 255, 0, 0, 0, 0, 128, 128]


def test_compress_keeps_colors_and_names_the_file_by_k(photo):
    done = run_here("compress", photo, "-k", 6, "--keep-color", "f00", "--keep-color", "#00ff00", "-v")
    assert done.returncode == 0
    with Image.open(photo.with_name("photo-k6.png")) as image:
        colors = np.reshape(image.getpalette("RGB"), (-1, 3)).tolist()
    assert [255, 0, 0] in colors
    assert [0, 255, 0] in colors


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--palette", "none.gpl"], 1, "none.gpl cannot be read as a palette (No such file"),
        (["--palette", "many"], 1, "many has 300 colours; a palette holds 1 to 256"),
        (["--palette", "photo.png"], 1, "it is a picture of 3072 colours; make a palette of it first"),
        (["--palette", "two", "-k", "4"], 2, "k is 4, but the fixed palette holds 2; leave k out"),
        (
            ["--palette", "two"],
            1,
            "kalette: icon.png: the picture has clear pixels, but the fixed palette has no clear entry",
        ),
    ],
)
def test_bad_palettes_give_one_sentence(arguments, code, said, photo, icon_file):
    folder = photo.parent
    (folder / "two").write_text("#000 #fff")
    (folder / "many").write_text("#000\n" * 300)
    before = sorted(folder.iterdir())
    done = run_here("compress", icon_file.name, *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert sorted(folder.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
@pytest.mark.parametrize(
    ("arguments", "file_format"),
    [
        (["palette", "photo.png", "--format", "ase"], "ase"),
        (["compress", "photo.png", "-o", "-"], "png"),
        (["compress", "-"], "png"),
        (["compress", "photo.png", "-o", "-", "--format", "raw"], "raw"),
        (["animate", "photo.png", "photo.png", "-o", "-", "--format", "gif"], "gif"),
    ],
)
def test_binary_formats_are_not_written_to_a_terminal(arguments, file_format, photo, kalette_terminal):
    code, said = kalette_terminal(arguments, [], cwd=photo.parent)
    way_out = "name a file with -o, or pipe the output to a program"
    assert (code, said) == (2, f"kalette: {file_format} is not for a terminal; {way_out}\n")


def test_neither_the_image_nor_the_palette_file_is_overwritten(photo):
    colors = photo.with_name("colors.png")
    assert run_here("palette", photo, "-k", 4, "-o", colors).returncode == 0
    before = photo.read_bytes(), colors.read_bytes()
    for words in (
        ("palette", photo, "-o", photo),
        ("compress", photo, "--palette", colors, "-o", colors),
        ("compress", photo, "--palette", colors, "-o", photo.with_name("out.png"), "--figure", colors),
    ):
        done = run_here(*words, "--overwrite")
        assert done.returncode == 2
        assert "would overwrite" in done.stderr
    assert before == (photo.read_bytes(), colors.read_bytes())
