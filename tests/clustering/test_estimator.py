"""The estimator KMeans follows the rules of scikit-learn."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import cluster
from sklearn.base import clone
from sklearn.datasets import load_sample_image
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import shuffle
from sklearn.utils.estimator_checks import parametrize_with_checks

from kalette import KMeans
from kalette.learn import init_centroids, sample_blobs
from kalette.types import SettingsError

INITS = ["k-means++", "random", "wu", "auto"]
LINE = np.array([[0.0], [1], [8], [9]])


def clouds(n: int, d: int, seed: int = 0) -> np.ndarray:
    """Rows around twelve centers."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(12, d))[rng.integers(0, 12, n)] * 9 + rng.normal(size=(n, d))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks([KMeans(), *[KMeans(n_clusters=3, init=init) for init in INITS]])
def test_every_check_of_scikit_learn_passes(estimator, check):
    check(estimator)


def test_four_points_by_hand():
    found = KMeans(2, init=LINE[:2], tol=0).fit(LINE)
    # 0 | 1 8 9 -> means 0 and 6 -> 0 1 | 8 9 -> means 0.5 and 8.5, and no label changes
    assert found.cluster_centers_.tolist() == [[0.5], [8.5]]
    assert found.labels_.tolist() == [0, 0, 1, 1]
    assert (found.inertia_, found.n_iter_) == (1.0, 2)
    assert found.predict([[4.5], [4.6]]).tolist() == [0, 1]  # half way: ties go to the lowest index
    assert found.transform([[0.5], [9.5]]).tolist() == [[0, 8], [9, 1]]
    assert found.score([[0.5], [9.5]]) == -1
    assert found.score([[0.5], [9.5]], sample_weight=[1, 3]) == -3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("d", "k"), [(1, 3), (2, 8), (3, 20), (30, 12)])
