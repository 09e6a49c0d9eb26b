"""Options that several commands share."""

import pytest

from kalette.cli.options import ColorCounts
from kalette.types import SettingsError


def counts(text: str) -> tuple[int, ...]:
    return ColorCounts().convert(text, None, None)


def test_a_list_of_color_counts_keeps_its_order():
    assert counts("16") == (16,)
    assert counts("8, 2,256,1") == (8, 2, 256, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "k is 0; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("2,300", "k is 300; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("-4,8", "k is -4; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("4,many", "k is 'many'; give a whole number of colours from 1 to 256"),
        ("4,,8", "k is ''; give a whole number of colours from 1 to 256"),
        ("", "k is ''; give a whole number of colours from 1 to 256"),
        ("2.5", "k is '2.5'; give a whole number of colours from 1 to 256"),
        ("4,8,4", "k is '4,8,4', which holds 4 twice; give each number once"),
    ],
)
def test_a_bad_list_of_color_counts_is_refused_with_one_sentence(text, said):
    with pytest.raises(SettingsError) as refused:
        counts(text)
    assert str(refused.value) == said
