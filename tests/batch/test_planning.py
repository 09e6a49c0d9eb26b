"""The output of each input."""

import pytest

from kalette.batch import (
    STANDARD,
    Planned,
    chosen_format,
    plan_files,
    plan_in_place,
    require_apart,
    without_results,
)
from kalette.types import SettingsError


def test_outputs_go_beside_the_inputs_or_into_a_folder(tmp_path):
    assert plan_files(["a/b.jpg", "c.png"], None, "k16", "webp") == [
        Planned("a/b.jpg", "a/b-k16.webp"),
        Planned("c.png", "c-k16.webp"),
    ]
    in_folder = plan_files(["a/b.jpg"], f"{tmp_path}/", "k16", "png")
    assert in_folder == [Planned("a/b.jpg", f"{tmp_path}/b-k16.png")]
    assert plan_files([STANDARD], None, "k16", "png") == [Planned(STANDARD, STANDARD)]


def test_an_input_is_refused_whose_output_an_earlier_one_has_and_the_others_are_planned():
    plans = plan_files(["a.jpg", "a.png", "./a.jpg", "b.png"], None, "k8", "png")
    assert [planned.refusal for planned in plans] == [
        None,
        "a-k8.png is the output of a.jpg already; compress a.png by itself, to a name given with -o",
        "./a.jpg is given twice; it is compressed once",
        None,
    ]
    with pytest.raises(SettingsError, match="2 inputs cannot go to the one output"):
        plan_files(["a.jpg", "b.jpg"], "out.png", "k8", "png")


def test_an_output_that_is_an_input_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.touch()
    with pytest.raises(SettingsError, match="is an input itself"):
        plan_files([str(path)], str(path), "k8", "png")
    with pytest.raises(SettingsError, match=r"b-k8\.png is an input itself"):
        plan_files(["b.png"], None, "k8", "png", others=["b-k8.png"])
    with pytest.raises(SettingsError, match="would overwrite"):
        require_apart(str(path), [str(tmp_path / "." / "a.png")], "--figure")


def test_in_place_needs_distinct_inputs_in_a_format_that_can_be_written():
    with pytest.raises(SettingsError, match="cannot be replaced by the result"):
        plan_in_place(["a.jpg"], None)
    plans = plan_in_place(["a.jpg", "a.png", "./a.png", "a.gif"], "png")
    assert [planned.refusal is None for planned in plans] == [False, True, False, False]
    assert plans[2].refusal == "./a.png is given twice; it is compressed once"
    assert "a.gif asks for gif and --format for png" in str(plans[3].refusal)


@pytest.mark.parametrize("name", ["new", "new/", "new/below"])
def test_a_folder_that_does_not_exist_is_named(name, tmp_path):
    with pytest.raises(SettingsError, match=f"the folder {tmp_path}/{name} does not exist; create it"):
        chosen_format(f"{tmp_path}/{name}", None)


def test_results_of_an_earlier_run_are_not_inputs():
    assert without_results(["a.jpg", "a-k16.png", "a-kalette.webp", "b-k3.png"]) == (
        ["a.jpg", "b-k3.png"],
        {"a-k16.png": "a.jpg", "a-kalette.webp": "a.jpg"},
    )
