"""Any bytes give a result or one sentence; in full, every cut and every flipped bit of six files."""

from itertools import islice

import pytest

import kalette
from extent import FULL
from hostile import cases, gate, oddities


@pytest.mark.filterwarnings("ignore")  # Pillow's, which are no errors to users
def test_through_the_library_every_file_gives_a_result_or_one_sentence():
    tally = gate.through_library(cases(full=FULL))
    assert tally.other == []
    assert tally.files == tally.results + tally.errors
    assert min(tally.results, tally.errors) > tally.files // 10


def test_through_the_command_every_file_gives_a_result_or_one_sentence(tmp_path):
    tally = gate.through_command(islice(cases(full=FULL), 0, None, 1 if FULL else 5), tmp_path)
    assert tally.other == []
    assert tally.files == tally.results + tally.errors
    assert min(tally.results, tally.errors) > tally.files // 10


def test_names_of_the_cases_are_unique():
    names = [name for name, _ in cases(full=False)]
    assert len(names) == len(set(names)) > 500


@pytest.mark.filterwarnings("ignore")
def test_odd_but_good_files_have_a_result():
    for name, data in oddities.cases(full=FULL):
        if name in ("floats.tif", "1x100000.png", "100000x1.png"):
            with pytest.raises(kalette.ReadError, match=r"32-bit samples|--max-side"):
                kalette.compress(data)
        else:
            assert kalette.compress(data, effort="fast").indices.size
