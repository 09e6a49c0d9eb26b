"""The silhouette, and pictures of low rank."""

import numpy as np
import pytest

import kalette
from kalette import learn


def test_the_silhouettes_of_three_points_by_hand():
    """0 and 2 are together, 5 alone: (5 - 2) / 5, (3 - 2) / 3 and 0."""
    X = np.array([[0.0], [2.0], [5.0]])
    assert learn.silhouette(X, np.array([0, 0, 1]), 2) == pytest.approx((3 / 5 + 1 / 3) / 3)


@pytest.mark.parametrize("K", [2, 3, 5, 8])
def test_the_silhouette_is_that_of_scikit_learn(K):
    metrics = pytest.importorskip("sklearn.metrics", reason="needs the extra sklearn")
    X = learn.sample_blobs(100)
    idx = learn.run_kmeans(X, learn.init_centroids(X, K, seed=0)).idx
    assert learn.silhouette(X, idx, K) == pytest.approx(metrics.silhouette_score(X, idx))


def test_empty_clusters_do_not_count():
    X, idx = learn.sample_blobs(50), np.arange(50) % 2
    assert learn.silhouette(X, idx, 2) == learn.silhouette(X, idx * 3, 9)


def test_a_silhouette_needs_two_clusters():
    with pytest.raises(kalette.SettingsError, match="two at least"):
        learn.silhouette(learn.sample_blobs(9), np.zeros(9, int), 3)


def test_more_bytes_give_a_higher_rank_and_a_lower_error():
    pixels = kalette.sample_pixels(48, 32)
    errors, ranks = [], []
    for size_bytes in (300, 1000, 3000):
        found = learn.low_rank(pixels, size_bytes)
        assert found.size_bytes == found.rank * 3 * (48 + 32 + 1) <= size_bytes
        errors.append(((found.pixels.astype(float) - pixels) ** 2).mean())
        ranks.append(found.rank)
    assert ranks == [1, 4, 12]
    assert errors == sorted(errors, reverse=True)


def test_at_full_rank_the_picture_is_exact():
    pixels = kalette.sample_pixels(48, 32)
    np.testing.assert_array_equal(learn.low_rank(pixels, 10**6).pixels, pixels)


@pytest.mark.parametrize(
    ("pixels", "size_bytes", "said"),
    [
        (np.zeros((4, 4, 3), np.uint8), 26, "rank 1 of this picture takes 27"),
        (np.zeros((4, 4, 3), np.uint8), 0, "size_bytes is 0"),
        (np.zeros((4, 4)), 99, "not \\(H, W, 3\\) uint8"),
    ],
)
def test_what_has_no_low_rank_is_refused(pixels, size_bytes, said):
    with pytest.raises(kalette.SettingsError, match=said):
        learn.low_rank(pixels, size_bytes)
