"""Squared distances."""

import numpy as np

from kalette.clustering.distances import squared_distances


def test_squared_distances_to_one_center_and_to_a_center_for_each_point():
    points = np.array([[0.0, 0], [3, 4]])
    assert squared_distances(points, np.array([3.0, 0])).tolist() == [9, 16]
    assert squared_distances(points, np.array([[1.0, 0], [3, 3]])).tolist() == [1, 1]
