"""Starting centroids."""

from collections import Counter
from random import Random

import numpy as np
import pytest

from clouds import cloud_of
from kalette.clustering import seeding
from kalette.clustering.cloud import Cloud
from kalette.clustering.histogram import count

CORNERS = np.array([[0.0, 0], [0, 1], [9, 0], [9, 1]])


def cloud(points, weights=None) -> Cloud:
    points = np.array(points, np.float64)
    return Cloud(
        points, np.ones(len(points)) if weights is None else np.array(weights), np.zeros(len(points), np.int8)
    )


def starts(picture, k, seed):
    colors, rng = cloud_of(count(picture)), Random(seed)
    return {
        "random": seeding.random(colors, k, rng),
        "k-means++": seeding.k_means_plus_plus(colors, k, rng),
        "wu": seeding.wu(colors, k),
    }


def test_wu_splits_four_points_by_hand():
    assert seeding.wu(cloud(CORNERS), 2).tolist() == [[0, 0.5], [9, 0.5]]
    assert seeding.wu(cloud(CORNERS), 4).tolist() == CORNERS.tolist()


def test_wu_uses_the_weights_of_points():
    line = [[0.0], [5], [10]]
    # The best split is after 0 if 0 has the large weight, and before 10 if 10 has it.
    assert seeding.wu(cloud(line, [9.0, 1, 1]), 2).ravel().tolist() == [0, 7.5]
    assert seeding.wu(cloud(line, [1.0, 1, 9]), 2).ravel().tolist() == [2.5, 10]


def test_wu_returns_k_centroids_for_fewer_points():
    assert seeding.wu(cloud([[0.0], [1]]), 3).ravel().tolist() == [0, 1, 0]


def test_k_means_plus_plus_draws_by_weighted_squared_distance():
    """The point 0 has almost no weight; after 3, 1 is drawn with 4*4 and 2 with 1*1 of 17."""
    line = cloud([[0.0], [1], [2], [3]], [1e-12, 4.0, 1, 2])
    second: Counter[float] = Counter()
    for seed in range(4000):
        first, then = seeding.k_means_plus_plus(line, 2, Random(seed)).ravel()
        if first == 3:
            second[then] += 1
    assert second[1.0] / second.total() == pytest.approx(16 / 17, abs=0.03)


def test_random_draws_each_distinct_color_with_the_same_probability():
    drawn: Counter[float] = Counter()
    for seed in range(4000):
        drawn.update(seeding.random(cloud([[0.0], [1], [2], [3]]), 1, Random(seed)).ravel().tolist())
    assert all(count / 4000 == pytest.approx(0.25, abs=0.03) for count in drawn.values())


@pytest.mark.parametrize("init", ["random", "k-means++", "wu"])
def test_a_seed_gives_the_same_start_and_another_seed_another(init, gradient):
    once, again, other = (starts(gradient, 9, seed)[init] for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    if init != "wu":
        assert not np.array_equal(once, other)


@pytest.mark.parametrize("init", ["random", "k-means++", "wu"])
@pytest.mark.parametrize("k", [3, 4, 20])
def test_every_kind_of_alpha_gets_a_centroid_and_all_differ(init, k, icon):
    icon[icon[..., 3] == 0] = 0
    for seed in range(5):
        found = starts(icon, k, seed)[init]
        assert found.shape == (k, 4)
        assert len(np.unique(found, axis=0)) == k
        assert {-1, 0, 1} == set(np.sign(np.round(found[:, 3] / 1024)))
