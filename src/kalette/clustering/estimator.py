"""A scikit-learn compatible K-Means estimator on Kalette's kernels."""

import warnings
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kalette import kernels
from kalette.clustering import seeding
from kalette.clustering.cloud import Cloud
from kalette.clustering.lloyd import Clustering, Stopping, run_lloyd, total_shift
from kalette.clustering.search import search_points
from kalette.kernels import z_keys
from kalette.types import (
    Centroids,
    Labels,
    MissingLibraryError,
    Points,
    Run,
    SettingsError,
    Weights,
    brief,
    in_dtype_of,
    is_number,
    is_whole,
    numbers_of,
    thread_count,
    wrong,
)

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils import check_array, check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise MissingLibraryError(
        "kalette.KMeans needs scikit-learn 1.6 or later; install it with: pip install 'kalette[sklearn]'"
    ) from error

Init = Literal["k-means++", "random", "wu", "auto"]
_INITS = ("k-means++", "random", "wu", "auto")
_DTYPES = (np.float64, np.float32)
_MAX_CURVE_DIMENSIONS = 4  # Z-order keys have 32 bits


# scikit-learn ships no types: for mypy, its classes are of any type.
class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """K-Means clustering, a drop-in replacement for `sklearn.cluster.KMeans`.

    The same rows and `random_state` give the same centers in any row order, with repeated or weighted rows,
    and for any number of threads.

    Parameters
    ----------
    n_clusters : int
        Number of clusters.
    init : {"k-means++", "random", "wu", "auto"}, array-like or callable
        Initialization: greedy k-means++; distinct random rows; means of the boxes of Wu's quantizer;
        Kalette's own search for a low inertia, which takes longer; an array (n_clusters, n_features); or a
        function of `X`, `n_clusters` and `random_state` that returns one.
    n_init : int or "auto"
        Number of random starts, of which the best is kept. "auto" means 10 for "random" or a function,
        otherwise 1.
    max_iter : int
        Maximum number of passes.
    tol : float
        Stop when the Frobenius norm of the movement of the centers is at most the square root of `tol` times
        the mean variance of the features.
    random_state : int, numpy.random.RandomState or None
        Source of randomness.
    threads : int or None
        Number of threads; None: all cores.

    Attributes
    ----------
    cluster_centers_ : ndarray
        (n_clusters, n_features), of the dtype of the data.
    labels_ : ndarray
        (n_samples,) int32: what `predict` returns for the training data.
    inertia_ : float
        Weighted sum of squared distances to the nearest centers.
    n_iter_ : int
        Passes made.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray
        (n_features,) names of the features, if the data had any.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28(2), 1982.
    doi:10.1109/TIT.1982.1056489

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [1.0, 4.0], [10.0, 2.0], [10.0, 4.0]])
    >>> found = KMeans(n_clusters=2, random_state=0).fit(X)
    >>> sorted(found.cluster_centers_.tolist()), found.inertia_
    ([[1.0, 3.0], [10.0, 3.0]], 4.0)
    """

    cluster_centers_: Points
    labels_: Labels
    inertia_: float
    n_iter_: int

    def __init__(  # noqa: D107 - the class says it
        self,
        n_clusters: int = 8,
        *,
        init: Init | ArrayLike | Callable[..., ArrayLike] = "k-means++",
        n_init: int | Literal["auto"] = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: int | np.random.RandomState | None = None,
        threads: int | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.threads = threads

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the centers.

        Parameters
        ----------
        X : array-like
            (n_samples, n_features), finite; float32 stays float32, all else becomes float64.
        y : object
            Not used.
        sample_weight : array-like or None
            (n_samples,), none negative and not all zero; a row of weight zero has no influence on the
            centers.

        Raises
        ------
        ValueError
            When a parameter, `X` or `sample_weight` is not as described.
        TypeError
            When `X` is sparse.
        """
        self._require_parameters()
        points: Points = validate_data(self, X, dtype=_DTYPES, order="C")
        if len(points) < self.n_clusters:
            raise ValueError(
                f"n_samples={len(points)} should be >= n_clusters={brief(self.n_clusters)}; "
                "ask for fewer clusters"
            )
        weights = _as_weights(sample_weight, len(points))
        _require_finite_squares(points, float(weights.sum()))
        rows, place, weights = _merge_equal_rows(points, weights)
        cloud = _cloud_of(rows, weights)
        if len(cloud) < self.n_clusters:
            warnings.warn(
                f"X has {len(cloud)} different rows for {self.n_clusters} clusters; some of them stay empty",
                ConvergenceWarning,
                stacklevel=2,
            )
        best = min(self._clusterings(points, cloud), key=lambda found: found.losses[-1])
        self.cluster_centers_ = in_dtype_of(points, best.centroids)
        self.labels_ = self._assign(rows, weights)[0][place]
        self.inertia_ = best.losses[-1]
        self.n_iter_ = max(1, best.iterations)
        return self

    def predict(self, X: ArrayLike) -> Labels:
        """Return the nearest center of each row; ties go to the lowest index.

        Parameters
        ----------
        X : array-like
            (n_samples, n_features).

        Returns
        -------
        ndarray
            (n_samples,) int32.
        """
        points = self._as_points(X)
        return self._assign(points, np.ones(len(points)))[0]

    def fit_predict(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Labels:
        """Find the centers, and return the nearest of each row.

        Parameters
        ----------
        X, y, sample_weight
            As `fit` takes them.

        Returns
        -------
        ndarray
            (n_samples,) int32.
        """
        return self.fit(X, sample_weight=sample_weight).labels_

    def transform(self, X: ArrayLike) -> Points:
        """Return the distance of each row to each center.

        Parameters
        ----------
        X : array-like
            (n_samples, n_features).

        Returns
        -------
        ndarray
            (n_samples, n_clusters), of the dtype of the data.
        """
        points = self._as_points(X)
        centers = in_dtype_of(points, self.cluster_centers_)
        squares = kernels.pairwise_squared_distances(points, centers, thread_count(self.threads))
        return np.sqrt(squares.T, order="C")

    def fit_transform(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Points:
        """Find the centers, and return the distance of each row to each.

        Parameters
        ----------
        X, y, sample_weight
            As `fit` takes them.

        Returns
        -------
        ndarray
            (n_samples, n_clusters), of the dtype of the data.
        """
        return self.fit(X, sample_weight=sample_weight).transform(X)

    def score(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the negative inertia of the data: larger is better.

        Parameters
        ----------
        X, y, sample_weight
            As `fit` takes them.
        """
        points = self._as_points(X)
        return -self._assign(points, _as_weights(sample_weight, len(points)))[3]

    @property
    def _n_features_out(self) -> int:
        """Number of output features, for `get_feature_names_out`."""
        return len(self.cluster_centers_)

    def _as_points(self, X: ArrayLike) -> Points:
        check_is_fitted(self)
        points: Points = validate_data(self, X, reset=False, dtype=_DTYPES, order="C")
        _require_finite_squares(points, len(points))
        return np.require(points, requirements="A")

    def _assign(self, points: Points, weights: Weights) -> tuple[Labels, Centroids, Weights, float]:
        centers = in_dtype_of(points, self.cluster_centers_)
        return kernels.assign(points, weights, centers, thread_count(self.threads))

    def _run(self) -> Run:
        return Run(thread_count(self.threads))

    def _clusterings(self, points: Points, cloud: Cloud) -> Iterator[Clustering]:
        run = self._run()
        tol = float(np.sqrt(self.tol * _mean_variance(cloud, run)))
        for start in self._starts(points, cloud):
            yield run_lloyd(cloud, start, Stopping(self.max_iter, tol, total_shift), run=run)

    def _starts(self, points: Points, cloud: Cloud) -> Iterator[Centroids]:
        random_state = check_random_state(self.random_state)
        for _ in range(self._start_count()):
            if isinstance(self.init, str):
                yield self._named_start(self.init, cloud, Random(int(random_state.randint(2**31 - 1))))
            elif callable(self.init):
                drawn = self.init(points, self.n_clusters, random_state=random_state)
                yield self._as_start(drawn, points.shape[1])
            else:
                yield self._as_start(self.init, points.shape[1])

    def _start_count(self) -> int:
        named = isinstance(self.init, str)
        if not (callable(self.init) or (named and self.init in ("k-means++", "random"))):
            return 1
        if self.n_init == "auto":
            return 1 if named and self.init == "k-means++" else 10
        return int(self.n_init)

    def _named_start(self, init: str, cloud: Cloud, rng: Random) -> Centroids:
        k, run = self.n_clusters, self._run()
        if len(cloud) <= k:
            return np.resize(cloud.points, (k, cloud.points.shape[1])).astype(np.float64)
        if init == "auto":
            return search_points(cloud, k, "balanced", run=run)
        if init == "wu":
            return seeding.wu(cloud, k)
        if init == "random":
            return seeding.random(cloud, k, rng)
        return seeding.k_means_plus_plus(cloud, k, rng, candidates=2 + int(np.log(k)), run=run)

    def _as_start(self, centers: Any, features: int) -> Centroids:
        numbers = check_array(numbers_of("init", centers), dtype=np.float64, order="C", input_name="init")
        start: Centroids = np.require(numbers, requirements="A")
        if start.shape != (self.n_clusters, features):
            raise ValueError(
                f"init has shape {start.shape}; it must be (n_clusters, n_features), "
                f"here ({self.n_clusters}, {features})"
            )
        return start

    def _require_parameters(self) -> None:
        _require_count("n_clusters", self.n_clusters)
        _require_count("max_iter", self.max_iter)
        if self.n_init != "auto":
            _require_count("n_init", self.n_init, ', or "auto"')
        if not is_number(self.tol) or self.tol < 0:
            raise wrong("tol", self.tol, "give a number of at least 0")
        if isinstance(self.init, str) and self.init not in _INITS:
            raise wrong("init", self.init, f"give one of {', '.join(_INITS)}, an array or a function")


def _require_count(name: str, value: object, otherwise: str = "") -> None:
    if not is_whole(value) or value < 1:
        raise wrong(name, value, f"give a whole number of at least 1{otherwise}")


def _as_weights(sample_weight: ArrayLike | None, n: int) -> Weights:
    if sample_weight is None or is_number(sample_weight):
        sample_weight = np.full(n, 1.0 if sample_weight is None else sample_weight)
    numbers = numbers_of("sample_weight", sample_weight)
    numbers = check_array(numbers, ensure_2d=False, order="C", input_name="sample_weight")
    weights: Weights = np.require(numbers, requirements="A")
    if weights.shape != (n,):
        raise ValueError(f"sample_weight has shape {weights.shape}; it must be ({n},), a weight for each row")
    if not (weights >= 0).all() or not weights.any():
        raise ValueError("sample weights must not be negative, and contain at least one non-zero number")
    return weights


def _require_finite_squares(points: Points, weight: float) -> None:
    """Raise where squared distances exceed the numbers of the dtype, or their weighted sum a float64."""
    largest = max(float(points.max()), -float(points.min()))
    square = 4 * points.shape[1] * largest * largest  # of the longest distance that there can be
    if square > float(np.finfo(points.dtype).max) or square * weight > float(np.finfo(np.float64).max):
        raise SettingsError(
            f"X holds numbers as large as {largest:g}, whose squares {points.dtype} cannot hold; scale X down"
        )


def _merge_equal_rows(points: Points, weights: Weights) -> tuple[Points, NDArray[np.intp], Weights]:
    """Return the distinct rows, the index of each point among them, and summed weights.

    Rows are sorted by their bytes, so that the order and repetition of points do not matter.
    """
    rows = in_dtype_of(points, points + points.dtype.type(0))  # -0.0 becomes 0.0, whose bytes differ
    as_bytes = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
    _, first, place = np.unique(as_bytes, return_index=True, return_inverse=True)
    return rows[first], place, np.asarray(np.bincount(place, weights), np.float64)


def _cloud_of(rows: Points, weights: Weights) -> Cloud:
    """Return the rows of positive weight, in Z-order if there are few dimensions."""
    counted = np.flatnonzero(weights)
    if rows.shape[1] <= _MAX_CURVE_DIMENSIONS:
        counted = counted[_order_along_curve(rows[counted])]
    return Cloud(rows[counted], weights[counted], np.zeros(len(counted), np.int8))


def _order_along_curve(rows: Points) -> NDArray[np.intp]:
    low, high = rows.min(axis=0), rows.max(axis=0)
    shares = (rows - low) / np.where(high > low, high - low, 1)
    return np.argsort(z_keys((255 * shares).astype(np.uint8)), kind="stable")


def _mean_variance(cloud: Cloud, run: Run) -> float:
    """Return the mean variance of the features: the loss of a single centroid, per weight and feature."""
    origin = np.zeros((1, cloud.points.shape[1]), cloud.points.dtype)
    _, sums, mass, _ = kernels.assign(cloud.points, cloud.weights, origin, run.threads)
    mean = in_dtype_of(cloud.points, sums / mass)
    return kernels.assign(cloud.points, cloud.weights, mean, run.threads)[3] / float(mass[0]) / mean.size
