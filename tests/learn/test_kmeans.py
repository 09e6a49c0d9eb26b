"""K-Means for readers: by hand, and against the engine and scikit-learn."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from clouds import weighted
from kalette.clustering.lloyd import Clustering, Stopping, run_lloyd
from kalette.learn import compute_centroids, find_closest_centroids, init_centroids, run_kmeans, sample_blobs
from kalette.learn import kmeans as learn
from kalette.types import Run


def line(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def engine(X: np.ndarray, start: np.ndarray, max_iters: int = 300, tol: float = 0.0) -> Clustering:
    run = Run(1, keep_history=True)
    return run_lloyd(weighted(X), start.astype(np.float64), Stopping(max_iters, tol), run=run)


def test_closest_centroids_by_hand_with_ties_to_the_lowest_index():
    X = np.array([[0.0, 0], [3, 4], [6, 8], [9, 9]])
    assert find_closest_centroids(X, np.array([[0.0, 0], [6, 8]])).tolist() == [0, 0, 1, 1]


def test_centroids_by_hand_are_means_or_nan_without_points():
    X = np.array([[0.0, 1], [2, 3], [9, 9]])
    found = compute_centroids(X, np.array([0, 0, 2]), 4)
    np.testing.assert_array_equal(found, [[1, 2], [np.nan] * 2, [9, 9], [np.nan] * 2])


def test_run_of_four_points_by_hand():
    found = run_kmeans(line(0, 1, 8, 9), line(0, 1))
    # 0 | 1 8 9 -> means 0 and 6 -> 0 1 | 8 9 -> means 0.5 and 8.5, and no point changes
    assert [step.ravel().tolist() for step in found.path] == [[0, 1], [0, 6], [0.5, 8.5]]
    assert found.losses == (113, 14, 1)
    assert found.idx.tolist() == [0, 0, 1, 1]
    assert found.iterations == 2
    np.testing.assert_array_equal(found.centroids, found.path[-1])


def test_a_centroid_without_points_moves_to_the_point_of_largest_error():
    """No point is closest to 100; 7 has the largest error, so the empty centroid moves there."""
    found = run_kmeans(line(0, 1, 7), line(1, 100), max_iters=1)
    assert found.centroids.ravel().tolist() == [8 / 3, 7]


def test_a_centroid_without_points_stays_if_no_point_has_an_error():
    assert run_kmeans(line(2, 2), line(2, 9)).centroids.ravel().tolist() == [2, 9]


def test_run_stops_by_tol_and_by_max_iters():
    X, start = line(0, 1, 8, 9), line(0, 1)
    assert run_kmeans(X, start, tol=5).iterations == 1
    assert run_kmeans(X, start, max_iters=0).losses == (113,)


def test_the_start_is_drawn_from_the_points_by_the_seed():
    X = sample_blobs(50)
    start = init_centroids(X, 50, seed=3)
    np.testing.assert_array_equal(np.sort(start, axis=0), np.sort(X, axis=0))
    np.testing.assert_array_equal(start, init_centroids(X, 50, seed=3))
    assert not np.array_equal(start, init_centroids(X, 50, seed=4))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("K", [1, 2, 5, 16])
def test_run_equals_the_engine_from_the_same_start(K, seed):
    X = sample_blobs(500, seed)
    start = init_centroids(X, K, seed)
    ours, theirs = run_kmeans(X, start), engine(X, start, max_iters=100)
    np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-12)
    np.testing.assert_array_equal(ours.idx, theirs.labels)
    for ours_at, theirs_at in zip(ours.path, theirs.path, strict=True):
        np.testing.assert_allclose(ours_at, theirs_at, rtol=1e-12)


def test_run_equals_the_engine_on_the_pixels_of_a_picture(gradient):
    X = gradient.reshape(-1, 3) / 255
    start = init_centroids(X, 16, seed=1)
    ours, theirs = run_kmeans(X, start, max_iters=20), engine(X, start, max_iters=20)
    np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-12)
    np.testing.assert_array_equal(ours.idx, theirs.labels)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_run_equals_the_engine_with_centroids_that_become_empty(seed, K):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 60, (40, 2)).astype(float)
    start = rng.integers(-40, 100, (K, 2)).astype(float)
    ours, theirs = run_kmeans(X, start, max_iters=5), engine(X, start, max_iters=5)
    np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-12)
    np.testing.assert_allclose(ours.centroids, theirs.centroids, rtol=1e-12)
    assert all(after <= before for before, after in zip(ours.losses, ours.losses[1:], strict=False))


@pytest.mark.parametrize("K", [2, 5, 9])
def test_run_agrees_with_scikit_learn(K):
    X = sample_blobs(400, seed=2)
    start = init_centroids(X, K, seed=5)
    ours, theirs = run_kmeans(X, start), KMeans(K, init=start, n_init=1, tol=0).fit(X)
    assert ours.losses[-1] == pytest.approx(theirs.inertia_)
    np.testing.assert_allclose(ours.centroids, theirs.cluster_centers_)
    np.testing.assert_array_equal(ours.idx, theirs.labels_)


def test_sample_blobs_lie_around_their_centers():
    X = sample_blobs(1000, seed=1)
    group = np.arange(1000) % len(learn.BLOB_CENTERS)
    np.testing.assert_allclose(compute_centroids(X, group, 5), learn.BLOB_CENTERS, atol=0.15)
    np.testing.assert_array_equal(X, sample_blobs(1000, seed=1))
    assert not np.array_equal(X, sample_blobs(1000, seed=2))


def test_random_starts_on_the_blobs_end_in_different_losses_and_the_best_finds_all_groups():
    X = sample_blobs()
    runs = [run_kmeans(X, init_centroids(X, 5, seed)) for seed in range(20)]
    assert len({round(run.losses[-1], 6) for run in runs}) >= 3
    best = min(runs, key=lambda run: run.losses[-1]).centroids
    nearest = find_closest_centroids(learn.BLOB_CENTERS, best)
    assert sorted(nearest) == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(best[nearest], learn.BLOB_CENTERS, atol=0.3)


@pytest.mark.parametrize(
    ("X", "start", "said"),
    [
        (np.zeros(3), np.zeros((1, 3)), r"X has shape \(3,\)"),
        (np.zeros((3, 2)), np.zeros((1, 3)), r"the centroids \(1, 3\)"),
        (np.zeros((0, 2)), np.zeros((1, 2)), "at least one of each"),
        (np.array([[np.nan]]), np.zeros((1, 1)), "NaN or infinity"),
    ],
)
def test_run_refuses_invalid_arrays(X, start, said):
    with pytest.raises(ValueError, match=said):
        run_kmeans(X, start)


@pytest.mark.parametrize("K", [0, 4])
def test_a_start_from_too_few_points_is_refused(K):
    with pytest.raises(ValueError, match=f"K is {K} and there are 3 points"):
        init_centroids(np.zeros((3, 2)), K, seed=0)


def test_learn_imports_numpy_only_beside_the_checks_of_its_arguments():
    tree = ast.parse(Path(learn.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported == {"dataclasses", "typing", "numpy", "numpy.typing", "kalette.learn.arguments"}
