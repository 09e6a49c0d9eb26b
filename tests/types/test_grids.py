"""Grids of colours."""

import numpy as np
import pytest

from kalette.types import LEVELS, colors_at, is_on_grid, nearest_on_grid, places_on_grid


def test_the_levels_of_five_bits_repeat_their_first_bits():
    """10110 becomes 10110101: 22 is 181."""
    assert LEVELS["rgb565"][0][22] == 0b10110101
    assert LEVELS["rgb565"][1][0b101101] == 0b10110110
    assert LEVELS["rgb444"][2].tolist() == [17 * n for n in range(16)]


@pytest.mark.parametrize(
    ("grid", "size"), [("rgb565", 65536), ("rgb555", 32768), ("rgb444", 4096), ("web", 216)]
)
def test_a_grid_holds_black_white_and_so_many_colors(grid, size):
    assert np.prod([len(levels) for levels in LEVELS[grid]]) == size
    assert is_on_grid(np.array([[0, 0, 0], [255, 255, 255]], np.uint8), grid)


@pytest.mark.parametrize("grid", LEVELS)
def test_the_nearest_color_is_the_nearest_of_all_levels(grid):
    values = np.arange(256, dtype=np.uint8)
    nearest = nearest_on_grid(np.stack([values] * 3, axis=1), grid)
    for channel, levels in enumerate(LEVELS[grid]):
        distances = np.abs(values[:, None].astype(int) - levels)
        np.testing.assert_array_equal(np.abs(values.astype(int) - nearest[:, channel]), distances.min(axis=1))


@pytest.mark.parametrize("grid", LEVELS)
def test_places_lead_back_to_their_colors_and_alpha_stays(grid):
    colors = np.random.default_rng(1).integers(0, 256, (100, 4), np.uint8)
    nearest = nearest_on_grid(colors, grid)
    np.testing.assert_array_equal(colors_at(places_on_grid(nearest, grid), grid), nearest)
    np.testing.assert_array_equal(nearest[:, 3], colors[:, 3])
