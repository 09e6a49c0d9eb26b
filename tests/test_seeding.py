"""Starting centroids."""

from collections import Counter
from random import Random

import numpy as np
import pytest

from kalette import seeding
from kalette.color import alpha_kinds, points_from_srgb
from kalette.histogram import count

ONE_KIND = np.zeros(4, np.int8)
CORNERS = np.array([[0.0, 0], [0, 1], [9, 0], [9, 1]])


def starts(points, weights, kinds, k, seed):
    rng = Random(seed)
    return {
        "random": seeding.random(points, kinds, k, rng),
        "k-means++": seeding.k_means_plus_plus(points, weights, kinds, k, rng),
        "wu": seeding.wu(points, weights, kinds, k),
    }


def test_wu_cuts_four_points_by_hand():
    assert seeding.wu(CORNERS, np.ones(4), ONE_KIND, 2).tolist() == [[0, 0.5], [9, 0.5]]
    assert seeding.wu(CORNERS, np.ones(4), ONE_KIND, 4).tolist() == CORNERS.tolist()


def test_wu_weighs_points_by_their_counts():
    line = np.array([[0.0], [5], [10]])
    # Cutting after 0 gains most when 0 is heavy, before 10 when 10 is.
    assert seeding.wu(line, np.array([9.0, 1, 1]), np.zeros(3, np.int8), 2).ravel().tolist() == [0, 7.5]
    assert seeding.wu(line, np.array([1.0, 1, 9]), np.zeros(3, np.int8), 2).ravel().tolist() == [2.5, 10]


def test_wu_fills_up_when_there_are_fewer_cells_than_centroids():
    points = np.arange(20_000).reshape(-1, 1) / 20_000.0
    centroids = seeding.wu(points, np.ones(20_000), np.zeros(20_000, np.int8), 5)
    assert len(np.unique(centroids)) == 5


def test_k_means_plus_plus_draws_by_weighted_squared_distance():
    """After 0 the chances of 1, 2 and 3 are 1*4, 4*1 and 9*2 of 26; 0 itself has none."""
    line, weights = np.array([[0.0], [1], [2], [3]]), np.array([1e-12, 4.0, 1, 2])
    second = Counter()
    for seed in range(4000):
        first, then = seeding.k_means_plus_plus(line, weights, ONE_KIND, 2, Random(seed)).ravel()
        if first == 3:
            second[then] += 1  # after 3: 1 has 4*4, 2 has 1*1 of 17
    assert second[1.0] / second.total() == pytest.approx(16 / 17, abs=0.03)


def test_random_draws_each_color_alike_whatever_its_count():
    drawn = Counter()
    for seed in range(4000):
        drawn.update(
            seeding.random(np.array([[0.0], [1], [2], [3]]), ONE_KIND, 1, Random(seed)).ravel().tolist()
        )
    assert all(count / 4000 == pytest.approx(0.25, abs=0.03) for count in drawn.values())


@pytest.mark.parametrize("init", ["random", "k-means++", "wu"])
def test_a_seed_gives_the_same_start_and_another_seed_another(init, gradient):
    colors = count(gradient)
    points, kinds = points_from_srgb(colors.colors), alpha_kinds(colors.colors)
    weights = colors.counts.astype(float)
    once, again, other = (starts(points, weights, kinds, 9, seed)[init] for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    if init != "wu":
        assert not np.array_equal(once, other)


@pytest.mark.parametrize("init", ["random", "k-means++", "wu"])
@pytest.mark.parametrize("k", [3, 4, 20])
def test_every_kind_of_alpha_gets_a_centroid_and_all_differ(init, k, icon):
    icon[icon[..., 3] == 0] = 0
    colors = count(icon)
    points, kinds = points_from_srgb(colors.colors), alpha_kinds(colors.colors)
    for seed in range(5):
        found = starts(points, colors.counts.astype(float), kinds, k, seed)[init]
        assert found.shape == (k, 4)
        assert len(np.unique(found, axis=0)) == k
        assert {-1, 0, 1} == set(np.sign(np.round(found[:, 3] / 1024)))
