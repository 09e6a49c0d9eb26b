"""Benchmarks run, reject wrong output, and docs/benchmarks.md shows their figures. No test asserts a time."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import browser

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
DOCS = BENCHMARKS.parent / "docs" / "benchmarks.md"


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The folder with the JSON of a smoke run of each benchmark."""
    folder = tmp_path_factory.mktemp("results")
    for benchmark in (
        "speed",
        "equal_loss",
        "growth",
        "quality",
        "rate",
        "look",
        "target_quality",
        "flat",
        "motion",
        "serve",
    ):
        done = run(f"{benchmark}.py", "--smoke", "--out", folder / f"{benchmark}.json")
        assert done.returncode == 0, done.stderr
    slow = ("--with", '{"effort": "best"}', "--out", folder / "rate_best.json")
    done = run("rate.py", "--smoke", *slow)
    assert done.returncode == 0, done.stderr
    if any(map(shutil.which, browser.NAMES)):
        done = run("page.py", "--smoke", "--out", folder / "page.json")
        assert done.returncode == 0, done.stderr
    else:
        shutil.copy(BENCHMARKS / "results" / "page.json", folder)  # without a browser
    return folder


@pytest.fixture
def measure(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("measure")


def read(results, benchmark):
    return json.loads((results / f"{benchmark}.json").read_text(encoding="utf-8"))


def test_speed_times_kalette_and_all_peers_that_are_installed(results):
    speed = read(results, "speed")
    entries = speed["in_process"][0]["entries"]
    names = {entry["name"] for entry in entries}
    assert names >= {"Kalette fast", "Kalette balanced", "Kalette best", "Pillow octree"}
    assert not [entry for entry in entries if "flaw" in entry]
    for entry in entries:
        assert entry["min"] <= entry["median"] <= entry["max"]
    installed = set(speed["machine"]["versions"])
    assert installed.isdisjoint(speed["machine"]["missing"])
    assert ("scikit-learn KMeans" in names) == ("scikit-learn" in installed)


def test_speed_measures_commands_memory_and_start_up(results):
    speed = read(results, "speed")
    for row in speed["whole_commands"]:
        assert {entry["name"] for entry in row["entries"]} >= {"Kalette fast", "Kalette balanced"}
        assert not [entry for entry in row["entries"] if "flaw" in entry]
    assert all(row["peak_bytes"] > 0 < row["base_bytes"] for row in speed["memory"])
    assert [row["name"] for row in speed["start_up"]] == ["kalette --version", "import numpy, PIL.Image"]


def test_growth_measures_every_part_with_memory_and_bytes(results):
    growth = read(results, "growth")
    for part in ("megapixels", "k", "colors", "one_by_one", "in_one_call"):
        for row in growth[part]:
            assert row["entries"][0]["name"] == "Kalette"
            for entry in row["entries"]:
                assert min(entry["median"], entry["peak_bytes"], entry["output_bytes"]) > 0
    assert [row["colors"] for row in growth["colors"]] == [16, 512]
    assert [row["k"] for row in growth["k"]] == [2, 16]


def test_quality_measures_losses_of_all_efforts(results):
    rows = read(results, "quality")["rows"]
    assert not [row for row in rows if "flaw" in row]
    for effort in ("fast", "balanced", "best"):
        own = [row for row in rows if row["name"] == f"Kalette {effort}"]
        assert [row["k"] for row in own] == [4, 16]
        for row in own:
            assert row["loss"] + row["rounding"] == pytest.approx(row["summed_mse"], rel=1e-4)


def test_rate_scores_kalette_and_all_peers_that_are_installed(results):
    rate = read(results, "rate")
    names = {row["name"] for row in rate["rows"]}
    assert names >= {"Kalette", "Pillow"}
    assert {row["picture"] for row in rate["rows"]} == {"sample", "sample-alpha"}
    for row in rate["rows"]:
        backgrounds = 3 if row["picture"] == "sample-alpha" else 1
        assert len(row["points"]) >= 3
        for point in row["points"]:
            assert "flaw" not in point
            assert point["bytes"] > 0
            assert len(point["psnr_db"]) == backgrounds
    installed = set(rate["machine"]["versions"])
    assert ("pngquant --speed 1" in names) == ({"pngquant", "oxipng (pyoxipng)"} <= installed)


def test_a_quality_is_reached_and_compared_with_a_sweep(results):
    (row,) = read(results, "target_quality")["rows"]
    assert len(row["sweep"]) == 6
    for each in row["reached"]:
        assert each["ssimulacra2"] >= each["quality"]
    assert row["reached"]


def test_the_smallest_of_a_sweep_lies_between_the_scores_on_both_sides(measure):
    tables = importlib.import_module("target_quality_tables")
    points = [(256, 80.0, 4000), (256, 60.0, 1000), (64, 75.0, 3000), (64, 60.0, 1500)]
    sweep = [{"k": k, "ssimulacra2": score, "bytes": size_bytes} for k, score, size_bytes in points]
    assert tables.smallest_at(70.0, sweep) == pytest.approx(2000)  # halfway in the logarithm
    assert tables.smallest_at(90.0, sweep) is None


def test_look_measures_colors_and_score_of_both_encoders_with_and_without_k(results):
    rows = read(results, "look")["rows"]
    assert {row["picture"] for row in rows} == {"bar_chart", "line_chart", "pie_chart"}
    asked = {"Kalette": [None, 8, 16], "pngquant --speed 1": [8, 16]}
    assert "Kalette" in {row["name"] for row in rows} <= set(asked)
    for row in rows:
        assert [point.get("k") for point in row["points"]] == asked[row["name"]]
        for point in row["points"]:
            assert "flaw" not in point
            assert {"ssimulacra2", "ciede2000_p99", "ciede2000_mean"} < set(point)


def test_colors_are_compared_at_their_worst_background_and_differences_nobody_sees_count_as_equal(measure):
    tables = importlib.import_module("look_tables")

    def entry(percentiles: list[float], score: float) -> dict[str, object]:
        return {"ciede2000_p99": percentiles, "ssimulacra2": [score, 99.0], "bytes": 100}

    seen = tables.Pair("icon", 8, entry([0.2, 3.0], 70.0), entry([1.5, 0.1], 60.0))
    assert (seen.color_ratio("ciede2000_p99"), seen.gain) == (2.0, 10.0)
    unseen = tables.Pair("icon", 8, entry([0.4, 0.4], 95.0), entry([0.0, 0.1], 95.0))
    assert unseen.color_ratio("ciede2000_p99") == 1.0


def test_flat_graphics_are_exact_and_no_larger_than_from_oxipng(results):
    rows = read(results, "flat")["rows"]
    assert len(rows) == 3
    for row in rows:
        assert row["exact"]
        assert row["kalette_bytes"] <= row["oxipng_bytes"]


def test_the_page_measures_preview_and_file_for_each_effort(results):
    slider = read(results, "page")["slider"]
    assert [each["effort"] for each in slider] == ["fast", "balanced"]
    for each in slider:
        assert 0 < each["preview"]["p50"] <= each["file"]["p99"]


def test_the_page_measures_the_frames_of_watch_it_learn(results):
    frames = read(results, "page")["frames"]
    assert {each["action"] for each in frames} == {"playing", "turning"}
    for each in frames:
        assert each["frames"] > 2
        assert 0 < each["work_seconds"]["p50"] <= each["work_seconds"]["p99"]


def test_tables_fill_the_page_and_draw_the_plot(results, tmp_path):
    from PIL import Image

    page = tmp_path / "benchmarks.md"
    page.write_text(DOCS.read_text(encoding="utf-8"), encoding="utf-8")
    paths = ("--results", results, "--docs", page, "--plots", tmp_path)
    stale = run("tables.py", *paths, "--check")
    assert stale.returncode == 1
    assert "run benchmarks/tables.py" in stale.stderr
    done = run("tables.py", *paths)
    assert done.returncode == 0, done.stderr
    assert "| sample, 0.00614 megapixels |" in page.read_text(encoding="utf-8")
    assert run("tables.py", *paths, "--check").returncode == 0
    for plot in ("benchmarks.png", "growth.png", "rate.png", "rate-alpha.png"):
        with Image.open(tmp_path / plot) as image:
            assert image.format == "PNG"


def test_the_page_shows_the_stored_figures():
    done = run("tables.py", "--check")
    assert done.returncode == 0, done.stderr


def test_the_server_answers_as_the_library_and_refuses_what_is_too_much(results):
    record = read(results, "serve")
    assert record["load"]["statuses"] == {"200": record["load"]["uploads"]}
    assert set(record["overload"]["statuses"]) <= {"200", "429", "503"}
    assert record["overload"]["statuses"]["200"] > 0
    for entry in record["slider"]:
        assert entry["seconds"]["p50"] <= entry["seconds"]["p95"] <= entry["seconds"]["p99"]


@pytest.mark.parametrize(
    "script", ["speed.py", "equal_loss.py", "growth.py", "quality.py", "rate.py", "flat.py", "motion.py"]
)
def test_a_missing_data_folder_gives_a_sentence(script, tmp_path):
    done = run(script, "--data", tmp_path, "--out", tmp_path / "none.json")
    assert done.returncode == 1
    assert "has no folder kodak" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_error_of_a_palette_of_two(measure):
    pixels = np.array([[[0, 0, 0], [10, 0, 0], [200, 0, 0], [200, 20, 0]]], np.uint8)
    palette = np.array([[5, 0, 0], [200, 10, 0]], np.uint8)
    found = measure.judged(pixels, 2, measure.Produced(palette, np.array([[0, 0, 1, 1]])))
    assert found == {"colors_used": 2, "summed_mse": (25 + 25 + 100 + 100) / 4}


WRONG = {
    "shape": ([[0, 0, 0], [255, 255, 255]], [[0, 1, 1]], "indices of shape"),
    "entries": ([[0, 0, 0], [9, 9, 9], [255, 255, 255]], [[0, 2]], "3 palette entries for k of 2"),
    "index": ([[0, 0, 0], [255, 255, 255]], [[0, 2]], "indices up to 2"),
    "alpha": ([[0, 0, 0, 0], [255, 255, 255, 0]], [[0, 1]], "a palette of shape"),
    "swapped": ([[0, 0, 0], [255, 255, 255]], [[1, 0]], "worse than any one entry"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_output_gets_no_time(measure, wrong):
    palette, indices, message = WRONG[wrong]
    pixels = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    produced = measure.Produced(np.array(palette, np.uint8), np.array(indices))
    contestant = measure.Contestant(
        "wrong", lambda: produced, lambda outcome: measure.judged(pixels, 2, outcome), 2
    )
    [entry] = measure.in_turn([contestant])
    assert set(entry) == {"name", "flaw"}
    assert message in entry["flaw"]


def test_contestants_take_turns(measure):
    order = []
    contestants = [
        measure.Contestant(name, lambda name=name: order.append(name), lambda _: {}, runs)
        for name, runs in (("a", 3), ("b", 2))
    ]
    entries = measure.in_turn(contestants)
    assert order == ["a", "b", "a", "b", "a"]
    assert [entry["runs"] for entry in entries] == [3, 2]
