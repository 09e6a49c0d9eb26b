"""Hostile files: any bytes give a result or one sentence; KALETTE_TESTS=full runs all of them."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kalette
from extent import FULL
from hostile import animations, cases, gate, oddities
from hostile.parts import picture, saved


@pytest.mark.filterwarnings("ignore")  # from Pillow, no errors for users
def test_every_hostile_file_gives_the_library_a_result_or_one_sentence():
    tally = gate.through_library(cases(full=FULL))
    assert tally.other == []
    assert tally.files == tally.results + tally.errors
    assert min(tally.results, tally.errors) > tally.files // 10


def test_every_hostile_file_gives_the_command_a_result_or_one_sentence(tmp_path):
    tally = gate.through_command(islice(cases(full=FULL), 0, None, 1 if FULL else 5), tmp_path)
    assert tally.other == []
    assert tally.files == tally.results + tally.errors
    assert min(tally.results, tally.errors) > tally.files // 10


@pytest.mark.filterwarnings("ignore")
def test_every_hostile_animation_becomes_an_animation_or_one_sentence():
    tally = gate.through_animations(animations.cases(full=FULL))
    assert tally.other == []
    assert tally.files == tally.results + tally.errors
    assert min(tally.results, tally.errors) > tally.files // 10


def test_names_of_the_cases_are_unique():
    names = [name for name, _ in cases(full=False)]
    assert len(names) == len(set(names)) > 500


@pytest.mark.filterwarnings("ignore")
def test_odd_but_good_files_have_a_result():
    for name, data in oddities.cases(full=FULL):
        if name in ("1x100000.png", "100000x1.png"):
            with pytest.raises(kalette.ReadError, match="--max-side"):
                kalette.compress(data)
        else:
            assert kalette.compress(data, effort="fast").indices.size


SMALL_FILES = [saved(picture(), file_format) for file_format in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["set", "insert", "delete", "repeat"]), st.floats(0, 1), st.binary(max_size=12)
    ),
    min_size=1,
    max_size=8,
)


def edited(data: bytes, edits: list[tuple[str, float, bytes]]) -> bytes:
    for kind, share, piece in edits:
        at = round(share * len(data))
        following = {
            "set": piece + data[at + len(piece) :],
            "insert": piece + data[at:],
            "delete": data[at + 4 * len(piece) :],
            "repeat": data[max(at - 4 * len(piece), 0) :],
        }
        data = data[:at] + following[kind]
    return data


@pytest.mark.filterwarnings("ignore")  # from Pillow, no errors for users
@settings(max_examples=300)
@given(st.sampled_from(SMALL_FILES), EDITS)
def test_randomly_edited_files_give_a_result_or_one_sentence(data, edits):
    try:
        result = kalette.compress(edited(data, edits), k=4, effort="fast")
    except kalette.KaletteError as error:
        assert str(error)
        assert "\n" not in str(error)
    else:
        assert result.indices.size > 0
