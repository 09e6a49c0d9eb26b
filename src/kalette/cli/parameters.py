"""Types of option values: colour counts, sizes, qualities, file names."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kalette.types import Settings, SettingsError, byte_count_of, color_count_of, color_counts_of, quality_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class ColorCount(click.ParamType[int | str]):
    """A number of colours, or auto."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Return a number, or "auto"."""
        return color_count_of(str(value))


class ColorCounts(click.ParamType[tuple[int, ...]]):
    """A list of distinct numbers of colours, 1 to 256, such as 2,4,8."""

    name = "N,N,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the numbers, each valid as k."""
        counts: list[int] = []
        for count in color_counts_of(str(value)):
            Settings(k=count)
            if count in counts:
                raise SettingsError(f"k is {value!r}, which holds {count} twice; give each number once")
            counts.append(count)
        return tuple(counts)


class ByteCount(click.ParamType[int]):
    """A number of bytes, alone or in KB, MB, GB (powers of 1000), KiB, MiB or GiB (of 1024)."""

    name = "BYTES"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        return value if isinstance(value, int) else byte_count_of(value)


class Quality(click.ParamType[tuple[float, float]]):
    """A score, or the least and the aim with a dash between them, such as 70-80."""

    name = "Q|Q-Q"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return the least and the aim."""
        return quality_of(str(value))


class FileName(click.types.StringParamType):
    """A path or "-", as text; the shell completes it to a file."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Let the shell list files."""
        return click.Path().shell_complete(ctx, param, incomplete)


class OutputFile(FileName):
    """A file to write, or "-", as text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, unless it is that of a folder."""
        name = str(value)
        if name.endswith(("/", "\\")):
            state = "is a folder" if Path(name).is_dir() else "is a folder that does not exist"
            raise SettingsError(f"{name} {state}; name a file in a folder that exists")
        return name


class OutputPath(click.ParamType[Path]):
    """A file to write, as a path."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, unless it is that of a folder or a standard stream."""
        name = OutputFile().convert(value, param, ctx)
        if name == "-":
            raise SettingsError("- is standard output, where the command writes its report; name a file")
        return Path(name)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Let the shell list files."""
        return FileName().shell_complete(ctx, param, incomplete)
