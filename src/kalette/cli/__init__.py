"""The command: a group of subcommands, and `main`, which maps errors to messages and exit codes."""

import gc
import importlib
import os
import sys
import warnings
from typing import Any, NoReturn

import click

from kalette import signals
from kalette.cli import streams
from kalette.types import KaletteError

__all__ = ["main"]

_COMMANDS = ("compress", "compare", "palette", "plot", "animate", "demo", "batch", "serve")
INTERRUPTED = 130


class _LazyGroup(click.Group):
    """A group that imports a command's module on first use, so that it starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands, the common ones first."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"kalette.cli.{cmd_name}").command
        _begin_work()
        return command


def _print_versions(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from kalette.cli.version import versions

        click.echo(versions())
        ctx.exit()


@click.group(
    cls=_LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_versions,
    help="Print the versions of Kalette and of all libraries that decide its bytes, and the kernels in use.",
)
@click.pass_context
def group(ctx: click.Context) -> None:
    """Compress images with K-Means: few colours, small indexed files, the same bytes on every machine.

    \b
    kalette demo                    try it on the built-in sample
    kalette compress photo.jpg      writes photo-k256.png beside it
    kalette compress -k 16 *.jpg    sixteen colours, several files
    kalette palette photo.jpg       eight colours, to look at or to export
    kalette batch photos small      a whole folder; the same again goes on where it ended
    kalette animate *.png -o a.gif  frames to an animation
    kalette                         asks for image and options
    """
    if ctx.invoked_subcommand is not None:
        return
    if _on_terminal():
        from kalette.cli.ask import ask

        _begin_work()
        ask()
    else:
        click.echo(ctx.get_help())


def _begin_work() -> None:
    """End the startup phase: enable signal cleanup and garbage collection."""
    gc.freeze()  # modules are never garbage; scanning them takes as long as a small picture
    gc.enable()
    signals.unwind()


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _help_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'kalette'} --help"


def main() -> NoReturn:
    """Run the command line; a failure prints one sentence on standard error and sets the exit code."""
    # Kalette uses no BLAS; its idle threads would only compete with Kalette's.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    signals.end_at_once()
    streams.prepare()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # the command owns the process
        warnings.showwarning = _say_warning
        warnings.filterwarnings("default", message="the compiled kernels are missing")
    try:
        code = _exit_code()
    except signals.Stopped as stopped:
        if sys.stderr.isatty():
            click.echo(err=True)  # after the echoed ^C
        streams.say(stopped.said)
        code = stopped.exit_code
    signals.end_at_once()
    sys.exit(code)


def _say_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    streams.say(str(message))


def _exit_code() -> int:
    """Run the command, print errors, and return the exit code."""
    try:
        code = group.main(prog_name="kalette", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KaletteError as error:
        streams.say(str(error))
        return error.exit_code
    except click.ClickException as error:
        way_out = "" if error.exit_code == 0 else f"; {_help_of(error)} lists what can be given"
        streams.say(f"{error.format_message().rstrip('.')}{way_out}")
        return error.exit_code
    except click.Abort:
        streams.say("interrupted")
        return INTERRUPTED
    except OSError as error:
        sys.stdout = None  # it may be the broken stream, which must not be flushed again
        if not isinstance(error, BrokenPipeError):  # the reader has closed the pipe: no message
            what = error.filename or "the output"
            streams.say(f"{what} cannot be used ({error.strerror}); choose another place")
        return 1
