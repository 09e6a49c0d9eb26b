"""A fault of the server is a problem without details, and its log holds no contents."""

import asyncio
import logging

import httpx
import pytest

from kalette.web import ServerConfig
from kalette.web.app import application
from kalette.web.engine import Engine
from web_server import jpeg

SECRET = "top-secret"


@pytest.fixture
def engine():
    made = Engine(ServerConfig(workers=1))
    yield made
    made.stop()


def answer_of(engine: Engine) -> httpx.Response:
    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(application(engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(f"/v1/compress?name={SECRET}", content=jpeg(8, 8))

    return asyncio.run(post())


def test_a_fault_is_a_problem_without_details(engine, monkeypatch, caplog):
    async def broken(*_, **__):
        raise ValueError(SECRET)

    monkeypatch.setattr(engine, "run", broken)
    with caplog.at_level(logging.ERROR):
        answer = answer_of(engine)
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:kalette:problem:internal-error")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert SECRET not in answer.text
    assert "ValueError in /v1/compress" in caplog.text
    assert "endpoints.py" in caplog.text
    assert SECRET not in caplog.text


def test_too_many_uploads_at_once_are_refused(engine):
    engine.uploads.in_flight_bytes = engine.config.upload_bytes
    answer = answer_of(engine)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:kalette:problem:busy")
    assert engine.uploads.in_flight_bytes == engine.config.upload_bytes
    assert engine.queue.held == 0


def test_the_server_is_not_ready_once_it_stops(engine):
    engine.begin_stop()
    answer = answer_of(engine)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:kalette:problem:stopping")
