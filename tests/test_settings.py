"""Options and their checks."""

import dataclasses
import os
import typing

import pytest

import kalette
from kalette.settings import Options, Settings


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 0}, "k is 0; a palette holds 1 to 256 colours"),
        ({"k": 257}, "k is 257"),
        ({"k": -1}, "k is -1"),
        ({"k": "many"}, "k is 'many'"),
        ({"k": 2.0}, "k is 2.0"),
        ({"k": True}, "k is True"),
        ({"max_iter": 0}, "max_iter is 0; give a whole number of passes"),
        ({"tol": -0.1}, "tol is -0.1"),
        ({"tol": float("nan")}, "tol is nan"),
        ({"tol": "small"}, "tol is 'small'"),
        ({"seed": -1}, "seed is -1"),
        ({"init": "best"}, "init is 'best'; choose one of auto, wu, k-means"),
        ({"dither": "yes"}, "dither is 'yes'"),
        ({"space": "lab"}, "space is 'lab'"),
        ({"format": "bmp"}, "format is 'bmp'; choose one of png, webp, gif"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_value_and_rule(options, said):
    with pytest.raises(kalette.SettingsError, match=said) as caught:
        Settings(**options)
    assert caught.value.exit_code == 2


def test_options_name_exactly_the_fields_of_settings():
    fields = {field.name: field.type for field in dataclasses.fields(Settings)}
    expected = {name: typing.get_type_hints(Settings)[name] for name in fields}
    colors = typing.get_type_hints(Options)["keep_colors"]  # taken in more forms than they are kept in
    expected |= {"keep_colors": colors, "palette": colors | str | os.PathLike[str] | None}
    assert typing.get_type_hints(Options) == expected


def test_an_explicit_start_or_end_means_plain_lloyd():
    assert not Settings().plain_lloyd
    assert Settings(init="wu").plain_lloyd
    assert Settings(max_iter=3).plain_lloyd
    assert Settings(tol=0.0).plain_lloyd


def test_k_may_be_left_to_the_picture():
    assert Settings(k="auto").k == "auto"
    assert Settings(k="auto", keep_colors=["#fff"] * 3).keep_colors == ("#ffffff",)
    with pytest.raises(kalette.SettingsError, match="k is auto, but the fixed palette has 1 colours"):
        Settings(k="auto", palette=["#fff"])
