"""Small files side by side: their order, large files, failures, and an end before the last."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.batch import STANDARD, Job, compress_file, side_by_side
from kalette.types import ReadError, Settings
from shell import run


def job(folder, name: str, pixels=None) -> Job:
    path = folder / f"{name}.png"
    if pixels is not None:
        Image.fromarray(pixels).save(path)
    return Job(input=str(path), output=str(folder / "out" / path.name), settings=Settings(k=8))


@pytest.fixture
def jobs(tmp_path) -> list[Job]:
    (tmp_path / "out").mkdir()
    return [job(tmp_path, str(number), kalette.sample_pixels(24 + 8 * number, 32)) for number in range(9)]


def test_outcomes_come_in_the_order_of_the_jobs_with_the_bytes_of_one_thread(jobs):
    ended = [future.result() for _, future in side_by_side(jobs, threads=3)]
    assert [outcome.job for outcome in ended] == jobs
    for outcome in ended:
        assert outcome.result.to_bytes() == kalette.compress(outcome.job.input, 8).to_bytes()


def test_a_large_file_and_a_standard_stream_are_left_to_the_caller(jobs, tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (700, 700, 3), np.uint8)
    large = job(tmp_path, "noise", noise)
    to_stream = Job(input=jobs[0].input, output=STANDARD, settings=Settings(k=8))
    mixed = [jobs[0], large, jobs[1], to_stream, jobs[2]]
    begun = list(side_by_side(mixed, threads=2))
    assert [each for each, _ in begun] == mixed
    assert [future is None for _, future in begun] == [False, True, False, True, False]


def test_before_a_large_file_all_others_have_ended(jobs, tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (700, 700, 3), np.uint8)
    mixed = [*jobs[:4], job(tmp_path, "noise", noise), *jobs[4:]]
    names: list[str] = []
    for _, future in side_by_side(mixed, threads=2):
        if future is None:
            assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
        else:
            names.append(Path(future.result().job.output).name)
    assert names == [f"{number}.png" for number in range(9)]


@pytest.mark.parametrize(("threads", "count"), [(1, 9), (4, 1)])
def test_one_thread_or_one_job_is_left_to_the_caller(jobs, threads, count):
    assert [future for _, future in side_by_side(jobs[:count], threads=threads)] == [None] * count


def test_a_failure_belongs_to_its_job_alone(jobs, tmp_path):
    broken = job(tmp_path, "broken")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    futures = [future for _, future in side_by_side([jobs[0], broken, jobs[1]], threads=2)]
    with pytest.raises(ReadError) as side:
        futures[1].result()
    with pytest.raises(ReadError) as alone:
        compress_file(broken)
    assert str(side.value) == str(alone.value)
    assert futures[0].result().job == jobs[0]
    assert futures[2].result().job == jobs[1]


def test_closing_ends_the_work_without_the_later_jobs(jobs, tmp_path):
    with closing(side_by_side(jobs, threads=2)) as begun:
        next(begun)[1].result()
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert "0.png" in written
    assert not written & {"7.png", "8.png"}
    assert all(name in {f"{number}.png" for number in range(9)} for name in written)


def test_the_command_says_and_writes_the_same_for_any_number_of_threads(jobs, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    names = [f"{name}.png" for name in (0, 1, "broken", 2, "absent", 3)]
    said, written = [], []
    for threads in (1, 4):
        folder = tmp_path / f"by-{threads}"
        folder.mkdir()
        done = run("compress", *names, "-o", f"{folder}/", "--threads", threads, "--json", cwd=tmp_path)
        said.append((done.returncode, done.stderr.replace(str(folder), "")))
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert said[0] == said[1]
    assert written[0] == written[1]
    assert len(written[0]) == 4
