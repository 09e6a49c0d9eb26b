"""`kalette animate`, from frames to a file."""

import json

import numpy as np
import pytest
from PIL import Image

from kalette.reading import open_frames
from shell import run, run_here


@pytest.fixture
def frames(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(3):
        pixels = np.zeros((10, 20, 3), np.uint8)
        pixels[2:6, 3 * number : 3 * number + 4] = (250, 80 * number, 9)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    (folder / "notes.txt").write_text("not a frame")
    return folder


@pytest.mark.parametrize("name", ["out.gif", "out.png", "out.webp"])
def test_a_folder_becomes_an_animation(frames, tmp_path, name):
    done = run_here("animate", frames, "-o", tmp_path / name, "--fps", "12.5", "--loop", "2")
    assert done.returncode == 0, done.stderr
    animation = open_frames(tmp_path / name)
    assert [frame.delay_ms for frame in animation] == [80] * 3
    assert (animation.size, animation.loops) == ((20, 10), 2)


def test_a_list_of_frames_is_scaled_and_told_as_json(frames, tmp_path):
    files = sorted(frames.glob("*.png"))
    done = run_here("animate", *files, "-o", tmp_path / "a.gif", "--delay", "40", "--width", "10", "--json")
    told = json.loads(done.stdout)
    assert (told["width"], told["height"], told["frames"], told["duration_ms"]) == (10, 5, 3, 120)
    assert told["output_bytes"] == (tmp_path / "a.gif").stat().st_size


def test_an_animation_becomes_another(frames, tmp_path):
    run_here("animate", frames, "-o", tmp_path / "a.gif", "--delay", "70")
    assert run_here("animate", tmp_path / "a.gif", "-o", tmp_path / "b.png").returncode == 0
    assert [frame.delay_ms for frame in open_frames(tmp_path / "b.png")] == [70] * 3


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--fps", "10", "--delay", "40"], 2, "give one of them"),
        (["--fps", "0"], 2, "--fps is 0"),
        (["--width", "0"], 2, "--width is 0"),
        (["--loop", "-1"], 2, "loops is -1"),
    ],
)
def test_contradictions_are_one_sentence(frames, tmp_path, arguments, code, sentence):
    done = run_here("animate", frames, "-o", tmp_path / "a.gif", *arguments)
    assert done.returncode == code
    assert sentence in done.stderr
    assert not (tmp_path / "a.gif").exists()


def test_a_still_is_refused_with_the_way_out(frames, tmp_path):
    done = run_here("animate", frames / "0.png", "-o", tmp_path / "a.gif")
    assert done.returncode == 1
    assert "has one image; give an animation or several frames" in done.stderr


@pytest.mark.parametrize(
    ("limit", "least"), [("--max-pixels", "3 frames of 20 x 10 = 600 pixels"), ("--max-frames", "2 frames")]
)
def test_what_helps_against_too_many_frames_depends_on_the_command_and_the_input(
    frames, tmp_path, limit, least
):
    given = limit, {"--max-pixels": "599", "--max-frames": "2"}[limit]
    made = run_here("animate", frames, "-o", tmp_path / "a.gif")
    assert made.returncode == 0, made.stderr
    folder = run_here("animate", frames, "-o", tmp_path / "b.gif", *given).stderr
    assert least in folder
    assert folder.rstrip().endswith("or give fewer or smaller frames")
    file = run_here("animate", tmp_path / "a.gif", "-o", tmp_path / "b.gif", *given).stderr
    assert file.rstrip().endswith(f"raise the limit ({limit}) if you trust the file")
    one = run_here("compress", tmp_path / "a.gif", "-o", tmp_path / "b.gif", "--max-pixels", "599").stderr
    assert one.rstrip().endswith("or compress the first frame (--first-frame)")


def test_compress_keeps_an_animation_animated(frames, tmp_path):
    run_here("animate", frames, "-o", tmp_path / "a.gif", "--delay", "70")
    done = run_here("compress", tmp_path / "a.gif", "-o", tmp_path / "b.gif", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["frames"], told["duration_ms"], told["is_exact"]) == (3, 210, True)
    assert open_frames(tmp_path / "b.gif").frame_count == 3


