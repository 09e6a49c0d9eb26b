"""Runs: bytes, the ledger, going on, failures, two runs at once, processes that are killed."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import json
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest

import kalette
from batch_pictures import outputs, write_pictures
from extent import FULL
from kalette.batch import BatchOptions, Item, Local, Serial, estimate, plan, run
from kalette.batch.ledger import Ledger
from kalette.types import Settings, SettingsError, WriteError
from shell import COMMAND

FAST = Settings(k=8, effort="fast")
ONE = Local(workers=1, threads=1)
MOMENTS = 10 if FULL else 4


def ledger_of(target):
    lines = (target / ".kalette" / "ledger.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def images_in(target):
    return [entry for entry in ledger_of(target) if entry["event"] == "image"]


def statuses(planned, engine=ONE, **options):
    return Counter(record.status for record in run(planned, engine, **options))


@pytest.fixture
def photos(tmp_path):
    write_pictures(tmp_path / "in", 12)
    return tmp_path / "in"


def test_outputs_have_the_bytes_of_compress_for_any_number_of_workers_and_order(photos, tmp_path):
    engines = {
        "one": ONE,
        "two": Local(workers=2, threads=2),
        "three": Local(workers=3),
        "serial": Serial(threads=1),
        "shuffled": ONE,
    }
    for name, engine in engines.items():
        planned = plan([photos], tmp_path / name, FAST, BatchOptions(newest_first=name == "two"))
        if name == "shuffled":
            planned = replace(planned, items=tuple(random.Random(0).sample(planned.items, 12)))
        assert statuses(planned, engine) == {"done": 12}
    made = outputs(tmp_path / "one")
    assert all(outputs(tmp_path / name) == made for name in engines)
    for name, data in made.items():
        assert data == kalette.compress(photos / name, settings=FAST).to_bytes()


def test_the_ledger_tells_of_input_output_sizes_and_scores(photos, tmp_path):
    planned = plan([photos], tmp_path / "out", FAST, BatchOptions(scores=True))
    record = next(iter(run(planned, ONE)))
    assert record.output_bytes == len(outputs(tmp_path / "out")[record.output])
    assert record.input_bytes == (photos / record.output).stat().st_size
    assert record.k == 8
    assert record.psnr_db > 10
    assert 0 < record.ssim < 1
    assert record.ssimulacra2 < 100
    head, image = ledger_of(tmp_path / "out")[:2]
    assert head["event"] == "run"
    assert head["settings"] == planned.fingerprint
    assert image["psnr_db"] == record.psnr_db
    assert image["seconds"] > 0


def test_a_second_run_does_what_is_missing_or_changed_and_nothing_else(photos, tmp_path):
    target = tmp_path / "out"
    statuses(plan([photos], target, FAST))
    assert statuses(plan([photos], target, FAST)) == {}
    (target / "part0" / "0000.png").unlink()
    write_pictures(photos, 13)
    os.utime(photos / "part1" / "0001.png", (1, 1))
    kept = {path: path.stat().st_mtime_ns for path in photos.rglob("*.png")}
    again = [record.planned for record in run(plan([photos], target, FAST), ONE)]
    assert "part0/0000.png" in again
    assert "part0/0012.png" in again
    assert len(outputs(target)) == 13
    assert {path: path.stat().st_mtime_ns for path in photos.rglob("*.png")} == kept
    assert statuses(plan([photos], target, FAST)) == {}


def test_files_of_others_are_left_alone_and_equal_ones_are_taken_over(photos, tmp_path):
    target = tmp_path / "out"
    (target / "part0").mkdir(parents=True)
    (target / "part0" / "0000.png").write_bytes(b"mine")
    (target / "part0" / "0002.png").write_bytes(
        kalette.compress(photos / "part0" / "0002.png", settings=FAST).to_bytes()
    )
    records = {record.planned: record for record in run(plan([photos], target, FAST), ONE)}
    assert "exists; allow overwriting" in records["part0/0000.png"].error
    assert records["part0/0002.png"].status == "done"
    assert (target / "part0" / "0000.png").read_bytes() == b"mine"
    replacing = plan([photos], target, FAST, BatchOptions(overwrite=True))
    assert statuses(replacing, retry_failed=True) == {"done": 1}


def test_other_settings_are_refused_kept_apart_or_replace(photos, tmp_path):
    target, other = tmp_path / "out", Settings(k=4, effort="fast")
    statuses(plan([photos], target, FAST))
    before = outputs(target)
    with pytest.raises(SettingsError, match="holds results of other settings; choose another target"):
        statuses(plan([photos], target, other))
    assert outputs(target) == before
    assert statuses(plan([photos], target, other, BatchOptions(apart=True))) == {"done": 12}
    assert statuses(plan([photos], target, other, BatchOptions(overwrite=True))) == {"done": 12}
    assert outputs(target)["part0/0000.png"] != before["part0/0000.png"]


@pytest.mark.parametrize("if_larger", ["copy", "skip", "write"])
def test_images_that_do_not_get_smaller_are_copied_skipped_or_written(tmp_path, if_larger):
    (tmp_path / "in").mkdir()
    tiny = kalette.compress(kalette.sample_pixels(32, 32), 2, effort="best").to_bytes("webp")
    (tmp_path / "in" / "tiny.webp").write_bytes(tiny)
    planned = plan([tmp_path / "in"], tmp_path / "out", FAST, BatchOptions(if_larger=if_larger))
    (record,) = run(planned, ONE)
    made = outputs(tmp_path / "out")
    if if_larger == "copy":
        assert record.status == "copied"
        assert made == {"tiny.webp": tiny}
    elif if_larger == "skip":
        assert record.status == "skipped"
        assert made == {}
    else:
        assert record.status == "done"
        assert len(made["tiny.png"]) >= len(tiny)
    assert statuses(planned) == {}


def test_dates_are_kept_when_asked_for(photos, tmp_path):
    os.utime(photos / "part0" / "0000.png", ns=(10**18, 10**18))
    statuses(plan([photos], tmp_path / "out", FAST, BatchOptions(keep_dates=True)))
    assert (tmp_path / "out" / "part0" / "0000.png").stat().st_mtime_ns == 10**18


def test_broken_files_fail_alone_and_are_tried_again_when_asked_for(tmp_path):
    write_pictures(tmp_path / "in", 19, broken=1)
    planned = plan([tmp_path / "in"], tmp_path / "out", FAST)
    records = list(run(planned, ONE))
    (failed,) = [record for record in records if record.status == "failed"]
    assert len(records) == 20
    assert failed.error.startswith(f"{tmp_path}/in/part1/0019.png")
    assert failed.exit_code == 1
    assert statuses(planned) == {}
    assert statuses(planned, retry_failed=True) == {"failed": 1}
    write_pictures(tmp_path / "in", 20)
    mended = plan([tmp_path / "in"], tmp_path / "out", FAST)
    assert [record.planned for record in run(mended, ONE, retry_failed=True)] == ["part1/0019.png"]


def test_a_second_run_on_a_target_at_work_is_refused(photos, tmp_path):
    planned = plan([photos], tmp_path / "out", FAST)
    records = run(planned, ONE)
    next(records)
    with pytest.raises(WriteError, match=r"another run is at work in .*out; wait for its end"):
        next(run(planned, ONE))
    records.close()
    assert sum(statuses(planned).values()) >= 12 - 3


def test_a_torn_last_line_is_dropped_and_a_damaged_one_is_named(photos, tmp_path):
    planned = plan([photos], tmp_path / "out", FAST)
    statuses(planned)
    path = tmp_path / "out" / ".kalette" / "ledger.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert statuses(planned) == {"done": 1}
    path.write_bytes(b"{}\n" + whole)
    with pytest.raises(kalette.ReadError, match=r"line 1 of .* is damaged"):
        next(run(planned, ONE))


@pytest.mark.parametrize("name", ["planned", "identity", "settings"])
def test_a_ledger_with_something_else_than_text_is_damaged(photos, tmp_path, name):
    planned = plan([photos], tmp_path / "out", FAST)
    next(run(planned, ONE))
    (image, *_) = images_in(tmp_path / "out")
    path = tmp_path / "out" / ".kalette" / "ledger.jsonl"
    path.write_text(json.dumps(image | {name: [5]}) + "\n")
    with pytest.raises(kalette.ReadError, match=r"line 1 of .* is damaged"):
        next(run(planned, ONE))


def test_the_last_line_of_a_ledger_counts_and_its_memory_does_not_grow_with_its_length(photos, tmp_path):
    planned = plan([photos], tmp_path / "out", FAST)
    next(run(planned, ONE))
    (image, *_) = images_in(tmp_path / "out")
    peaks = []
    for count in (20, 20, 2400):
        lines = [image | {"planned": f"{number}.png", "seconds": number} for number in range(count)]
        lines += [lines[0] | {"status": "failed"}]
        path = tmp_path / "out" / ".kalette" / "ledger.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        tracemalloc.start()
        with Ledger(planned.target) as ledger:
            ledger.begin(planned)
            last = ledger.known(planned.items[0]._replace(output="0.png"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert last is not None
        assert last.is_failure
    assert peaks[2] < min(peaks[:2]) + 200_000


def test_an_estimate_writes_nothing(photos, tmp_path):
    estimated = estimate(plan([photos], tmp_path / "out", FAST), ONE)
    assert estimated.images == 12
    assert 0 < estimated.output_bytes < sum(path.stat().st_size for path in photos.rglob("*.png"))
    assert not (tmp_path / "out").exists()


HOOKED = """
import os, sys, time, signal
from kalette.batch import Local, plan, run, tasks
from kalette.types import Settings
def misbehave():
    really = tasks.compress_file
    def hooked(job, **options):
        if "0007" in job.input:
            how = os.environ["HOW"]
            if how == "die": os.kill(os.getpid(), signal.SIGKILL)
            if how == "hang": time.sleep(600)
            if how == "fill": bytearray(3 << 30)
        return really(job, **options)
    tasks.compress_file = hooked
