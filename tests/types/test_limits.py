"""Limits: defaults and refused values."""

import pytest

from kalette import Limits, SettingsError


def test_the_default_limits_are_the_documented_ones():
    assert Limits() == Limits(
        max_input_bytes=256 * 1024 * 1024,
        max_pixels=256_000_000,
        max_side=65_535,
        max_frames=1_000,
        allow_truncated=False,
    )


@pytest.mark.parametrize("name", ["max_input_bytes", "max_pixels", "max_side", "max_frames"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "9", None, True])
def test_invalid_limits_are_refused(name, value):
    with pytest.raises(SettingsError, match=f"{name} is {value!r}"):
        Limits(**{name: value})
