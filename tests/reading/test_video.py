"""Videos, made by PyAV in the test: frames, times, turns, limits, errors."""

import io
import sys
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.reading import open_video, video_format
from kalette.types import DEFAULT_LIMITS, LimitError, Limits, ReadError, SettingsError

av = pytest.importorskip("av")


def made(levels: list[int], *, rate: int = 10, container: str = "mp4", codec: str = "mpeg4") -> bytes:
    """A video of grey frames, 32 x 16, each of one level, with a white right half."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv420p"
        for level in levels:
            pixels = np.full((16, 32, 3), level, np.uint8)
            pixels[:, 16:] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return out.getvalue()


def opened(data: bytes, fps: float | None = None, limits: Limits = DEFAULT_LIMITS):
    return open_video(data, video_format(data[:12]), name="clip", fps=fps, limits=limits)


def levels_of(sequence) -> list[int]:
    return [int(frame.pixels[8, 4, 0]) for frame in sequence]


@pytest.mark.parametrize(("container", "codec"), [("mp4", "mpeg4"), ("matroska", "mpeg4"), ("avi", "mpeg4")])
def test_frames_of_a_video_come_in_order_with_their_times(container, codec):
    sequence = opened(made([20, 80, 140, 200], container=container, codec=codec))
    assert (sequence.size, sequence.frame_count) == ((32, 16), 4)
    assert levels_of(sequence) == pytest.approx([20, 80, 140, 200], abs=6)
    assert [frame.delay_ms for frame in sequence] == [100] * 4
    assert levels_of(sequence) == levels_of(sequence), "each iteration decodes anew"


def test_fewer_frames_a_second_take_what_is_shown_at_each_moment():
    sequence = opened(made([20, 80, 140, 200]), fps=5)
    assert levels_of(sequence) == pytest.approx([20, 140], abs=6)
    assert [frame.delay_ms for frame in sequence] == [200, 200]


def test_a_video_is_taken_at_50_frames_a_second_at_most():
    sequence = opened(made([9 * n for n in range(24)], rate=120))
    assert sequence.frame_count == 10
    assert sum(frame.delay_ms for frame in sequence) == 200


def test_colours_are_those_that_pyav_converts():
    data = made([20, 80])
    with av.open(io.BytesIO(data)) as container:
        expected = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    for frame, pixels in zip(opened(data), expected, strict=True):
        np.testing.assert_array_equal(frame.pixels, pixels)


def test_a_video_becomes_an_animation(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(made([20, 80, 140, 200]))
    result = kalette.animate(path, delays_ms=200, format="gif")
    assert (result.duration_ms, len(result.records)) == (400, 2)
    with Image.open(io.BytesIO(result.to_bytes())) as image:
        assert image.n_frames == 2  # type: ignore[attr-defined]


def test_limits_hold_for_the_frames_that_are_taken():
    data = made([20, 80, 140, 200])
    assert opened(data, fps=5, limits=Limits(max_frames=2)).frame_count == 2
    with pytest.raises(LimitError, match=r"more than 3 frames.*, or take fewer frames a second \(--fps\)"):
        opened(data, limits=Limits(max_frames=3))
    with pytest.raises(LimitError, match=r"4 frames of 32 x 16 = 2,048 pixels .*\(--fps\)"):
        opened(data, limits=Limits(max_pixels=2000))
    with pytest.raises(LimitError, match="--max-input-bytes"):
        opened(data, limits=Limits(max_input_bytes=100))


def test_every_cut_of_a_video_gives_frames_or_one_error():
    data = made([20, 80, 140, 200], container="matroska")
    for end in range(16, len(data), len(data) // 40):
        try:
            assert len(list(opened(data[:end]))) > 0
        except ReadError as error:
            assert str(error).startswith("clip "), end


def test_a_video_without_pyav_names_the_extra(monkeypatch):
    data = made([20])
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ReadError, match=r"pip install 'kalette\[video\]'"):
        opened(data)


def test_a_rate_of_frames_beyond_what_is_shown_is_refused():
    with pytest.raises(SettingsError, match="fps is 60; give frames a second above 0, 50 at most"):
        opened(made([20]), fps=60)


def test_what_takes_one_image_refuses_a_video_with_the_way_out():
    with pytest.raises(ReadError, match=r"is a video and one image is taken; .* \(kalette animate\)"):
        kalette.compress(made([0, 90]))


def test_sound_alone_is_refused():
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        stream = file.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, 0, Fraction(1, 8000)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    with pytest.raises(ReadError, match="no pictures"):
        opened(out.getvalue())
