"""`kalette` without arguments: the dialogue on a pseudo terminal."""

import os
import sys
from typing import Any

import pytest
from PIL import Image

import kalette

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")

IMAGE, K, PASSES, DITHER = "Image: ", "or auto [16]: ", "or auto [auto]: ", "ordered) [auto]: "
TARGET, FIGURE, FIGURE_NAME = "Write to [", "side by side? [y/N]: ", "Figure ["


ENTER = [(question, "\n") for question in (K, PASSES, DITHER, TARGET, FIGURE)]


@pytest.fixture
def folder(tmp_path, gradient, icon):
    Image.fromarray(gradient).save(tmp_path / "photo.png")
    Image.fromarray(icon).save(tmp_path / "icon.png")
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    return tmp_path


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"photo.png", "icon.png", "moving.gif"}


def test_default_answers_give_16_colors_in_a_file_beside_the_image(folder, kalette_terminal):
    code, said = kalette_terminal([], [(IMAGE, "photo.png\n"), *ENTER], cwd=folder)
    assert code == 0
    assert names(folder) == {"photo-k16.png"}
    assert (folder / "photo-k16.png").read_bytes() == kalette.compress(folder / "photo.png", k=16).to_bytes()
    assert "64 x 48 pixels, 3,072 colours" in said
    assert "Original" in said
    assert "Result" in said
    assert "to the original, 16 colours, PSNR" in said
    assert "As one command: kalette compress photo.png -k 16 -o photo-k16.png" in said


def test_a_wrong_answer_is_explained_and_the_question_repeated(folder, kalette_terminal):
    answers = [
        *((IMAGE, "\n"), (IMAGE, "none.png\n"), (IMAGE, ".\n"), (IMAGE, "'photo.png' \n")),
        *((K, "0\n"), (K, "300\n"), (K, "many\n"), (K, "5\n")),
        *((PASSES, "0\n"), (PASSES, "x\n"), (PASSES, "3\n")),
        *((DITHER, "yes\n"), (DITHER, "Diffusion\n")),
        *((TARGET, "photo.png\n"), (TARGET, "x.bmp\n"), (TARGET, "none/x.png\n"), (TARGET, "-\n")),
        *((TARGET, "icon.png\n"), ("Replace it? [y/N]: ", "n\n"), (TARGET, "small.webp\n")),
        *((FIGURE, "y\n"), (FIGURE_NAME, "small.webp\n"), (FIGURE_NAME, "photo.png\n"), (FIGURE_NAME, "\n")),
    ]
    before = (folder / "icon.png").read_bytes()
    code, said = kalette_terminal([], answers, cwd=folder)
    assert code == 0
    for sentence in (
        "none.png does not exist; check the name",
        ". is a folder",
        "k is 0; a palette holds 1 to 256 colours",
        "k is 300",
        "'many' is not a whole number; give one",
        "max_iter is 0; give a whole number of passes",
        "'x' is not a whole number",
        "dithering is 'yes'; choose one of auto, none",
        "photo.png would overwrite photo.png; choose another name",
        "x.bmp asks for a format that Kalette does not write",
        "the folder none does not exist",
        "The result needs a name here",
        "Then choose another name",
        "the extension of small.webp is not a figure format",
    ):
        assert f"\n  {sentence}" in said
    assert names(folder) == {"small.webp", "small-figure.png"}
    assert (folder / "icon.png").read_bytes() == before
    wanted: dict[str, Any] = {"k": 5, "max_iter": 3, "dither": "diffusion", "format": "webp"}
    assert (folder / "small.webp").read_bytes() == kalette.compress(folder / "photo.png", **wanted).to_bytes()
    with Image.open(folder / "small-figure.png") as figure:
        assert min(figure.size) > 300


def test_k_must_have_room_for_every_kind_of_alpha(folder, kalette_terminal):
    answers = [(IMAGE, "icon.png\n"), (K, "2\n"), (K, "3\n"), *ENTER[1:]]
    code, said = kalette_terminal([], answers, cwd=folder)
    assert "the picture has clear, partly clear and opaque pixels; it needs k of at least 3" in said
    assert (code, names(folder)) == (0, {"icon-k3.png"})


def test_the_first_frame_of_an_animation_and_overwriting_need_a_yes(folder, kalette_terminal):
    (folder / "old.png").write_bytes(b"old")
    answers = [
        *((IMAGE, "moving.gif\n"), ("first frame? [y/N]: ", "n\n")),
        *((IMAGE, "moving.gif\n"), ("first frame? [y/N]: ", "y\n"), *ENTER[:3]),
        *((TARGET, "old.png\n"), ("Replace it? [y/N]: ", "y\n"), (FIGURE, "\n")),
    ]
    code, said = kalette_terminal([], answers, cwd=folder)
    assert (code, names(folder)) == (0, {"old.png"})
    assert "moving.gif -k 16 --first-frame --overwrite -o old.png" in said
    assert (folder / "old.png").read_bytes()[1:4] == b"PNG"


@pytest.mark.parametrize(("key", "place"), [("\x03", 0), ("\x03", 5), ("\x04", 0), ("\x04", 3)])
def test_ctrl_c_and_ctrl_d_end_the_dialogue_at_any_question_and_leave_no_partial_file(
    key, place, folder, kalette_terminal
):
    answers = [(IMAGE, "photo.png\n"), *ENTER]
    code, said = kalette_terminal([], [*answers[:place], (answers[place][0], key)], cwd=folder)
    assert code == 130
    assert said.endswith("\nkalette: interrupted\n")
    assert "Traceback" not in said
    assert names(folder) == (set() if place < 5 else {"photo-k16.png"})


def test_a_file_name_of_any_bytes_can_be_typed(folder, kalette_terminal):
    odd = os.fsdecode(b"od\xffd.png")
    (folder / "photo.png").rename(folder / odd)
    answers = [(IMAGE, f"{odd}\n"), (K, "\x04")]
    code, said = kalette_terminal([], answers, cwd=folder)
    assert (code, "64 x 48 pixels" in said) == (130, True)
