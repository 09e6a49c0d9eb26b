"""Exercises: the two steps of K-Means, to be written by the reader, and checked with advice."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.learn.kmeans import compute_centroids, find_closest_centroids, sample_blobs
from kalette.types import SettingsError, brief

_Function = Callable[..., Any]
_Arguments = tuple[Any, ...]
_Array = NDArray[Any]


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer to an exercise; true if it is solved.

    Parameters
    ----------
    passed : bool
        Whether all cases came out right.
    answer : str
        What is right, or the first thing that is wrong with advice.
    """

    passed: bool
    answer: str

    def __bool__(self) -> bool:
        """Whether all cases came out right."""
        return self.passed

    def __repr__(self) -> str:
        """Return the answer, which a notebook shows."""
        return self.answer


@dataclass(frozen=True)
class _Exercise:
    """A function to write: its model, its cases, common mistakes with advice, and what it returns."""

    model: _Function
    names: str
    cases: tuple[_Arguments, ...]
    mistakes: tuple[tuple[_Function, str], ...]
    returns: str
    whole: bool


def _closest_by(measure: Callable[[_Array], _Array]) -> _Function:
    return lambda X, centroids: measure(X[:, np.newaxis] - centroids)


def _shares(X: _Array, idx: _Array, K: int) -> Iterator[_Array]:
    for j in range(K):
        yield X[idx == j]


_BLOBS = sample_blobs(60)
_STARTS = _BLOBS[[0, 1, 2, 7]]
_GROUPS = np.arange(60) % 4
_POINTS = np.array([[1.0, 2.0], [3.0, 6.0], [10.0, 20.0]])

_EXERCISES = {
    "find_closest_centroids": _Exercise(
        find_closest_centroids,
        "X, centroids",
        (
            (np.array([[0.0, 0.0], [9.0, 1.0], [1.0, 8.0]]), np.array([[0.0, 1.0], [8.0, 0.0], [0.0, 9.0]])),
            # By squares (3, 3) is nearer to 0 than (0, 5) is; by absolute differences it is not.
            (np.array([[0.0, 0.0]]), np.array([[0.0, 5.0], [3.0, 3.0]])),
            (_BLOBS, _STARTS),
            (np.array([[0.5], [0.2], [0.9]]), np.array([[0.0], [1.0]])),
        ),
        (
            (lambda X, c: find_closest_centroids(X, c) + 1, "It counts from 1; Python counts from 0."),
            (
                _closest_by(lambda d: (d**2).sum(axis=2).argmax(axis=1)),
                "It takes the furthest centroid; take the least distance, with np.argmin.",
            ),
            (
                _closest_by(lambda d: np.abs(d).sum(axis=2).argmin(axis=1)),
                "It adds absolute differences; square each difference before you add them.",
            ),
            (
                _closest_by(lambda d: d.sum(axis=2).argmin(axis=1)),
                "It adds differences as they are, and negative ones cancel positive ones; square them first.",
            ),
            (
                _closest_by(lambda d: (d[..., 0] ** 2).argmin(axis=1)),
                "It compares the first coordinate alone; add the squares of all, with sum(axis=1).",
            ),
            (
                _closest_by(lambda d: (d**2).sum(axis=2).min(axis=1)),
                "It gives the least distance; give the index of the centroid that has it, with np.argmin.",
            ),
            (
                lambda X, c: np.zeros(len(X), int),
                "It gives 0 for every point; is the result filled for each point, inside the loop?",
            ),
        ),
        "one index for each point",
        True,
    ),
    "compute_centroids": _Exercise(
        compute_centroids,
        "X, idx, K",
        (
            (_POINTS, np.array([0, 0, 1]), 2),
            (_POINTS, np.array([1, 0, 1]), 2),
            (np.array([[0, 0], [1, 3]]), np.array([0, 0]), 1),
            (_BLOBS, _GROUPS, 4),
            (_POINTS, np.array([0, 0, 2]), 3),
        ),
        (
            (
                lambda X, idx, K: np.array([part.sum(axis=0) for part in _shares(X, idx, K)]),
                "It gives sums; divide each by the number of its points.",
            ),
            (
                lambda X, idx, K: np.array([part.sum(axis=0) / len(X) for part in _shares(X, idx, K)]),
                "It divides by the number of all points; divide by the number of points of that centroid.",
            ),
            (
                lambda X, idx, K: np.array(
                    [part.mean() + np.zeros(X.shape[1]) for part in _shares(X, idx, K)]
                ),
                "It takes one mean over all coordinates; take one for each, with mean(axis=0).",
            ),
            (
                lambda X, idx, K: np.trunc(compute_centroids(X, idx, K)),
                "It cuts the means to whole numbers; np.zeros((K, d)) holds floats.",
            ),
            (
                lambda X, idx, K: np.tile(X.mean(axis=0), (K, 1)),
                "It gives the mean of all points each time; take those with idx == j.",
            ),
            (
                lambda X, idx, K: np.zeros((K, X.shape[1])),
                "It gives zeros; is each row filled with a mean, inside the loop?",
            ),
        ),
        "a row for each centroid",
        False,
    ),
}