def test_fit_agrees_with_scikit_learn_from_the_same_start(d, k, dtype):
    X = clouds(1500, d, seed=k).astype(dtype)
    weights = np.random.default_rng(1).integers(1, 9, len(X))
    start = init_centroids(X, k, seed=3).astype(dtype)
    ours = KMeans(k, init=start, tol=1e-4).fit(X, sample_weight=weights)
    theirs = cluster.KMeans(k, init=start, n_init=1).fit(X, sample_weight=weights)
    assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-4)
    assert np.mean(ours.labels_ == theirs.labels_) > 0.999
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-3, atol=1e-2)
    assert abs(ours.n_iter_ - theirs.n_iter_) <= 2
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-2, atol=2e-2)
    assert ours.score(X, sample_weight=weights) == pytest.approx(-ours.inertia_, rel=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_the_data(dtype):
    X = clouds(60, 3).astype(dtype)
    found = KMeans(4, random_state=0).fit(X)
    assert found.cluster_centers_.dtype == found.transform(X).dtype == dtype
    assert found.labels_.dtype == found.predict(X).dtype == np.int32
    other = X.astype(np.float32 if dtype == np.float64 else np.float64)
    assert found.transform(other).dtype == other.dtype


@pytest.mark.parametrize("init", INITS)
def test_every_init_finds_all_groups(init):
    X = sample_blobs(300)
    best = KMeans(5, init=sample_blobs(5, seed=7)).fit(X).inertia_
    found = KMeans(5, init=init, random_state=0).fit(X).inertia_
    assert found == pytest.approx(best, rel=1e-9) if init != "wu" else found < 2 * best


@pytest.mark.parametrize(("d", "k"), [(2, 30), (16, 30)])
def test_inertia_is_not_above_that_of_scikit_learn(d, k):
    X = clouds(3000, d, seed=5)
    theirs = np.mean([cluster.KMeans(k, random_state=seed).fit(X).inertia_ for seed in range(4)])
    ours = np.mean([KMeans(k, random_state=seed).fit(X).inertia_ for seed in range(4)])
    assert ours < 1.03 * theirs
    assert KMeans(k, init="auto").fit(X).inertia_ < theirs


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("d", [3, 9])
def test_same_bits_for_any_number_of_threads_and_any_order_of_rows(init, d):
    X = clouds(9000, d)
    once = KMeans(7, init=init, random_state=3, max_iter=5, threads=1).fit(X)
    turned = np.random.default_rng(2).permutation(len(X))
    for threads in (2, 5):
        again = KMeans(7, init=init, random_state=3, max_iter=5, threads=threads).fit(X[turned])
        np.testing.assert_array_equal(again.cluster_centers_, once.cluster_centers_)
        np.testing.assert_array_equal(again.labels_, once.labels_[turned])
        assert again.inertia_ == once.inertia_
    np.testing.assert_array_equal(once.predict(X), once.labels_)


@given(st.integers(0, 2**32 - 1), st.sampled_from(INITS), st.integers(1, 6), st.sampled_from([2, 7]))
@settings(max_examples=60)
def test_weights_count_as_repeated_rows_and_zero_as_none(seed, init, k, d):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 20, (30, d)) / 4
    weights = rng.integers(0, 4, 30)
    repeated = X.repeat(weights, axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weighted = KMeans(k, init=init, random_state=seed).fit(X, sample_weight=weights)
        plain = KMeans(k, init=init, random_state=seed).fit(repeated)
    np.testing.assert_array_equal(weighted.cluster_centers_, plain.cluster_centers_)
    assert weighted.inertia_ == plain.inertia_
    np.testing.assert_array_equal(weighted.labels_.repeat(weights), plain.labels_)


def test_rows_of_zero_weight_get_a_label_and_do_not_move_centroids():
    found = KMeans(2, init=LINE[:2]).fit(np.vstack([LINE, [[100.0]]]), sample_weight=[1, 1, 1, 1, 0])
    assert found.cluster_centers_.tolist() == [[0.5], [8.5]]
    assert found.labels_.tolist() == [0, 0, 1, 1, 1]


def test_negative_zero_equals_zero():
    X = np.array([[0.0], [-0.0], [5.0]])
    with pytest.warns(ConvergenceWarning, match="X has 2 different rows for 3 clusters"):
        found = KMeans(3, random_state=0).fit(X)
    assert found.labels_[0] == found.labels_[1] != found.labels_[2]
    assert found.inertia_ == 0


def test_an_empty_cluster_moves_to_the_row_of_largest_error():
    found = KMeans(2, init=[[1.0], [100.0]], max_iter=1).fit([[0.0], [1.0], [7.0]])
    assert found.cluster_centers_.ravel().tolist() == [8 / 3, 7]


@pytest.mark.parametrize("init", INITS)
def test_as_many_clusters_as_rows_leave_no_inertia(init):
    found = KMeans(4, init=init, random_state=0).fit(LINE)
    assert found.inertia_ == 0
    assert sorted(found.labels_) == [0, 1, 2, 3]


@pytest.mark.parametrize("init", INITS)
def test_rows_whose_squared_distances_underflow_give_finite_centers(init):
    X = np.arange(12.0)[:, None] * 1e-170
    found = KMeans(3, init=init, random_state=0).fit(X)
    assert np.isfinite(found.cluster_centers_).all()


def test_n_init_starts_are_run_and_the_best_is_kept():
    X, asked = sample_blobs(200), []

    def start(points, n_clusters, random_state):
        asked.append(random_state.randint(1000))
        return init_centroids(points, n_clusters, asked[-1])

    found = KMeans(5, init=start, n_init=6, random_state=1).fit(X)
    assert len(set(asked)) == 6
    alone = [KMeans(5, init=init_centroids(X, 5, seed)).fit(X).inertia_ for seed in asked]
    assert found.inertia_ == pytest.approx(min(alone))
    assert max(alone) > 1.1 * min(alone)
    KMeans(5, init=start, random_state=1).fit(X)
    assert len(asked) == 6 + 10


def test_a_random_state_repeats_the_result_and_none_varies_it():
    X = clouds(400, 2)
    once, again = (KMeans(9, init="random", n_init=1, max_iter=1, random_state=4).fit(X) for _ in range(2))
    np.testing.assert_array_equal(once.cluster_centers_, again.cluster_centers_)
    free = {KMeans(9, init="random", n_init=1, max_iter=1).fit(X).inertia_ for _ in range(4)}
    assert len(free) > 1


def test_kmeans_works_in_a_pipeline_a_grid_search_and_as_a_clone():
    X = clouds(200, 4)
    pipeline = make_pipeline(StandardScaler(), KMeans(3, random_state=0))
    search = GridSearchCV(pipeline, {"kmeans__n_clusters": [2, 6], "kmeans__init": ["wu", "k-means++"]}, cv=3)
    best = search.fit(X).best_estimator_
    assert best["kmeans"].n_clusters == 6
    assert best.transform(X).shape == (200, 6)
    again = clone(best).fit(X)
    np.testing.assert_array_equal(again.predict(X), best.predict(X))
    kept = pickle.loads(pickle.dumps(best))
    np.testing.assert_array_equal(kept.predict(X), best.predict(X))


def test_transformed_columns_have_names():
    found = KMeans(3, random_state=0).fit(LINE)
    assert found.get_feature_names_out().tolist() == ["kmeans0", "kmeans1", "kmeans2"]
    pandas = pytest.importorskip("pandas")
    frame = found.set_output(transform="pandas").transform(LINE)
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame) == ["kmeans0", "kmeans1", "kmeans2"]


