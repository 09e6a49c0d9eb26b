"""`kalette plot`."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import os
import subprocess
import sys

import click
import numpy as np
import pytest
from PIL import Image

from kalette.types import KaletteError
from shell import call as run


@pytest.fixture
def photo(tmp_path, gradient, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(gradient).save("photo.png")
    return tmp_path / "photo.png"


def test_the_figure_is_written_beside_the_input_with_a_row_for_each_k(photo, capsys):
    run("plot", photo, "-k", "2,8", "--max-iter", 2)
    with Image.open(photo.with_name("photo-plot.png")) as image:
        assert image.format == "PNG"
        height = image.height
    said = capsys.readouterr()
    assert said.out.startswith(f"{photo.with_name('photo-plot.png')}  ")
    assert said.err == ""
    run("plot", photo, "-k", "2", "--max-iter", 2, "--overwrite", "-q", "--space", "oklab")
    with Image.open(photo.with_name("photo-plot.png")) as image:
        assert image.height < 0.6 * height
    assert capsys.readouterr().out == ""


def test_steps_without_output_writes_the_animation_only(photo):
    run("plot", photo, "-k", 4, "--steps", "steps.gif", "--max-iter", 2)
    with Image.open("steps.gif") as image:
        assert image.n_frames == 3
    assert not photo.with_name("photo-plot.png").exists()


def test_steps_and_output_write_both(photo):
    run("plot", photo, "-k", 4, "--steps", "steps.png", "-o", "figure.svg", "--max-iter", 1)
    with Image.open("steps.png") as image:
        assert image.n_frames == 2
    assert photo.with_name("figure.svg").read_bytes().startswith(b"<?xml")


def test_an_elbow_alone_is_written_without_the_plot(photo, capsys):
    run("plot", photo, "--elbow", "elbow.svg")
    assert photo.with_name("elbow.svg").read_bytes().startswith(b"<?xml")
    assert not photo.with_name("photo-plot.png").exists()
    assert capsys.readouterr().out.startswith("elbow.svg  ")
    run("plot", photo, "--elbow", "again.svg", "-q", "--init", "wu", "--seed", 7)
    assert photo.with_name("again.svg").read_bytes() == photo.with_name("elbow.svg").read_bytes()


def test_the_view_of_figure_and_steps_can_be_a_plane(photo):
    for view in ("cube", "plane"):
        outputs = ("-o", f"{view}.svg", "--steps", f"{view}.png")
        run("plot", photo, "-k", 4, "--max-iter", 1, "--view", view, *outputs, "-q")
    assert photo.with_name("cube.svg").read_bytes() != photo.with_name("plane.svg").read_bytes()
    assert photo.with_name("cube.png").read_bytes() != photo.with_name("plane.png").read_bytes()


def test_the_seed_decides_the_random_start(photo):
    for name, seed in (("a.svg", 1), ("b.svg", 1), ("c.svg", 2)):
        run("plot", photo, "-k", 3, "--max-iter", 1, "--seed", seed, "-o", name)
    same, again, other = (photo.with_name(name).read_bytes() for name in ("a.svg", "b.svg", "c.svg"))
    assert same == again
    assert same != other


@pytest.mark.parametrize("color", [(0, 0, 0, 0), (9, 99, 0, 255)], ids=["clear", "one colour"])
@pytest.mark.parametrize("side", [1, 20])
def test_pictures_of_one_color_are_plotted(photo, color, side):
    Image.fromarray(np.full((side, side, 4), color, np.uint8)).save("flat.png")
    run("plot", "flat.png", "-k", 8, "-o", "figure.png", "--steps", "steps.webp")
    assert photo.with_name("figure.png").exists()
    assert photo.with_name("steps.webp").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["photo.png", "-k", "0"], 2, "k is 0; a palette holds 1 to 256 colours"),
        (["photo.png", "-k", "2,300"], 2, "k is 300; a palette holds 1 to 256 colours"),
        (["photo.png", "-k", "many"], 2, "k is 'many'; give a whole number of colours"),
        (["photo.png", "-k", "4,8,4"], 2, "holds 4 twice; give each number once"),
        (["photo.png", "-k", "2,4", "--steps", "x.gif"], 2, "--steps shows one k and 2 are given"),
        (["photo.png", "-o", "x.jpg"], 2, "the extension of x.jpg is not a figure format; end it in .png"),
        (
            ["photo.png", "--steps", "x.mp4"],
            2,
            "the extension of x.mp4 is not an animation format; end it in .gif",
        ),
        (["photo.png", "-o", "photo.png", "--overwrite"], 2, "photo.png would overwrite photo.png"),
        (["photo.png", "--steps", "photo.png", "--overwrite"], 2, "name another file with --steps"),
        (["photo.png", "-o", "x.png", "--steps", "x.png"], 2, "name another file with --steps"),
        (["photo.png", "--elbow", "x.jpg"], 2, "the extension of x.jpg is not a figure format"),
        (["photo.png", "--elbow", "photo.png", "--overwrite"], 2, "name another file with --elbow"),
        (["photo.png", "-o", "x.png", "--elbow", "x.png"], 2, "name another file with --elbow"),
        (["two.png", "--elbow", "x.png"], 1, "two.png has too few colours for an elbow (2)"),
        (["photo.png", "--threads", "0"], 2, "threads is 0"),
        (["photo.png", "--tol", "-1"], 2, "tol is -1.0"),
        (["photo.png", "-o", "old.png"], 1, "old.png exists; allow overwriting (--overwrite)"),
        (["photo.png", "--steps", "old.png"], 1, "old.png exists; allow overwriting (--overwrite)"),
        (["photo.png", "-o", "none/x.png"], 1, "the folder none does not exist; create it"),
        (["photo.png", "--steps", "none/x.gif"], 1, "the folder none does not exist; create it"),
        (["none.png"], 1, "none.png does not exist; check the name"),
        (["icon.png", "-k", "1"], 1, "it needs k of at least 3"),
    ],
)
def test_bad_input_gives_one_sentence_and_leaves_no_file(photo, icon, arguments, code, said):
    Image.fromarray(icon).save("icon.png")
    Image.fromarray(np.array([[[0] * 3, [9] * 3]], np.uint8)).save("two.png")
    photo.with_name("old.png").touch()
    before = sorted(photo.parent.iterdir())
    with pytest.raises(KaletteError) as refused:
        run("plot", *arguments)
    assert refused.value.exit_code == code
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert sorted(photo.parent.iterdir()) == before


def test_a_plot_needs_an_image():
    with pytest.raises(click.UsageError, match="image"):
        run("plot")


def test_plot_reads_standard_input_and_shows_no_progress_when_piped(photo):
    command = [sys.executable, "-c", "from kalette.cli import main; main()", "plot", "-", "--max-iter", "1"]
    done = subprocess.run(command, input=photo.read_bytes(), capture_output=True, check=True)
    assert done.stdout.startswith(b"stdin-plot.png  ")
    assert done.stderr == b""
    assert photo.with_name("stdin-plot.png").exists()


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
def test_plot_shows_progress_on_a_terminal(photo):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from kalette.cli import main; main()", "plot", "photo.png"]
    with subprocess.Popen(
        [*command, "--max-iter", "2", "--steps", "s.gif"], stderr=theirs, stdout=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"k = 16" in shown
    assert b"s.gif" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the end of a pseudo terminal on Linux
        return b""
