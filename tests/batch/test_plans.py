"""Plans: what is listed, how outputs are named, and what is refused before anything is written."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import os

import pytest

from kalette.batch import BatchOptions, plan
from kalette.batch.collisions import reserved_names
from kalette.types import ReadError, Settings, SettingsError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def pairs(planned, folder):
    return [(os.path.relpath(item.input, folder), item.output) for item in planned.items]


@pytest.fixture
def photos(tmp_path):
    touch(tmp_path / "photos", "b.jpg", "a/c.PNG", "a/d.webp", "notes.txt", ".hidden/e.png", ".f.png")
    return tmp_path / "photos"


def test_a_folder_gives_its_tree_and_leaves_out_hidden_and_other_files(photos, tmp_path):
    planned = plan([photos], tmp_path / "small", Settings(format="webp"))
    assert pairs(planned, photos) == [("a/c.PNG", "a/c.webp"), ("a/d.webp", "a/d.webp"), ("b.jpg", "b.webp")]
    assert planned.left_out == 1
    assert planned.size_bytes == 3
    assert not (tmp_path / "small").exists()


def test_globs_lists_and_files_keep_what_they_name(photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("photos/a/d.webp\n\nphotos/b.jpg\n")
    assert [item.output for item in plan(["photos/**/*.jpg"], "out").items] == ["b.png"]
    assert [item.output for item in plan(["photos/*/*"], "out").items] == ["a/c.png", "a/d.png"]
    assert [item.output for item in plan(["@list.txt"], "out").items] == ["photos/a/d.png", "photos/b.png"]
    assert [item.output for item in plan(["photos/b.jpg"], "out").items] == ["b.png"]


def test_an_absolute_path_in_a_list_keeps_its_folders_below_the_target(photos, tmp_path):
    (tmp_path / "list.txt").write_text(f"{photos}/b.jpg\n")
    (item,) = plan([f"@{tmp_path}/list.txt"], tmp_path / "out").items
    assert item.output == f"{photos}/b.png".lstrip("/")


def test_a_target_within_a_source_is_not_a_source(photos):
    touch(photos, "small/b.png")
    assert [item.output for item in plan([photos], photos / "small").items] == ["a/c.png", "a/d.png", "b.png"]


def test_two_inputs_of_one_output_are_refused_and_full_names_keep_them_apart(tmp_path):
    touch(tmp_path / "in", "a.jpg", "a.png")
    with pytest.raises(SettingsError, match=r"a\.jpg and .*a\.png would write the one a\.png; keep"):
        plan([tmp_path / "in"], tmp_path / "out")
    planned = plan([tmp_path / "in"], tmp_path / "out", options=BatchOptions(full_names=True))
    assert [item.output for item in planned.items] == ["a.jpg.png", "a.png.png"]


@pytest.mark.parametrize("names", [("a.jpg", "A.png"), ("caf\u00e9.jpg", "cafe\u0301.png")])
def test_outputs_that_differ_in_case_or_accents_alone_are_refused(tmp_path, names):
    touch(tmp_path / "in", *names)
    if len(list((tmp_path / "in").iterdir())) < 2:
        pytest.skip("this file system ignores the difference itself")
    with pytest.raises(SettingsError, match=r"are one file where case does not count|would write"):
        plan([tmp_path / "in"], tmp_path / "out")


def test_many_clashes_are_counted(tmp_path):
    touch(tmp_path / "in", *(f"{number}.{ending}" for number in range(9) for ending in ("jpg", "png")))
    with pytest.raises(SettingsError, match="; and 6 more; keep the endings"):
        plan([tmp_path / "in"], tmp_path / "out")


def test_nothing_is_written_outside_the_target_or_over_an_input(photos, tmp_path):
    (tmp_path / "list.txt").write_text("../elsewhere/a.png\n")
    with pytest.raises(SettingsError, match="outside the target; give a path without"):
        plan([f"@{tmp_path}/list.txt"], tmp_path / "out")
    with pytest.raises(SettingsError, match="source and target at once"):
        plan([photos], f"{photos}/")
    with pytest.raises(SettingsError, match="is an input and would be an output"):
        plan([photos / "a" / "c.PNG"], photos / "a", options=BatchOptions(full_names=True)) and plan(
            [photos / "a" / "d.webp"], photos / "a", Settings(format="webp")
        )
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").symlink_to(photos)
    with pytest.raises(SettingsError, match="outside the target; remove the link"):
        plan([photos], tmp_path / "out")


def test_names_that_windows_cannot_have_are_known():
    names = ["con.png", "a/NUL", "b/com1.tar.gz", "what?.png", "end.", "a\tb", "console.png", "b/a.png"]
    assert reserved_names(names) == names[:6]


def test_sources_that_do_not_exist_are_refused(tmp_path):
    for source, said in (
        ("nothing.png", "does not exist"),
        ("none*.png", "matches no file"),
        ("@x", "list x"),
    ):
        with pytest.raises(ReadError, match=said):
            plan([source], tmp_path)


def test_the_newest_come_first_when_asked_for(photos, tmp_path):
    os.utime(photos / "b.jpg", (2e9, 2e9))
    planned = plan([photos], tmp_path / "out", options=BatchOptions(newest_first=True))
    assert planned.items[0].output == "b.png"


def test_settings_apart_have_a_folder_each(photos, tmp_path):
    targets = {
        plan([photos], tmp_path / "out", Settings(k=k), BatchOptions(apart=True)).target for k in (8, 16)
    }
    assert len(targets) == 2
    assert any(target.startswith(str(tmp_path / "out" / "k8-")) for target in targets)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: plan("photos", "out"), "sources is 'photos'; give a list"),
        (lambda: plan(["photos"], 5), "the target is 5; give a folder"),
        (lambda: plan([], "out", 5), "settings is 5; give kalette.Settings"),
        (lambda: plan([], "out", None, 5), "options is 5; give kalette.batch.BatchOptions"),
        (lambda: BatchOptions(if_larger="x"), "if_larger is 'x'; choose one of copy, skip, write"),
        (lambda: BatchOptions(overwrite=1), "overwrite is 1; give True or False"),
    ],
)
def test_a_wrong_argument_is_a_sentence(call, said):
    with pytest.raises(SettingsError, match=said):
        call()
