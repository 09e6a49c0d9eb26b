"""Containers of animations: bytes by hand, timing, and what Pillow decodes."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import io

import numpy as np
import pytest
from PIL import Image

from kalette.types import WriteError
from kalette.writing import (
    Canvas,
    StoredFrame,
    animated_gif,
    animated_png,
    animated_webp,
    deflated_frame,
    webp_frame,
)
from kalette.writing.stored_frame import Disposal, hundredths

BLACK_WHITE = np.array([[0] * 3, [255] * 3], np.uint8)


def test_delays_in_hundredths_carry_their_rounding_on():
    assert list(hundredths([33] * 10)) == [3, 4, 3, 3, 3, 4, 3, 3, 4, 3]
    assert sum(hundredths([1000 / 30] * 300)) == 1000


def test_a_delay_is_at_least_two_hundredths():
    assert list(hundredths([8, 8, 8, 100])) == [2, 2, 2, 6]


def test_a_gif_of_one_pixel_by_hand():
    frame = StoredFrame(0, 0, 1, 1, b"\x44\x01", BLACK_WHITE, 2, 40, "keep")
    data = animated_gif([frame], Canvas(1, 1, 0)).to_bytes()
    assert data == (
        b"GIF89a\1\0\1\0\x81\0\0" + bytes(3) + b"\xff\xff\xff" + bytes(6) + b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
        b"!\xf9\4\5\4\0\2\0,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;"
    )
    assert np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).tolist() == [[[0, 0, 0]]]


@pytest.mark.parametrize(("loops", "repeats"), [(0, 0), (3, 2)])
def test_loops_are_written_as_repetitions(loops, repeats):
    frame = StoredFrame(0, 0, 1, 1, b"\x44\x01", BLACK_WHITE, 2, 40, "keep")
    with Image.open(io.BytesIO(animated_gif([frame], Canvas(1, 1, loops)).to_bytes())) as image:
        assert image.info["loop"] == repeats
    with Image.open(io.BytesIO(animated_gif([frame], Canvas(1, 1, 1)).to_bytes())) as image:
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
    with Image.open(io.BytesIO(animated_png(frames, Canvas(9, 6, 2)).to_bytes())) as image:
        assert (image.n_frames, image.info["loop"], image.info["duration"]) == (2, 2, 70)
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), expected)
        image.seek(1)
        place = expected[3:5, 4:7]
        place[part < k] = palette[part[part < k]]
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), expected)
        assert image.info["duration"] == 33


def webp_of(pixels: np.ndarray, left: int = 0, top: int = 0, disposal: Disposal = "keep") -> StoredFrame:
    """A stored frame of 40 ms that draws all its opaque pixels."""
    height, width = pixels.shape[:2]
    data = webp_frame(pixels, pixels[..., 3] > 0, "balanced")
    return StoredFrame(left, top, width, height, data, BLACK_WHITE, 2, 40, disposal)


def opaque(*shape: int, grey: int) -> np.ndarray:
    pixels = np.full((*shape, 4), grey, np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_a_webp_of_two_frames_by_hand():
    frames = [webp_of(opaque(2, 4, grey=0)), webp_of(opaque(1, 2, grey=255), 2, 0, "background")]
    black, white = (frame.data for frame in frames)
    assert (black[:4], white[:4]) == (b"VP8L", b"VP8L")
    heads = (
        b"\0\0\0\0\0\0\3\0\0\1\0\0\x28\0\0\0",
        b"\1\0\0\0\0\0\1\0\0\0\0\0\x28\0\0\1",  # columns are counted in twos; disposed of
    )
    body = b"WEBPVP8X\x0a\0\0\0\2\0\0\0\3\0\0\1\0\0ANIM\6\0\0\0\0\0\0\0\7\0"
    for head, chunk in zip(heads, (black, white), strict=True):
        body += b"ANMF" + (16 + len(chunk)).to_bytes(4, "little") + head + chunk
    data = animated_webp(frames, Canvas(4, 2, 7)).to_bytes()
    assert data == b"RIFF" + len(body).to_bytes(4, "little") + body
    with Image.open(io.BytesIO(data)) as image:
        assert (image.n_frames, image.info["loop"]) == (2, 7)
        image.seek(1)
        assert np.asarray(image.convert("L")).tolist() == [[0, 0, 255, 255], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("pixels", "has_alpha"),
    [
        (opaque(2, 4, grey=9), False),
        (opaque(2, 2, grey=9), True),  # the rest of the canvas is clear
        (np.zeros((2, 4, 4), np.uint8), True),
    ],
)
def test_a_webp_tells_of_alpha_where_some_pixel_is_clear(pixels, has_alpha):
    data = animated_webp([webp_of(pixels)] * 2, Canvas(4, 2, 0)).to_bytes()
    assert bool(data[20] & 0x10) == has_alpha


def test_what_a_webp_keeps_is_clear_or_the_same_again_whichever_takes_fewer_bytes():
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 4)).astype(np.uint8)
    noise[..., 3] = 255
    one, nearly_all = np.zeros((32, 32), bool), np.ones((32, 32), bool)
    one[3, 4], nearly_all[3, 4] = True, False
    for drawn in (one, nearly_all):
        clear = np.where(drawn[..., None], noise, np.uint8(0))
        sizes = [len(webp_frame(each, np.ones((32, 32), bool), "balanced")) for each in (clear, noise)]
        assert len(webp_frame(noise, drawn, "balanced")) == min(sizes)
        assert (sizes[0] < sizes[1]) == (drawn is one)


def test_a_webp_holds_no_longer_side():
    with pytest.raises(WriteError, match="WebP holds at most 16383 a side"):
        animated_webp([], Canvas(16384, 1, 0))
