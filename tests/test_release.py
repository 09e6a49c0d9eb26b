"""The check of a release finds what disagrees."""

import importlib.util
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("release", ROOT / "scripts" / "release.py")
release = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(release)

FILES = ["CHANGELOG.md", "CITATION.cff", "README.md", "CONTRIBUTING.md", "pyproject.toml"]
PARTS = [*FILES, ".github/workflows/tests.yml", "src/kalette/types/version.py"]


@pytest.fixture
def copy(tmp_path):
    """The files that the check reads."""
    for name in PARTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("images"))
    return tmp_path


def change(root, name, old, new):
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def test_the_sources_agree():
    assert list(release.faults_of(ROOT)) == []


def test_a_new_version_must_be_in_changelog_and_citation(copy):
    change(copy, "src/kalette/types/version.py", release.version_of(ROOT), "9.9.9")
    faults = list(release.faults_of(copy))
    assert len(faults) == 2
    assert all("9.9.9" in fault for fault in faults)


def test_a_promised_python_must_be_tested(copy):
    change(copy, "pyproject.toml", "Python :: 3.13", "Python :: 3.99")
    assert list(release.faults_of(copy)) == ["pyproject.toml names Python 3.99, not in tests.yml"]


def test_a_page_must_be_linked(copy):
    (copy / "docs" / "lost.md").write_text("# Lost\n", encoding="utf-8")
    assert list(release.faults_of(copy)) == ["docs/lost.md is linked from no page"]


def test_a_release_needs_its_tag_and_a_date(copy):
    version = release.version_of(copy)
    assert any("tag it v" in fault for fault in release.faults_of_release(copy, "v0.0.0"))
    change(copy, "CHANGELOG.md", f"## {version} (unreleased)", f"## {version} (2030-01-31)")
    assert list(release.faults_of_release(copy, f"v{version}")) == []


def test_an_unreleased_version_is_no_release():
    assert any("unreleased" in fault for fault in release.faults_of_release(ROOT, "v0.1.0"))
