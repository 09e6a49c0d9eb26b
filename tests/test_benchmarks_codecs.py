"""The benchmark of image codecs: its arithmetic by hand, and the page that shows its figures."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("codec_tables")


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def row(name, *points, picture="a", **more):
    listed = [{"bytes": size, "ssimulacra2": score} for size, score in points]
    return {"picture": picture, "name": name, "points": listed, **more}


def test_bytes_at_a_score_are_interpolated_in_their_logarithm(tables):
    [found] = [row("JPEG", (100, 40), (400, 60))]
    assert tables.bytes_at(found["points"], 50) == pytest.approx(200)
    assert tables.bytes_at(found["points"], 39) is None
    assert tables.bytes_at(found["points"], 61) is None
    assert tables.bytes_at([], 50) is None


def test_the_mean_ratio_is_that_of_the_pictures_that_both_reach(tables):
    record = [
        row("Kalette", (100, 40), (400, 60)),
        row("JPEG", (25, 40), (100, 60)),
        row("Kalette", (50, 40), (200, 60), picture="b"),
        row("JPEG", (200, 40), (800, 60), picture="b"),
        row("Kalette", (100, 60), (200, 80), picture="c"),
        row("JPEG", (100, 40), (200, 60), picture="c"),
    ]
    # 50 / 200, 400 / 100, and a picture whose curve of Kalette begins above.
    assert tables.mean_ratio(record, "JPEG", 50) == (pytest.approx(1), 2)
    assert tables.mean_ratio(record, "JPEG", 90) is None


def test_the_smallest_good_file_may_be_the_exact_one(tables):
    assert tables.fewest_bytes(row("WebP", (50, 89.9), (80, 90), (99, 95), exact=90)) == 80
    assert tables.fewest_bytes(row("WebP", (50, 89.9), exact=90)) == 90
    assert tables.fewest_bytes(row("JPEG", (50, 89.9))) is None


def test_drawings_that_are_larger_or_not_reached_are_counted(tables):
    record = [
        row("Kalette", exact=100),
        row("JPEG", (200, 95)),
        row("Kalette", picture="b", exact=100),
        row("JPEG", (10, 20), picture="b"),
        row("Kalette", picture="c", exact=100),
        row("JPEG", (50, 90), picture="c"),
    ]
    shown = tables.blocks({"photographs": [], "drawings": record, "machine": MACHINE, "code_at_end": "x"})
    assert shown["codecs-drawings"].splitlines()[-1] == ("| JPEG | – | – | +0.0 % | 2 of 3 |")


MACHINE = {
    "date": "2026-01-01",
    "cpu": "CPU",
    "cores": 2,
    "system": "Linux",
    "python": "3.12",
    "kernels": "native",
    "code": "x",
    "versions": {},
    "missing": [],
}


def test_every_codec_encodes_and_scores_in_a_smoke_run(tmp_path):
    done = run("image_codecs.py", "--smoke", "--out", tmp_path / "image_codecs.json")
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "image_codecs.json").read_text(encoding="utf-8"))
    assert {entry["name"] for entry in record["photographs"]} >= {"Kalette", "JPEG", "WebP"}
    for entry in record["photographs"]:
        first, last = entry["points"]
        assert (first["bytes"] < last["bytes"]) == (first["ssimulacra2"] < last["ssimulacra2"])
    exact = {entry["name"] for entry in record["drawings"] if "exact" in entry}
    assert exact >= {"Kalette", "Kalette, WebP", "WebP"}
    assert not exact & {"JPEG", "AVIF"}


def test_the_page_shows_the_stored_figures():
    done = run("codec_tables.py", "--check")
    assert done.returncode == 0, done.stderr


def test_a_missing_data_folder_gives_a_sentence(tmp_path):
    done = run("image_codecs.py", "--data", tmp_path, "--out", tmp_path / "none.json")
    assert done.returncode == 1
    assert "has no folder kodak" in done.stderr
