"""A fault of the server is a problem without details, and its log holds no contents."""

import asyncio
import logging

import httpx
import pytest

import worker_tasks
from kalette.web import ServerConfig
from kalette.web.app import application
from kalette.web.engine import Engine
from web_server import jpeg

SECRET = "top-secret"
COMPRESS = f"/v1/compress?name={SECRET}"


@pytest.fixture
def engine():
    made = Engine(ServerConfig(workers=1))
    yield made
    made.stop()


def answer_of(
    engine: Engine, method: str = "POST", path: str = f"/v1/compress?name={SECRET}"
) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(application(engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, content=jpeg(8, 8) if method == "POST" else None)

    return asyncio.run(asked())


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
    for answer in (answer_of(engine), answer_of(engine, "GET", "/v1/ready")):
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:kalette:problem:stopping")


def test_the_server_is_not_ready_when_its_workers_do_not_start(monkeypatch):
    monkeypatch.setattr("kalette.web.work.prepare", worker_tasks.refuse_to_start)
    engine = Engine(ServerConfig(workers=1))
    try:
        assert answer_of(engine, "GET", "/v1/ready").status_code == 200
        for answer in (answer_of(engine), answer_of(engine, "GET", "/v1/ready")):
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:kalette:problem:worker-lost")
    finally:
        engine.stop()
