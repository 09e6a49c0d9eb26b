"""The shape of the house: who may import whom, and what the package shows to the world."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kalette

SOURCE = Path(kalette.__file__).parent
ROWS = """
errors signals
color_codes
arrays containers limits settings
kernels learn sources
oklab png
color decoding metadata
images histogram metrics output sample wording
seeding kmeans mapping order
escape rounding encode given
choose goals palettes prepared rare
quantize result
pipeline
figures
comparison estimator batch
report
web
cli
__main__
"""
ROW_OF = {name: number for number, row in enumerate(ROWS.split("\n")) for name in row.split()}
HOMES = {
    "sklearn": {"estimator"},
    "matplotlib": {"figures"},
    "dask": {"batch"},
    "starlette": {"web"},
    "rich": {"report", "cli"},
    "click": {"cli"},
}
FILES = sorted(SOURCE.rglob("*.py"))


def module_of(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relative to itself"
            found.add(node.module)
            if node.module == "kalette":
                found |= {f"kalette.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_the_rows_above_its_own(path):
    own = module_of(path)
    if own == "__init__":
        return
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "kalette" or len(parts) == 1 or parts[1] in (own, "__version__"):
            continue
        assert ROW_OF[parts[1]] < ROW_OF[own], f"{own} imports {parts[1]}, which is not above it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_library_has_one_home(path):
    for name in imports_of(path):
        home = HOMES.get(name.split(".")[0])
        assert home is None or module_of(path) in home, f"{path} imports {name}"


def test_every_module_stands_in_a_row():
    assert {module_of(path) for path in FILES} - {"__init__"} <= set(ROW_OF)


def test_public_names_are_listed_and_can_be_had():
    assert sorted(kalette.__all__) == sorted(kalette._HOMES)
    with_sklearn = importlib.util.find_spec("sklearn") is not None
    for name in kalette.__all__:
        if name != "KMeans" or with_sklearn:
            assert getattr(kalette, name).__doc__, name
    assert set(kalette.__all__) <= set(dir(kalette))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = kalette.nothing


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert kalette.__version__ == version("kalette")


def test_compressing_loads_neither_rich_nor_matplotlib():
    code = (
        "import sys, numpy, kalette; kalette.compress(numpy.zeros((2, 2, 3), 'uint8')).to_bytes();"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'rich', 'matplotlib', 'click'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
