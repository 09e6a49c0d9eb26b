"""The command: what it declares, and a thin `main` that turns errors into sentences and exit codes."""

import importlib
import io
import os
import signal
import sys
import warnings
from typing import NoReturn

import click

from kalette.errors import KaletteError

_COMMANDS = ("compress", "compare", "palette", "plot", "demo")
INTERRUPTED, TERMINATED = 130, 143


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, so that starting is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which one meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"kalette.cli.{cmd_name}").command
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
    help="Show the versions of Kalette and of all that decides its bytes, and which kernels run.",
)
@click.pass_context
def group(ctx: click.Context) -> None:
    """Compress images with K-Means: few colours, small indexed files, the same bytes everywhere.

    \b
    kalette demo                    see it work on the built-in sample
    kalette compress photo.jpg      makes photo-k256.png beside it
    kalette compress -k 16 *.jpg    sixteen colours, several files
    kalette palette photo.jpg       its eight colours, to look at or to export
    kalette                         asks for the image and the rest
    """
    if ctx.invoked_subcommand is not None:
        return
    if _on_terminal():
        from kalette.cli.ask import ask

        ask()
    else:
        click.echo(ctx.get_help())


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _quiet_and_encodable() -> None:
    """Say everything in the command's own words, and in whatever encoding the terminal has."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _help_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'kalette'} --help"


def main() -> NoReturn:
    """Run the command line; every failure is one sentence on standard error and an exit code."""
    # Kalette calls no BLAS; the threads that NumPy's would start only spin beside ours.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    _quiet_and_encodable()
    try:
        code = group.main(prog_name="kalette", standalone_mode=False)
    except KaletteError as error:
        click.echo(f"kalette: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        way_out = "" if error.exit_code == 0 else f"; {_help_of(error)} lists what can be given"
        click.echo(f"kalette: {error.format_message().rstrip('.')}{way_out}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stdout = None  # nobody reads any more: there is nothing left to flush
        sys.exit(1)
    except OSError as error:
        click.echo(f"kalette: {error.filename or 'the output'} cannot be used ({error.strerror})", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("kalette: interrupted", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)
