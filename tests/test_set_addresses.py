"""The addresses that a release gets: metadata and README lead to the repository."""

import importlib.util
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPOSITORY = "https://example.org/someone/kalette"


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(ROOT / "scripts"))
    specification = importlib.util.spec_from_file_location(
        "set_addresses", ROOT / "scripts" / "set_addresses.py"
    )
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    yield module
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture
def copy(tmp_path):
    """The files that are read and written."""
    for name in ("pyproject.toml", "README.md", "src/kalette/types/version.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_picture_leads_to_its_file_and_a_link_to_its_page(script):
    text = "![In 4](docs/a.png) and [start](docs/start.md#x), [here](#usage), [there](https://example.com/y)"
    assert script.with_absolute_links(text, REPOSITORY, "v1.2") == (
        f"![In 4]({REPOSITORY}/raw/v1.2/docs/a.png) and [start]({REPOSITORY}/blob/v1.2/docs/start.md#x), "
        "[here](#usage), [there](https://example.com/y)"
    )


def test_no_link_of_the_readme_stays_relative(script, copy):
    before = (copy / "README.md").read_text(encoding="utf-8")
    script.set_addresses(copy, REPOSITORY)
    after = (copy / "README.md").read_text(encoding="utf-8")
    places = re.findall(r"\]\(([^)]+)\)", after)
    assert len(places) == len(re.findall(r"\]\(([^)]+)\)", before)) > 10
    assert all(place.startswith(("https://", "#")) for place in places)


def test_the_metadata_name_the_addresses(script, copy):
    script.set_addresses(copy, REPOSITORY, "https://example.org/docs")
    project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Homepage"] == REPOSITORY
    assert project["urls"]["Documentation"] == "https://example.org/docs"
    assert set(project) - {"urls"} == set(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    )


def test_a_second_time_is_refused(script, copy):
    script.set_addresses(copy, REPOSITORY)
    with pytest.raises(SystemExit, match="its addresses already"):
        script.set_addresses(copy, REPOSITORY)
