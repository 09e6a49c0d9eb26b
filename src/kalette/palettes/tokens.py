"""Palettes as design tokens: the JSON of the Design Tokens Community Group, which Figma imports as variables.

Design Tokens Format Module and Color Module, 2025.10: https://www.designtokens.org/tr/2025.10/format/
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kalette.types import Palette, as_code, code_of, is_number, share_text


def tokens_text(colors: Palette, shares: Sequence[float] | None, _name: str) -> str:
    """Return a JSON object with a colour token for each entry, and its share as description."""
    tokens = {f"color-{number}": _token(color) for number, color in enumerate(colors.tolist(), 1)}
    for token, share in zip(tokens.values(), shares or (), strict=False):
        token["$description"] = share_text(share)
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(token)}" for name, token in tokens.items())
    return f"{{\n{lines}\n}}\n"


def _token(color: Sequence[int]) -> dict[str, Any]:
    components = [round(channel / 255, 6) for channel in color]
    value = {
        "colorSpace": "srgb",
        "components": components[:3],
        "alpha": components[3] if len(components) == 4 else 1,
        "hex": code_of(color[:3]),
    }
    return {"$type": "color", "$value": value}


def codes_of_tokens(root: Mapping[str, Any]) -> list[str]:
    """Return the colours of all colour tokens, in their order; a token that names another one is left out.

    Examples
    --------
    >>> srgb = {"colorSpace": "srgb", "components": [1, 0.5, 0], "alpha": 0.2}
    >>> codes_of_tokens({"brand": {"$type": "color", "a": {"$value": srgb}, "b": {"$value": "{brand.a}"}}})
    ['#ff800033']
    """
    values = [value for value in _color_values(root) if not (isinstance(value, str) and value[:1] == "{")]
    return [as_code(value) if isinstance(value, str) else _code_of_value(value) for value in values]


def _color_values(root: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the value of each colour token; a group gives its type to what it holds."""
    waiting: list[tuple[Any, Any]] = [(root, None)]
    while waiting:
        node, inherited = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        kind = node.get("$type", inherited)
        if "$value" not in node:
            inner = [(child, kind) for name, child in node.items() if not name.startswith("$")]
            waiting += reversed(inner)
        elif kind == "color":
            yield node["$value"]


def _code_of_value(value: Any) -> str:
    """Return the code of a colour object; outside sRGB, of the sRGB colour that it names as fallback."""
    value = value if isinstance(value, Mapping) else {}
    alpha = _byte(value.get("alpha", 1))
    if value.get("colorSpace") == "srgb":
        components = value.get("components")
        if not isinstance(components, list) or len(components) != 3:
            raise ValueError("a colour token has no three components; give red, green and blue from 0 to 1")
        return as_code((*map(_byte, components), alpha))
    if "hex" not in value:
        space = json.dumps(value.get("colorSpace"))
        raise ValueError(f'a colour token is in space {space} without "hex"; give it in "srgb"')
    return as_code((*bytes.fromhex(as_code(value["hex"])[1:7]), alpha))


def _byte(part: Any) -> int:
    """Return a component as a byte; `none` is zero."""
    part = 0 if part == "none" else part
    if not is_number(part) or not 0 <= part <= 1:
        raise ValueError(f"a colour token holds {json.dumps(part)}; components are numbers from 0 to 1")
    return math.floor(part * 255 + 0.5)
