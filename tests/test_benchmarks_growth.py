"""The benchmark of growth: its pictures and steps by hand, and its record. No test asserts a time."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kalette import sample_pixels

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="no peak memory of a child")


@pytest.fixture
def module(monkeypatch):
    """Import a module of the benchmarks by name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / "growth.py"), "--smoke", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("megapixels", [0.001, 0.006144, 0.02])
def test_a_scaled_picture_has_the_size_and_the_look(module, megapixels):
    pixels = sample_pixels(96, 64)
    made = module("growth_pictures").scaled(pixels, megapixels)
    height, width, _ = made.shape
    assert 0.95 * megapixels * 1e6 <= height * width <= megapixels * 1e6
    assert width / height == pytest.approx(1.5, rel=0.05)
    assert made.mean(axis=(0, 1)) == pytest.approx(pixels.mean(axis=(0, 1)), abs=2)


def test_noise_changes_bytes_by_three_at_most(module):
    grey = np.full((300, 20, 3), 254, np.uint8)
    assert np.unique(module("growth_pictures").with_noise(grey)).tolist() == [251, 252, 253, 254, 255]


@pytest.mark.parametrize("bits", [0, 1, 6, 10])
def test_a_picture_gets_exactly_that_many_colours_equally_often(module, bits):
    growth_pictures = module("growth_pictures")
    square = growth_pictures.squared(sample_pixels(96, 64), 32)
    made = growth_pictures.with_colors(square, bits)
    _, counts = np.unique(made.reshape(-1, 3), axis=0, return_counts=True)
    assert counts.tolist() == [1024 >> bits] * (1 << bits)
    assert growth_pictures.count_colors(made) == 1 << bits


def test_more_colours_come_closer_to_the_picture(module):
    growth_pictures = module("growth_pictures")
    square = growth_pictures.squared(sample_pixels(96, 64), 32)
    made = [growth_pictures.with_colors(square, bits).astype(int) for bits in (1, 4, 7)]
    errors = [np.square(each - square).mean() for each in made]
    assert errors == sorted(errors, reverse=True)


def test_equal_colours_move_apart_and_others_stay(module):
    colors = np.array([[0, 0, 0]] * 9 + [[255, 255, 255], [90, 80, 70]])
    made = module("growth_pictures").made_distinct(colors)
    assert len(np.unique(made, axis=0)) == len(colors)
    assert made[9:].tolist() == colors[9:].tolist()
    assert made[:9].max() <= 9


def row(at, seconds, pixels=1):
    return {"at": at, "pixels": pixels, "entries": [{"name": "Kalette", "median": seconds}]}


def test_a_step_shows_as_the_largest_rise(module):
    text = module("growth_tables").step_text("k", [row(2, 1.0), row(4, 1.1), row(8, 3.3), row(16, 3.0)])
    assert text == (
        "Largest rise of time between neighbours: Kalette ×3.00 from 4 to 8; "
        "less time for more: ×0.91 from 8 to 16."
    )


def test_time_over_megapixels_is_compared_by_the_pixel(module):
    rows = [row(1, 1.0, 1000), row(2, 1.5, 2000), row(4, 3.3, 4000)]
    text = module("growth_tables").step_text("megapixels", rows)
    assert text == "Largest rise of time per megapixel between neighbours: Kalette ×1.10 from 2 to 4."
    falling = module("growth_tables").step_text("megapixels", rows[:2])
    assert falling == "Largest rise of time per megapixel between neighbours: Kalette none."


def test_ticks_are_some_of_the_places(module):
    apart = module("growth_plot").apart
    assert apart([0.25, 0.5, 1, 2, 4, 8, 12, 16, 24, 32, 64]) == [0.25, 1, 4, 16, 64]
    assert apart([2, 4, 8, 16, 32, 64, 128, 256]) == [2, 8, 32, 128]
    assert apart([7]) == [7]


def test_a_command_is_timed_and_its_peak_is_its_own(module):
    children = module("children")
    many = [sys.executable, "-S", "-c", "bytearray(64 << 20)"]
    few = [sys.executable, "-S", "-c", ""]
    held = bytearray(96 << 20)  # of this process, not of the children
    ran = children.ran(few, many)
    assert len(held) > ran.peak_bytes > 64 << 20 > children.ran(few).peak_bytes
    assert ran.seconds > 0
    assert ran.exit_code == 0
    assert children.ran([sys.executable, "-c", "raise SystemExit(3)"], few).exit_code == 3


def test_parts_are_added_to_the_record_and_rows_are_resumed(tmp_path):
    out = tmp_path / "growth.json"
    assert run("--out", out, "--parts", "k").returncode == 0
    first = json.loads(out.read_text(encoding="utf-8"))
    done = run("--out", out, "--parts", "colors")
    assert done.returncode == 0, done.stderr
    both = json.loads(out.read_text(encoding="utf-8"))
    assert both["k"] == first["k"]
    assert [each["at"] for each in both["colors"]] == [16, 512]
    both["k"] = both["k"][:1]
    out.write_text(json.dumps(both), encoding="utf-8")
    resumed = run("--out", out, "--parts", "k", "colors", "--resume")
    assert "growth: k 16" in resumed.stdout
    assert "growth: k 2\n" not in resumed.stdout
    assert "growth: colors 16\n" not in resumed.stdout
    rows = json.loads(out.read_text(encoding="utf-8"))["k"]
    assert [each["at"] for each in rows] == [2, 16]


def test_rows_of_other_code_are_not_mixed(tmp_path):
    out = tmp_path / "growth.json"
    assert run("--out", out, "--parts", "k").returncode == 0
    record = json.loads(out.read_text(encoding="utf-8"))
    record["machine"]["code"] = "other"
    out.write_text(json.dumps(record), encoding="utf-8")
    done = run("--out", out, "--parts", "colors")
    assert done.returncode == 1
    assert "measure all parts" in done.stderr
    assert json.loads(out.read_text(encoding="utf-8")) == record
