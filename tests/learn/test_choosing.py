"""The silhouette, pictures of low rank, and principal components."""

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


def test_a_point_with_a_count_is_as_many_points():
    X, counts = learn.sample_blobs(40), np.arange(40) % 4
    idx = learn.run_kmeans(X, learn.init_centroids(X, 3, seed=0)).idx
    repeated = learn.silhouette(np.repeat(X, counts, axis=0), np.repeat(idx, counts), 3)
    assert learn.silhouette(X, idx, 3, counts) == pytest.approx(repeated)
    found = learn.principal_components(X, counts)
    again = learn.principal_components(np.repeat(X, counts, axis=0))
    np.testing.assert_allclose(found.components, again.components)
    np.testing.assert_allclose(found.variances, again.variances)


def test_the_components_of_points_on_a_line_by_hand():
    """Along (3, 4) / 5 at distances -5, 0 and 5 from (3, 4): a variance of 50 / 3, and none across."""
    found = learn.principal_components(np.array([[0, 0], [3, 4], [6, 8]]))
    np.testing.assert_allclose(found.mean, [3, 4])
    np.testing.assert_allclose(found.components, [[0.6, 0.8], [-0.8, 0.6]] * np.sign([[1], [-1]]))
    np.testing.assert_allclose(found.variances, [50 / 3, 0], atol=1e-12)


def test_the_components_are_those_of_scikit_learn():
    decomposition = pytest.importorskip("sklearn.decomposition", reason="needs the extra sklearn")
    X = kalette.sample_pixels(48, 32).reshape(-1, 3)
    theirs, ours = decomposition.PCA().fit(X), learn.principal_components(X)
    signs = np.sign((theirs.components_ * ours.components).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(ours.components, theirs.components_ * signs, atol=1e-9)
    np.testing.assert_allclose(ours.variances, theirs.explained_variance_ * (len(X) - 1) / len(X))
    np.testing.assert_allclose(ours.project(X), theirs.transform(X) * signs.T, atol=1e-6)


@pytest.mark.parametrize(
    ("X", "counts", "said"),
    [
        ([[1.0, 2.0]], [1, 2], "counts is \\[1, 2\\]; give 1 numbers"),
        ([[1.0, 2.0]], [-1], "counts is \\[-1\\]"),
        ([[1.0, 2.0]], [0], "X holds no point"),
        ([[1.0, np.nan]], None, "X holds no point, or NaN"),
        (np.zeros((0, 2)), None, "X holds no point"),
        ([1.0], None, "give an array \\(N, d\\)"),
    ],
)
def test_what_has_no_components_is_refused(X, counts, said):
    with pytest.raises(kalette.SettingsError, match=said):
        learn.principal_components(X, counts)


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


def test_alpha_is_a_fourth_channel():
    """Stripes of rank 1 in each channel: 4 (5 + 2 + 1) = 32 numbers; one byte less is too little."""
    stripes = np.repeat(np.array([[[9, 9, 9, 255], [200, 90, 40, 51]]], np.uint8), 5, axis=0)
    found = learn.low_rank(stripes, 32)
    assert (found.rank, found.size_bytes) == (1, 32)
    np.testing.assert_array_equal(found.pixels, stripes)
    with pytest.raises(kalette.SettingsError, match="rank 1 of this picture takes 32"):
        learn.low_rank(stripes, 31)


@pytest.mark.parametrize(
    ("pixels", "size_bytes", "said"),
    [
        (np.zeros((4, 4, 3), np.uint8), 26, "rank 1 of this picture takes 27"),
        (np.zeros((4, 4, 3), np.uint8), 0, "size_bytes is 0"),
        (np.zeros((4, 4)), 99, "not \\(H, W, 3 or 4\\) uint8"),
        (np.zeros((4, 4, 2), np.uint8), 99, "not \\(H, W, 3 or 4\\) uint8"),
    ],
)
def test_what_has_no_low_rank_is_refused(pixels, size_bytes, said):
    with pytest.raises(kalette.SettingsError, match=said):
        learn.low_rank(pixels, size_bytes)
