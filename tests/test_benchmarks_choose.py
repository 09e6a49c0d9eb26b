"""The benchmark of the choice of k runs, and docs/compare.md shows its figures. No test asserts a time."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
DOCS = BENCHMARKS.parent / "docs" / "compare.md"


def run(script: str, *arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_smoke_run_fills_the_page(tmp_path):
    run("choose.py", "--smoke", "--out", tmp_path / "choose.json")
    record = json.loads((tmp_path / "choose.json").read_text(encoding="utf-8"))
    (curve,) = record["curves"]
    assert 2 < curve["recommended_k"] < 256
    for entry in curve["errors"]:
        assert 0.7 < entry["estimated_mse"] / entry["mse"] < 1.3
    page = tmp_path / "compare.md"
    page.write_text(DOCS.read_text(encoding="utf-8"), encoding="utf-8")
    run("choose_tables.py", "--results", tmp_path, "--docs", page)
    text = page.read_text(encoding="utf-8")
    assert "| sample |" in text
    assert "| kalette compare, whole command |" in text


def test_the_page_shows_the_figures_of_the_json(tmp_path):
    page = tmp_path / "compare.md"
    page.write_text(DOCS.read_text(encoding="utf-8"), encoding="utf-8")
    run("choose_tables.py", "--docs", page)
    assert page.read_text(encoding="utf-8") == DOCS.read_text(encoding="utf-8")
