"""Figures for Prometheus: requests by route and status, the queue, kept pictures."""

import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kalette.web.engine import Engine

_BUCKETS_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class Monitor:
    """Counts requests and reads the state of the engine.

    Parameters
    ----------
    engine : Engine
        The engine.
    """

    def __init__(self, engine: Engine) -> None:
        """Register the figures."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.requests = Counter(
            "kalette_requests", "Requests that were answered.", ("route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "kalette_request_seconds",
            "Seconds from the request to its answer.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=registry,
        )
        for name, text, read in (
            ("requests_running", "Requests in a worker process.", lambda: engine.queue.running),
            ("requests_held", "Requests that wait or run.", lambda: engine.queue.held),
            ("pictures_kept", "Uploads kept for further requests.", lambda: len(engine.images)),
            ("pictures_bytes", "Bytes of these uploads.", lambda: engine.images.total_bytes),
            ("uploads_bytes", "Bytes of uploads in flight.", lambda: engine.uploads.in_flight_bytes),
            ("worker_failures", "Tasks ended by a limit or a crash.", lambda: engine.worker_failures),
        ):
            Gauge(f"kalette_{name}", text, registry=registry).set_function(read)

    async def metrics(self, _: Request) -> Response:
        """Return all figures."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


class Counting:
    """Middleware that counts requests.

    Parameters
    ----------
    app : ASGI application
        The application.
    monitor : Monitor
        Where to count.
    routes : frozenset of str
        Paths to tell apart; all others count as the page.
    """

    def __init__(self, app: ASGIApp, monitor: Monitor, routes: frozenset[str]) -> None:
        """Store the parts."""
        self._app, self._monitor, self._routes = app, monitor, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        route = scope["path"] if scope["path"] in self._routes else "page"
        started = time.perf_counter()

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._monitor.requests.labels(route, str(message["status"])).inc()
                self._monitor.seconds.labels(route).observe(time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, counting)
