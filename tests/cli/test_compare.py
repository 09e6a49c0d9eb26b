"""`kalette compare` as a shell runs it."""

import csv
import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.report.comparison import ALONE
from kalette.types import KaletteError
from shell import call, the_sentence

STRANGE = "a <script>alert('x')<b> \"q\" & more.png"


def run(*arguments: object, cwd=None, **options) -> subprocess.CompletedProcess[Any]:
    return subprocess.run(
        [sys.executable, "-c", "from kalette.cli import main; main()", "compare", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=options.pop("text", True),
        check=False,
        **options,
    )


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(kalette.sample_pixels(96, 64)).save(path)
    return path


def test_the_table_of_a_large_picture_is_within_80_columns(tmp_path):
    Image.fromarray(kalette.sample_pixels()).save(tmp_path / "photo.png")
    lines = run(tmp_path / "photo.png", "-k", "2,16,256").stdout.splitlines()
    assert max(map(len, lines)) <= 80


def test_the_table_has_a_line_for_each_k_and_a_recommendation_within_80_columns(photo):
    done = run(photo)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("photo.png: 96 x 64, ")
    rows = [line.split() for line in lines if line[:3].strip().rstrip("*").isdigit()]
    assert [row[0].rstrip("*") for row in rows] == ["2", "4", "8", "16", "32"]
    assert all(len(row) == 13 for row in rows)  # two of the columns are sizes with units
    made = kalette.compare(photo)
    for row, cells in zip(made.rows, rows, strict=True):
        quality = [f"{row.mse:.2f}", f"{row.psnr_db:.2f}", f"{row.ssimulacra2:.1f}"]
        assert cells[9:12] == quality
        assert cells[7:9] == [
            f"{row.result.raw_bytes / row.output_bytes:.1f}",
            f"{photo.stat().st_size / row.output_bytes:.1f}",
        ]
    assert f"Recommended: k = {made.recommended_k}, the knee of the curve" in done.stdout
    assert sorted(photo.parent.iterdir()) == [photo]


def test_json_holds_rows_curve_and_recommendation_and_nothing_else(photo, tmp_path):
    done = run(photo, "-k", "16,4", "--json", "--save-all", tmp_path / "all")
    (line,) = done.stdout.splitlines()
    printed = json.loads(line)
    made = kalette.compare(photo, [16, 4])
    assert (printed["image"], printed["recommended_k"]) == (str(photo), made.recommended_k)
    assert [row["k"] for row in printed["rows"]] == [16, 4]
    assert [row["output"] for row in printed["rows"]] == [
        str(tmp_path / "all" / f"photo-k{k}.png") for k in (16, 4)
    ]
    assert [row["mse"] for row in printed["rows"]] == [row.mse for row in made.rows]
    assert [point["k"] for point in printed["curve"]] == list(range(2, 257))
    assert printed["curve"][14]["mse"] == made.curve[14].mse
    assert {"psnr_db", "bits_per_pixel"} <= set(printed["curve"][0])


def test_default_options_of_compress_give_its_default_result(photo):
    usual = ("--space", "auto", "--dither", "auto", "--rate", "0.55", "--effort", "balanced")
    plain, explicit = run(photo, "-k", 8), run(photo, "-k", 8, *usual, "--json")
    assert "Made with --space srgb --dither none --rate 0 --effort fast." in plain.stdout
    (row,) = json.loads(explicit.stdout)["rows"]
    assert row["output_bytes"] == kalette.compress(photo, k=8).output_bytes


def test_every_output_is_written_and_its_path_printed(photo, tmp_path):
    targets = [tmp_path / name for name in ("grid.png", "report.html")]
    folder = tmp_path / "kept" / "all"
    done = run(
        photo, "-k", "2,8", "-o", targets[0], "--html", targets[1], "--save-all", folder, "--format", "webp"
    )
    kept = [folder / f"photo-k{k}.webp" for k in (2, 8)]
    assert done.stdout.splitlines()[-4:] == [str(path) for path in (*targets, *kept)]
    with Image.open(targets[0]) as figure:
        assert figure.width >= 1000
    assert targets[1].read_text(encoding="utf-8").startswith("<!doctype html>")
    for path, k in zip(kept, (2, 8), strict=True):
        assert path.read_bytes() == kalette.compress(photo, k, ALONE, format="webp").to_bytes()


def test_the_csv_has_the_figures_of_each_row_and_those_of_low_rank_beside(photo, tmp_path):
    done = run(photo, "-k", "4,16,64", "--csv", tmp_path / "t.csv", "--low-rank", "--json")
    records = json.loads(done.stdout)["rows"]
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["k"] for row in rows] == ["4", "16", "64"]
    for row, record in zip(rows, records, strict=True):
        for name, cell in row.items():
            if name != "bit_depth":
                assert float(cell) == record[name], name
        assert int(row["low_rank_bytes"]) <= int(row["estimated_bytes"])
    found = kalette.learn.low_rank(kalette.sample_pixels(96, 64), records[1]["estimated_bytes"])
    error = (found.pixels.astype(float) - kalette.sample_pixels(96, 64)) ** 2
    assert records[1]["low_rank_mse"] == pytest.approx(error.mean())
    run(photo, "-k", "4,16,64", "--csv", tmp_path / "again.csv", "--low-rank")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "t.csv").read_bytes()
    run(photo, "-k", "4", "--csv", tmp_path / "plain.csv")
    assert "low_rank" not in (tmp_path / "plain.csv").read_text(encoding="utf-8")


