"""The benchmark of batches runs, and docs/scale.md shows its figures. No test asserts a time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
DOCS = BENCHMARKS.parent / "docs" / "scale.md"
MARKED = "".join(
    f"<!-- begin batch-{name} -->\n<!-- end batch-{name} -->\n"
    for name in ("machine", "speed", "plan", "billion")
)


def run(script: str, *arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="pngquant runs under xargs")
def test_a_smoke_run_makes_all_tables(tmp_path):
    run("batch.py", "--smoke", "--out", tmp_path / "batch.json")
    record = json.loads((tmp_path / "batch.json").read_text(encoding="utf-8"))
    assert [plan["images"] for plan in record["plans"]] == [10, 1000]
    kalette = [entry for entry in record["photographs"] if "pngquant" not in entry["name"]]
    assert len(kalette) == 4
    assert all(entry["images"] == 2 for entry in kalette)
    assert len({entry["output_bytes"] for entry in kalette}) == 2  # by effort, not by processes
    assert len({entry["output_bytes"] for entry in record["engines"]}) == 1  # the engines write the same
    page = tmp_path / "scale.md"
    page.write_text(MARKED, encoding="utf-8")
    run("batch_tables.py", "--results", tmp_path, "--docs", page)
    text = page.read_text(encoding="utf-8")
    assert "| defaults, two processes beside one |" in text
    assert "| 1,000 |" in text


@pytest.mark.skipif(
    not (BENCHMARKS / "results" / "batch.json").exists(), reason="the benchmark has not been run in full"
)
def test_the_page_shows_the_figures_of_the_json(tmp_path):
    page = tmp_path / "scale.md"
    page.write_text(DOCS.read_text(encoding="utf-8"), encoding="utf-8")
    run("batch_tables.py", "--docs", page)
    assert page.read_text(encoding="utf-8") == DOCS.read_text(encoding="utf-8")
