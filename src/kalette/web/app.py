"""The application: routes, and what surrounds them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from kalette.types import KaletteError, __version__, brief
from kalette.web.archive import Archive
from kalette.web.endpoints import Images
from kalette.web.engine import Engine
from kalette.web.guard import Guard
from kalette.web.monitoring import Counting, Monitor
from kalette.web.openapi import document
from kalette.web.page_files import PageFiles
from kalette.web.page_folders import PAGE_FOLDERS
from kalette.web.problems import ProblemError, problem_of
from kalette.web.uploads import drain

API = "/v1"
_CLEANING_S = 30.0
_KIND_OF_STATUS = {404: "not-found", 405: "method-not-allowed"}


def application(engine: Engine) -> ASGIApp:
    """Return the ASGI application of an engine."""
    monitor = Monitor(engine)
    routes = api_routes(engine, monitor)
    paths = frozenset(f"{API}{route.path}" for route in routes)
    mounts = [
        Mount(API, routes=routes),
        *(Mount(f"/{path}", PageFiles(directory=folder, html=True)) for path, folder in PAGE_FOLDERS.items()),
    ]
    app = Starlette(routes=mounts, lifespan=_lifespan(engine), exception_handlers=_HANDLERS)
    return Counting(Guard(app, engine.config.allowed_hosts), monitor, paths)


def api_routes(engine: Engine, monitor: Monitor) -> list[Route]:
    """Return the routes below `API`."""
    images, archive = Images(engine), Archive(engine)

    async def health(_: Request) -> Response:
        limits = {
            **asdict(engine.config.limits),
            "timeout_s": engine.config.timeout_s,
            "keeps_pictures_s": engine.config.cache_seconds,
        }
        return JSONResponse({"status": "ok", "version": __version__, "limits": limits})

    async def ready(_: Request) -> Response:
        engine.require_ready()
        return JSONResponse({"status": "ready"})

    async def openapi(_: Request) -> Response:
        return JSONResponse(document())

    return [
        Route("/compress", images.compress, methods=["POST"]),
        Route("/palette", images.palette, methods=["POST"]),
        Route("/compare", images.compare, methods=["POST"]),
        Route("/pictures", images.pictures, methods=["POST"]),
        Route("/archive", archive.archive, methods=["POST"]),
        Route("/health", health),
        Route("/ready", ready),
        Route("/metrics", monitor.metrics),
        Route("/openapi.json", openapi),
    ]


def _lifespan(engine: Engine) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        cleaning = asyncio.ensure_future(_clean(engine))
        try:
            yield
        finally:
            cleaning.cancel()
            await asyncio.to_thread(engine.stop)

    return lifespan


async def _clean(engine: Engine) -> None:
    while True:
        await asyncio.sleep(_CLEANING_S)
        engine.drop_expired()


async def _answer_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ProblemError)
    if request.method == "POST" and not await drain(request):
        problem.headers["Connection"] = "close"
    return problem.response()


async def _answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KaletteError)
    return await _answer_problem(request, problem_of(error))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _KIND_OF_STATUS.get(error.status_code, "bad-request")
    said = {
        "not-found": f"there is nothing at {brief(request.url.path)}; /v1/openapi.json lists the routes",
        "method-not-allowed": f"{request.method} is not for {brief(request.url.path)}; see the header Allow",
    }.get(kind, "the request is not valid; /v1/openapi.json describes all requests")
    return await _answer_problem(request, ProblemError(kind, said, error.headers))


async def _answer_fault(_: Request, __: Exception) -> Response:
    said = "the server has a fault, which its log shows; try again, and report it if it stays"
    return ProblemError("internal-error", said).response()


_HANDLERS = {
    ProblemError: _answer_problem,
    KaletteError: _answer_error,
    HTTPException: _answer_http,
    Exception: _answer_fault,
}
