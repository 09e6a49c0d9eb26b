"""Values of options as people write them, on the command line and in addresses."""

from typing import Literal

from kalette.types.errors import SettingsError
from kalette.types.indexed import MAX_K
from kalette.types.wording import brief

_MOST_DIGITS = 18  # more than any size has
_UNITS: dict[str, int] = {"": 1, "B": 1} | {
    f"{letter}{binary}B": base**power
    for power, letter in enumerate("KMG", start=1)
    for binary, base in (("", 1000), ("i", 1024))
}


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

    Examples
    --------
    >>> byte_count_of("200KB"), byte_count_of("2 KiB"), byte_count_of("77")
    (200000, 2048, 77)
    """
    number = text.rstrip("BKMGi ")
    unit = text[len(number) :].strip()
    is_whole = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    if not is_whole or unit not in _UNITS:
        raise SettingsError(
            f"{brief(text)} is not a size; give a whole number, alone or with KB, MB, GB, KiB, MiB or GiB"
        )
    return int(number) * _UNITS[unit]


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
