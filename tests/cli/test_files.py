"""Files, file names and streams: what the command reads and writes."""

import json
import os
import stat
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kalette
from hostile.parts import picture, saved, seeds
from shell import COMMAND, run_here, the_sentence

posix = pytest.mark.skipif(os.name == "nt", reason="file kinds, links and rights are those of POSIX")


@pytest.fixture
def photo(tmp_path):
    """An uncompressed PNG: any result is smaller."""
    path = tmp_path / "photo.png"
    path.write_bytes(saved(Image.fromarray(kalette.sample_pixels(96, 64)), "PNG", compress_level=0))
    return path


def mode_of(path) -> str:
    with Image.open(path) as image:
        return image.mode


def test_in_place_replaces_each_input_by_its_result_under_its_name(photo, tmp_path):
    photo.chmod(0o600)
    webp = tmp_path / "small.WEBP"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    webp.write_bytes(saved(Image.fromarray(noise), "WEBP", lossless=True))
    done = run_here("compress", "--in-place", "-k", 4, photo, webp, "--json")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["output"] for line in lines] == [str(photo), str(webp)]
    assert [line["format"] for line in lines] == ["png", "webp"]
    assert photo.stat().st_size == lines[0]["output_bytes"] < lines[0]["input_bytes"]
    assert mode_of(photo) == "P"
    assert webp.read_bytes()[8:12] == b"WEBP"
    assert stat.S_IMODE(photo.stat().st_mode) == (0o600 if os.name != "nt" else 0o666)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo.png", "small.WEBP"]


def test_in_place_leaves_an_input_alone_if_the_result_is_not_smaller(photo):
    assert run_here("compress", "--in-place", "-k", 4, photo).returncode == 0
    once = photo.read_bytes()
    again = run_here("compress", "--in-place", "-k", 4, photo)
    assert again.returncode == 98
    assert "nothing is written" in the_sentence(again)
    assert photo.read_bytes() == once


@posix
def test_in_place_replaces_the_target_of_a_symbolic_link(photo, tmp_path):
    link = tmp_path / "link.png"
    link.symlink_to(photo)
    assert run_here("compress", "--in-place", link).returncode == 0
    assert link.is_symlink()
    assert mode_of(photo) == "P"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["photo.jpg"], 2, "photo.jpg cannot be replaced by the result, which is PNG, WebP or GIF"),
        (["photo.png", "-o", "x.png"], 2, "--in-place and the output x.png contradict each other"),
        (["photo.png", "--format", "gif"], 2, "photo.png asks for png and --format for gif"),
        (["photo.png", "--first-frame"], 2, "would lose all frames but one for good"),
        (["photo.png", "--allow-truncated"], 2, "would lose what can be recovered for good"),
        (["-"], 2, "standard input cannot be replaced"),
        (["none.png"], 1, "none.png does not exist"),
        (["none/x.png"], 1, "none/x.png does not exist"),
    ],
)
def test_in_place_is_refused_if_data_would_be_lost(arguments, code, said, photo, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(seeds()["jpg"])
    before = photo.read_bytes()
    done = run_here("compress", "--in-place", *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert said in the_sentence(done)
    assert photo.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["palette", "photo.png", "-o"],
        ["plot", "photo.png", "-o"],
        ["plot", "photo.png", "--steps"],
        ["compare", "photo.png", "-o"],
        ["compare", "photo.png", "--html"],
        ["compare", "photo.png", "--csv"],
        ["compress", "photo.png", "--figure"],
    ],
)
def test_a_folder_is_not_taken_for_a_file_to_write(arguments, photo, tmp_path):
    (tmp_path / "old").mkdir()
    for name, said in (("new/", "new/ is a folder that does not exist;"), ("old/", "old/ is a folder;")):
        done = run_here(*arguments, name, cwd=tmp_path)
        assert done.returncode == 2
        assert the_sentence(done) == f"kalette: {said} name a file in a folder that exists"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old", "photo.png"]


@pytest.mark.parametrize("option_name", ["-o", "--html", "--curves", "--csv"])
def test_figures_and_tables_of_compare_do_not_go_to_standard_output(option_name, photo, tmp_path):
    done = run_here("compare", "photo.png", option_name, "-", cwd=tmp_path)
    assert done.returncode == 2
    assert "- is standard output, where the command writes its report" in the_sentence(done)