misbehave()  # each worker imports this module
if __name__ == "__main__":
    engine = Local(workers=2, threads=2, timeout_s=8, memory_bytes=1 << 30)
    for record in run(plan([sys.argv[1]], sys.argv[2], Settings(k=8, effort="fast")), engine):
        print(record.status, record.error or "")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals of POSIX, and memory as Linux limits it")
@pytest.mark.parametrize(
    ("how", "said"), [("die", "the process died"), ("hang", "more than 8 seconds"), ("fill", "memory")]
)
def test_an_image_that_kills_hangs_or_fills_its_worker_is_charged_alone(tmp_path, how, said):
    write_pictures(tmp_path / "in", 60)
    script = tmp_path / "script.py"
    script.write_text(HOOKED)
    done = subprocess.run(
        [sys.executable, script, tmp_path / "in", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOW": how, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    lines = done.stdout.splitlines()
    (failed,) = [line for line in lines if line.startswith("failed")]
    assert len(lines) == 60
    assert "0007.png" in failed
    assert said in failed


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_a_run_killed_at_any_moment_goes_on_and_does_each_image_once(tmp_path):
    write_pictures(tmp_path / "in", 60)
    target, rng = tmp_path / "out", random.Random(0)
    expected = tmp_path / "expected"
    assert statuses(plan([tmp_path / "in"], expected, FAST)) == {"done": 60}
    arguments = [*COMMAND, "batch", tmp_path / "in", target, "-k", "8", "--effort", "fast", "-q"]
    for _ in range(MOMENTS):
        process = subprocess.Popen(arguments)
        time.sleep(rng.uniform(0.5, 3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for name, data in outputs(target).items():
            assert data == outputs(expected)[name]
    subprocess.run(arguments, check=True)
    made = outputs(target)
    assert made == outputs(expected)
    assert not list((target / ".kalette").glob("*.part"))
    assert Counter(entry["planned"] for entry in images_in(target)) == dict.fromkeys(made, 1)
    assert statuses(plan([tmp_path / "in"], target, FAST)) == {}


def test_two_runs_started_at_once_report_each_image_once(tmp_path):
    write_pictures(tmp_path / "in", 12)
    arguments = [
        *COMMAND,
        "batch",
        tmp_path / "in",
        tmp_path / "out",
        "-k",
        "8",
        "--effort",
        "fast",
        "--json",
    ]
    both = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    reported = [json.loads(line)["planned"] for out, _ in said for line in out.splitlines()]
    assert sorted(reported) == sorted(outputs(tmp_path / "out"))
    for process, (_, err) in zip(both, said, strict=True):
        assert process.returncode == 0 or "another run is at work" in err


@pytest.mark.parametrize("weighting", ["pixels", "images"])
def test_a_shared_palette_is_the_same_in_every_arrangement_and_is_kept(photos, tmp_path, weighting):
    made = []
    for name, engine, newest in (
        ("one", ONE, False),
        ("two", Local(workers=2, threads=2), True),
        ("serial", Serial(), False),
    ):
        counted: list[Item] = []
        options = BatchOptions(shared_palette=weighting, newest_first=newest)
        planned = plan([photos], tmp_path / name, FAST, options)
        assert statuses(planned, engine, on_counted=counted.append) == {"done": 12}
        assert sorted(counted) == sorted(planned.items)
        made.append(outputs(tmp_path / name))
    assert made[0] == made[1] == made[2]
    expected = kalette.shared_palette(sorted(photos.rglob("*.png")), settings=FAST, weighting=weighting)
    (line,) = [entry for entry in ledger_of(tmp_path / "one") if entry["event"] == "palette"]
    assert line["colors"] == list(expected)
    write_pictures(photos, 13)
    os.utime(photos / "part0" / "0000.png", (1, 1))
    options = BatchOptions(shared_palette=weighting)
    statuses(plan([photos], tmp_path / "one", FAST, options))
    assert len([entry for entry in ledger_of(tmp_path / "one") if entry["event"] == "palette"]) == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: run(5), "plan is 5; give what kalette.batch.plan returned"),
        (lambda: run(plan([], "out"), retry_failed=1), "retry_failed is 1; give True or False"),
        (lambda: estimate(5), "plan is 5; give what kalette.batch.plan returned"),
    ],
)
def test_a_wrong_argument_is_a_sentence(call, said):
    with pytest.raises(SettingsError, match=said):
        call()
