"""Exercises, and the answers to what readers write."""

import numpy as np
import pytest

import kalette
from kalette import learn


def named(name, function):
    function.__name__ = name
    return function


def closest(function):
    return learn.check(named("find_closest_centroids", function))


def means(function):
    return learn.check(named("compute_centroids", function))


def squares(X, centroids):
    return ((X[:, None] - centroids) ** 2).sum(axis=2)


def by_loop(X, centroids):
    idx = np.zeros(X.shape[0], dtype=int)
    for i in range(X.shape[0]):
        idx[i] = np.argmin([np.linalg.norm(X[i] - centroids[j]) for j in range(len(centroids))])
    return idx


def means_by_loop(X, idx, K):
    centroids = np.zeros((K, X.shape[1]))
    for k in range(K):
        centroids[k] = np.mean(X[idx == k], axis=0)
    return centroids


@pytest.mark.parametrize(
    "solution", [by_loop, lambda X, c: squares(X, c).argmin(axis=1), lambda X, c: by_loop(X, c).tolist()]
)
def test_right_solutions_of_the_first_exercise_pass(solution):
    verdict = closest(solution)
    assert verdict
    assert repr(verdict) == "All 4 cases are right: find_closest_centroids is done."


def with_zeros_for_empty(X, idx, K):
    return np.nan_to_num(means_by_loop(X, idx, K))


@pytest.mark.parametrize(
    "solution",
    [means_by_loop, with_zeros_for_empty, lambda X, idx, K: learn.compute_centroids(X, idx, K).tolist()],
)
def test_right_solutions_of_the_second_exercise_pass(solution):
    assert means(solution)


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        (lambda X, c: by_loop(X, c) + 1, "Python counts from 0"),
        (lambda X, c: squares(X, c).argmax(axis=1), "np.argmin"),
        (lambda X, c: np.abs(X[:, None] - c).sum(axis=2).argmin(axis=1), "square each difference"),
        (lambda X, c: (X[:, None] - c).sum(axis=2).argmin(axis=1), "negative ones cancel"),
        (lambda X, c: ((X[:, None, 0] - c[:, 0]) ** 2).argmin(axis=1), "first coordinate alone"),
        (lambda X, c: np.zeros(len(X), int), "0 for every point"),
        (lambda X, c: None, "It returns nothing"),
        (lambda X, c: by_loop(X, c)[:, None], r"gives the shape (3, 1); give (3,), one index for each point"),
        (lambda X, c: by_loop(X, c).astype(float), "dtype=int"),
        (lambda X, c: X[99], "raises IndexError: index 99"),
        (lambda X: X, "raises TypeError"),
        (lambda X, c: by_loop(X, c) % 2, "gives [0, 1, 0]; [0, 1, 2] is right"),
        (lambda X, c: by_loop(X, c) % 3, "with 60 points something else comes out"),
    ],
)
def test_common_mistakes_of_the_first_exercise_are_named(mistake, answer):
    verdict = closest(mistake)
    assert not verdict
    assert answer in repr(verdict)


def test_a_function_that_spoils_its_arguments_is_told():
    def spoils(X, centroids):
        idx = by_loop(X, centroids)
        X -= 1
        return idx

    assert "changes its arguments (X, centroids)" in repr(closest(spoils))


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        (lambda X, idx, K: np.array([X[idx == j].sum(axis=0) for j in range(K)]), "It gives sums"),
        (
            lambda X, idx, K: np.array([X[idx == j].sum(axis=0) / len(X) for j in range(K)]),
            "the number of all points",
        ),
        (
            lambda X, idx, K: np.array([[X[idx == j].mean()] * X.shape[1] for j in range(K)]),
            "mean(axis=0)",
        ),
        (lambda X, idx, K: means_by_loop(X, idx, K).astype(int), "whole numbers"),
        (lambda X, idx, K: np.tile(X.mean(axis=0), (K, 1)), "idx == j"),
        (lambda X, idx, K: np.zeros((K, X.shape[1])), "It gives zeros"),
        (lambda X, idx, K: means_by_loop(X, idx, K)[0], "give (2, 2), a row for each centroid"),
        (
            lambda X, idx, K: [sum(X[idx == j]) / sum(idx == j) for j in range(K)] if K < 3 else 1 / 0,
            "ZeroDivision",
        ),
    ],
)
def test_common_mistakes_of_the_second_exercise_are_named(mistake, answer):
    verdict = means(mistake)
    assert not verdict
    assert answer in repr(verdict)


@pytest.mark.parametrize(
    ("function", "said"),
    [(5, "the function is 5"), (lambda X: X, "name it find_closest_centroids or compute_centroids")],
)
def test_what_is_no_exercise_is_refused(function, said):
    with pytest.raises(kalette.SettingsError, match=said):
        learn.check(function)
