"""Several results in one zip file."""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from kalette.types import KaletteError, Settings
from kalette.web import work
from kalette.web.endpoints import client_of, until_gone
from kalette.web.engine import Engine
from kalette.web.names import disposition, plain_name, result_name
from kalette.web.options import COMPRESS_OPTIONS, READING, Options
from kalette.web.problems import ProblemError, problem_of

MAX_FILES = 200
_MAX_BODY_BYTES = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip, so that equal contents give equal bytes
_FILE_MODE = 0o644 << 16


class Entry(NamedTuple):
    """A file that is asked for."""

    picture: str
    name: str = "image"
    options: str = ""


class Made(NamedTuple):
    """A file of the zip."""

    name: str
    content: bytes


class Failed(NamedTuple):
    """A file that has no result."""

    name: str
    problem: ProblemError


class Archive:
    """Answers the request for several results in a zip file.

    Parameters
    ----------
    engine : Engine
        Where the work is done.
    """

    def __init__(self, engine: Engine) -> None:
        """Store the engine."""
        self._engine = engine

    async def archive(self, request: Request) -> Response:
        """Return a zip with a compressed file for each picture."""
        client = client_of(request)
        with self._engine.queue.place(client):
            async with self._engine.uploads.body(request, max_bytes=_MAX_BODY_BYTES) as body:
                entries = _entries(request, body)
            results = await until_gone(request, self._results(client, entries))
        failed = [each for each in results if isinstance(each, Failed)]
        if len(failed) == len(results):
            raise failed[0].problem
        made = [each for each in results if isinstance(each, Made)]
        headers = {"Content-Disposition": disposition("kalette.zip"), "Kalette-Errors": str(len(failed))}
        return Response(_zipped(made, failed), headers=headers, media_type="application/zip")

    async def _results(self, client: str, entries: Sequence[Entry]) -> list[Made | Failed]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._result(client, entry)) for entry in entries]
        return [task.result() for task in tasks]

    async def _result(self, client: str, entry: Entry) -> Made | Failed:
        name = plain_name(entry.name)
        try:
            options = Options(entry.options, COMPRESS_OPTIONS)
            settings = options.settings(Settings())
            picture_id = READING["picture"].read(entry.picture)
            limits = options.limits(self._engine.config.limits)
            source = work.Source(
                picture_id, self._engine.kept(picture_id), limits, options.get("first_frame", False)
            )
            answer = await self._engine.run(client, work.compressed, source, settings)
        except KaletteError as error:
            return Failed(name, problem_of(error))
        except ProblemError as problem:
            return Failed(name, problem)
        return Made(result_name(name, settings), answer.content)


def _entries(request: Request, body: bytes) -> list[Entry]:
    """Return the files that a body asks for."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ProblemError(
            "unsupported-format", "the body is not announced as JSON; send it as application/json"
        )
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProblemError("bad-request", f"the body is not JSON ({error}); send JSON") from error
    files = asked.get("files") if isinstance(asked, dict) else None
    if not isinstance(files, list) or not 1 <= len(files) <= MAX_FILES:
        raise ProblemError("bad-request", f'the body has no list of 1 to {MAX_FILES} "files"; send one')
    return [_entry(number, each) for number, each in enumerate(files, start=1)]


def _entry(number: int, asked: Any) -> Entry:
    is_valid = (
        isinstance(asked, dict)
        and "picture" in asked
        and set(asked) <= set(Entry._fields)
        and all(isinstance(value, str) for value in asked.values())
    )
    if not is_valid:
        raise ProblemError(
            "bad-request",
            f"file {number} is not an object of texts with picture, and perhaps name and options; send such",
        )
    return Entry(**asked)


def _zipped(made: Sequence[Made], failed: Sequence[Failed]) -> bytes:
    """Return a zip; images are stored as they are, since they are compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, each in zip(distinct_names(each.name for each in made), made, strict=True):
            archive.writestr(_info(name), each.content)
        if failed:
            sentences = "".join(f"{each.name}: {each.problem.detail}\n" for each in failed)
            archive.writestr(_info("errors.txt"), sentences.encode(errors="replace"))
    return buffer.getvalue()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = _FILE_MODE
    return info


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names of which none is equal to another, even where case does not count.

    Examples
    --------
    >>> distinct_names(["a.png", "A.png", "b.png", "a.png"])
    ['a.png', 'A-2.png', 'b.png', 'a-3.png']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        path, number, free = PurePosixPath(name), 1, name
        while free.lower() in taken:
            number += 1
            free = f"{path.stem}-{number}{path.suffix}"
        taken.add(free.lower())
        found.append(free)
    return found
