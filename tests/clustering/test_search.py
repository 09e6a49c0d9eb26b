"""The search for starting centroids, and breathing K-Means."""

import numpy as np
import pytest

from clouds import cloud_of
from kalette.clustering import breathing, search, seeding
from kalette.clustering.cloud import Cloud
from kalette.clustering.histogram import count
from kalette.clustering.lloyd import Stopping, run_lloyd
from kalette.color import alpha_kinds_of_points
from kalette.learn import sample_pixels
from kalette.types import Run


def line(*values: float) -> Cloud:
    points = np.array(values, np.float32)[:, None]
    return Cloud(points, np.ones(len(values)), np.zeros(len(values), np.int8))


def loss_of(cloud: Cloud, centroids: np.ndarray) -> float:
    return run_lloyd(cloud, centroids, Stopping(1, np.inf)).losses[0]


def test_breathing_escapes_a_poor_optimum_of_four_points():
    """0 and 1 have a centroid each, 20 and 40 share one: a fixed point of Lloyd's algorithm."""
    cloud, poor = line(0, 1, 20, 40), np.array([[0.0], [1.0], [30.0]])
    assert run_lloyd(cloud, poor, Stopping(9, 0)).losses[-1] == 200
    found = breathing.breathe(cloud, poor, breathing.Breath(depth=0.3, shrink=0.5, passes=2, tries=9))
    assert sorted(found.centroids.ravel().tolist()) == [0.5, 20, 40]


@pytest.fixture(scope="module")
def photo():
    return count(sample_pixels(192, 128))


@pytest.mark.parametrize("effort", ["fast", "balanced", "best"])
@pytest.mark.parametrize("k", [1, 2, 3, 7, 16, 100, 256])
def test_the_search_returns_k_different_centroids(effort, k, photo):
    found = search.search_centroids(photo.in_space("srgb"), k, effort)
    assert found.shape == (k, 3)
    assert len(np.unique(found, axis=0)) == k


@pytest.mark.parametrize("k", [8, 32, 128])
def test_breathing_ends_lower_than_lloyd_does_from_the_same_start(k, photo):
    cloud = cloud_of(photo)
    start = seeding.wu(cloud, k)
    alone = run_lloyd(cloud, start, Stopping(300, 0)).losses[-1]
    breathed = breathing.breathe(cloud, start, breathing.Breath(0.25, 0.5, 3, 256)).centroids
    assert run_lloyd(cloud, breathed, Stopping(300, 0)).losses[-1] < alone


def test_breathing_never_raises_the_loss(photo):
    cloud = cloud_of(photo)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        start = cloud.points[rng.choice(len(cloud), 9, replace=False)].astype(float)
        found = breathing.breathe(cloud, start, breathing.Breath(0.3, 0.5, 2, 9))
        assert loss_of(cloud, found.centroids) <= loss_of(cloud, start)


@pytest.mark.parametrize("k", [3, 4, 30])
def test_every_kind_of_alpha_keeps_a_centroid(k, icon):
    icon[icon[..., 3] == 0] = 0
    icon[20, 20] = (9, 9, 9, 254)  # the only partly clear pixel
    icon[(icon[..., 3] > 0) & (icon[..., 3] < 254)] = 0
    colors = count(icon)
    found = search.search_centroids(colors.in_space("srgb"), k, "balanced")
    assert set(alpha_kinds_of_points(found)) == {0, 1, 2}


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_search_gives_the_same_bits_for_any_number_of_threads(threads, photo):
    one = search.search_centroids(photo.in_space("srgb"), 20, "balanced")
    np.testing.assert_array_equal(
        one, search.search_centroids(photo.in_space("srgb"), 20, "balanced", run=Run(threads))
    )


def test_few_close_colors_get_a_centroid_each():
    """All lie in one cube of side 4, a single point for the coarse search."""
    pixels = np.array([[[0, 0, c % 4], [0, c % 4, 0]] for c in range(8)], np.uint8)
    colors = count(pixels)
    found = search.search_centroids(colors.in_space("srgb"), len(colors) - 1, "balanced")
    assert len(np.unique(found, axis=0)) == len(colors) - 1


@pytest.mark.parametrize("k", [5, 12, 60])
def test_a_search_that_continues_ends_no_higher_than_where_it_started(k):
    """So few colors that the search runs on all of them."""
    colors = count(sample_pixels(96, 64))
    cloud, pyramid = cloud_of(colors), colors.in_space("srgb")
    found = search.search_centroids(pyramid, k, "balanced")
    assert loss_of(cloud, search.search_centroids(pyramid, k, "best", found=found)) <= loss_of(cloud, found)


def test_breathing_runs_on_finer_cubes_where_the_loss_is_lower():
    x, y = np.meshgrid(np.arange(160), np.arange(160))
    pyramid = count(np.dstack([x, y, (x + y) // 2]).astype(np.uint8)).in_space("srgb")
    sides = []
    for k in (2, 16, 256):
        start = search.search_centroids(pyramid, k, "fast")
        cloud = search._breathing_cloud(pyramid, start, search.PLANS["balanced"], Run(1))
        sides.append(next(side for side in (16, 8, 4, 2) if pyramid.of_side(side) is cloud))
    assert sides == [16, 8, 2]