def test_kmeans_replaces_that_of_scikit_learn_in_its_color_quantization_example():
    """The steps of "Color Quantization using K-Means" with both; the errors agree."""
    china = np.array(load_sample_image("china.jpg"), dtype=np.float64) / 255
    w, h, d = china.shape
    image_array = china.reshape((w * h, d))
    sample = shuffle(image_array, random_state=0, n_samples=1_000)
    errors = {}
    for kind in (cluster.KMeans, KMeans):
        kmeans = kind(n_clusters=64, random_state=0).fit(sample)
        labels = kmeans.predict(image_array)
        recreated = kmeans.cluster_centers_[labels].reshape(w, h, -1)
        errors[kind] = np.mean((recreated - china) ** 2)
        nearest = pairwise_distances_argmin(kmeans.cluster_centers_, image_array[:1000], axis=0)
        assert np.mean(nearest == labels[:1000]) > 0.999
    assert errors[KMeans] < 1.05 * errors[cluster.KMeans]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"n_clusters": 0}, "n_clusters is 0; give a whole number of at least 1"),
        ({"n_clusters": 2.5}, "n_clusters is 2.5"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"n_init": "many"}, "n_init is 'many'; give a whole number of at least 1, or \"auto\""),
        ({"tol": -1}, "tol is -1"),
        ({"init": "clever"}, r"init is 'clever'; give one of k-means\+\+, random, wu, auto, an array or a"),
        ({"threads": 0}, "threads is 0"),
    ],
)
def test_a_wrong_parameter_is_named(parameters, said):
    with pytest.raises(SettingsError, match=said):
        KMeans(**{"n_clusters": 2, **parameters}).fit(LINE)


@pytest.mark.parametrize(
    ("parameters", "weights", "said"),
    [
        ({"n_clusters": 5}, None, r"n_samples=4 should be >= n_clusters=5"),
        ({"init": [[1.0, 2.0]]}, None, r"init has shape \(1, 2\); it must be .* \(2, 1\)"),
        ({"init": [[1.0], [np.nan]]}, None, "NaN"),
        ({}, [1, 1, 1], r"sample_weight has shape \(3,\); it must be \(4,\)"),
        ({}, [1, 1, 1, -1], "must not be negative"),
        ({}, [0, 0, 0, 0], "at least one non-zero"),
        ({}, [1, 1, 1, np.inf], "infinity"),
    ],
)
def test_wrong_data_is_named(parameters, weights, said):
    with pytest.raises(ValueError, match=said):
        KMeans(**{"n_clusters": 2, **parameters}).fit(LINE, sample_weight=weights)


def test_without_scikit_learn_one_sentence_says_what_to_install():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import kalette\n"
        "try: kalette.KMeans\n"
        "except ImportError as error: print(isinstance(error, kalette.KaletteError), error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True kalette.KMeans needs scikit-learn")
    assert done.stdout.endswith("install it with: pip install 'kalette[sklearn]'\n")
