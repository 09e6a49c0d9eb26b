"""Buckets: a stand-in for S3 on loopback, and a bucket in memory."""

import importlib.util
import itertools
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

import kalette
from batch_pictures import outputs, write_pictures
from kalette.batch import BatchOptions, Local, Serial, place_of, plan, run
from kalette.batch.buckets import Bucket
from kalette.types import LimitError, Limits, ReadError, Settings, SettingsError, WriteError
from shell import run as run_command

if importlib.util.find_spec("obstore") is None:
    pytest.skip("buckets need obstore", allow_module_level=True)

FAST = Settings(k=8, effort="fast")
ONE = Local(workers=1, threads=1)
HAS_MOTO = importlib.util.find_spec("moto") is not None and importlib.util.find_spec("flask") is not None
names = itertools.count()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(url: str) -> None:
    for _ in range(300):
        with suppress(OSError):
            urllib.request.urlopen(url).close()
            return
        time.sleep(0.1)
    raise AssertionError("the stand-in for S3 does not start within 30 seconds")


@pytest.fixture(scope="module")
def s3_url():
    """The URL of a server that speaks S3."""
    if not HAS_MOTO:
        pytest.skip("the stand-in for S3 is moto with its server")
    port = _free_port()
    arguments = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/moto-api/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(s3_url, monkeypatch):
    """An empty bucket; worker processes inherit the access to it."""
    access = {"ENDPOINT_URL": s3_url, "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}
    for name, value in {**access, "REGION": "us-east-1", "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    name = f"pictures-{next(names)}"
    urllib.request.urlopen(urllib.request.Request(f"{s3_url}/{name}", method="PUT")).close()
    return f"s3://{name}"


def fill(url: str, folder: Path) -> None:
    """Copy the files of a folder into a bucket."""
    place = place_of(url)
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        place.write(path.relative_to(folder).as_posix(), path.read_bytes(), overwrite=False)


def contents(url: str) -> dict[str, bytes]:
    place = place_of(url)
    return {file.name: place.read(file.name, Limits()) for file in place.files()}


def ledger_entries(url: str) -> list[dict]:
    return [json.loads(line) for line in place_of(url).journal().lines()]


def test_a_bucket_holds_whole_files_and_overwrites_only_when_told():
    place = place_of("memory://whole")
    place.write("a/b.png", b"first", overwrite=False)
    with pytest.raises(WriteError, match=r"^memory://whole/a/b\.png exists; allow overwriting"):
        place.write("a/b.png", b"second", overwrite=False)
    assert place.read("a/b.png", Limits()) == b"first"
    place.write("a/b.png", b"second", overwrite=True)
    assert (place.read("a/b.png", Limits()), place.size("a/b.png"), place.size("c")) == (b"second", 6, None)
    with pytest.raises(ReadError, match=r"memory://whole/c does not exist"):
        place.read("c", Limits())
    with pytest.raises(LimitError, match=r"memory://whole/a/b\.png"):
        place.read("a/b.png", Limits(max_input_bytes=5))


def test_hidden_files_of_a_bucket_are_no_files_of_a_batch():
    place = place_of("memory://hidden")
    for name in ("a.png", ".kalette/ledger/1.jsonl", "b/.c.png"):
        place.write(name, b"x", overwrite=False)
    assert [file.name for file in place.files()] == ["a.png"]


def test_the_journal_of_a_bucket_keeps_the_order_of_lines_and_runs():
    place = place_of("memory://journal")
    lines = [b"%d\n" % number for number in range(450)]
    for part in (lines[:430], lines[430:]):
        journal = place.journal()
        for line in part:
            journal.append(line)
        journal.close()
    assert list(place.journal().lines()) == lines
    assert isinstance(place, Bucket)
    assert len(place.journal_parts()) == 4  # 200, 200 and 30 lines, then 20


def test_a_url_that_names_no_bucket_is_refused():
    with pytest.raises(SettingsError, match=r"^ftp://photos names no bucket \(.*\); give s3://"):
        place_of("ftp://photos")


def test_a_bucket_in_memory_takes_a_batch_of_this_process_alone(tmp_path):
    write_pictures(tmp_path / "in", 3)
    planned = plan([tmp_path / "in"], "memory://out", FAST)
    with pytest.raises(SettingsError, match=r"^memory://out lives in one process and the engine has several"):
        run(planned)
    assert [record.status for record in run(planned, Serial())] == ["done"] * 3
    assert list(run(plan([tmp_path / "in"], "memory://out", FAST), Serial())) == []
    for record in run(plan(["memory://out"], tmp_path / "back", FAST), Serial()):
        assert record.input == f"memory://out/{record.planned}"
    for item in planned.items:
        data = place_of("memory://out").read(item.output, Limits())
        assert data == kalette.compress(item.input, settings=FAST).to_bytes()


def test_a_missing_bucket_is_one_sentence(bucket, tmp_path):
    with pytest.raises(ReadError, match=r"^s3://no-such-bucket cannot be listed \(.*404 Not Found\); check"):
        plan(["s3://no-such-bucket"], tmp_path / "out")


def test_a_batch_from_bucket_to_bucket_writes_the_bytes_of_a_batch_on_folders(bucket, tmp_path):
    write_pictures(tmp_path / "in", 5)
    fill(f"{bucket}/in", tmp_path / "in")
    for source, target in ((f"{bucket}/in", f"{bucket}/out"), (tmp_path / "in", tmp_path / "out")):
        records = list(run(plan([source], target, FAST, BatchOptions(if_larger="write")), ONE))
        assert [record.error for record in records] == [None] * 5
    assert contents(f"{bucket}/out") == outputs(tmp_path / "out")


def test_a_run_on_a_bucket_goes_on_where_it_was_closed(bucket, tmp_path):
    write_pictures(tmp_path, 6)
    planned = plan([tmp_path], f"{bucket}/out", FAST)
    records = run(planned, ONE)
    first = [next(records).planned for _ in range(2)]
    records.close()
    rest = [record.planned for record in run(planned, ONE)]
    assert sorted(first + rest) == [item.output for item in planned.items]
    assert list(run(planned, ONE)) == []
    images = Counter(
        entry["planned"] for entry in ledger_entries(f"{bucket}/out") if entry["event"] == "image"
    )
    assert set(images.values()) == {1}
    assert len(images) == 6


def test_a_killed_run_on_a_bucket_goes_on(bucket, tmp_path):
    write_pictures(tmp_path, 8)
    arguments = ["batch", tmp_path, f"{bucket}/out", "-k", "8", "--effort", "fast", "--workers", "1"]
    command = [sys.executable, "-m", "kalette", *map(str, arguments)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    place = place_of(f"{bucket}/out")
    while not list(place.files()) and running.poll() is None:
        time.sleep(0.02)
    running.kill()
    running.wait()
    done = run_command(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    images = [entry for entry in ledger_entries(f"{bucket}/out") if entry["event"] == "image"]
    assert {entry["planned"] for entry in images} == {file.name for file in place.files()}
    assert len(contents(f"{bucket}/out")) == 8
    assert list(run(plan([tmp_path], f"{bucket}/out", FAST), ONE)) == []


def test_an_object_that_exists_is_not_overwritten(bucket, tmp_path):
    write_pictures(tmp_path, 2)
    planned = plan([tmp_path], f"{bucket}/out", FAST)
    theirs = planned.items[0].output
    place_of(f"{bucket}/out").write(theirs, b"theirs", overwrite=False)
    records = {record.planned: record for record in run(planned, ONE)}
    assert records[theirs].error.startswith(f"{planned.items[0].input}: ")
    assert f"{bucket}/out/{theirs} exists; allow overwriting" in records[theirs].error
    assert contents(f"{bucket}/out")[theirs] == b"theirs"
    assert records[planned.items[1].output].status != "failed"
