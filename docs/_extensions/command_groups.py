"""The options of each command under the headings of its help."""

import click
from sphinx.application import Sphinx

from kalette.cli.groups import GroupedCommand

_BEGIN = ".. option::"
_KEPT_APART = "| "


def _under_headings(_: Sphinx, ctx: click.Context, lines: list[str]) -> None:
    """Put the options of sphinx-click, which come in the order of their declaration, under headings."""
    if not isinstance(ctx.command, GroupedCommand):
        return
    starts = [number for number, line in enumerate(lines) if line.startswith(_BEGIN)]
    texts = [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    shown = [each for each in ctx.command.params if isinstance(each, click.Option) and not each.hidden]
    text_of = dict(zip((each.name for each in shown), texts, strict=True))
    lines.clear()
    for group, options in ctx.command.options_by_group(ctx).items():
        lines += [f".. rubric:: {group}", ""]
        lines += [line for each in options for line in text_of.get(each.name, [])]


def _with_examples_as_code(_: Sphinx, ctx: click.Context, lines: list[str]) -> None:
    """Show the lines that the help keeps apart, which are examples, as code."""
    kept = [number for number, line in enumerate(lines) if line.startswith(_KEPT_APART)]
    for number in kept:
        lines[number] = f"   {lines[number].removeprefix(_KEPT_APART)}"
    if kept:
        lines[kept[0] : kept[0]] = [".. code-block:: text", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to the events of sphinx-click."""
    app.setup_extension("sphinx_click")
    app.connect("sphinx-click-process-options", _under_headings)
    app.connect("sphinx-click-process-description", _with_examples_as_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