def test_low_rank_of_a_picture_with_alpha_is_measured_over_black_and_white(icon):
    comparison = kalette.compare(icon, [4, 32])
    row = kalette.report.low_rank_rows(comparison)[-1]
    found = kalette.learn.low_rank(icon, comparison.rows[-1].estimated_bytes).pixels
    errors = []
    for background in (0, 255):
        shown = [
            each[..., :3] * (each[..., 3:] / 255) + background * (1 - each[..., 3:] / 255)
            for each in (icon.astype(float), found.astype(float))
        ]
        errors.append(((shown[0] - shown[1]) ** 2).mean())
    assert row.mse == pytest.approx(np.mean(errors), rel=0.01)


def test_low_rank_is_printed_below_the_table_and_left_out_where_rank_one_is_larger(photo):
    Image.fromarray(kalette.sample_pixels(24, 16)).save(photo)
    assert (
        run(photo, "-k", "2", "--low-rank")
        .stdout.splitlines()[-1]
        .startswith("Low rank: rank 1 alone is larger")
    )
    lines = run(photo, "-k", "2,16", "--low-rank").stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Low rank"))
    (row,) = kalette.report.low_rank_rows(kalette.compare(photo, [2, 16]))
    assert lines[start + 1].split() == ["k", "rank", "size", "MSE", "PSNR", "SSIMU2"]
    (cells,) = [line.split() for line in lines[start + 3 :] if line]
    assert cells[:2] == ["16", str(row.found.rank)]
    assert cells[-3:] == [f"{row.mse:.2f}", f"{row.psnr_db:.2f}", f"{row.ssimulacra2:.1f}"]


