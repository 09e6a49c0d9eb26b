"""`kalette compress` as a shell runs it."""

import json
import os

import numpy as np
import pytest
from PIL import Image

import kalette
from shell import run, run_here, the_sentence

FIELDS = (
    "input output format width height frames k colors_used bit_depth input_bytes output_bytes raw_bytes "
    "estimated_bytes mse psnr_db ssim iterations stopped_by losses seconds seed backend version settings"
)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(kalette.sample_pixels(64, 48)).save(path, compress_level=0)
    return path


def test_compress_writes_one_file_beside_the_input_and_prints_a_table(photo):
    done = run("compress", photo, "-k", 16)
    assert done.returncode == 0
    assert done.stderr == ""
    with Image.open(photo.with_name("photo-k16.png")) as image:
        assert (image.size, image.mode, len(image.getcolors())) == ((64, 48), "P", 16)
    for word in ("photo-k16.png", "PSNR", "dB", "to input", "to raw", "seconds"):
        assert word in done.stdout


def test_json_has_every_field_and_nothing_else_on_standard_output(photo):
    done = run("compress", photo, "-k", 8, "--json", "--seed", 5, "--init", "k-means++")
    (line,) = done.stdout.splitlines()
    fields = json.loads(line)
    assert set(FIELDS.split()) <= set(fields)
    written = photo.with_name("photo-k8.png")
    assert fields["input"] == str(photo)
    assert fields["output"] == str(written)
    assert fields["output_bytes"] == written.stat().st_size
    assert fields["input_bytes"] == photo.stat().st_size
    assert fields["settings"]["init"] == "k-means++"
    assert (fields["width"], fields["height"], fields["k"]) == (64, 48, 8)
    assert fields["bit_depth"] == written.read_bytes()[24]
    assert fields["estimated_bytes"] == 64 * 48 * 3 // 8 + 24
    original, shown = decoded(photo), decoded(written)
    assert fields["mse"] == pytest.approx(((original - shown) ** 2).mean())


