"""The table of dependencies agrees with pyproject.toml; a plain installation has no Matplotlib."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ROW = re.compile(r"^\| `([^`]+)` \| (?:`([^`]+)`)? ?\| ([^|]+) \| ([^|]+) \|$", re.M)

WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None
import kalette
result = kalette.compress(kalette.sample_pixels(32, 24), 4)
assert result.output_bytes and kalette.compare(kalette.sample_pixels(32, 24), [2]).rows
try:
    kalette.figures.comparison_grid([result])
except kalette.MissingLibraryError as error:
    print(error)
"""


def name_of(requirement):
    return re.match(r"[\w-]+", requirement)[0]


def test_the_table_lists_the_requirements_of_the_installation_and_of_each_extra():
    listed = {
        (name, extra) for name, extra, *_ in ROW.findall((ROOT / "docs/dependencies.md").read_text("utf-8"))
    }
    required = {(name_of(each), "") for each in PROJECT["dependencies"]}
    for extra, requirements in PROJECT["optional-dependencies"].items():
        if extra not in ("test", "all"):
            required |= {(name_of(each), extra) for each in requirements if name_of(each) != "kalette"}
    assert listed == required


def test_every_dependency_has_a_reason_and_a_licence():
    rows = ROW.findall((ROOT / "docs/dependencies.md").read_text(encoding="utf-8"))
    assert all(len(reason) > 10 and len(licence) > 2 for _, _, reason, licence in rows)
    assert not any("GPL" in licence for *_, licence in rows)


def test_without_matplotlib_all_but_figures_works():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MATPLOTLIB], check=True, capture_output=True, text=True
    )
    assert done.stdout == (
        "figures need Matplotlib 3.8 or later; install it with: pip install 'kalette[plot]'\n"
    )
