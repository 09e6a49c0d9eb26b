"""Lloyd's algorithm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from clouds import weighted
from kalette.clustering.cloud import Cloud
from kalette.clustering.lloyd import Stopping, assign_to_fixed, loss_in_working_space, run_lloyd
from kalette.types import Run


def line(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def test_lloyd_of_four_points_by_hand():
    found = run_lloyd(weighted(line(0, 1, 8, 9)), line(0, 1), Stopping(10, 0))
    # 0 | 1 8 9 -> means 0 and 6 -> 0 1 | 8 9 -> means 0.5 and 8.5, and no label changes
    assert found.centroids.ravel().tolist() == [0.5, 8.5]
    assert found.labels.tolist() == [0, 0, 1, 1]
    assert found.losses == (113.0, 14.0, 1.0)
    assert [(p.loss, p.max_shift, p.changed) for p in found.history] == [(14.0, 5.0, 1), (1.0, 2.5, 0)]
    assert found.stopped_by == "labels"
    assert found.iterations == 2


def test_lloyd_treats_weights_as_repeated_points():
    heavier = run_lloyd(weighted(line(0, 4, 10), np.array([3.0, 1, 2])), line(0, 10), Stopping(10, 0))
    repeated = run_lloyd(weighted(line(0, 0, 0, 4, 10, 10)), line(0, 10), Stopping(10, 0))
    assert heavier.centroids.tolist() == repeated.centroids.tolist() == [[1.0], [10.0]]
    assert heavier.losses == repeated.losses


def test_lloyd_gives_empty_centroid_the_color_of_largest_error():
    """No point is nearest to 100; 7 has the largest error, so the empty centroid moves there."""
    found = run_lloyd(weighted(line(0, 1, 7)), line(1, 100), Stopping(1, 0), run=Run(1, keep_history=True))
    assert found.path[1].ravel().tolist() == [8 / 3, 7.0]
    assert found.labels.tolist() == [0, 0, 1]


def test_lloyd_gives_several_empty_centroids_different_colors():
    found = run_lloyd(weighted(line(0, 5, 9)), line(0, 100, 200), Stopping(5, 0))
    assert sorted(found.centroids.ravel().tolist()) == [0, 5, 9]
    assert found.losses[-1] == 0


def test_lloyd_stops_by_shift_and_by_max_iter():
    points, weights, start = line(0, 1, 8, 9), np.ones(4), line(0, 1)
    assert run_lloyd(weighted(points, weights), start, Stopping(10, 5.0)).stopped_by == "shift"
    assert run_lloyd(weighted(points, weights), start, Stopping(1, 0)).stopped_by == "max_iter"


def test_lloyd_reports_each_pass():
    reported = []
    run = Run(1, on_pass=lambda *p: reported.append(p))
    found = run_lloyd(weighted(line(0, 1, 8, 9)), line(0, 1), Stopping(9, 0), run=run)
    assert reported == list(enumerate(found.history, 1))


@pytest.mark.parametrize("k", [2, 8, 31])
def test_lloyd_agrees_with_scikit_learn(k):
    rng = np.random.default_rng(k)
    points = rng.random((3000, 3)) * 255
    weights = rng.integers(1, 50, 3000).astype(float)
    start = points[rng.choice(3000, k, replace=False)]
    ours = run_lloyd(weighted(points, weights), start, Stopping(300, 0))
    theirs = KMeans(k, init=start, n_init=1, max_iter=300, tol=0, algorithm="lloyd").fit(
        points, sample_weight=weights
    )
    assert ours.losses[-1] == pytest.approx(theirs.inertia_, rel=1e-6)
    np.testing.assert_allclose(ours.centroids, theirs.cluster_centers_, atol=1e-4)
    np.testing.assert_array_equal(ours.labels, theirs.labels_)


@given(
    st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=2, max_size=60, unique=True),
    st.integers(1, 6),
    st.integers(0, 2**32 - 1),
    st.sampled_from([np.float32, np.float64]),
)
@settings(max_examples=200)
def test_the_loss_of_lloyd_never_rises(colors, k, seed, dtype):
    rng = np.random.default_rng(seed)
    points = np.array(colors, dtype)
    start = rng.random((k, 3)) * 300 - 20  # some outside the colours, so that centroids become empty
    found = run_lloyd(weighted(points, rng.integers(1, 9, len(points)).astype(float)), start, Stopping(40, 0))
    assert all(after <= before for before, after in zip(found.losses, found.losses[1:], strict=False))
    assert found.losses[-1] == found.history[-1].loss if found.history else True


def test_lloyd_gives_the_same_bits_for_any_number_of_threads():
    rng = np.random.default_rng(3)
    points = rng.random((20_000, 3)) * 255
    runs = [
        run_lloyd(weighted(points), points[:32], Stopping(10, 0), run=Run(threads))
        for threads in (1, 2, 3, 7)
    ]
    for run in runs[1:]:
        assert run.losses == runs[0].losses
        np.testing.assert_array_equal(run.centroids, runs[0].centroids)


def test_pinned_centroids_do_not_move():
    """The first stays at 2; the second moves to 8.5, the mean of its points."""
    found = run_lloyd(weighted(line(0, 1, 8, 9)), line(2, 8), Stopping(10, 0), pinned=1)
    assert found.centroids.tolist() == line(2, 8.5).tolist()
    assert found.losses == (4 + 1 + 0 + 1, 4 + 1 + 0.25 + 0.25)
    assert found.stopped_by == "labels"


def test_a_pinned_centroid_without_colors_stays_where_it_is():
    found = run_lloyd(weighted(line(0, 1, 8, 9)), line(99, 0, 0.5), Stopping(10, 0), pinned=1)
    assert found.centroids[0] == 99
    assert sorted(found.centroids[1:].ravel().tolist()) == [0.5, 8.5]


def test_lloyd_on_distinct_colors_with_counts_equals_lloyd_on_all_pixels(gradient):
    pixels = (gradient // 16 * 16).reshape(-1, 3).astype(np.float64)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    start = colors[:: len(colors) // 7][:7]
    on_colors = run_lloyd(weighted(colors, counts.astype(float)), start, Stopping(50, 0))
    on_pixels = run_lloyd(weighted(pixels), start, Stopping(50, 0))
    assert on_colors.losses == pytest.approx(on_pixels.losses, rel=1e-12)
    np.testing.assert_allclose(on_colors.centroids, on_pixels.centroids)


def test_loss_in_the_working_space_leaves_lightness_and_alpha_as_they_are():
    """Distances of 1 in lightness, 3 and 6 in stretched chroma, 2 in alpha: 1 + 2^2 + 4^2 + 2^2, twice."""
    cloud = Cloud(np.array([[1, 3, 6, 2]], np.float32), np.array([2.0]), np.zeros(1, np.int8), "oklab-chroma")
    found = assign_to_fixed(cloud, np.zeros((1, 4)))
    assert found.losses == (2 * (1 + 9 + 36 + 4),)
    assert loss_in_working_space(cloud, found) == pytest.approx(2 * (1 + 4 + 16 + 4))
    plain = Cloud(cloud.points, cloud.weights, cloud.kinds, "oklab")
    assert loss_in_working_space(plain, found) == found.losses[0]
