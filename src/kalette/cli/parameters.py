"""Types of option values: colour counts, sizes, qualities, file names."""

from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem

from kalette.types import MAX_K, Settings, SettingsError


class ColorCount(click.ParamType[int | str]):
    """A number of colours, or auto."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Return a number, or "auto"."""
        return "auto" if value == "auto" else _whole(value)


class ColorCounts(click.ParamType[tuple[int, ...]]):
    """A list of distinct numbers of colours, 1 to 256, such as 2,4,8."""

    name = "N,N,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the numbers, each valid as k."""
        counts: list[int] = []
        for part in str(value).split(","):
            count = _whole(part.strip())
            Settings(k=count)
            if count in counts:
                raise SettingsError(f"k is {value!r}, which holds {count} twice; give each number once")
            counts.append(count)
        return tuple(counts)


class ByteCount(click.ParamType[int]):
    """A number of bytes, alone or in KB, MB, GB (powers of 1000), KiB, MiB or GiB (of 1024)."""

    name = "BYTES"
    _UNITS: ClassVar[dict[str, int]] = {"": 1, "B": 1} | {
        f"{letter}{binary}B": base**power
        for power, letter in enumerate("KMG", start=1)
        for binary, base in (("", 1000), ("i", 1024))
    }

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        if isinstance(value, int):
            return value
        number = value.rstrip("BKMGi ")
        unit = value[len(number) :].strip()
        if not (number.isascii() and number.isdigit()) or unit not in self._UNITS:
            raise SettingsError(
                f"{value!r} is not a size; give a whole number, alone or with KB, MB, GB, KiB, MiB or GiB"
            )
        return int(number) * self._UNITS[unit]


class Quality(click.ParamType[tuple[float, float]]):
    """A score, or the least and the aim with a dash between them, such as 70-80."""

    name = "Q|Q-Q"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return the least and the aim."""
        least, _, aim = str(value).partition("-")
        try:
            return float(least), float(aim or least)
        except ValueError as error:
            raise SettingsError(
                f"{value!r} is not a quality; give a score, such as 70, "
                "or the least and the aim, such as 70-80"
            ) from error


class FileName(click.types.StringParamType):
    """A path or "-", as text; the shell completes it to a file."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Let the shell list files."""
        return click.Path().shell_complete(ctx, param, incomplete)


def _whole(text: Any) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(f"k is {text!r}; give a whole number of colours from 1 to {MAX_K}") from error
