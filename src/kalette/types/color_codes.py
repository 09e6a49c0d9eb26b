"""Hexadecimal colour codes: #rrggbb, or #rrggbbaa if not opaque."""

import re
from collections.abc import Iterable
from numbers import Integral
from typing import Any

from kalette.types.errors import SettingsError
from kalette.types.wording import brief

_CODE = re.compile(r"#?(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)


def code_of(color: Iterable[int]) -> str:
    """Return the hexadecimal code of a colour.

    Parameters
    ----------
    color : iterable of int
        Red, green, blue and optionally alpha, 0 to 255.

    Examples
    --------
    >>> code_of([255, 128, 0]), code_of([255, 128, 0, 255]), code_of([255, 128, 0, 51])
    ('#ff8000', '#ff8000', '#ff800033')
    """
    code = bytes(color).hex()
    return f"#{code[:6] if code[6:] == 'ff' else code}"


def channels_of(code: str) -> tuple[int, int, int, int]:
    """Parse a colour code to red, green, blue and alpha, 0 to 255.

    Parameters
    ----------
    code : str
        Three, four, six or eight hexadecimal digits, with or without a leading #.

    Raises
    ------
    SettingsError
        When it is not a colour code.

    Examples
    --------
    >>> channels_of("#ff8000"), channels_of("f803")
    ((255, 128, 0, 255), (255, 136, 0, 51))
    """
    if not _CODE.fullmatch(code):
        raise SettingsError(f"{brief(code)} is not a colour; give it in hexadecimal digits, such as #ff8000")
    digits = code.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) < 6 else digits
    red, green, blue, alpha = bytes.fromhex(digits.ljust(8, "f"))
    return red, green, blue, alpha


def as_code(color: Any) -> str:
    """Return the normalized code of a colour, given as a code or as three or four integers.

    Raises
    ------
    SettingsError
        When it is not a colour.

    Examples
    --------
    >>> as_code("F80"), as_code((255, 136, 0))
    ('#ff8800', '#ff8800')
    """
    if isinstance(color, str):
        return code_of(channels_of(color))
    try:
        channels = tuple(color)
    except TypeError:
        channels = ()
    if len(channels) not in (3, 4) or not all(_is_byte(channel) for channel in channels):
        raise SettingsError(
            f"{brief(color)} is not a colour; give red, green, blue and maybe alpha as whole numbers "
            "from 0 to 255, or a text such as #ff8000"
        )
    return code_of(int(channel) for channel in channels)


def _is_byte(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and 0 <= int(value) <= 255
