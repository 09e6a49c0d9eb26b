"""Bodies of requests: read while they are within the limits, and kept in memory only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from kalette.types import size_text
from kalette.web.problems import ProblemError

_DRAINED_BYTES = 8 << 20  # of a body that is refused: a client reads the answer only after its upload
_DRAINING_S = 1.0


class Uploads:
    """Reads bodies; all that are in flight share one budget of memory.

    Parameters
    ----------
    max_body_bytes : int
        Bytes of a body.
    budget_bytes : int
        Bytes of all bodies.
    timeout_s : float
        Seconds for a body.
    """

    def __init__(self, max_body_bytes: int, budget_bytes: int, timeout_s: float) -> None:
        """Start with nothing in flight."""
        self._max_body_bytes, self._budget_bytes = max_body_bytes, budget_bytes
        self._timeout_s = timeout_s
        self.in_flight_bytes = 0

    @asynccontextmanager
    async def body(self, request: Request, *, max_bytes: int | None = None) -> AsyncIterator[bytes]:
        """Read a body, which counts as in flight until the context ends.

        Raises
        ------
        ProblemError
            When it is too large, too slow, or ends early, or others take all the memory.
        """
        most = min(self._max_body_bytes, max_bytes or self._max_body_bytes)
        _require_announced(request, most)
        chunks: list[bytes] = []
        try:
            await self._read(request, chunks, most)
            chunks[:] = [b"".join(chunks)]
            yield chunks[0]
        finally:
            self.in_flight_bytes -= sum(map(len, chunks))

    async def _read(self, request: Request, chunks: list[bytes], most: int) -> None:
        """Append the chunks of a body to a list; each counts as in flight at once."""
        taken = 0
        try:
            async with asyncio.timeout(self._timeout_s):
                async for chunk in request.stream():
                    chunks.append(chunk)
                    taken += len(chunk)
                    self.in_flight_bytes += len(chunk)
                    self._require_room(taken, most)
        except TimeoutError as error:
            detail = f"the upload took more than {self._timeout_s:g} seconds; send a smaller image"
            raise ProblemError("slow-upload", detail, {"Connection": "close"}) from error
        except ClientDisconnect as error:
            raise ProblemError("bad-request", "the upload ended early; send the image again") from error
        request.state.body_is_read = True

    def _require_room(self, taken: int, most: int) -> None:
        if taken > most:
            raise _too_large(f"more than {size_text(most)}", most)
        if self.in_flight_bytes > self._budget_bytes:
            raise ProblemError("busy", "too many uploads run at once; try again later")


def _require_announced(request: Request, most: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(size_text(int(announced)), most)


def _too_large(size: str, most: int) -> ProblemError:
    detail = f"the body has {size} and at most {size_text(most)} are read; send a smaller one"
    return ProblemError("too-large", detail)


async def drain(request: Request) -> bool:
    """Discard the rest of a body, within bounds, so that its sender reads the answer.

    Returns
    -------
    bool
        Whether the body has ended.
    """
    discarded = 0
    if getattr(request.state, "body_is_read", False):
        return True
    try:
        async with asyncio.timeout(_DRAINING_S):
            while discarded <= _DRAINED_BYTES:
                message = await request.receive()
                discarded += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return True
    except TimeoutError:
        return False
    return False
