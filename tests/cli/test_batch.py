"""`kalette batch` as a shell runs it: summary, JSON, plan, exit codes."""

import json

import pytest

import kalette
from batch_pictures import outputs, write_pictures
from shell import run, the_sentence

FAST = ("-k", "8", "--effort", "fast")


@pytest.fixture
def photos(tmp_path):
    write_pictures(tmp_path / "in", 6, broken=1)
    (tmp_path / "in" / "notes.txt").write_text("x")
    return tmp_path / "in"


def test_the_summary_tells_of_sizes_savings_and_every_failure(photos, tmp_path):
    done = run("batch", photos, tmp_path / "out", *FAST)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("7 of 7 images in ")
    assert "1 failed" in lines
    assert sum(" less  " in line for line in lines) == 5
    assert lines[-1].startswith(f"failed: {photos}/part0/0006.png")
    assert len(outputs(tmp_path / "out")) == 6
    again = run("batch", photos, tmp_path / "out", *FAST)
    assert "6 needed no work" in again.stdout
    assert "1 failed before; --retry-failed tries them again" in again.stdout
    assert again.returncode == 1


def test_broken_files_leave_all_others_done_and_are_told_each_in_a_sentence(tmp_path):
    """Five files of a hundred are broken, each in another way."""
    write_pictures(tmp_path / "in", 95)
    whole = (tmp_path / "in" / "part0" / "0000.png").read_bytes()
    broken = {
        "cut.png": whole[:-20],
        "empty.png": b"",
        "text.jpg": b"hello",
        "flipped.png": whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
        "huge.png": whole[:16] + b"\0\1\0\0\0\1\0\0" + whole[24:],
    }
    for name, data in broken.items():
        (tmp_path / "in" / name).write_bytes(data)
    done = run("batch", tmp_path / "in", tmp_path / "out", *FAST)
    assert done.returncode == 1
    assert len(outputs(tmp_path / "out")) == 95
    failures = [line for line in done.stdout.splitlines() if line.startswith("failed: ")]
    assert len(failures) == 5
    assert all(sum(name in line for line in failures) == 1 for name in broken)
    assert "Traceback" not in done.stdout + done.stderr


def test_json_has_a_line_for_each_image(photos, tmp_path):
    done = run("batch", photos, tmp_path / "out", *FAST, "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(record["status"] for record in records) == ["done"] * 6 + ["failed"]
    assert all("psnr_db" in record for record in records if record["status"] == "done")


def test_a_dry_run_prints_the_plan_and_an_estimate_and_writes_nothing(photos, tmp_path):
    done = run("batch", photos, tmp_path / "out", *FAST, "--dry-run")
    assert done.returncode == 0
    assert f"{photos}/part0/0000.png -> part0/0000.png" in done.stdout
    assert "7 images" in done.stdout
    assert "1 other file left out" in done.stdout
    assert "afterwards about " in done.stdout
    assert "by a sample of 6" in done.stdout
    assert "would fail: " in done.stdout
    assert not (tmp_path / "out").exists()


def test_a_dry_run_tells_what_a_shared_palette_saves_and_costs(photos, tmp_path):
    done = run("batch", photos, tmp_path / "out", *FAST, "--dry-run", "--shared-palette")
    assert "with one palette of 8 colours for all about " in done.stdout
    assert "beside a palette for each, it " in done.stdout
    assert " dB" in done.stdout


def test_palette_shared_is_the_palette_of_shared_palette(photos):
    (photos / "part0" / "0006.png").unlink()
    done = run("palette", photos, "--shared", *FAST, "--format", "hex", "--sort", "lightness")
    expected = kalette.shared_palette(sorted(photos.rglob("*.png")), 8, effort="fast")
    assert done.stdout.split() == list(expected.sorted_by("lightness"))


def test_usage_errors_are_one_sentence(photos, tmp_path):
    for arguments, said in (
        ((photos, photos), "source and target at once"),
        ((photos, tmp_path / "out", "--workers", "0"), "workers is 0"),
        ((photos, tmp_path / "out", "--timeout", "0"), "timeout_s is 0"),
    ):
        done = run("batch", *arguments)
        assert done.returncode == 2
        assert said in the_sentence(done)


def test_a_terminal_shows_progress_and_ctrl_c_ends_what_a_second_run_goes_on_with(
    photos, tmp_path, kalette_terminal
):
    write_pictures(photos, 400)  # long enough for Ctrl-C to come amid them
    arguments = ["batch", str(photos), str(tmp_path / "out"), *FAST]
    code, said = kalette_terminal(arguments, [("images/s", "\x03")], tmp_path)
    assert code == 130
    assert "interrupted" in said
    assert "saved" in said
    begun = len(outputs(tmp_path / "out"))
    assert 0 < begun < 400
    done = run("batch", *arguments[1:])
    assert done.returncode == 0
    assert len(outputs(tmp_path / "out")) == 400
