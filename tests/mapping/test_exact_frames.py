"""Frames without loss: the symbol that keeps a pixel, and what Pillow shows."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.mapping import FrameStep, code_exactly

GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def frame_of(entries: list[int]) -> np.ndarray:
    """A row of greys."""
    return np.append(GREYS[entries], np.full((len(entries), 1), 255, np.uint8), axis=1)[None]


@pytest.mark.parametrize(
    ("k", "drawn", "kept"),
    [
        (4, [0, 2, 3], 1),  # a fifth symbol would take a third bit
        (4, [0, 1, 2, 3], 4),
        (3, [0, 2], 3),  # the fourth is free
        (256, list(range(255)), 255),
        (256, list(range(256)), 256),  # nothing can be kept
    ],
)
def test_an_entry_that_is_not_drawn_keeps_pixels_where_another_symbol_takes_a_bit_more(k, drawn, kept):
    now, clear = frame_of(drawn), np.zeros((1, len(drawn), 4), np.uint8)
    coded = code_exactly(FrameStep(now, clear), GREYS[:k])
    assert coded.kept == kept
    assert coded.indices.tolist() == [drawn]


def test_frames_that_draw_different_three_of_four_colours_share_a_table_of_four():
    rng, frames = np.random.default_rng(1), list[np.ndarray]()
    for missing in (3, 0, 1, 2):
        frame = np.zeros((24, 24, 4), np.uint8) if not frames else frames[-1].copy()
        frame[..., 3] = 255
        frame[4:20, 4:20, :3] = rng.choice(np.delete([0, 80, 160, 240], missing), (16, 16))[..., None]
        frames.append(frame)
    data = kalette.animate(frames, format="gif").to_bytes()
    assert 2 << (data[10] & 7) == 4
    with Image.open(io.BytesIO(data)) as image:
        for number, frame in enumerate(frames):
            image.seek(number)
            np.testing.assert_array_equal(np.asarray(image.convert("RGBA")), frame)
