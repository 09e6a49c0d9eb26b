"""The engine of the server: turns, worker processes, and kept pictures."""

import asyncio
import hashlib
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from kalette.batch import SupervisedPool
from kalette.types import KaletteError, WorkerError
from kalette.web import work
from kalette.web.cache import BoundedCache
from kalette.web.config import ServerConfig
from kalette.web.problems import ProblemError
from kalette.web.queue import FairQueue, stopping
from kalette.web.shared_flags import SharedFlags
from kalette.web.uploads import Uploads

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")


class Engine:
    """Runs the work of requests in supervised processes, in fair turns.

    Parameters
    ----------
    config : ServerConfig
        What the server may take.
    """

    def __init__(self, config: ServerConfig) -> None:
        """Start the worker processes, without waiting for them."""
        self.config = config
        self.queue = FairQueue(config.workers, waiting=config.queue, per_client=config.queue_per_client)
        self.uploads = Uploads(config.limits.max_input_bytes, config.upload_bytes, config.upload_timeout_s)
        self.images: BoundedCache[bytes] = BoundedCache(config.cache_bytes, config.cache_seconds)
        self.worker_failures = 0
        self.is_stopping = False
        self._newest: dict[object, asyncio.Task[Any]] = {}
        self._abandoned = SharedFlags(config.workers)
        self._pool = SupervisedPool(
            config.workers,
            memory_bytes=config.memory_bytes + config.cache_bytes,
            timeout_s=config.timeout_s,
            initializer=partial(work.prepare, self._abandoned, config.cache_bytes, config.cache_seconds),
        )
        for _ in range(config.workers):  # the first requests need not wait for a start
            self._pool.submit(os.getpid)

    def keep(self, data: bytes) -> str:
        """Keep an image for later requests, and return its ID."""
        picture_id = hashlib.sha256(data).hexdigest()
        self.images.put(picture_id, data, len(data))
        return picture_id

    def kept(self, picture_id: str) -> bytes:
        """Return an image that was sent before.

        Raises
        ------
        ProblemError
            When it is not kept any more.
        """
        data = self.images.get(picture_id)
        if data is None:
            raise ProblemError("picture-expired", f"the picture {picture_id[:8]}… is not kept; send it again")
        return data

    async def run(
        self,
        client: str,
        function: Callable[Concatenate[work.Turn, _Arguments], _Returned],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Returned:
        """Call a function of `work` in a worker process, when the client's turn has come.

        When the caller is cancelled, the work ends at its next step.

        Raises
        ------
        KaletteError
            That of the function, of a limit, or of a process that died.
        """
        number = await self.queue.turn(client)
        turn = work.Turn(number, max(1, (os.cpu_count() or 1) // self.queue.running))
        self._abandoned[number] = False
        try:
            future = self._pool.submit(function, turn, *arguments, **named)
        except KaletteError:
            self.queue.release(number)
            raise
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._end_turn, number, done))
        answer = asyncio.wrap_future(future)
        answer.add_done_callback(_regarded)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            self._abandoned[number] = True
            raise

    async def newest(self, key: object, wanted: Coroutine[Any, Any, _Returned]) -> _Returned:
        """Await the answer to a request, unless a newer one with the same key comes.

        Raises
        ------
        ProblemError
            When a newer one has come.
        """
        task = asyncio.ensure_future(wanted)
        older, self._newest[key] = self._newest.get(key), task
        if older is not None:
            older.cancel()
        try:
            return await task
        except asyncio.CancelledError as error:
            if self._newest.get(key) is not task:
                raise ProblemError(
                    "abandoned", "a newer request of the same page replaces this one; wait for that one"
                ) from error
            task.cancel()
            raise
        finally:
            if self._newest.get(key) is task:
                del self._newest[key]

    def require_ready(self) -> None:
        """Raise unless requests are taken.

        Raises
        ------
        ProblemError
            When the server stops, or its worker processes do not start.
        """
        if self.is_stopping:
            raise stopping()
        if self._pool.is_broken:
            raise ProblemError(
                "worker-lost", "no worker process starts; restart the server, and look at its log"
            )

    def drop_expired(self) -> None:
        """Drop images that were not used for too long."""
        self.images.drop_expired()

    def begin_stop(self) -> None:
        """Refuse requests that wait or come, and let those go on that run."""
        self.is_stopping = True
        self.queue.close()

    def stop(self) -> None:
        """End the worker processes."""
        self._pool.stop()
        self._abandoned.close()

    def _end_turn(self, number: int, done: Future[Any]) -> None:
        if not done.cancelled() and isinstance(done.exception(), WorkerError):
            self.worker_failures += 1
        self.queue.release(number)


def _regarded(answer: "asyncio.Future[Any]") -> None:
    """Keep asyncio from logging the exception of work that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()
