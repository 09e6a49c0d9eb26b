"""Palettes as text: hex lists and JSON.

A writer takes colours, their shares and a palette name; a reader returns colour codes, or raises a
`ValueError` with the reason.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from kalette.palettes.tokens import codes_of_tokens
from kalette.types import Palette, as_code, code_of, share_text

_TRAILING_SHARE = re.compile(r"(?<!\s)\s+<?[\d.]+\s*%\s*$")  # lookbehind: linear on runs of spaces
_COLOR_CODE = re.compile(r"#[0-9a-f]{3,8}|[0-9a-f]{6}|[0-9a-f]{8}", re.IGNORECASE)


def hex_text(colors: Palette, _shares: Sequence[float] | None, _name: str) -> str:
    """Return one colour code per line: #rrggbb, or #rrggbbaa if not opaque."""
    return "".join(f"{code_of(color)}\n" for color in colors)


def codes_of_hex_text(text: str) -> list[str]:
    """Read colour codes separated by spaces, commas or line ends; ignore a share at the end of a line.

    Examples
    --------
    >>> codes_of_hex_text("#ff8000  12.3 %\\n336699, #fff")
    ['#ff8000', '#336699', '#ffffff']
    """
    codes = []
    for number, line in enumerate(text.splitlines(), 1):
        for word in re.split(r"[\s,;]+", _TRAILING_SHARE.sub("", line)):
            if word and not _COLOR_CODE.fullmatch(word):
                raise ValueError(f"line {number} says {excerpt(word)}; expected a colour such as #ff8000")
            codes += [as_code(word)] if word else []
    return codes


def json_text(colors: Palette, shares: Sequence[float] | None, _name: str) -> str:
    """Return a JSON object with a list of colours and their shares."""
    entries: list[dict[str, Any]] = [{"hex": code_of(color)} for color in colors]
    for entry, share in zip(entries, shares or (), strict=False):
        entry["share"] = round(share, 6)
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
    return f'{{\n  "colors": [\n{lines}\n  ]\n}}\n'


def codes_of_json(text: str) -> list[str]:
    """Read a JSON list of colours, at the top level or under "colors" or "palette"; or design tokens.

    A colour of a list is a code, a list of three or four integers, or an object with "hex" or "color".

    Examples
    --------
    >>> codes_of_json('["#ff8000", [51, 102, 153]]'), codes_of_json('{"colors": [{"hex": "#fff"}]}')
    (['#ff8000', '#336699'], ['#ffffff'])
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("its lists are nested too deeply") from error
    listed = found.get("colors", found.get("palette")) if isinstance(found, dict) else found
    if isinstance(found, dict) and not isinstance(listed, list) and (codes := codes_of_tokens(found)):
        return codes
    if not isinstance(listed, list):
        raise ValueError('it holds no list of colours, and none under "colors", nor design tokens of colours')
    return [as_code(_color_of_json(entry)) for entry in listed]


def _color_of_json(entry: Any) -> Any:
    return entry.get("hex", entry.get("color")) if isinstance(entry, dict) else entry


def entry_names(colors: Palette, shares: Sequence[float] | None) -> list[str]:
    """Return entry names, for formats that have them: code and share.

    Examples
    --------
    >>> import numpy as np
    >>> entry_names(np.array([[255, 128, 0]], np.uint8), [0.25])
    ['#ff8000 25.0 %']
    """
    codes = [code_of(color) for color in colors]
    if shares is None:
        return codes
    return [f"{code} {share_text(share)}" for code, share in zip(codes, shares, strict=True)]


def excerpt(text: str) -> str:
    """Return a short quotation for a message."""
    text = text.strip()
    return repr(text if len(text) <= 30 else f"{text[:30]}...")
