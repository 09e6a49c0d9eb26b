"""`kalette serve`: the web page and the HTTP API."""

import shlex
import webbrowser
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from kalette.cli.groups import COMMON, SERVER, GroupedCommand, option
from kalette.cli.options import limit_options, quiet_option
from kalette.cli.parameters import ByteCount
from kalette.types import Limits, size_text
from kalette.web import UPLOAD_LIMITS, ServerConfig

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_DEFAULTS = ServerConfig()


def _number(name: str, field: str, kind: Any, text: str, *, shown: bool = True) -> _Decorator:
    """Declare an option for a number in the configuration of the server."""
    metavar = "SECONDS" if "second" in field or field.endswith("_s") else "N"
    default = getattr(_DEFAULTS, field)
    return option(
        SERVER, name, field, type=kind, metavar=metavar, default=default, show_default=shown, help=text
    )


def _size(name: str, field: str, text: str) -> _Decorator:
    """Declare an option for a number of bytes."""
    default = f"{getattr(_DEFAULTS, field) >> 20}MiB"
    return option(SERVER, name, field, type=ByteCount(), default=default, show_default=True, help=text)


@click.command(name="serve", cls=GroupedCommand)
@option(
    COMMON,
    "--host",
    default=_DEFAULTS.host,
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; 0.0.0.0 or :: lets other machines in.",
)
@option(COMMON, "--port", type=int, default=0, metavar="N", help="Port; default: a free one.")
@option(COMMON, "--open", "open_browser", is_flag=True, help="Open the page in the browser.")
@option(
    COMMON,
    "--export",
    "export_folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the page as static files for any web server, and end; K-Means runs in the browser.",
)
@limit_options(UPLOAD_LIMITS)
@option(
    SERVER,
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A name of this server, besides localhost and IP addresses; repeatable.",
)
@option(
    SERVER,
    "--behind-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A reverse proxy, whose X-Forwarded-For is believed; repeatable.",
)
@_number("--workers", "workers", int, "Worker processes; default: as many as cores.", shown=False)
@_number("--queue", "queue", int, "Requests that may wait; one more is answered with 503.")
@_number(
    "--queue-per-client",
    "queue_per_client",
    int,
    "Requests of one client that may wait or run; one more is answered with 429.",
)
@_number("--timeout", "timeout_s", float, "Time for the work of a request.")
@_number("--upload-timeout", "upload_timeout_s", float, "Time for an upload.")
@_size("--memory", "memory_bytes", "Memory of a worker process; enforced on Linux.")
@_size("--cache", "cache_bytes", "Memory for pictures that are kept, in the server and in each worker.")
@_number("--cache-time", "cache_seconds", int, "How long a picture is kept after its last use.")
@quiet_option
def command(open_browser: bool, export_folder: Path | None, quiet: bool, **options: Any) -> None:
    """Serve the web page and the HTTP API until Ctrl-C or TERM.

    Without options, only this machine can reach the server. Nothing of an image is written to disk or logged.
    """
    if export_folder is not None:
        _export(export_folder, quiet)
        return
    from kalette.web import serve

    names = [field.name for field in fields(Limits) if field.name in options]
    limits = Limits(**{name: options.pop(name) for name in names})

    def tell(address: str) -> None:
        if not quiet:
            click.echo(f"Kalette serves {address} (Ctrl-C ends it)")
        if open_browser:
            webbrowser.open(address)

    serve(ServerConfig(limits=limits, **options), tell)


def _export(folder: Path, quiet: bool) -> None:
    from kalette.web import export_page

    written = export_page(folder)
    if not quiet:
        sizes = f"{size_text(written.size_bytes)}, gzipped {size_text(written.gzipped_bytes)}"
        click.echo(f"{folder}: {written.files} files, {sizes}")
        click.echo(
            f"Any web server can serve them; here: python -m http.server -d {shlex.quote(str(folder))}"
        )
