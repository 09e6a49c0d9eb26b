"""README and docs: commands and code run, and links lead to files."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest
from PIL import Image

import kalette
from shell import run_here

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TRIED = ("compare", "hardware", "palettes", "scale", "start", "watch")
WITH_COMMANDS = ["README.md", *(f"docs/{page}.md" for page in TRIED)]
BASH = shutil.which("bash")
NEEDS_SHELL = re.compile(r"[|&;<>*$]")


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page that follow the installation."""
    text = (ROOT / page).read_text(encoding="utf-8").split("## On the command line")[-1]
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def run_line(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line: by a shell if it needs one, else in this process, which saves the start of another."""
    words = shlex.split(line, comments=True)
    if words[0] == "kalette" and not NEEDS_SHELL.search(" ".join(words)):
        return run_here(*words[1:])
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path}
    return subprocess.run([str(BASH), "-c", line], env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path):
    """A folder with the files that the pages mention."""
    Image.fromarray(kalette.sample_pixels(240, 160)).save(tmp_path / "photo.jpg")
    icon = np.zeros((24, 24, 4), np.uint8)
    icon[4:20, 4:20] = np.arange(16 * 16 * 4, dtype=np.uint16).reshape(16, 16, 4) % 251
    icon[8:12, 8:12, 3] = 255
    Image.fromarray(icon).save(tmp_path / "icon.png")
    Image.fromarray(kalette.sample_pixels(24, 24)).save(tmp_path / "sprite.png")
    for name in ("photos/a/b.jpg", "photos/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(kalette.sample_pixels(60, 40)).save(tmp_path / name)
    swatches = kalette.compress(kalette.sample_pixels(24, 24), k=5).swatches
    swatches.save(tmp_path / "brand.gpl")
    swatches.save(tmp_path / "game.hex")
    return tmp_path


@pytest.mark.skipif(os.name == "nt" or not BASH, reason="the commands are written for a shell")
@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_run_as_they_stand(page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    commands = [line for block in blocks(page, "sh") for line in block.splitlines()]
    assert all("kalette" in line for line in commands)
    for line in dict.fromkeys(commands):
        done = run_line(line)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_code_of_a_page_runs_as_it_stands(page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not urlparse(target).scheme:
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name} links to {target}"


def test_pictures_are_small_enough_for_a_page():
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 600_000, picture.name
