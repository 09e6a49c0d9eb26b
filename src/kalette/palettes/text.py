"""Palettes as text: hex lists, CSS, JSON, GIMP palettes.

A writer takes colours, their shares and a palette name; a reader returns colour codes, or raises a
`ValueError` with the reason.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from kalette.types import Palette, as_code, channels_of, code_of, share_text

_TRAILING_SHARE = re.compile(r"(?<!\s)\s+<?[\d.]+\s*%\s*$")  # lookbehind: linear on runs of spaces
_COLOR_CODE = re.compile(r"#[0-9a-f]{3,8}|[0-9a-f]{6}|[0-9a-f]{8}", re.IGNORECASE)
# Comments, URLs and strings, also unterminated ones.
_CSS_IGNORED = re.compile(r"""/\*.*?(?:\*/|\Z)|url\([^)]*\)?|"[^"\n]*"?|'[^'\n]*'?""", re.DOTALL)
_CSS_VALUE = re.compile(r":([^:;{}]*)(?=[;}]|\Z)")
_CSS_COLOR = re.compile(r"#[0-9a-f]+\b|\brgba?\([^()]*\)", re.IGNORECASE)
_CSS_NUMBER = re.compile(r"(\d*\.?\d+)(%?)")
GIMP_FIRST_LINE = "GIMP Palette"


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
                raise ValueError(f"line {number} says {_excerpt(word)}; expected a colour such as #ff8000")
            codes += [as_code(word)] if word else []
    return codes


def css_text(colors: Palette, shares: Sequence[float] | None, _name: str) -> str:
    """Return CSS custom properties, with shares in comments."""
    lines = [f"  --color-{i}: {_css_value(color)};" for i, color in enumerate(colors, 1)]
    if shares is not None:
        lines = [f"{line} /* {share_text(share)} */" for line, share in zip(lines, shares, strict=True)]
    return "\n".join((":root {", *lines, "}\n"))


def _css_value(color: Sequence[int]) -> str:
    """Return a CSS colour; three digits of alpha are enough to restore its byte."""
    red, green, blue, alpha = channels_of(code_of(color))
    return code_of(color) if alpha == 255 else f"rgb({red} {green} {blue} / {round(alpha / 255, 3):g})"


def codes_of_css(text: str) -> list[str]:
    """Read the distinct colours in the values of CSS declarations: hexadecimal, rgb() and rgba().

    Examples
    --------
    >>> codes_of_css("a { color: #f80; border: 1px solid rgb(51 102 153 / 0.2) } #add { color: #f80 }")
    ['#ff8800', '#33669933']
    """
    values = _CSS_VALUE.findall(_CSS_IGNORED.sub(" ", text))
    found = [color for value in values for color in _CSS_COLOR.findall(value)]
    return list(dict.fromkeys(as_code(color if color[0] == "#" else _rgb(color)) for color in found))


def _rgb(function: str) -> list[int]:
    """Return the channels of rgb(255 128 0) or rgb(100%, 50%, 0%), with or without alpha."""
    numbers = _CSS_NUMBER.findall(function)
    if len(numbers) not in (3, 4):
        raise ValueError(f"{_excerpt(function)} is not a colour that Kalette reads; write it as #ff8000")
    scales = [100 if percent else 255 for _, percent in numbers[:3]]
    scales += [100 if percent else 1 for _, percent in numbers[3:]]
    pairs = zip(numbers, scales, strict=True)
    # `min` first: `round` fails on infinity, which hundreds of digits give.
    return [round(min(255, float(number) * 255 / whole)) for (number, _), whole in pairs]


def json_text(colors: Palette, shares: Sequence[float] | None, _name: str) -> str:
    """Return a JSON object with a list of colours and their shares."""
    entries: list[dict[str, Any]] = [{"hex": code_of(color)} for color in colors]
    for entry, share in zip(entries, shares or (), strict=False):
        entry["share"] = round(share, 6)
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
    return f'{{\n  "colors": [\n{lines}\n  ]\n}}\n'


def codes_of_json(text: str) -> list[str]:
    """Read a JSON list of colours, at the top level or under "colors" or "palette".

    A colour is a code, a list of three or four integers, or an object with "hex" or "color".

    Examples
    --------
    >>> codes_of_json('["#ff8000", [51, 102, 153]]'), codes_of_json('{"colors": [{"hex": "#fff"}]}')
    (['#ff8000', '#336699'], ['#ffffff'])
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("its lists are nested too deeply") from error
    if isinstance(found, dict):
        found = found.get("colors", found.get("palette"))
    if not isinstance(found, list):
        raise ValueError('it holds no list of colours, and none under "colors"')
    return [as_code(_color_of_json(entry)) for entry in found]


def _color_of_json(entry: Any) -> Any:
    return entry.get("hex", entry.get("color")) if isinstance(entry, dict) else entry


def gimp_text(colors: Palette, shares: Sequence[float] | None, name: str) -> str:
    """Return a GIMP palette: red, green and blue on each line, then a name with code and share.

    References
    ----------
    GIMP Palette Format Version 2, https://developer.gimp.org/core/standards/gpl
    """
    names = entry_names(colors, shares)
    lines = [f"{r:3} {g:3} {b:3}\t{entry}" for (r, g, b), entry in zip(colors[:, :3], names, strict=True)]
    head = (GIMP_FIRST_LINE, f"Name: {' '.join(name.split())}", f"Columns: {min(len(colors), 16)}", "#")
    return "\n".join((*head, *lines, ""))


def codes_of_gimp(text: str) -> list[str]:
    """Read the colours of a GIMP palette.

    Examples
    --------
    >>> codes_of_gimp("GIMP Palette\\nName: A\\n# two\\n255 128 0 orange\\n  0   0   0\\n")
    ['#ff8000', '#000000']
    """
    codes = []
    for number, line in enumerate(text.splitlines()[1:], 2):
        if not line.strip() or line.startswith(("#", "Name:", "Columns:")):
            continue
        numbers = [int(word) if word.isascii() and word.isdigit() else 256 for word in line.split()[:3]]
        if len(numbers) < 3 or max(numbers) > 255:
            raise ValueError(f"line {number} says {_excerpt(line)}; expected three numbers from 0 to 255")
        codes.append(code_of(numbers))
    return codes


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


def _excerpt(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= 30 else f"{text[:30]}...")
