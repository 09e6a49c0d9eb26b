"""docs/exercises.md and docs/why-larger.md: the code runs, the answers are those that the page shows."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kalette
from kalette import learn

ROOT = Path(__file__).parents[1]
CLOSEST = "idx[i] = ((X[i] - centroids) ** 2).sum(axis=1).argmin()"
MEANS = "centroids[j] = X[idx == j].mean(axis=0)"
BOTH = "idx = find_closest_centroids(X, centroids); centroids = compute_centroids(X, idx, 16)"


def code_of(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


def test_the_page_shows_the_answers_to_unfinished_functions():
    names: dict[str, Any] = {}
    page = (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")
    for code in code_of("exercises.md")[:2]:
        exec(code.rsplit("\n\n\n", 1)[0], names)
    for name in ("find_closest_centroids", "compute_centroids"):
        assert f"```\n{learn.check(names[name])!r}\n```" in page


def test_with_its_hints_the_page_compresses_a_picture():
    names: dict[str, Any] = {}
    for code, solution in zip(code_of("exercises.md"), (CLOSEST, MEANS, BOTH), strict=True):
        exec(code.replace("...  # your code", f"{solution}  # your code"), names)
    for name in ("find_closest_centroids", "compute_centroids"):
        assert learn.check(names[name])
    X, start = names["X"], learn.init_centroids(names["X"], 16, seed=0)
    np.testing.assert_allclose(names["centroids"], learn.run_kmeans(X, start, max_iters=10).centroids)


def test_the_notebook_of_exercises_holds_the_code_of_the_page():
    cells = json.loads((ROOT / "notebooks" / "exercises.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert code[1:] == [block.rstrip("\n") for block in code_of("exercises.md")]
    assert not any(cell.get("outputs") for cell in cells)


def test_the_page_on_larger_files_runs_and_its_sizes_follow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code in code_of("why-larger.md"):
        exec(code, names)
    said = (ROOT / "docs" / "why-larger.md").read_text(encoding="utf-8")
    of_16 = re.search(r"by `result.save` \| \*\*([\d.]+) KB\*\*", said)
    assert of_16
    assert float(of_16[1]) == pytest.approx(len(names["written"]) / 1000, rel=0.1)
    assert kalette.sample_pixels().nbytes == 1_179_648
