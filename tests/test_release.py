"""The check of a release finds what disagrees."""

import importlib.util
import io
import shutil
import tarfile
import zipfile
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


def wheel_at(folder, metadata):
    folder.mkdir()
    with zipfile.ZipFile(folder / "kalette-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("kalette-1.0.dist-info/METADATA", metadata)
    return folder


def test_a_built_file_must_name_addresses_and_show_absolute_links(tmp_path):
    bare = "Name: kalette\n\n![A](docs/a.png)\n"
    address = "Project-URL: Homepage, https://example.org"
    full = f"Name: kalette\n{address}\n\n![A](https://example.org/a.png) [b](#b)\n"
    first, second = release.faults_of_files(wheel_at(tmp_path / "bare", bare))
    assert "names no address" in first
    assert "relative links" in second
    assert list(release.faults_of_files(wheel_at(tmp_path / "full", full))) == []
    with tarfile.open(tmp_path / "full" / "kalette-1.0.tar.gz", "w:gz") as archive:
        information = tarfile.TarInfo("kalette-1.0/PKG-INFO")
        information.size = len(bare)
        archive.addfile(information, io.BytesIO(bare.encode()))
    assert len(list(release.faults_of_files(tmp_path / "full"))) == 2
    (tmp_path / "none").mkdir()
    assert list(release.faults_of_files(tmp_path / "none")) == [
        f"{tmp_path / 'none'} holds no wheel and no source archive"
    ]
