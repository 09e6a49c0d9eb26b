"""Values of options as people write them, on the command line and in addresses."""

import re
from typing import Literal

from kalette.types.errors import SettingsError
from kalette.types.indexed import MAX_K
from kalette.types.wording import brief

_SIZE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?\s*([kmg]?)(i?)b?", re.IGNORECASE)  # no size is longer
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3}


def color_count_of(text: str) -> int | Literal["auto"]:
    """Return a number of colours, or "auto".

    Examples
    --------
    >>> color_count_of("16"), color_count_of("auto")
    (16, 'auto')
    """
    return "auto" if text == "auto" else _whole(text)


def color_counts_of(text: str) -> tuple[int, ...]:
    """Return the numbers of colours in a list such as 2,4,8.

    Examples
    --------
    >>> color_counts_of("2, 4,8")
    (2, 4, 8)
    """
    return tuple(_whole(part.strip()) for part in text.split(","))


def byte_count_of(text: str) -> int:
    """Return a number of bytes: alone, in KB, MB, GB (powers of 1000), KiB, MiB or GiB (of 1024).

    Capitals do not count, the B may be left out, and a part of a byte is dropped.

    Examples
    --------
    >>> byte_count_of("200KB"), byte_count_of("2 KiB"), byte_count_of("77")
    (200000, 2048, 77)
    >>> byte_count_of("20k"), byte_count_of("0.02mb"), byte_count_of("1.5kib")
    (20000, 20000, 1536)
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or (not found[3] and (found[2] or found[4])):
        raise SettingsError(
            f"{brief(text)} is not a size; give a number of bytes, or one with KB, MB, GB, KiB, MiB or GiB, "
            "such as 20KB"
        )
    whole, decimals, letter, binary = found.groups(default="")
    unit = (1024 if binary else 1000) ** _POWERS[letter.lower()]
    size_bytes: int = int(whole + decimals) * unit // 10 ** len(decimals)
    return size_bytes


def quality_of(text: str) -> tuple[float, float]:
    """Return the least and the aim of a quality such as 70-80; of 70, both are 70.

    Examples
    --------
    >>> quality_of("70-80"), quality_of("70")
    ((70.0, 80.0), (70.0, 70.0))
    """
    least, _, aim = text.partition("-")
    try:
        return float(least), float(aim or least)
    except ValueError as error:
        raise SettingsError(
            f"{brief(text)} is not a quality; give a score, such as 70, "
            "or the least and the aim, such as 70-80"
        ) from error


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(
            f"k is {brief(text)}; give a whole number of colours from 1 to {MAX_K}"
        ) from error
