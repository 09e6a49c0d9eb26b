"""Containers of animations: bytes by hand, timing, and what Pillow decodes."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import io

import numpy as np
import pytest
from PIL import Image

from kalette.writing import Canvas, StoredFrame, deflated_frame, gif_animation_bytes, png_animation_bytes
from kalette.writing.stored_frame import hundredths

BLACK_WHITE = np.array([[0] * 3, [255] * 3], np.uint8)


def test_delays_in_hundredths_carry_their_rounding_on():
    assert list(hundredths([33] * 10)) == [3, 4, 3, 3, 3, 4, 3, 3, 4, 3]
    assert sum(hundredths([1000 / 30] * 300)) == 1000


def test_a_delay_is_at_least_two_hundredths():
    assert list(hundredths([8, 8, 8, 100])) == [2, 2, 2, 6]


def test_a_gif_of_one_pixel_by_hand():
    frame = StoredFrame(0, 0, 1, 1, b"\x44\x01", BLACK_WHITE, 2, 40, "keep")
    data = gif_animation_bytes([frame], Canvas(1, 1, 0))
    assert data == (
        b"GIF89a\1\0\1\0\x81\0\0" + bytes(3) + b"\xff\xff\xff" + bytes(6) + b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
        b"!\xf9\4\5\4\0\2\0,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;"
    )
    assert np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).tolist() == [[[0, 0, 0]]]


@pytest.mark.parametrize(("loops", "repeats"), [(0, 0), (3, 2)])
def test_loops_are_written_as_repetitions(loops, repeats):
    frame = StoredFrame(0, 0, 1, 1, b"\x44\x01", BLACK_WHITE, 2, 40, "keep")
    with Image.open(io.BytesIO(gif_animation_bytes([frame], Canvas(1, 1, loops)))) as image:
        assert image.info["loop"] == repeats
    with Image.open(io.BytesIO(gif_animation_bytes([frame], Canvas(1, 1, 1)))) as image:
        assert "loop" not in image.info


@pytest.mark.parametrize("k", [1, 2, 3, 15, 16, 255])
def test_pillow_shows_the_frames_of_a_png(k):
    rng = np.random.default_rng(k)
    palette = rng.integers(0, 256, (k, 3)).astype(np.uint8)
    whole, part = (rng.integers(0, k + 1, shape).astype(np.uint8) for shape in ((6, 9), (2, 3)))
    whole[whole == k] = 0
    frames = [
        StoredFrame(0, 0, 9, 6, deflated_frame(whole, palette, "balanced"), palette, k, 70, "keep"),
        StoredFrame(4, 3, 3, 2, deflated_frame(part, palette, "balanced"), palette, k, 33, "keep"),
    ]
    expected = palette[whole]
    with Image.open(io.BytesIO(png_animation_bytes(frames, Canvas(9, 6, 2)))) as image:
        assert (image.n_frames, image.info["loop"], image.info["duration"]) == (2, 2, 70)
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), expected)
        image.seek(1)
        place = expected[3:5, 4:7]
        place[part < k] = palette[part[part < k]]
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), expected)
        assert image.info["duration"] == 33
