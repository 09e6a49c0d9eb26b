"""The share of noise in the slow changes of a film: neighbours agree on what moves, and not on noise."""

import numpy as np
import pytest

from kalette.mapping import Aims, noise_share

OPAQUE, CLEAR = 9000, -9000


def aims(change: np.ndarray, alpha: int = OPAQUE) -> Aims:
    """The aims of a grey frame whose lightness changes by so much."""
    before = np.full((*change.shape, 4), 1000, np.int16)
    before[..., 3] = alpha
    now = before.copy()
    now[..., :3] += change.astype(np.int16)[..., None]
    return Aims("oklab", now, before, np.ones(change.shape, np.uint16))


def noise(shape: tuple[int, int] = (64, 64)) -> np.ndarray:
    return np.random.default_rng(1).integers(-30, 31, shape)


def test_noise_is_all_noise():
    assert noise_share(aims(noise())) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("change", [np.full((8, 8), 16), np.zeros((8, 8)), np.full((1, 1), 9)])
def test_a_frame_that_changes_as_a_whole_or_not_at_all_has_none(change):
    assert noise_share(aims(change)) == 0


def test_noise_upon_a_change_as_large_is_half():
    """Of noise from -30 to 30 the mean square is 310, as of a change of 17.6; together they stay slow."""
    assert noise_share(aims(noise() + 18)) == pytest.approx(0.5, abs=0.06)


def test_fast_changes_and_clear_pixels_do_not_count():
    assert noise_share(aims(noise() * 4 + 200)) == 0
    assert noise_share(aims(noise(), CLEAR)) == 0