def test_what_cannot_be_done_in_place_does_not_keep_the_others_from_it(photo, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(seeds()["jpg"])
    before = photo.stat().st_size
    done = run_here("compress", "--in-place", "photo.png", "photo.jpg", "./photo.png", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert "photo.jpg cannot be replaced by the result" in done.stderr
    assert "./photo.png is given twice; it is compressed once" in done.stderr
    lines = {line["input"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert "cannot be replaced" in lines["photo.jpg"]["error"]
    assert photo.stat().st_size == lines["photo.png"]["output_bytes"] < before
    assert (tmp_path / "photo.jpg").read_bytes() == seeds()["jpg"]


def test_of_two_inputs_with_one_output_the_first_is_compressed(photo, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(seeds()["jpg"])
    (tmp_path / "out").mkdir()
    done = run_here("compress", "photo.png", "photo.jpg", "-k", 4, "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert the_sentence(done) == (
        "kalette: out/photo-k4.png is the output of photo.png already; compress photo.jpg by itself, "
        "to a name given with -o"
    )
    assert (tmp_path / "out" / "photo-k4.png").read_bytes() == kalette.compress(photo, 4).to_bytes()


def test_a_file_that_is_given_is_not_replaced_as_an_old_result(photo, tmp_path):
    mine = tmp_path / "photo-k8.png"
    mine.write_bytes(photo.read_bytes())
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    names = ["photo.png", "photo-k8.png", "other.png"]
    done = run_here("compress", *names, "-k", 8, "--overwrite", cwd=tmp_path)
    assert done.returncode == 1
    assert "photo-k8.png is an input itself" in done.stderr
    assert mine.read_bytes() == photo.read_bytes()
    assert (tmp_path / "other-k8.png").is_file()


@posix
def test_overwriting_a_link_replaces_what_it_leads_to(photo, tmp_path):
    (tmp_path / "real.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to("real.png")
    assert run_here("compress", photo, "-k", 4, "-o", "link.png", "--overwrite", cwd=tmp_path).returncode == 0
    assert (tmp_path / "link.png").is_symlink()
    assert mode_of(tmp_path / "real.png") == "P"


def test_in_place_leaves_an_input_alone_that_changed_after_it_was_read(photo):
    """The file changes while the result is encoded."""
    code = (
        "import sys, kalette.compression.result as r; from pathlib import Path; real = r.encode\n"
        "def encode(*a, **b):\n"
        "    Path(sys.argv[3]).write_bytes(b'mine')\n"
        "    return real(*a, **b)\n"
        "r.encode = encode; from kalette.__main__ import main; main()"
    )
    command = [sys.executable, "-c", code, "compress", "--in-place", str(photo)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "was changed while it was compressed; it is left alone" in the_sentence(done)
    assert photo.read_bytes() == b"mine"


def test_an_output_that_is_the_input_through_a_link_is_refused(photo, tmp_path):
    os.link(photo, tmp_path / "hard.png")
    before = photo.read_bytes()
    for name in ("hard.png", "photo.png", "./photo.png"):
        done = run_here("compress", "photo.png", "-o", name, "--overwrite", cwd=tmp_path)
        assert done.returncode == 2
        assert "is an input itself" in the_sentence(done)
    assert photo.read_bytes() == before


def test_a_second_run_over_a_folder_skips_the_results_of_the_first(photo, tmp_path):
    for number in range(2):
        names = sorted(path.name for path in tmp_path.glob("*.png"))
        done = run_here("compress", *names, "-k", 8 if number else 4, "--json", cwd=tmp_path)
        assert done.returncode == 0
        assert [json.loads(line)["input"] for line in done.stdout.splitlines()] == ["photo.png"]
    assert (
        the_sentence(done)
        == "kalette: photo-k4.png is left out as a result of photo.png; name it alone to compress it"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo-k4.png", "photo-k8.png", "photo.png"]
    assert run_here("compress", "photo-k4.png", cwd=tmp_path).returncode == 0


@posix
@pytest.mark.parametrize(
    "name",
    [
        b"two\nlines.png",
        b"\x1b[31mred\x1b[0m.png",
        b"no utf-8 \xff\xfe.png",
        b"[bold]markup.png",
        b"-dash.png",
        b" .png",
        b"tab\t.png",
        b".png",
        b"n" * 240 + b".png",
        "right \N{RIGHT-TO-LEFT OVERRIDE}gnp.png".encode(),
    ],
)
def test_any_file_name_is_read_written_and_printed_on_one_line(name, tmp_path):
    folder = os.fsencode(tmp_path)
    with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123
        file.write(seeds()["png"])
    place = b"./" + name if name.startswith(b"-") else name
    done = subprocess.run(
        [*COMMAND, "compress", "--json", place, b"none-" + name],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    good, bad = (json.loads(line) for line in done.stdout.splitlines())
    written = os.fsencode(good["output"])
    assert os.path.basename(written).endswith(b"-k256.png")  # noqa: PTH119
    assert os.path.exists(os.path.join(folder, written))  # noqa: PTH110, PTH118
    assert "does not exist" in bad["error"]
    lines = done.stderr.splitlines()
    assert len(lines) <= 2
    assert all(line.startswith(b"kalette: ") for line in lines)
    assert b"\x1b" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_output_name_that_is_too_long_is_refused(tmp_path):
    path = tmp_path / ("n" * 251 + ".png")
    path.write_bytes(seeds()["png"])
    done = run_here("compress", path, cwd=tmp_path)
    assert done.returncode == 1
    assert "cannot be written (File name too long)" in the_sentence(done)
    assert list(tmp_path.iterdir()) == [path]


def damaged_tiff() -> bytes:
    """A TIFF for which libtiff prints an error."""
    data = bytearray(saved(picture(), "TIFF", compression="tiff_lzw"))
    data[100:140] = b"\xff" * 40
    return bytes(data)


def shell(line: str, folder) -> subprocess.CompletedProcess[Any]:
    """Run a shell line in which $K is the command."""
    environment = {**os.environ, "K": f"{sys.executable} -m kalette"}
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@posix
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("$K compress photo.png >&-", 0, ""),
        ("$K compress photo.png 2>&-", 0, ""),
        ("$K compress photo.png <&- >&- 2>&-", 0, ""),
        ("$K compress none.png >&- 2>&-", 1, ""),
        ("$K compress cut.tif 2>&-", 1, ""),
        ("$K compress - <&-", 1, "standard input is closed"),
        ("$K compress - </dev/null", 1, "the input is empty"),
        ("$K compress photo.png -o - >&-", 1, "standard output is closed; name a file with -o"),
        ("$K compress photo.png -o - >/dev/full", 1, "cannot be used (No space left on device)"),
        ("$K compress photo.png >/dev/full", 1, "cannot be used (No space left on device)"),
        ("$K compress photo.png --json >/dev/full", 1, "cannot be used (No space left on device)"),
        ("$K compress photo.png 2>/dev/full", 0, ""),
        ("$K --version >/dev/full", 1, "cannot be used (No space left on device)"),
        ("$K compress photo.png -q -o - | head -c 1 >/dev/null", 0, ""),
        ("$K compress . 2>/dev/full", 1, ""),
    ],
)
def test_closed_and_full_streams_give_at_most_one_sentence(line, code, said, photo, tmp_path):
    if "/dev/full" in line and not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("there is no /dev/full")
    (tmp_path / "cut.tif").write_bytes(damaged_tiff())
    done = shell(line, tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == bool(said)
    written = photo.with_name("photo-k256.png")
    if written.exists():
        assert mode_of(written) == "P"


def test_codecs_write_nothing_on_standard_error(tmp_path):
    """libtiff writes to the file descriptor, and Pillow to an unconfigured logger."""
    (tmp_path / "damaged.tif").write_bytes(damaged_tiff())
    done = run_here("compress", tmp_path / "damaged.tif")
    assert done.returncode == 1
    assert "damaged.tif cannot be read (decoder error -2)" in the_sentence(done)


@posix
def test_progress_escapes_any_file_name(tmp_path):
    import pty

    names = ["[bold]x[/y].png", "two\nlines.png"]
    (tmp_path / "[bold]x[").mkdir()
    for name in names:
        (tmp_path / name).write_bytes(saved(picture(96, 64), "PNG"))
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "compress", *names, "--init", "random"], cwd=tmp_path, stdout=end, stderr=end
    )
    os.close(end)
    shown = b""
    while True:
        try:
            block = os.read(terminal, 1 << 16)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(terminal)
    assert process.wait() == 0
    assert b"Traceback" not in shown
    assert b"[bold]x[/y].png" in shown
    assert rb"two\nlines.png" in shown
