"""Files appear whole or not at all."""

import os
import stat

import pytest

from kalette.errors import WriteError
from kalette.output import write_whole


def test_a_new_file_holds_the_data_and_nothing_else_is_left(tmp_path):
    write_whole(tmp_path / "a.png", b"data")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.png": b"data"}


def test_an_existing_file_is_left_alone_unless_overwriting_is_allowed(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    with pytest.raises(WriteError, match="exists; allow overwriting"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    write_whole(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_missing_folder_and_a_folder_in_the_place_are_refused(tmp_path):
    with pytest.raises(WriteError, match="does not exist; create it"):
        write_whole(tmp_path / "none" / "a.png", b"data")
    with pytest.raises(WriteError, match="is a folder"):
        write_whole(tmp_path, b"data", overwrite=True)
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="does not exist; create it"):
        write_whole(tmp_path / "file" / "a.png", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.name == "nt", reason="file modes are those of POSIX")
def test_a_new_file_gets_the_rights_that_new_files_get(tmp_path):
    write_whole(tmp_path / "a.png", b"data")
    (tmp_path / "b.png").touch()
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.png", "b.png")}
    assert len(modes) == 1


def test_long_names_can_be_written(tmp_path):
    name = "n" * 250 + ".png"
    write_whole(tmp_path / name, b"data")
    assert (tmp_path / name).read_bytes() == b"data"
