"""The examples run as they stand: Make, CI, an upload in Flask, the hook of pre-commit."""

import importlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import kalette

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
BASH, MAKE = shutil.which("bash"), shutil.which("make")
needs_bash = pytest.mark.skipif(os.name == "nt" or not BASH, reason="the commands are written for a shell")


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        list(map(str, arguments)),
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def site(tmp_path):
    """A folder with photographs, as the examples expect it."""
    for name in ("a/one.jpg", "a/two.png", "three.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(kalette.sample_pixels(64, 48)).save(path)
    return tmp_path


def images(folder: Path) -> list[str]:
    kinds = (".png", ".jpg")
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in kinds)


@needs_bash
@pytest.mark.skipif(not MAKE, reason="there is no make")
def test_make_compresses_what_is_new(site):
    shutil.copy(EXAMPLES / "Makefile", site)
    done = run(MAKE, "images", cwd=site)
    assert done.returncode == 0, done.stderr
    names = [Path(name).with_suffix("").as_posix() for name in images(site / "public" / "images")]
    assert names == ["a/one", "a/two", "three"]
    times = {path: path.stat().st_mtime_ns for path in (site / "public").rglob("*.png")}
    again = run(MAKE, "images", cwd=site)
    assert again.returncode == 0, again.stderr
    assert times == {path: path.stat().st_mtime_ns for path in (site / "public").rglob("*.png")}
    single = run(MAKE, "photos/three-small.png", cwd=site)
    assert single.returncode == 0, single.stderr
    with Image.open(site / "photos" / "three-small.png") as image:
        assert image.mode == "P"


@needs_bash
def test_the_kalette_step_of_ci_compresses_the_photographs(site):
    (command,) = re.findall(r"- run: (kalette .*)", (EXAMPLES / "ci.yml").read_text(encoding="utf-8"))
    done = run(BASH, "-c", command, cwd=site)
    assert done.returncode == 0, done.stderr
    assert len(images(site / "public" / "images")) == 3


@needs_bash
def test_the_hook_replaces_files_once_and_passes_the_second_time(site):
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (entry,) = re.findall(r"entry: (.*)", text)
    picture = site / "photos" / "a" / "two.png"
    sizes = [picture.stat().st_size]
    for _ in range(2):
        done = run(BASH, "-c", f"{entry} {picture}", cwd=site)
        assert done.returncode == 0, done.stderr
        sizes.append(picture.stat().st_size)
    assert sizes[0] > sizes[1] == sizes[2]
    broken = site / "broken.png"
    broken.write_bytes(b"no picture")
    assert run(BASH, "-c", f"{entry} {broken}", cwd=site).returncode == 1


def test_an_upload_in_flask_is_answered_with_a_picture_or_a_sentence(monkeypatch):
    if importlib.util.find_spec("flask") is None:
        pytest.skip("the example needs Flask")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    client = importlib.import_module("flask_upload").app.test_client()
    file = io.BytesIO()
    Image.fromarray(kalette.sample_pixels(64, 48)).save(file, "PNG")
    answer = client.post("/images", data={"image": (io.BytesIO(file.getvalue()), "photo.png")})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.size == (64, 48)
    assert len(answer.data) < len(file.getvalue())
    refused = client.post("/images", data={"image": (io.BytesIO(b"no picture"), "photo.png")})
    assert refused.status_code == 400
    assert "Traceback" not in refused.text
    assert refused.text.count("\n") == 0