def check(function: Callable[..., Any]) -> Verdict:
    """Check a function that you wrote: `find_closest_centroids` or `compute_centroids`.

    It is called with cases worked out by hand, then with more points. The answer to a wrong result says which
    mistake gives it, if it is a common one.

    Parameters
    ----------
    function : callable
        With one of these names, and the arguments of the function of that name in `kalette.learn`.

    Returns
    -------
    Verdict
        True if all is right; shown as its answer.

    Raises
    ------
    SettingsError
        When there is no exercise of that name.

    Examples
    --------
    >>> def find_closest_centroids(X, centroids):
    ...     return ((X[:, None] - centroids) ** 2).sum(axis=2).argmax(axis=1)
    >>> check(find_closest_centroids)
    It takes the furthest centroid; take the least distance, with np.argmin.
    """
    name = getattr(function, "__name__", None)
    if not callable(function) or name not in _EXERCISES:
        raise SettingsError(f"the function is {brief(name or function)}; name it {' or '.join(_EXERCISES)}")
    exercise = _EXERCISES[name]
    gave: list[_Array] = []
    for arguments in exercise.cases:
        result, complaint = _called(function, exercise, arguments)
        if complaint:
            return Verdict(False, complaint)
        gave.append(result)
    wrong = [
        case
        for case, result in zip(exercise.cases, gave, strict=True)
        if not _is_right(exercise, case, result)
    ]
    if not wrong:
        return Verdict(True, f"All {len(gave)} cases are right: {name} is done.")
    return Verdict(False, _named_mistake(exercise, gave) or _shown(exercise, wrong[0], gave))


def _called(function: _Function, exercise: _Exercise, arguments: _Arguments) -> tuple[_Array, str]:
    """Return what a function gives, and what is wrong with its kind or shape, if anything is."""
    own = tuple(each.copy() if isinstance(each, np.ndarray) else each for each in arguments)
    expected = _of(exercise.model, arguments)
    try:
        result = np.asarray(_of(function, own))
    except Exception as error:  # the reader's code may raise anything, and the answer tells of it
        where = _call(exercise, arguments)
        return expected, f"{where} raises {type(error).__name__}: {' '.join(str(error).split())}."
    if result.dtype == object and result.ndim == 0:
        return expected, "It returns nothing; end it with a return."
    if any(not np.array_equal(before, after) for before, after in zip(arguments, own, strict=True)):
        return expected, f"It changes its arguments ({exercise.names}); work on a new array."
    if result.shape != expected.shape:
        rule = f"give {expected.shape}, {exercise.returns}"
        return expected, f"{_call(exercise, arguments)} gives the shape {result.shape}; {rule}."
    if result.dtype.kind not in "iuf" or (exercise.whole and result.dtype.kind == "f"):
        rule = "whole numbers, for instance with np.zeros(len(X), dtype=int)" if exercise.whole else "numbers"
        return expected, f"It returns {result.dtype} values; give {rule}."
    return result, ""


def _of(function: _Function, arguments: _Arguments) -> Any:
    """Call a function; means of no points give NaN without a warning."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*arguments)


def _is_right(exercise: _Exercise, arguments: _Arguments, result: _Array) -> bool:
    """Whether a result is right; a centroid without points may be anywhere."""
    return _agree(exercise, arguments, result, np.asarray(_of(exercise.model, arguments)))


def _agree(exercise: _Exercise, arguments: _Arguments, one: _Array, other: _Array) -> bool:
    decided = ~np.isnan(np.asarray(_of(exercise.model, arguments)))
    return bool(np.allclose(one[decided], other[decided]))


def _named_mistake(exercise: _Exercise, gave: Sequence[_Array]) -> str:
    """Return the advice on the mistake that gives all of these results; empty if none does."""
    for mistake, advice in exercise.mistakes:
        made = [np.asarray(_of(mistake, arguments)) for arguments in exercise.cases]
        if all(map(_agree, [exercise] * len(made), exercise.cases, made, gave)):
            return advice
    return ""


def _shown(exercise: _Exercise, arguments: _Arguments, gave: Sequence[_Array]) -> str:
    """Return the first wrong result beside the right one."""
    at = next(i for i, case in enumerate(exercise.cases) if case is arguments)
    right = np.asarray(_of(exercise.model, arguments))
    if right.size > 12:
        return f"Small cases are right, but with {len(arguments[0])} points something else comes out."
    return f"{_call(exercise, arguments)} gives {gave[at].tolist()}; {right.tolist()} is right."


def _call(exercise: _Exercise, arguments: _Arguments) -> str:
    """Return a call as the reader would write it; large arrays as their shape."""
    texts = []
    for name, value in zip(exercise.names.split(", "), arguments, strict=True):
        large = isinstance(value, np.ndarray) and value.size > 12
        shown = f"of shape {value.shape}" if large else f"= {np.asarray(value).tolist()}"
        texts.append(f"{name} {shown}")
    return f"With {', '.join(texts)} it"
