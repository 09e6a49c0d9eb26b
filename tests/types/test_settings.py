"""Settings and their validation."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import dataclasses
import json
import os
import typing

import numpy as np
import pytest

import kalette
from kalette.types import Options, Settings


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
        ({"format": "bmp"}, "format is 'bmp'; choose one of png, webp, gif, raw"),
        ({"palette": []}, "the palette has 0 colours; give it 1 to 256"),
        ({"palette": np.zeros((300, 3), np.uint8)}, "the palette has 300 colours; give it 1 to 256"),
        ({"palette": "brand.gpl"}, "palette is 'brand.gpl'; give a sequence of colours"),
        ({"palette": ["red"]}, "'red' is not a colour; give it in hexadecimal digits, such as #ff8000"),
        ({"palette": [(1, 2, 256)]}, r"\(1, 2, 256\) is not a colour; give red, green, blue"),
        ({"palette": [5]}, "5 is not a colour"),
        ({"palette": np.eye(3)}, "is not a colour; give red, green, blue and maybe alpha as whole numbers"),
        ({"palette": ["#000"], "k": 2}, "k is 2, but the fixed palette holds 1; leave k out"),
        ({"palette": ["#000"], "keep_colors": ["#fff"]}, "put those colours into the palette"),
        ({"palette": ["#000"], "max_iter": 3}, "which needs no K-Means"),
        (
            {"palette": ["#0008"], "format": "gif"},
            "#00000088 is partly clear, and GIF has no",
        ),
        (
            {"keep_colors": ["#0008"], "format": "gif"},
            "#00000088 is partly clear, and GIF has no",
        ),
        ({"keep_colors": "#fff"}, "keep_colors is '#fff'; give a sequence of colours"),
        ({"keep_colors": ["#000", "#fff"], "k": 1}, "k is 1, but 2 colours are to be kept"),
    ],
)
def test_an_invalid_value_is_refused_with_the_value_and_the_rule(options, said):
    with pytest.raises(kalette.SettingsError, match=said) as caught:
        Settings(**options)
    assert caught.value.exit_code == 2


def test_colors_are_accepted_in_any_form_and_stored_in_one():
    as_bytes = np.array([[255, 136, 0], [0, 0, 0]], np.uint8)
    for colors in (as_bytes, as_bytes.tolist(), ["F80", "#000000ff"], iter(["#ff8800", "#000"])):
        settings = Settings(palette=colors)
        assert (settings.palette, settings.k) == (("#ff8800", "#000000"), 2)
    assert Settings(keep_colors=[(0, 0, 0, 1), "#00000001"]).keep_colors == ("#00000001",)


def test_settings_with_colors_are_hashable_and_survive_json():
    settings = Settings(palette=["#ff8800", (1, 2, 3, 4)])
    assert Settings(**json.loads(json.dumps(dataclasses.asdict(settings)))) == settings
    assert len({settings, dataclasses.replace(settings)}) == 1


def test_options_name_exactly_the_fields_of_settings_but_k():
    fields = {field.name: field.type for field in dataclasses.fields(Settings)}
    expected = {name: typing.get_type_hints(Settings)[name] for name in fields}
    colors = typing.get_type_hints(Options)["keep_colors"]  # accepted in more forms than stored
    expected |= {"keep_colors": colors, "palette": colors | str | os.PathLike[str] | None}
    assert typing.get_type_hints(Options) == {name: hint for name, hint in expected.items() if name != "k"}


def test_an_explicit_start_or_end_means_plain_lloyd():
    assert not Settings().plain_lloyd
    assert Settings(init="wu").plain_lloyd
    assert Settings(max_iter=3).plain_lloyd
    assert Settings(tol=0.0).plain_lloyd


def test_k_can_be_auto():
    assert Settings(k="auto").k == "auto"
    assert Settings(k="auto", keep_colors=["#fff"] * 3).keep_colors == ("#ffffff",)
    with pytest.raises(kalette.SettingsError, match="k is auto, but the fixed palette holds 1"):
        Settings(k="auto", palette=["#fff"])
