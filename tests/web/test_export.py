"""The page as static files: complete, small, and nothing else."""

import gzip
import re

import pytest

from kalette.types import WriteError
from kalette.web import export_page
from kalette.web.page_folders import PAGE_FOLDERS
from shell import run

MOST_BYTES = 150_000  # gzipped


@pytest.fixture
def exported(tmp_path):
    export_page(tmp_path / "school")
    return tmp_path / "school"


def files_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_all_files_of_the_page_are_there_and_only_the_first_differs(exported):
    files = files_in(exported)
    served = {
        f"{path}/{file.name}".lstrip("/"): file.read_bytes()
        for path, folder in PAGE_FOLDERS.items()
        for file in folder.iterdir()
    }
    assert files.keys() == served.keys()
    assert [name for name in files if files[name] != served[name]] == ["index.html"]


def test_the_first_page_says_that_there_is_no_server_and_keeps_its_policy(exported):
    page = (exported / "index.html").read_text(encoding="utf-8")
    assert '<meta name="kalette-server" content="none">' in page
    assert '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';' in page
    assert 'content="here"' not in page


def test_every_file_that_a_file_names_is_there(exported):
    for name, data in files_in(exported).items():
        if not name.endswith((".js", ".html", ".css")):
            continue
        named = re.findall(rb"""(?:from |import |import\(|src=|href=|URL\()["']([\w./-]+\.\w+)["']""", data)
        for other in named:
            assert ((exported / name).parent / other.decode()).exists(), f"{name} names {other.decode()}"


def test_all_files_together_are_small(exported):
    assert sum(len(gzip.compress(data)) for data in files_in(exported).values()) < MOST_BYTES


def test_the_command_says_what_it_has_written(tmp_path):
    done = run("serve", "--export", "my school", cwd=tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(
        r"my school: \d+ files, [\d.]+ KB, gzipped [\d.]+ KB\n"
        r"Any web server can serve them; here: python -m http.server -d 'my school'\n",
        done.stdout,
    )


def test_a_folder_with_files_stays_as_it_is(exported):
    (exported / "index.html").write_text("mine")
    with pytest.raises(WriteError, match="is not empty; give a new or empty folder"):
        export_page(exported)
    assert (exported / "index.html").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"cannot be written to .*file.school \(.*\); give another"):
        export_page(tmp_path / "file" / "school")
