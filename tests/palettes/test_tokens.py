"""Design tokens, which Figma imports as variables."""

import json

import pytest

import kalette
from palette_cases import ORANGE_AND_BLUE, WITH_ALPHA, read


def test_a_color_is_a_token_of_the_color_module():
    """Orange: 255, 128, 0 of 255 are 1, 0.501961, 0."""
    tokens = json.loads(ORANGE_AND_BLUE.to_bytes("tokens"))
    assert list(tokens) == ["color-1", "color-2"]
    assert tokens["color-1"] == {
        "$type": "color",
        "$value": {"colorSpace": "srgb", "components": [1, 0.501961, 0], "alpha": 1, "hex": "#ff8000"},
        "$description": "75.0 %",
    }


def test_alpha_stands_beside_the_hexadecimal_code_of_the_opaque_color():
    first = json.loads(WITH_ALPHA.to_bytes("tokens"))["color-1"]["$value"]
    assert (first["alpha"], first["hex"]) == (0.2, "#ff8000")


def test_a_file_of_tokens_is_named_by_both_endings(tmp_path):
    for name in ("two.tokens", "two.tokens.json", "TWO.Tokens.JSON"):
        ORANGE_AND_BLUE.save(tmp_path / name, overwrite=True)
        assert (tmp_path / name).read_bytes() == ORANGE_AND_BLUE.to_bytes("tokens")


SRGB = {"colorSpace": "srgb", "components": [0.2, "none", 1]}
GREEN = {"colorSpace": "display-p3", "components": [0, 1, 0], "alpha": 0.2, "hex": "#00ff00"}


def token(value):
    return {"$type": "color", "$value": value}


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ({"a": token("#f80"), "b": token(SRGB)}, ["#ff8800", "#3300ff"]),
        ({"$type": "color", "x": {"y": {"$value": SRGB}}, "z": {"$value": "#000"}}, ["#3300ff", "#000000"]),
        ({"a": token(GREEN), "alias": token("{a}"), "gap": {"$type": "number", "$value": 4}}, ["#00ff0033"]),
    ],
)
def test_tokens_of_other_programs_are_read(written, tokens, expected):
    """Codes of older drafts, types given by groups, `none`, other spaces by their sRGB fallback."""
    assert read(written(json.dumps(tokens))) == expected


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, 'is in space null without "hex"; give it in "srgb"'),
        ({"colorSpace": "oklch", "components": [0.5, 0.1, 20]}, 'is in space "oklch" without "hex"'),
        ({"colorSpace": "srgb", "components": [0, 1]}, "has no three components"),
        ({"colorSpace": "srgb", "components": [0, 1, 255]}, "holds 255; components are numbers from 0 to 1"),
        ({"colorSpace": "srgb", "components": [0, 1, [0]]}, r"holds \[0\]; components"),
        ({"colorSpace": "srgb", "components": [0, 1, 0], "alpha": float("nan")}, "holds NaN; components"),
        ({"colorSpace": "p3", "hex": 7}, "7 is not a colour"),
    ],
)
def test_a_token_without_a_color_is_refused(written, value, said):
    with pytest.raises(kalette.PaletteError, match=said):
        kalette.read_palette(written(json.dumps({"a": token(value)})))


def test_tokens_may_be_nested_as_deeply_as_json(written):
    deep = '{"a": ' * 900 + json.dumps(token("#f80")) + "}" * 900
    assert read(written(deep)) == ["#ff8800"]