def decoded(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB")).astype(float)


def test_k_auto_chooses_and_names_the_file_after_the_program(photo):
    done = run("compress", photo, "-k", "auto", "--json")
    fields = json.loads(done.stdout)
    assert photo.with_name("photo-kalette.png").exists()
    assert fields["settings"]["k"] == "auto"
    assert fields["k"] == fields["colors_used"]
    assert 2 < fields["k"] < 256


def test_an_input_that_fails_does_not_stop_the_others(photo, tmp_path):
    other = tmp_path / "text.png"
    other.write_text("no image")
    second = tmp_path / "second.png"
    second.write_bytes(photo.read_bytes())
    done = run("compress", photo, other, second, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [set(line) == {"input", "error", "exit_code"} for line in lines] == [False, True, False]
    assert photo.with_name("photo-k256.png").exists()
    assert second.with_name("second-k256.png").exists()
    assert "is not an image that Kalette knows" in done.stderr


def test_output_can_be_a_file_a_folder_or_standard_output(photo, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    assert run("compress", photo, "-o", tmp_path / "x.webp").returncode == 0
    assert run("compress", photo, "-o", folder, "--format", "gif").returncode == 0
    piped = run("compress", "-", "-o", "-", input=photo.read_bytes(), text=False)
    beside = run("compress", photo)
    assert (tmp_path / "x.webp").read_bytes()[8:12] == b"WEBP"
    assert (folder / "photo-k256.gif").read_bytes()[:3] == b"GIF"
    assert piped.stdout == photo.with_name("photo-k256.png").read_bytes()
    assert b"dB" in piped.stderr
    assert beside.returncode == 0


def test_an_existing_output_is_left_alone_without_overwrite(photo):
    target = photo.with_name("photo-k256.png")
    target.write_bytes(b"old")
    done = run("compress", photo)
    assert (done.returncode, target.read_bytes()) == (1, b"old")
    assert "exists; allow overwriting (--overwrite)" in done.stderr
    assert run("compress", photo, "--overwrite").returncode == 0
    assert target.read_bytes()[1:4] == b"PNG"


def test_a_larger_result_is_reported_or_skipped(tmp_path):
    """The PNG of one true-colour pixel is smaller than palette and index."""
    small = tmp_path / "small.png"
    Image.new("RGB", (1, 1), "red").save(small, optimize=True)
    reported = run("compress", small)
    skipped = run("compress", small, "--skip-if-larger", "--overwrite")
    assert reported.returncode == 0
    assert "is larger than" in reported.stderr
    assert skipped.returncode == 98
    assert "nothing is written" in skipped.stderr


def test_a_figure_shows_original_and_result(photo):
    figure = photo.with_name("figure.png")
    assert run("compress", photo, "-k", 4, "--figure", figure).returncode == 0
    with Image.open(figure) as image:
        shown = {color for _, color in image.convert("RGB").getcolors(1 << 24)}
    with Image.open(photo) as original, Image.open(photo.with_name("photo-k4.png")) as result:
        for picture in (original, result):
            assert {color for _, color in picture.convert("RGB").getcolors(1 << 24)} <= shown


def test_an_animation_stays_one_unless_its_first_frame_is_asked_for(tmp_path):
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert run("compress", path).returncode == 0
    assert run("compress", path, "--first-frame", "-o", tmp_path / "first.png").returncode == 0
    for name, count in (("a-k256.png", 2), ("first.png", 1)):
        with Image.open(tmp_path / name) as image:
            assert getattr(image, "n_frames", 1) == count


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none.png"], 1, "none.png does not exist"),
        (["."], 1, "is a folder"),
        (["empty.png"], 1, "empty.png is empty"),
        (["text.png"], 1, "is not an image that Kalette knows; it reads PNG, JPEG"),
        (["cut.png"], 1, "cut.png cannot be read"),
        (["cut.jpg"], 1, "cut.jpg cannot be read"),
        (["photo.png", "-k", "0"], 2, "k is 0; a palette holds 1 to 256 colours"),
        (["photo.png", "-k", "257"], 2, "k is 257"),
        (["photo.png", "-k", "-1"], 2, "k is -1"),
        (["photo.png", "-k", "many"], 2, "k is 'many'; give a whole number"),
        (["photo.png", "--tol", "-1"], 2, "tol is -1.0"),
        (["photo.png", "--threads", "0"], 2, "threads is 0"),
        (["photo.png", "-o", "none/x.png"], 1, "the folder none does not exist; create it"),
        (["photo.png", "-o", "other.png"], 1, "other.png exists"),
        (["photo.png", "-o", "photo.png"], 2, "is an input itself"),
        (["photo.png", "-o", "link.png"], 2, "is an input itself"),
        (["photo.png", "-o", "new"], 2, "the folder new does not exist; create it, or end the name in"),
        (["photo.png", "photo.jpg", "-o", "new/"], 2, "the folder new/ does not exist; create it"),
        (["photo.png", "photo-k8.png", "-k", "8", "--overwrite"], 2, "photo-k8.png is an input itself"),
        (["photo.png", "cut.png", "-o", "x.png"], 2, "2 inputs cannot go to the one output x.png"),
        (["photo.png", "-o", "x.bmp"], 2, "x.bmp asks for a format that Kalette does not write"),
        (["photo.png", "-o", "x.png", "--format", "gif"], 2, "asks for png and --format for gif"),
        (["photo.png", "--format", "bmp"], 2, "'bmp' is not one of"),
        (["photo.png", "--seed", "x"], 2, "kalette compress --help lists what can be given"),
        (["loop.png"], 1, "loop.png cannot be opened"),
        (["photo.png", "-o", "-", "--json"], 2, "both need standard output"),
        (["photo.png", "cut.png", "--figure", "f.png"], 2, "--figure shows one picture and 2"),
        (
            ["photo.png", "--figure", "f.jpg"],
            2,
            "the extension of f.jpg is not a figure format; end it in .png",
        ),
        (["photo.png", "--figure", "none/f.png"], 1, "the folder none does not exist; create it"),
        (["photo.png", "--figure", "other.png"], 1, "other.png exists"),
        (["photo.png", "--figure", "photo.png", "--overwrite"], 2, "would overwrite photo.png; name another"),
        (["photo.png", "--figure", "photo-k256.png"], 2, "would overwrite photo-k256.png; name another"),
        ([], 2, "IMAGE"),
    ],
)
def test_bad_input_gives_one_sentence_and_its_exit_code(arguments, code, said, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = photo.read_bytes()
    with Image.open(photo) as image:
        image.save(tmp_path / "photo.jpg")
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "other.png").write_bytes(data)
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "photo.jpg").read_bytes()[:400])
    (tmp_path / "link.png").symlink_to(photo)
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    before = sorted(tmp_path.iterdir())
    done = run_here("compress", *arguments)
    assert said in done.stderr
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert done.stderr.startswith("kalette:")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["photo.png", "-k", "0"], 2), (["none.png"], 1)])
def test_a_shell_sees_the_sentence_and_the_exit_code(arguments, code, photo):
    done = run("compress", *arguments, cwd=photo.parent)
    assert (done.returncode, done.stdout) == (code, "")
    the_sentence(done)


def test_quiet_prints_nothing_and_verbose_prints_the_passes(photo):
    quiet = run("compress", photo, "-q")
    loud = run("compress", photo, "-v", "-k", "5", "--init", "random")
    assert (quiet.stdout, quiet.stderr) == ("", "")
    assert "passes, then" in loud.stderr


def test_file_names_that_the_terminal_cannot_encode_are_no_error(photo):
    odd = photo.with_name("é😀.png")
    photo.rename(odd)
    done = run("compress", odd, "--json", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert json.loads(done.stdout)["input"] == str(odd)
    assert (
        run("compress", odd, "--overwrite", env={**os.environ, "PYTHONIOENCODING": "ascii"}).returncode == 0
    )


def test_metadata_is_dropped_by_default(tmp_path, gradient):
    path = tmp_path / "gps.jpg"
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    Image.fromarray(gradient).save(path, exif=exif, comment=b"secret comment")
    run("compress", path)
    assert b"secret" not in (tmp_path / "gps-k256.png").read_bytes()
