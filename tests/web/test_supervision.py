"""Work that hangs, dies or is not wanted any more takes nothing else with it."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest

from web_server import Server, jpeg, png, running

SMALL, LARGE = jpeg(24, 16), jpeg(960, 640)
LONG_WORK = "/v1/compress?effort=best&k=256"
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, or limits memory")


def assert_up(server: Server) -> None:
    assert server.post("/v1/compress?k=4", SMALL).status_code == 200


def running_requests(server: Server) -> int:
    figures = server.client.get("/v1/metrics").text
    (line,) = [line for line in figures.splitlines() if line.startswith("kalette_requests_running ")]
    return int(float(line.split()[1]))


def wait_until(condition: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends_at, "it does not come to this"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def one():
    """A server with one worker."""
    with running("--workers", "1") as server:
        assert_up(server)
        yield server


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as threads:
        yield threads


@ON_LINUX
def test_a_worker_that_dies_takes_only_its_request_with_it(one, pool):
    before = one.children()
    answer = pool.submit(one.post, LONG_WORK, LARGE)
    wait_until(lambda: running_requests(one) == 1)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    assert answer.result().status_code == 503
    assert answer.result().json()["type"] == "urn:kalette:problem:worker-lost"
    assert answer.result().headers["retry-after"] == "1"
    assert_up(one)
    assert one.children() != before


def test_a_newer_request_of_the_same_page_replaces_an_older_one(one, pool):
    page = {"Kalette-Page": "a.1"}
    older = pool.submit(one.post, LONG_WORK, LARGE, headers=page)
    wait_until(lambda: running_requests(one) == 1)
    newer = one.post("/v1/compress?k=4", SMALL, headers=page)
    assert newer.status_code == 200
    assert older.result().status_code == 409
    assert older.result().json()["type"] == "urn:kalette:problem:abandoned"


def test_requests_of_other_pages_and_without_a_page_go_on(one, pool):
    first = pool.submit(one.post, "/v1/compress?k=16", SMALL, headers={"Kalette-Page": "a.1"})
    others = [{"Kalette-Page": "a.2"}, {}, {}]
    answers = [one.post("/v1/compress?k=4", SMALL, headers=headers) for headers in others]
    assert [each.status_code for each in (first.result(), *answers)] == [200] * 4


def test_a_page_is_a_short_word(one):
    assert one.post("/v1/compress?k=4", SMALL, headers={"Kalette-Page": "<b>"}).status_code == 400


def test_work_for_a_closed_connection_ends(one):
    with socket.create_connection(("127.0.0.1", one.port)) as connection:
        length = f"Host: localhost\r\nContent-Length: {len(LARGE)}\r\n\r\n"
        connection.sendall(f"POST {LONG_WORK} HTTP/1.1\r\n{length}".encode() + LARGE)
        wait_until(lambda: running_requests(one) == 1)
    wait_until(lambda: running_requests(one) == 0)
    assert_up(one)


def test_work_beyond_the_deadline_is_ended():
    """It takes several seconds, and a small picture, with the imports of a new worker, less than one."""
    with running("--workers", "1", "--timeout", "1") as server:
        answer = server.post(LONG_WORK, jpeg(1600, 1000))
        assert (answer.status_code, answer.json()["type"]) == (504, "urn:kalette:problem:too-slow")
        assert server.post("/v1/compress?k=2&effort=fast", SMALL).status_code == 200


@ON_LINUX
def test_work_beyond_the_memory_is_refused():
    with running("--workers", "1", "--memory", "50MB", "--cache", "1MB") as server:
        large = png(np.zeros((5000, 6000, 3), np.uint8))
        answer = server.post("/v1/compress?k=2&effort=fast", large)
        assert answer.status_code in (413, 422)
        assert "memory" in answer.json()["detail"]
        assert server.post("/v1/compress?k=2&effort=fast", SMALL).status_code == 200


def test_requests_beyond_the_queue_are_refused_at_once(pool):
    with running("--workers", "1", "--queue", "1") as server:
        answers = [pool.submit(server.post, "/v1/compress?k=16", LARGE) for _ in range(8)]
        answers = [each.result() for each in answers]
        expected = server.post("/v1/compress?k=16", LARGE).content
    assert {each.status_code for each in answers} == {200, 503}
    for answer in answers:
        if answer.status_code == 200:
            assert answer.content == expected
        else:
            assert answer.json()["type"] == "urn:kalette:problem:busy"
            assert answer.headers["retry-after"] == "1"


def test_a_client_with_too_many_requests_is_refused(pool):
    with running("--workers", "1", "--queue-per-client", "1") as server:
        answers = [pool.submit(server.post, "/v1/compress?k=16", LARGE) for _ in range(4)]
        statuses = {each.result().status_code for each in answers}
    assert statuses == {200, 429}


def test_clients_behind_a_proxy_are_told_apart(pool):
    with running("--workers", "1", "--queue-per-client", "1", "--behind-proxy", "127.0.0.1") as server:
        clients = [{"X-Forwarded-For": f"10.0.0.{number}"} for number in range(4)]
        answers = [pool.submit(server.post, "/v1/compress?k=4", SMALL, headers=each) for each in clients]
        assert {each.result().status_code for each in answers} == {200}


def test_pictures_are_kept_for_a_time_and_within_a_size():
    first, second = jpeg(200, 150), jpeg(201, 150)
    with running("--workers", "1", "--cache", f"{len(second) + 100}", "--cache-time", "1") as server:
        kept = [server.post("/v1/pictures", data).json()["picture"] for data in (first, second)]
        statuses = [server.post(f"/v1/palette?picture={each}").status_code for each in kept]
        assert statuses == [404, 200]
        time.sleep(1.1)
        assert server.post(f"/v1/palette?picture={kept[1]}").status_code == 404


@pytest.mark.skipif(os.name == "nt", reason="there is no TERM")
def test_term_lets_running_work_end_and_refuses_what_waits(pool):
    with running("--workers", "1") as server:
        first = pool.submit(server.post, "/v1/compress?k=64", LARGE)
        wait_until(lambda: running_requests(server) == 1)
        waiting = pool.submit(server.post, "/v1/compress?k=4", SMALL)
        wait_until(lambda: "kalette_requests_held 2.0" in server.client.get("/v1/metrics").text)
        server.process.send_signal(signal.SIGTERM)
        assert first.result().status_code == 200
        assert waiting.result().json()["type"] == "urn:kalette:problem:stopping"
        assert server.process.wait(60) == 143
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.address}v1/health")
    assert "Traceback" not in server.output
