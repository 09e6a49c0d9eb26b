"""Plans: what is listed, how outputs are named, and what is refused before anything is written."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import glob
import os
import pickle
import sys
import tracemalloc
from functools import partial
from pathlib import Path

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


def many(folder, count, *, folders):
    """Write empty files into so many folders, and a list of them."""
    for number in range(count):
        (folder / f"{number % folders:04}").mkdir(parents=True, exist_ok=True)
        (folder / f"{number % folders:04}" / f"{number:06}.png").touch()
    (folder.parent / f"{folder.name}.txt").write_text("\n".join(map(str, folder.rglob("*.png"))))


def peak_bytes(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


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


def test_lines_of_a_list_may_end_as_in_windows_and_a_missing_file_fails_in_its_turn(
    photos, tmp_path, monkeypatch
):
    monkeypatch.chdir(photos)
    Path("list.txt").write_bytes(b"b.jpg\r\n \r\na/c.PNG\r\nnone.png")
    planned = plan(["@list.txt"], tmp_path / "out")
    assert [(item.path, item.version != "missing") for item in planned.items] == [
        ("a/c.PNG", True),
        ("b.jpg", True),
        ("none.png", False),
    ]
    Path("list.txt").write_bytes(b"b.jpg\n\xff.png\n")
    with pytest.raises(ReadError, match=r"the list list\.txt cannot"):
        plan(["@list.txt"], tmp_path / "out")


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "*/*",
        "**",
        "**/*.jpg",
        "**/[ac]*",
        "./*.jpg",
        "./**/*",
        ".*",
        "*/c.PNG",
        ".hidden/*",
        "**/.*",
        "a/**",
    ],
)
def test_a_pattern_takes_the_files_that_glob_takes(photos, tmp_path, monkeypatch, pattern):
    monkeypatch.chdir(photos)
    expected = sorted(each for each in glob.glob(pattern, recursive=True) if Path(each).is_file())  # noqa: PTH207
    assert sorted(item.path for item in plan([pattern], tmp_path / "out").items) == expected
    whole = plan([f"{photos}/{pattern}"], tmp_path / "out").items
    assert sorted(item.path for item in whole) == sorted(
        each
        for each in glob.glob(f"{photos}/{pattern}", recursive=True)  # noqa: PTH207
        if Path(each).is_file()
    )


def test_a_folder_of_many_folders_in_one_another_is_listed_whole(tmp_path):
    depth = 300
    (tmp_path / "in" / "/".join("d" * depth)).mkdir(parents=True)
    for level in range(depth):
        (tmp_path / "in" / "/".join("d" * level) / f"{level}.png").touch()
    assert len(plan([tmp_path / "in"], tmp_path / "out").items) == depth


@pytest.mark.parametrize(
    ("source", "folders", "target"),
    [
        ("{0}", 1, "out"),
        ("{0}", 1200, "out"),
        ("{0}", 1, "."),  # inputs in the target are looked up
        ("@{0}.txt", 1, "out"),
        ("{0}/0000/*.png", 1, "out"),
        ("{0}/**/*.png", 100, "out"),
    ],
)
def test_memory_does_not_grow_with_the_number_of_images(tmp_path, source, folders, target):
    many(tmp_path / "few", 20, folders=folders)
    many(tmp_path / "many", 2400, folders=folders)

    def least_peak(name):
        """Return the lower peak of two, as threads that other tests left behind may allocate meanwhile."""
        call = partial(plan, [source.format(tmp_path / name)], tmp_path / target)
        return min(peak_bytes(call), peak_bytes(call))

    assert least_peak("many") < least_peak("few") + 200_000


def test_a_plan_is_frozen_data_that_can_be_compared_and_pickled(photos, tmp_path):
    planned = plan([photos], tmp_path / "out")
    assert planned == plan([photos], tmp_path / "out")
    assert pickle.loads(pickle.dumps(planned)) == planned
    assert hash(planned) == hash(plan([photos], tmp_path / "out"))
    touch(photos, "new.png")
    assert planned != plan([photos], tmp_path / "out")
    assert len(planned.items) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="names of other systems are Unicode")
def test_names_that_are_no_unicode_are_planned(tmp_path):
    (tmp_path / "in").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/caf\xe9.png")).touch()
    (item,) = plan([tmp_path / "in"], tmp_path / "out").items
    assert os.fsencode(item.output) == b"caf\xe9.png"


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
