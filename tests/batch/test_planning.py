"""The output of each input."""

import pytest

from kalette.batch import STANDARD, plan_files, plan_in_place, require_apart, without_results
from kalette.types import SettingsError


def test_outputs_go_beside_the_inputs_or_into_a_folder(tmp_path):
    assert plan_files(["a/b.jpg", "c.png"], None, "k16", "webp") == [
        ("a/b.jpg", "a/b-k16.webp"),
        ("c.png", "c-k16.webp"),
    ]
    assert plan_files(["a/b.jpg"], f"{tmp_path}/", "k16", "png") == [("a/b.jpg", f"{tmp_path}/b-k16.png")]
    assert plan_files([STANDARD], None, "k16", "png") == [(STANDARD, STANDARD)]


def test_inputs_that_would_write_one_file_are_refused_before_any_work():
    with pytest.raises(SettingsError, match=r"a\.jpg and a\.png would write the one a-k8\.png"):
        plan_files(["a.jpg", "a.png"], None, "k8", "png")
    with pytest.raises(SettingsError, match="2 inputs cannot go to the one output"):
        plan_files(["a.jpg", "b.jpg"], "out.png", "k8", "png")


def test_an_output_that_is_an_input_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.touch()
    with pytest.raises(SettingsError, match="is an input itself"):
        plan_files([str(path)], str(path), "k8", "png")
    with pytest.raises(SettingsError, match="would overwrite"):
        require_apart(str(path), [str(tmp_path / "." / "a.png")], "--figure")


def test_in_place_needs_distinct_inputs_in_a_format_that_can_be_written():
    with pytest.raises(SettingsError, match="cannot be replaced by the result"):
        plan_in_place(["a.jpg"], None)
    with pytest.raises(SettingsError, match="would write the one"):
        plan_in_place(["a.png", "./a.png"], None)


def test_results_of_an_earlier_run_are_not_inputs():
    assert without_results(["a.jpg", "a-k16.png", "a-kalette.webp", "b-k3.png"]) == (
        ["a.jpg", "b-k3.png"],
        {"a-k16.png": "a.jpg", "a-kalette.webp": "a.jpg"},
    )
