"""The queue is bounded, and clients take turns in rotation."""

import asyncio

import pytest

from kalette.web.problems import ProblemError
from kalette.web.queue import FairQueue


async def served(queue: FairQueue, requests: str) -> str:
    """Let a request of each client come in this order, with one turn taken; return the order of service."""
    order = []

    async def request(client: str) -> None:
        turn = await queue.turn(client)
        order.append(client)
        await asyncio.sleep(0)
        queue.release(turn)

    first = await queue.turn("-")
    tasks = [asyncio.create_task(request(client)) for client in requests]
    await asyncio.sleep(0)
    queue.release(first)
    await asyncio.gather(*tasks)
    assert queue.running == 0
    return "".join(order)


def test_a_client_with_many_requests_does_not_keep_others_waiting():
    queue = FairQueue(1, waiting=10, per_client=10)
    assert asyncio.run(served(queue, "aaaabc")) == "abcaaa"
    assert asyncio.run(served(queue, "aabb")) == "abab"


def test_the_numbers_of_turns_that_run_differ():
    async def numbers() -> list[int]:
        queue = FairQueue(3, waiting=1, per_client=9)
        taken = [await queue.turn("a") for _ in range(3)]
        queue.release(taken[1])
        return [*taken, await queue.turn("b")]

    assert asyncio.run(numbers()) == [0, 1, 2, 1]


def test_one_request_too_many_is_refused_at_once():
    queue = FairQueue(1, waiting=1, per_client=2)
    with queue.place("a"), queue.place("b"):
        with pytest.raises(ProblemError) as refused, queue.place("c"):
            pass
        assert refused.value.status == 503
        assert refused.value.response().headers["Retry-After"] == "1"
    with queue.place("c"):
        assert queue.held == 1


def test_one_request_of_a_client_too_many_is_refused():
    queue = FairQueue(4, waiting=4, per_client=2)
    with queue.place("a"), queue.place("a"), queue.place("b"):
        with pytest.raises(ProblemError) as refused, queue.place("a"):
            pass
        assert refused.value.status == 429
    assert queue.held == 0


def test_a_request_that_is_cancelled_while_it_waits_takes_no_turn():
    async def cancelled() -> int:
        queue = FairQueue(1, waiting=3, per_client=3)
        turn = await queue.turn("a")
        waiting = asyncio.create_task(queue.turn("b"))
        other = asyncio.create_task(queue.turn("c"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        queue.release(turn)
        return await other

    assert asyncio.run(cancelled()) == 0


def test_a_turn_that_comes_at_the_moment_of_cancelling_is_given_on():
    async def cancelled() -> int:
        queue = FairQueue(1, waiting=3, per_client=3)
        turn = await queue.turn("a")
        waiting = asyncio.create_task(queue.turn("b"))
        await asyncio.sleep(0)
        queue.release(turn)
        waiting.cancel()
        await asyncio.wait([waiting])
        return queue.running

    assert asyncio.run(cancelled()) == 0


def test_a_closed_queue_refuses_those_who_wait_and_those_who_come():
    async def closed() -> list[int]:
        queue = FairQueue(1, waiting=3, per_client=3)
        await queue.turn("a")
        waiting = asyncio.create_task(queue.turn("b"))
        await asyncio.sleep(0)
        queue.close()
        found = await asyncio.gather(waiting, queue.turn("c"), return_exceptions=True)
        return [error.status for error in found if isinstance(error, ProblemError)]

    assert asyncio.run(closed()) == [503, 503]
