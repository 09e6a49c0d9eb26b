"""The routes that take images."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from typing import Any, Concatenate, ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kalette.reading import is_image
from kalette.report import DEFAULT_KS
from kalette.types import Settings, SettingsError
from kalette.web import work
from kalette.web.engine import Engine
from kalette.web.names import disposition, plain_name, result_name
from kalette.web.options import (
    COMPARE_OPTIONS,
    COMPRESS_OPTIONS,
    PALETTE_OPTIONS,
    PICTURES_OPTIONS,
    Options,
)
from kalette.web.problems import ProblemError

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")

PAGE_HEADER = "Kalette-Page"
_PAGE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NOT_IN_HEADERS = ("settings", "losses", "format", "estimated_bytes", "seed")
PALETTE_TYPES = {
    "hex": "text/plain; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "tokens": "application/json",
    "gpl": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ase": "application/octet-stream",
    "aco": "application/octet-stream",
}
"""Media type of each format of palette files."""


class Images:
    """Answers the requests that take an image.

    Parameters
    ----------
    engine : Engine
        Where the work is done.
    """

    def __init__(self, engine: Engine) -> None:
        """Store the engine."""
        self._engine = engine

    async def compress(self, request: Request) -> Response:
        """Return the compressed image, with figures in headers."""
        options = Options(request.url.query, COMPRESS_OPTIONS)
        settings = options.settings(Settings())
        async with self._source(request, options) as source:
            answer = await self._answer(request, work.compressed, source, settings)
        headers = {
            "Kalette-Picture": source.picture_id,
            **figures_in_headers(answer.record),
            "Content-Disposition": disposition(result_name(_name(options), settings)),
        }
        return Response(answer.content, headers=headers, media_type=f"image/{settings.format}")

    async def palette(self, request: Request) -> Response:
        """Return a palette file."""
        options = Options(request.url.query, PALETTE_OPTIONS)
        settings = options.palette_settings()
        stem, file_format = PurePosixPath(_name(options)).stem, options.get("format", "json")
        sort = options.get("sort", None if settings.palette else "share")
        wanted = work.WantedPalette(stem, file_format, sort)
        async with self._source(request, options) as source:
            answer = await self._answer(request, work.palette, source, settings, wanted)
        headers = {
            "Kalette-Picture": source.picture_id,
            **figures_in_headers(answer.record),
            "Content-Disposition": disposition(f"{stem}.{file_format}"),
        }
        return Response(answer.content, headers=headers, media_type=PALETTE_TYPES[file_format])

    async def compare(self, request: Request) -> Response:
        """Return a row for each k, the curve, and the recommended k."""
        options = Options(request.url.query, COMPARE_OPTIONS)
        settings = options.comparison_settings()
        ks = _distinct(options.get("ks", DEFAULT_KS))
        async with self._source(request, options) as source:
            found = await self._answer(request, work.compared, source, ks, settings, _name(options))
        return JSONResponse(found, headers={"Kalette-Picture": source.picture_id})

    async def pictures(self, request: Request) -> Response:
        """Keep a picture, and return its ID and size."""
        options = Options(request.url.query, PICTURES_OPTIONS)
        async with self._source(request, options) as source:
            found = await self._answer(request, work.look, source)
        return JSONResponse({**found, "expires_in_s": self._engine.config.cache_seconds}, 201)

    @asynccontextmanager
    async def _source(self, request: Request, options: Options) -> AsyncIterator[work.Source]:
        """Yield the image of a request, which holds a place in the queue until the context ends."""
        picture_id = options.get("picture")
        limits, first_frame = options.limits(self._engine.config.limits), options.get("first_frame", False)
        with self._engine.queue.place(client_of(request)):
            if picture_id is not None:
                _require_no_body(request)
                yield work.Source(picture_id, self._engine.kept(picture_id), limits, first_frame)
                return
            _require_plain_body(request)
            async with self._engine.uploads.body(request) as data:
                _require_image(data)
                yield work.Source(self._engine.keep(data), data, limits, first_frame)

    async def _answer(
        self,
        request: Request,
        function: Callable[Concatenate[work.Turn, _Arguments], _Returned],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Returned:
        """Do the work of a request, as long as its answer is wanted."""
        client, page = client_of(request), request.headers.get(PAGE_HEADER)
        key = object() if page is None else (client, request.url.path, _checked_page(page))
        working = self._engine.run(client, function, *arguments, **named)
        return await self._engine.newest(key, until_gone(request, working))


def client_of(request: Request) -> str:
    """Return the address of a client."""
    return request.client.host if request.client else "unknown"


async def until_gone(request: Request, wanted: Coroutine[Any, Any, _Returned]) -> _Returned:
    """Await the answer to a request whose body is read; end the work if the client closes the connection."""
    task, gone = asyncio.ensure_future(wanted), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ProblemError("bad-request", "the connection was closed before the answer")
        return task.result()
    finally:
        gone.cancel()
        task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def figures_in_headers(record: Mapping[str, Any]) -> dict[str, str]:
    r"""Return the figures of a record as headers.

    Examples
    --------
    >>> figures_in_headers({"colors_used": 16, "psnr_db": None, "stopped_by": "shift", "notes": ["a ö"]})
    ... # doctest: +NORMALIZE_WHITESPACE
    {'Kalette-Colors-Used': '16', 'Kalette-Psnr-Db': 'null', 'Kalette-Stopped-By': 'shift',
     'Kalette-Notes': '["a \\u00f6"]'}
    """
    return {
        f"Kalette-{name.replace('_', '-').title()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in record.items()
        if name not in _NOT_IN_HEADERS
    }


def _name(options: Options) -> str:
    return plain_name(options.get("name", ""))


def _distinct(ks: tuple[int, ...]) -> tuple[int, ...]:
    if len(ks) > 16:
        raise SettingsError(f"ks holds {len(ks)} numbers of colours; give at most 16")
    return ks


def _checked_page(page: str) -> str:
    if not _PAGE.fullmatch(page):
        raise ProblemError(
            "bad-request",
            f"{PAGE_HEADER} holds more than 1 to 64 letters, digits, and . _ -; give such",
        )
    return page


def _require_no_body(request: Request) -> None:
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        raise ProblemError("bad-request", "the request names a picture and has a body; give one of them")


def _require_plain_body(request: Request) -> None:
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise ProblemError("unsupported-format", "the body is a form; send the image itself as the body")


def _require_image(data: bytes) -> None:
    if not data:
        raise ProblemError("bad-request", "there is no image; send it as the body, or give picture=ID")
    if not is_image(data):
        raise ProblemError(
            "unsupported-format", "this is no PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC file; send one"
        )
