"""Row filters of PNG."""

import numpy as np

from kalette.writing.filters import by_bits


def unfiltered_again(rows: np.ndarray) -> np.ndarray:
    """Undo the filters byte by byte, as the PNG standard defines it."""
    out = np.zeros((len(rows) + 1, rows.shape[1]), int)
    for y, row in enumerate(rows.astype(int), start=1):
        for x in range(1, rows.shape[1]):
            a, b, c = out[y, x - 1], out[y - 1, x], out[y - 1, x - 1]
            guess = (0, a, b, (a + b) // 2, min((a, b, c), key=lambda one: abs(a + b - c - one)))[row[0]]
            out[y, x] = (row[x] + guess) % 256
    return out[1:, 1:]


def test_a_decoder_undoes_every_filter():
    rng = np.random.default_rng(3)
    smooth = np.cumsum(rng.integers(-2, 3, (60, 50)), axis=1).astype(np.uint8)
    rows = np.concatenate([smooth, rng.integers(0, 256, (5, 50)).astype(np.uint8), smooth[:1].repeat(9, 0)])
    filtered = by_bits(rows)
    np.testing.assert_array_equal(unfiltered_again(filtered), rows)
    assert len(set(filtered[:, 0].tolist())) >= 3


def test_repeated_rows_use_the_up_filter():
    row = np.random.default_rng(1).integers(0, 256, 40).astype(np.uint8)
    assert by_bits(np.stack([row, row, row]))[:, 0].tolist() == [0, 2, 2]
    assert not by_bits(np.stack([row, row, row]))[1:, 1:].any()
