"""The server: a socket, and uvicorn on it until a signal comes."""

import asyncio
import math
import os
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, cast

from kalette.types import MissingLibraryError, SettingsError
from kalette.web.config import ServerConfig

try:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    from kalette.web.app import application
    from kalette.web.engine import Engine
except ModuleNotFoundError as error:
    raise MissingLibraryError(
        f"the server needs {error.name}, which is not installed; pip install 'kalette[web]'"
    ) from error

_MOST_CONNECTIONS = 1000
_KEEP_ALIVE_S = 5
_STOPPING_S = 5.0  # beyond the deadline of the work


def serve(config: ServerConfig, on_ready: Callable[[str], object]) -> None:
    """Serve until SIGINT or SIGTERM comes; then finish the requests that run.

    Parameters
    ----------
    config : ServerConfig
        Where to listen, and what to take.
    on_ready : callable
        Called with the address of the page once the server listens.

    Raises
    ------
    SettingsError
        When the address cannot be used.
    """
    listening = _listening(config)
    with listening:
        engine = Engine(config)
        try:
            server = _Server(_uvicorn_config(config, engine), engine, lambda: on_ready(_address(listening)))
            server.run(sockets=[listening])
        finally:
            engine.stop()


def _listening(config: ServerConfig) -> socket.socket:
    try:
        family = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0][0]
        return _bound(family, (config.host, config.port))
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a valid name"
        raise SettingsError(
            f"the address {config.host}, port {config.port} cannot be used ({reason}); "
            "choose another with --host and --port"
        ) from error


def _bound(family: int, place: tuple[str, int]) -> socket.socket:
    # With the protocol named, asyncio sets TCP_NODELAY on connections; without, an answer takes 40 ms longer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(_MOST_CONNECTIONS)
    except OSError:
        listening.close()
        raise
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _uvicorn_config(config: ServerConfig, engine: Engine) -> uvicorn.Config:
    return uvicorn.Config(
        application(engine),
        http=cast(type[asyncio.Protocol], partial(_PunctualProtocol, headers_s=config.upload_timeout_s)),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # addresses hold names of files
        server_header=False,
        proxy_headers=bool(config.trusted_proxies),
        forwarded_allow_ips=list(config.trusted_proxies),
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=math.ceil(config.timeout_s + _STOPPING_S),
    )


class _Server(uvicorn.Server):
    """Tells when it listens, and lets the engine know when it is to stop."""

    def __init__(self, config: uvicorn.Config, engine: Engine, on_ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._engine, self._on_ready = engine, on_ready
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._engine.begin_stop)


class _PunctualProtocol(H11Protocol):
    """Closes connections that do not send the headers of a request in time."""

    def __init__(self, *arguments: Any, headers_s: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._headers_s = headers_s
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._waiting is None:
            self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_headers(self) -> None:
        self._waiting = self.loop.call_later(self._headers_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
