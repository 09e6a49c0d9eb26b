"""Palettes in CSS: the colours in the values of its declarations, in every notation of CSS Color 4.

A reader returns colour codes, or raises a `ValueError` with the reason.
"""

import re
from collections.abc import Iterator, Sequence

from kalette.palettes.text import excerpt
from kalette.types import Palette, channels_of, code_of, share_text

# Comments, URLs and strings, also unterminated ones.
_IGNORED = re.compile(r"""/\*.*?(?:\*/|\Z)|url\([^)]*\)?|"[^"\n]*"?|'[^'\n]*'?""", re.DOTALL)
_VALUE = re.compile(r":([^:;{}]*)(?=[;}]|\Z)")
_TOKEN = re.compile(r"#[0-9a-z]+|-*[a-z_][\w-]*\(?", re.IGNORECASE)
_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color"}
_FUNCTIONS |= {"color-mix", "device-cmyk"}  # refused, with a sentence


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
    """Read the distinct colours in the values of CSS declarations; what sRGB cannot show is clipped.

    Examples
    --------
    >>> codes_of_css("a { color: #f80; border: 1px solid rgb(51 102 153 / 0.2) } #add { color: teal }")
    ['#ff8800', '#33669933', '#008080']
    """
    values = _VALUE.findall(_IGNORED.sub(" ", text))
    notations = dict.fromkeys(notation for value in values for notation in _notations(value))
    return list(dict.fromkeys(_code(notation) for notation in notations))


def _notations(value: str) -> Iterator[str]:
    """Yield hexadecimal colours, names, and colour functions with their arguments."""
    place = 0
    while found := _TOKEN.search(value, place):
        token, place = found[0], found.end()
        if token.startswith("#") or _is_name(token):
            yield token
        elif token.endswith("(") and token[:-1].lower() in _FUNCTIONS:
            place = _end_of_arguments(value, place)
            yield value[found.start() : place]


def _is_name(word: str) -> bool:
    from coloraide.css import color_names

    return color_names.from_name(word.lower()) is not None


def _end_of_arguments(value: str, place: int) -> int:
    depth = 1
    while depth and place < len(value):
        depth += {"(": 1, ")": -1}.get(value[place], 0)
        place += 1
    return place


def _code(notation: str) -> str:
    from coloraide import Color

    match = Color.match(notation, fullmatch=True)
    if match is None:
        raise ValueError(f"{excerpt(notation)} is not a colour that Kalette reads; write it as #ff8000")
    shown = match.color.convert("srgb").clip()
    channels = (*shown.coords(nans=False), shown.alpha(nans=False))
    return code_of(round(255 * min(max(channel, 0.0), 1.0)) for channel in channels)
