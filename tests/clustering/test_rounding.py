"""Rounding centroids to palettes of bytes."""

import numpy as np
import pytest

from clouds import cloud_of
from kalette import kernels
from kalette.clustering.cloud import Cloud
from kalette.clustering.histogram import count
from kalette.clustering.lloyd import Stopping, run_lloyd
from kalette.clustering.rounding import round_palette
from kalette.clustering.search import search_centroids
from kalette.color import alpha_kinds, points_from_srgb, srgb_from_points
from kalette.learn import sample_pixels
from kalette.types import Run, is_on_grid, nearest_on_grid


def loss_of(cloud: Cloud, palette: np.ndarray) -> float:
    return kernels.assign(cloud.points, cloud.weights, points_from_srgb(palette))[3]


def test_two_entries_of_three_greys_by_hand():
    """0 | 1 2 has the means 0 and 1.5, rounded to 2; 0 2 and 0 1 cost the same, so 0 2 stays."""
    cloud = cloud_of(count(np.repeat([[0, 1, 2]], 3, axis=1).reshape(1, 3, 3).astype(np.uint8)))
    found = round_palette(cloud, np.array([[0.0] * 3, [1.5] * 3]), "balanced")
    assert found.tolist() == [[0] * 3, [2] * 3]


@pytest.fixture(scope="module")
def clustered():
    colors = count(sample_pixels(192, 128))
    cloud = cloud_of(colors)
    start = search_centroids(colors.in_space("srgb"), 128, "fast")
    return cloud, run_lloyd(cloud, start, Stopping(100, 0)).centroids


@pytest.mark.parametrize("effort", ["balanced", "best"])
@pytest.mark.parametrize("channels", [3, 4])
def test_greys_stay_grey_in_oklab_though_a_tint_would_come_closer_in_lightness(channels, effort):
    levels = np.repeat(np.arange(256), np.arange(256) % 7 + 1).astype(np.uint8)
    grey = np.stack([levels] * 3 + [levels // 2 + 64] * (channels - 3), axis=1)[None]
    cloud = count(grey).in_space("oklab-chroma").finest
    start = search_centroids(count(grey).in_space("oklab-chroma"), 100, "balanced")
    found = round_palette(cloud, start, effort)
    assert (found[:, :3] == found[:, :1]).all()
    assert loss_in_oklab(cloud, found) < loss_in_oklab(cloud, srgb_from_points(start, "oklab-chroma"))


def loss_in_oklab(cloud: Cloud, palette: np.ndarray) -> float:
    return kernels.assign(cloud.points, cloud.weights, points_from_srgb(palette, "oklab-chroma"))[3]


def test_more_effort_gives_a_lower_loss_than_rounding_one_by_one(clustered):
    cloud, centroids = clustered
    losses = [
        loss_of(cloud, round_palette(cloud, centroids, effort)) for effort in ("fast", "balanced", "best")
    ]
    assert losses[0] == loss_of(cloud, srgb_from_points(centroids))
    assert losses[0] > losses[1] > losses[2]


def test_at_a_high_loss_only_the_best_effort_searches_beyond_plain_rounding(clustered):
    cloud, _ = clustered
    few = np.array([[40.3, 40.6, 40.2], [180.7, 170.4, 150.6]])
    assert loss_of(cloud, srgb_from_points(few)) > 100 * cloud.weights.sum()
    assert np.array_equal(round_palette(cloud, few, "balanced"), srgb_from_points(few))
    assert loss_of(cloud, round_palette(cloud, few, "best")) < loss_of(cloud, srgb_from_points(few))


def test_rounding_gives_the_same_palette_for_any_number_of_threads(clustered):
    cloud, centroids = clustered
    one = round_palette(cloud, centroids, "balanced")
    for threads in (2, 3, 7):
        np.testing.assert_array_equal(one, round_palette(cloud, centroids, "balanced", run=Run(threads)))


@pytest.mark.parametrize("effort", ["balanced", "best"])
def test_entries_keep_their_kind_of_alpha(effort, icon):
    icon[icon[..., 3] == 0] = 0
    colors = count(icon)
    cloud = cloud_of(colors)
    centroids = search_centroids(colors.in_space("srgb"), 12, "fast")
    before = alpha_kinds(srgb_from_points(centroids))
    np.testing.assert_array_equal(alpha_kinds(round_palette(cloud, centroids, effort)), before)


def test_centroids_that_share_a_grid_color_get_distinct_ones_by_hand():
    """Both centroids are nearest to 0; of the greys, 40 pays most for it, and takes 51."""
    greys = np.array([0, 10, 20, 40], np.uint8)
    cloud = cloud_of(count(np.repeat(greys, 3).reshape(1, 4, 3)))
    found = round_palette(cloud, np.array([[5.0] * 3, [24.0] * 3]), "fast", grid="web")
    assert found.tolist() == [[0] * 3, [51] * 3]


def test_no_more_grid_colors_are_taken_than_lower_the_loss():
    cloud = cloud_of(count(np.repeat(np.arange(9, dtype=np.uint8), 3).reshape(1, 9, 3)))
    found = round_palette(cloud, np.array([[1.0] * 3, [4.0] * 3, [7.0] * 3]), "balanced", grid="web")
    assert found.tolist() == [[0] * 3]


@pytest.mark.parametrize("grid", ["rgb565", "rgb444", "web"])
@pytest.mark.parametrize("effort", ["fast", "balanced", "best"])
def test_a_search_on_the_grid_beats_rounding_to_it_afterwards(clustered, grid, effort):
    cloud, centroids = clustered
    found = round_palette(cloud, centroids, effort, grid=grid)
    assert is_on_grid(found, grid)
    assert len(found) == len(np.unique(found, axis=0)) <= len(centroids)
    after = nearest_on_grid(round_palette(cloud, centroids, effort), grid)
    assert loss_of(cloud, found) < loss_of(cloud, after)


def test_the_palette_on_a_grid_is_the_same_for_any_number_of_threads(clustered):
    cloud, centroids = clustered
    one = round_palette(cloud, centroids, "balanced", grid="rgb444")
    for threads in (2, 7):
        np.testing.assert_array_equal(
            one, round_palette(cloud, centroids, "balanced", grid="rgb444", run=Run(threads))
        )
