"""A job on one image, and its outcome."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.batch import STANDARD, Job, compress_file
from kalette.types import (
    CancelledError,
    NotSmallerError,
    ReadError,
    Run,
    Settings,
    SettingsError,
    WriteError,
)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(kalette.sample_pixels(96, 64)).save(path)
    return path


def job(photo, name: str = "out.png", **options) -> Job:
    return Job(input=str(photo), output=str(photo.with_name(name)), **{"settings": Settings(k=8), **options})


def test_a_job_writes_the_same_bytes_as_compress(photo):
    outcome = compress_file(job(photo))
    written = photo.with_name("out.png").read_bytes()
    assert written == kalette.compress(photo, 8).to_bytes() == outcome.result.to_bytes()
    assert outcome.job.output.endswith("out.png")
    assert outcome.seconds > 0


def test_an_existing_output_is_left_alone_unless_overwriting_is_allowed(photo):
    out = photo.with_name("out.png")
    out.write_bytes(b"old")
    with pytest.raises(WriteError, match="exists"):
        compress_file(job(photo))
    assert out.read_bytes() == b"old"
    compress_file(job(photo, overwrite=True))
    assert out.read_bytes() != b"old"


def test_in_place_keeps_the_format_of_the_file_name_and_refuses_larger_results(photo, tmp_path):
    before = photo.stat().st_size
    compress_file(job(photo, "photo.png", in_place=True, settings=Settings(k=8, format="gif")))
    assert photo.stat().st_size < before
    with Image.open(photo) as image:
        assert image.format == "PNG"
    small = tmp_path / "small.png"
    Image.new("RGB", (2, 2)).save(small, optimize=True)
    data = small.read_bytes()
    with pytest.raises(NotSmallerError, match=r"small\.png is .* and the result would be"):
        compress_file(Job(input=str(small), output=str(small), settings=Settings(), in_place=True))
    assert small.read_bytes() == data


def test_a_larger_result_is_skipped_with_skip_if_larger_only(tmp_path):
    path = tmp_path / "noise.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(noise).save(path, quality=5)
    with pytest.raises(NotSmallerError):
        compress_file(job(path, settings=Settings(), skip_if_larger=True))
    assert not path.with_name("out.png").exists()
    compress_file(job(path, settings=Settings()))


def test_a_job_uses_the_standard_streams_of_its_caller(photo):
    out = io.BytesIO()
    compress_file(
        Job(input=STANDARD, output=STANDARD, settings=Settings(k=8)),
        read=photo.read_bytes,
        write=out.write,
    )
    assert out.getvalue() == kalette.compress(photo, 8).to_bytes()


def test_a_cancelled_job_leaves_no_file(photo):
    with pytest.raises(CancelledError):
        compress_file(job(photo), run=Run(1, cancelled=lambda: True))
    assert not photo.with_name("out.png").exists()


def test_a_missing_input_and_an_unknown_output_format_are_refused(tmp_path):
    with pytest.raises(ReadError, match=r"none\.png does not exist"):
        compress_file(job(tmp_path / "none.png"))
    with pytest.raises(SettingsError, match="asks for a format"):
        compress_file(Job(input="a.bmp", output="a.bmp", settings=Settings(), in_place=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"output": "out.webp"},
            "out.webp asks for webp and the settings for png; use the same format in both",
        ),
        ({"output": "out.jpg"}, "out.jpg asks for a format that Kalette does not write"),
        ({"output": STANDARD}, "- is a standard stream; give read and write, or a path"),
        ({"input": STANDARD}, "- is a standard stream"),
        ({"output": "photo.png", "overwrite": True}, "would overwrite .*photo.png; choose another name"),
        ({"output": None}, "output is None; give a str"),
        ({"settings": {"k": 3}}, r"settings is \{'k': 3\}; give a Settings"),
        ({"overwrite": "no"}, "overwrite is 'no'; give True or False"),
    ],
)
def test_jobs_that_cannot_be_are_refused(photo, monkeypatch, change, message):
    monkeypatch.chdir(photo.parent)
    with pytest.raises(SettingsError, match=message):
        compress_file(Job(**{"input": "photo.png", "output": "out.png", "settings": Settings(k=8), **change}))
    assert [path.name for path in photo.parent.iterdir()] == ["photo.png"]
