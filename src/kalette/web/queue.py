"""The queue of requests: bounded, and shared fairly among clients."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from kalette.web.problems import ProblemError


class FairQueue:
    """Turns for requests; clients take them in rotation, however many requests each has.

    Parameters
    ----------
    turns : int
        Requests that may run at once.
    waiting : int
        Requests that may wait.
    per_client : int
        Requests of one client that may wait or run.

    Examples
    --------
    >>> async def two() -> list[int]:
    ...     queue = FairQueue(turns=2, waiting=1, per_client=3)
    ...     return [await queue.turn("a"), await queue.turn("b")]
    >>> asyncio.run(two())
    [0, 1]
    """

    def __init__(self, turns: int, *, waiting: int, per_client: int) -> None:
        """Start with all turns free."""
        self._free = deque(range(turns))
        self._places, self._per_client = turns + waiting, per_client
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[int]]] = OrderedDict()
        self._is_closed = False
        self.turns = turns

    @property
    def running(self) -> int:
        """Turns that are taken."""
        return self.turns - len(self._free)

    @property
    def held(self) -> int:
        """Requests that wait or run."""
        return self._held.total()

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Hold a place for a request, from its arrival to its answer.

        Raises
        ------
        ProblemError
            When all places are taken, or all of this client.
        """
        if self.held >= self._places:
            raise ProblemError("busy", f"{self.held} requests run or wait, the most that may; try later")
        if self._held[client] >= self._per_client:
            raise ProblemError(
                "too-many-requests",
                f"you have {self._per_client} requests that run or wait, the most of one client; "
                "wait for an answer first",
            )
        self._held[client] += 1
        try:
            yield
        finally:
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]

    async def turn(self, client: str) -> int:
        """Wait for a turn and return its number, below `turns`; `release` ends it."""
        if self._is_closed:
            raise stopping()
        if self._free:
            return self._free.popleft()
        granted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(granted)
        try:
            return await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.release(granted.result())  # it came at the same moment
            raise

    def close(self) -> None:
        """Refuse all requests that wait or come."""
        self._is_closed = True
        for requests in self._waiting.values():
            for granted in requests:
                if not granted.done():
                    granted.set_exception(stopping())
        self._waiting.clear()

    def release(self, turn: int) -> None:
        """End a turn; the next client in rotation gets it."""
        while self._waiting:
            client, requests = self._waiting.popitem(last=False)
            granted = requests.popleft()
            if requests:
                self._waiting[client] = requests  # at the end: its next turn comes after those of others
            if not granted.done():
                granted.set_result(turn)
                return
        self._free.append(turn)


def stopping() -> ProblemError:
    """Return the answer of a server that stops."""
    return ProblemError("stopping", "the server stops; try again later, or another server")
