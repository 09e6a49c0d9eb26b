"""docs/coming-from: our commands and code run as they stand, and those of other tools where installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kalette
from extent import FULL

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "coming-from").glob("*.md"))
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
BASH = shutil.which("bash")
PAIR = re.compile(r"^\| `([^`]+)` \| `(kalette [^`]+)` \|", re.M)
CODES = re.compile(r"^\| [^|`]+ \| `([^`]+)` \| (\d+) \| `(kalette [^`]+)` \| (\d+) \|$", re.M)
PARAMETERS = re.compile(r"^\| `(image\.[^`]+)` \| `(kalette\.[^`]+)` \|$", re.M)
needs_bash = pytest.mark.skipif(os.name == "nt" or not BASH, reason="the commands are written for a shell")


def text(page):
    return (ROOT / "docs" / "coming-from" / page).read_text(encoding="utf-8")


def code_blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text(page), re.M | re.S)


@pytest.fixture
def folder(tmp_path):
    """A folder with the files that the pages mention."""
    pixels = kalette.sample_pixels(160, 96)
    for name in ("photo.png", "photo.jpg", "photos/a.png", "frames/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / name)
    Image.fromarray(np.roll(pixels, 8, axis=1)).save(tmp_path / "frames/2.png")
    kalette.compress(pixels, 8).save(tmp_path / "brand.png")
    two_colors = kalette.compress(pixels[40:48, :8], 2).to_array()
    kalette.compress(two_colors).save(tmp_path / "tiny.png")  # exact, so no smaller
    clear = np.dstack([pixels, np.where(np.indices(pixels.shape[:2])[1] < 9, 0, 255).astype(np.uint8)])
    Image.fromarray(clear).save(tmp_path / "icon.png")
    (tmp_path / "notes.txt").write_text("no image", encoding="utf-8")
    return tmp_path


def exit_code(command, folder):
    done = subprocess.run(
        [str(BASH), "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": PATH},
        capture_output=True,
        check=False,
    )
    print(done.stderr.decode())
    return done.returncode


def installed(command):
    """Return the command if its tool is here; ImageMagick 6 stands in for 7."""
    if command.startswith("magick ") and not shutil.which("magick", path=PATH):
        command = command.replace("magick ", "convert-im6 ", 1)
    tool = "pngquant" if "exec pngquant" in command else command.split()[0]
    return command if shutil.which(tool, path=PATH) else None


def pairs():
    return [(theirs, ours) for page in PAGES for theirs, ours in PAIR.findall(text(page.name))]


def tried(commands):
    """Return all commands, or a sample of them."""
    return list(dict.fromkeys(commands))[:: 1 if FULL else 4]


@needs_bash
@pytest.mark.parametrize("ours", tried(ours for _, ours in pairs()))
def test_each_command_of_kalette_runs(ours, folder):
    assert exit_code(ours, folder) == 0


@needs_bash
@pytest.mark.parametrize("theirs", tried(theirs for theirs, _ in pairs()))
def test_each_command_of_another_tool_runs_where_it_is_installed(theirs, folder):
    command = installed(theirs)
    if command is None:
        pytest.skip(f"{theirs.split()[0]} is not installed")
    assert exit_code(command, folder) == 0


@needs_bash
@pytest.mark.parametrize(("theirs", "their_code", "ours", "our_code"), CODES.findall(text("pngquant.md")))
def test_exit_codes_are_those_of_the_table(theirs, their_code, ours, our_code, folder):
    assert exit_code(ours, folder) == int(our_code)
    if installed("pngquant 3") and b"3." in subprocess.check_output(
        ["pngquant", "--version"], env={"PATH": PATH}
    ):
        for made in folder.glob("*-k*.png"):
            made.unlink()
        assert exit_code(theirs, folder) == int(their_code)


def test_the_tables_are_found():
    assert len(pairs()) > 35
    assert len(CODES.findall(text("pngquant.md"))) == 9
    assert len(PARAMETERS.findall(text("pillow.md"))) == 9


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_the_code_of_a_page_runs_from_top_to_bottom(page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    if "sklearn" in text(page):
        pytest.importorskip("sklearn", reason="the page compares with scikit-learn")
    names: dict[str, Any] = {}
    for block in code_blocks(page, "python"):
        exec(compile(block, page, "exec"), names)
    for theirs, ours in PARAMETERS.findall(text(page)):
        assert eval(theirs, names).mode == eval(ours, names).mode == "P"


@needs_bash
@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_the_commands_of_a_page_run_one_after_another(page, folder):
    for line in "".join(code_blocks(page, "sh")).splitlines():
        assert exit_code(line, folder) == 0