@pytest.mark.parametrize("command", ["animate", "compress"])
def test_an_animation_comes_from_standard_input_and_goes_to_standard_output(frames, tmp_path, command):
    run_here("animate", frames, "-o", tmp_path / "a.gif", "--delay", "70")
    done = run(
        *(command, "-", "-o", "-", "--format", "webp"), input=(tmp_path / "a.gif").read_bytes(), text=False
    )
    assert done.returncode == 0, done.stderr
    assert [frame.delay_ms for frame in open_frames(done.stdout)] == [70] * 3


def test_compress_draws_an_animation_over_time(frames, tmp_path):
    run_here("animate", frames, "-o", tmp_path / "a.gif")
    figure = tmp_path / "a.svg"
    done = run_here("compress", tmp_path / "a.gif", "-o", tmp_path / "b.gif", "--figure", figure)
    assert done.returncode == 0, done.stderr
    assert "<!-- KB a frame -->" in figure.read_text(encoding="utf-8")


def test_compress_takes_the_first_frame_when_asked_to(frames, tmp_path):
    run_here("animate", frames, "-o", tmp_path / "a.gif", "--delay", "70")
    done = run_here("compress", tmp_path / "a.gif", "-o", tmp_path / "b.gif", "--first-frame")
    assert done.returncode == 0, done.stderr
    assert open_frames(tmp_path / "b.gif") is None


def test_a_figure_is_drawn_and_refused_before_the_work_where_it_cannot_be(frames, tmp_path):
    done = run_here("animate", frames, "-o", tmp_path / "a.gif", "--figure", tmp_path / "a.svg")
    assert done.returncode == 0, done.stderr
    assert "<!-- KB a frame -->" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    again = run_here("animate", frames, "-o", tmp_path / "b.gif", "--figure", tmp_path / "a.svg")
    assert again.returncode != 0
    assert not (tmp_path / "b.gif").exists()


def test_a_report_is_written_and_refused_before_the_work_where_it_cannot_be(frames, tmp_path):
    report = tmp_path / "a.html"
    done = run_here("animate", frames, "-o", tmp_path / "a.gif", "--html", report)
    assert done.returncode == 0, done.stderr
    assert "<title>frames, 3 frames</title>" in report.read_text(encoding="utf-8")
    again = run_here("animate", frames, "-o", tmp_path / "b.gif", "--html", report)
    assert again.returncode != 0
    assert not (tmp_path / "b.gif").exists()


def test_compress_reports_on_an_animation_with_the_same_page(frames, tmp_path):
    source, report = tmp_path / "a.gif", tmp_path / "a.html"
    run_here("animate", frames, "-o", source)
    done = run_here("compress", source, "-o", tmp_path / "b.gif", "--html", report)
    assert done.returncode == 0, done.stderr
    own = run_here("animate", source, "-o", tmp_path / "c.gif", "--html", tmp_path / "c.html")
    assert own.returncode == 0, own.stderr
    assert report.read_bytes() == (tmp_path / "c.html").read_bytes()
    assert "<title>a.gif, 3 frames</title>" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "code", "sentence"),
    [
        (["a.gif", "one.png", "--html", "r.html"], 2, "--html shows one animation and 2 are given"),
        (["a.gif", "--html", "a.gif", "--overwrite"], 2, "would overwrite a.gif; name another"),
        (["a.gif", "--html", "none/r.html"], 1, "the folder none does not exist; create it"),
        (["a.gif", "--html", "r.html", "--first-frame"], 2, "one image is taken of a.gif; for a report"),
        (["one.png", "--html", "r.html"], 2, "one image is taken of one.png; for a report"),
        (["-", "-o", "b.png", "--html", "r.html"], 2, "- is standard input; name the file"),
    ],
)
def test_a_report_of_compress_is_refused_before_the_work(
    frames, tmp_path, monkeypatch, given, code, sentence
):
    run_here("animate", frames, "-o", tmp_path / "a.gif")
    run_here("compress", frames / "0.png", "-o", tmp_path / "one.png")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    done = run_here("compress", *given)
    assert (done.returncode, sorted(tmp_path.iterdir())) == (code, before)
    assert sentence in done.stderr
