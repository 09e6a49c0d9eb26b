"""Sizes as people write them."""

import pytest

from kalette.types import SettingsError
from kalette.types.option_texts import byte_count_of


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("20", 20),
        ("20b", 20),
        ("20kb", 20_000),
        ("20k", 20_000),
        ("20 KB", 20_000),
        ("20KiB", 20_480),
        ("20kib", 20_480),
        ("20ki", 20_480),
        ("0.02MB", 20_000),
        ("0.02m", 20_000),
        ("1.5MiB", 1_572_864),
        ("1.0005k", 1000),
        ("2g", 2_000_000_000),
        ("0", 0),
        ("999999999999999999", 999_999_999_999_999_999),
    ],
)
def test_a_size_is_read_as_people_write_it(text, size_bytes):
    assert byte_count_of(text) == size_bytes


@pytest.mark.parametrize(
    "text",
    ["", "k", "-1", "1.5", "1.5b", "20ib", "20kk", "20 k b", "1,5MB", "1e3", "0x10", "²", "٣", "20TB", ".5k"],
)
def test_what_is_no_size_is_refused_with_an_example(text):
    with pytest.raises(SettingsError, match="is not a size; give a number of bytes, or one with KB"):
        byte_count_of(text)