def test_curves_are_drawn(photo, tmp_path):
    done = run(photo, "-k", "2,8", "--curves", tmp_path / "curves.svg")
    assert done.stdout.splitlines()[-1] == str(tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_bytes().startswith(b"<?xml")


def test_a_file_name_that_looks_like_html_is_escaped(photo):
    strange = photo.with_name(STRANGE)
    photo.rename(strange)
    done = run(strange, "-k", "2", "--html", strange.with_name("r.html"))
    assert done.returncode == 0
    page = strange.with_name("r.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "a &lt;script&gt;alert(&#x27;x&#x27;)&lt;b&gt; &quot;q&quot; &amp; more.png" in page


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["photo.png", "-k", "0"], 2, "k is 0; a palette holds 1 to 256 colours"),
        (["photo.png", "-k", "2,300"], 2, "k is 300; a palette holds 1 to 256 colours"),
        (["photo.png", "-k", "2,many"], 2, "k is 'many'; give a whole number"),
        (["photo.png", "-k", "auto"], 2, "k is 'auto'; give a whole number"),
        (["photo.png", "-k", "4,8,4"], 2, "holds 4 twice; give each number once"),
        (["photo.png", "-k", ""], 2, "k is ''"),
        (["none.png"], 1, "none.png does not exist"),
        (["text.png"], 1, "is not an image that Kalette knows"),
        (
            ["photo.png", "-o", "grid.bmp"],
            2,
            "the extension of grid.bmp is not a figure format; end it in .png",
        ),
        (["photo.png", "--curves", "c.bmp"], 2, "the extension of c.bmp is not a figure format"),
        (["photo.png", "-k", "4", "--curves", "c.png"], 2, "--curves needs two k and 4 is given"),
        (["photo.png", "--csv", "photo.png"], 2, "photo.png would overwrite photo.png; name another"),
        (["photo.png", "--csv", "x.png", "--html", "x.png"], 2, "x.png would overwrite x.png"),
        (["photo.png", "-o", "none/grid.png"], 1, "the folder none does not exist; create it"),
        (["photo.png", "-o", "photo.png"], 2, "photo.png would overwrite photo.png; name another"),
        (["photo.png", "--html", "text.png"], 1, "text.png exists; allow overwriting (--overwrite)"),
        (["photo.png", "--html", "."], 1, ". is a folder; name a file in it"),
        (["photo.png", "-o", "x.png", "--html", "x.png"], 2, "x.png would overwrite x.png"),
        (["photo.png", "--save-all", "text.png"], 1, "text.png cannot be a folder"),
        (["photo.png", "--save-all", "kept"], 1, "photo-k4.png exists; allow overwriting (--overwrite)"),
        (["photo.png", "--threads", "0"], 2, "threads is 0"),
        (["icon.png", "-k", "1,2"], 1, "needs k of at least 3"),
    ],
)
def test_bad_input_gives_one_sentence_and_its_exit_code(arguments, code, said, photo, icon, monkeypatch):
    folder = photo.parent
    monkeypatch.chdir(folder)
    (folder / "text.png").write_text("hello")
    Image.fromarray(icon).save(folder / "icon.png")
    (folder / "kept").mkdir()
    (folder / "kept" / "photo-k4.png").write_bytes(b"mine")
    before = sorted(folder.rglob("*"))
    with pytest.raises(KaletteError) as refused:
        call("compare", *arguments)
    assert refused.value.exit_code == code
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["-k", "0", "photo.png"], 2), (["none.png"], 1)])
def test_a_shell_sees_the_sentence_and_the_exit_code(arguments, code, photo):
    done = run(*arguments, cwd=photo.parent)
    assert (done.returncode, done.stdout) == (code, "")
    the_sentence(done)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root can write everywhere")
def test_an_unwritable_folder_gives_one_sentence(photo, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = run(photo, "-k", "2", "--html", closed / "r.html")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("size", [(1, 1), (5, 3)])
@pytest.mark.parametrize("color", [(9, 9, 9), (0, 0, 0, 0)])
def test_the_smallest_pictures_have_tables_and_reports(size, color, tmp_path):
    path = tmp_path / "tiny.png"
    Image.new("RGBA" if len(color) == 4 else "RGB", size, color).save(path)
    done = run(path, "-o", tmp_path / "grid.png", "--html", tmp_path / "r.html")
    assert done.returncode == 0
    assert "Recommended: k = 1, since the picture has one colour." in done.stdout
    assert "Larger than the input file: k = " in done.stdout
    assert "exact" in done.stdout


def test_standard_input_is_named_in_the_table(photo):
    done = run("-", "-k", "2", input=photo.read_bytes(), text=False)
    assert done.stdout.startswith(b"standard input: 96 x 64, ")


def test_quiet_prints_nothing(photo):
    done = run(photo, "-k", "2", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="pseudo terminals are those of POSIX")
def test_progress_is_shown_on_a_terminal_and_cleared_at_the_end(photo):
    import pty

    leader, follower = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", "from kalette.cli import main; main()", "compare", photo, "-k", "2,4"],
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        check=True,
    )
    os.close(follower)
    shown = os.read(leader, 1 << 16).decode()
    assert "2/2" in shown
    assert "\x1b[2K" in shown  # the line is cleared
    assert "Recommended" in done.stdout.decode()
