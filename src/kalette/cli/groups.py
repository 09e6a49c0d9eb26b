"""Options in groups, as the help of a command lists them, and in objects, as the command takes them."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar

import click

_Function = TypeVar("_Function", bound=Callable[..., Any])

COMMON = "Common options"
SIZE_AND_LOOK = "Size and look"
COLORS = "Colours"
K_MEANS = "K-Means"
FILES = "Files"
BATCH = "Batch"
WORK = "Where the work is done"
SERVER = "Server"
OUTPUT = "Output"

_ORDER = (COMMON, BATCH, WORK, SIZE_AND_LOOK, COLORS, K_MEANS, FILES, SERVER, OUTPUT)


class _GroupedOption(click.Option):
    """An option with the group under which the help lists it."""

    def __init__(self, *declarations: Any, group: str, **attributes: Any) -> None:
        super().__init__(*declarations, **attributes)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose help lists options by group."""

    def options_by_group(self, ctx: click.Context) -> dict[str, list[click.Option]]:
        """Return the options of each group that has some; the last holds those without one."""
        groups: dict[str, list[click.Option]] = {group: [] for group in _ORDER}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and not parameter.hidden:
                groups[getattr(parameter, "group", OUTPUT)].append(parameter)
        return {group: options for group, options in groups.items() if options}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each group."""
        for group, options in self.options_by_group(ctx).items():
            with formatter.section(group):
                formatter.write_dl([each.get_help_record(ctx) or ("", "") for each in options])


def option(group: str, *declarations: str, **attributes: Any) -> Callable[[_Function], _Function]:
    """Declare an option in a group; otherwise as `click.option`."""
    return click.option(*declarations, cls=_GroupedOption, group=group, **attributes)


def as_one(name: str, kind: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options that are fields of a dataclass as one object of that name."""
    members = [field.name for field in fields(kind)]

    def gather(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def command(**values: Any) -> Any:
            gathered = kind(**{member: values.pop(member) for member in members})
            return function(**values, **{name: gathered})

        return command

    return gather
