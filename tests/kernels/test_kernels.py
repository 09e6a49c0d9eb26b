"""Compiled kernels and their reference in NumPy: right values, and the same bits."""

import numpy as np
import pytest

from kalette.kernels import _native, reference
from kernel_cases import assert_same

BOTH = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
THREADS = (1, 2, 3, 7)
SIZES = (1, 63, 64, 65, reference.CHUNK - 1, reference.CHUNK, reference.CHUNK + 1, 3 * reference.CHUNK + 17)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def random_pixels(n: int, channels: int) -> np.ndarray:
    """Few levels per channel, so that colours repeat."""
    return (rng(n).integers(0, 9, (n, channels)) * 28).astype(np.uint8)


@BOTH
def test_count_colors_of_four_pixels_by_hand(kernels):
    """In Z-order the highest bit of any channel decides first: 0 0 4 follows 3 3 3."""
    pixels = np.array([[0, 0, 4], [1, 2, 3], [0, 0, 4], [3, 3, 3]], np.uint8)
    colors, counts = kernels.count_colors(pixels, 1)
    assert colors.tolist() == [[1, 2, 3], [3, 3, 3], [0, 0, 4]]
    assert counts.tolist() == [1, 1, 2]


@BOTH
def test_assign_of_four_points_by_hand(kernels):
    points = np.array([[0.0, 0, 0], [2, 0, 0], [1, 0, 0], [9, 3, 0]])
    centroids = np.array([[0.0, 0, 0], [2, 0, 0], [9, 0, 0]])
    labels, sums, mass, loss = kernels.assign(points, np.array([1.0, 2, 5, 3]), centroids, 1)
    # The third point is half way between 0 and 2: ties go to the lowest index.
    assert labels.tolist() == [0, 1, 0, 2]
    assert sums.tolist() == [[5, 0, 0], [4, 0, 0], [27, 9, 0]]
    assert mass.tolist() == [6, 2, 3]
    assert loss == 5 * 1 + 3 * 9


@BOTH
def test_means_of_two_cubes_by_hand(kernels):
    points = np.array([[0, 0, 0], [4, 0, 2], [9, 8, 7]], np.float32)
    means, mass = kernels.cube_means(points, np.array([1.0, 3, 2]), np.array([0, 2]), 1)
    assert means.tolist() == [[3, 0, 1.5], [9, 8, 7]]
    assert mass.tolist() == [4, 2]


@pytest.mark.parametrize("d", [3, 4])
@pytest.mark.parametrize("n", [*SIZES, 65537])
def test_means_of_cubes_agree_bit_for_bit_for_any_number_of_threads(n, d):
    points, weights = rng(n).normal(0, 99, (n, d)).astype(np.float32), rng(n).random(n) + 1e-9
    begins = np.concatenate([[0], 1 + np.flatnonzero(rng(n).random(n - 1) < 0.3)])
    expected = reference.cube_means(points, weights, begins)
    for threads in THREADS:
        assert_same(expected, _native.cube_means(points, weights, begins, threads))


@BOTH
def test_squared_error_of_two_pixels_by_hand(kernels):
    pixels, indices = np.array([[0, 0, 6], [10, 20, 30]], np.uint8), np.array([1, 0], np.uint8)
    palette = np.array([[10, 23, 30], [0, 0, 0]], np.uint8)
    assert kernels.squared_error(pixels, palette, indices, 1) == 36 + 9
    clear = np.array([[7, 7, 7, 0]], np.uint8)
    # White with alpha 51 against clear differs by 51 over black and by 0 over white, both times 255.
    white = np.array([[255, 255, 255, 51]], np.uint8)
    assert kernels.squared_error(white, clear, np.zeros(1, np.uint8), 1) == 3 * (51 * 255) ** 2


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("n", [*SIZES, 65537])
def test_squared_errors_agree_for_any_number_of_threads(n, channels):
    pixels, palette = random_pixels(n, channels), random_pixels(19, channels)
    indices = rng(1).integers(0, 19, n).astype(np.uint8)
    expected = reference.squared_error(pixels, palette, indices)
    assert {_native.squared_error(pixels, palette, indices, threads) for threads in THREADS} == {expected}


@BOTH
def test_map_colors_of_three_pixels_by_hand(kernels):
    colors = np.array([[0, 0, 0, 5], [5, 5, 5, 9]], np.uint8)
    assert kernels.map_colors(colors[[1, 0, 1]], colors, np.array([3, 255], np.uint8), 1).tolist() == [
        255,
        3,
        255,
    ]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("n", [*SIZES, 65537, 200_000])
def test_counting_agrees_bit_for_bit_for_any_number_of_threads(n, channels):
    pixels = random_pixels(n, channels)
    expected = reference.count_colors(pixels)
    for threads in THREADS:
        assert_same(expected, _native.count_colors(pixels, threads))


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("n", [*SIZES, 65537])
@pytest.mark.parametrize("k", [255, 256])
def test_mapping_agrees_bit_for_bit_for_any_number_of_threads(k, n, channels):
    pixels = random_pixels(n, channels)
    colors, _ = reference.count_colors(pixels)
    labels = rng().integers(0, k, len(colors)).astype(np.uint8)
    expected = reference.map_colors(pixels, colors, labels)
    for threads in THREADS:
        np.testing.assert_array_equal(expected, _native.map_colors(pixels, colors, labels, threads))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 7, 16, 50])
@pytest.mark.parametrize("n", SIZES)
def test_assigning_agrees_bit_for_bit_for_any_number_of_threads(n, d, dtype):
    points = (rng(n + d).normal(size=(n, d)) * 50).astype(dtype)
    weights = rng(1).random(n)
    centroids = points[rng(2).integers(0, n, 11)] + dtype(0.25)
    expected = reference.assign(points, weights, centroids)
    for threads in THREADS:
        for a, b in zip(expected, _native.assign(points, weights, centroids, threads), strict=True):
            np.testing.assert_array_equal(a, b)


@BOTH
def test_pairwise_squared_distances_by_hand(kernels):
    points, centers = np.array([[0.0, 0], [3, 4]]), np.array([[0.0, 0], [3, 0], [3, 4]])
    assert kernels.pairwise_squared_distances(points, centers, 1).tolist() == [[0, 25], [9, 16], [25, 0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [3, 33])
@pytest.mark.parametrize("m", [1, 7])
@pytest.mark.parametrize("n", SIZES)
def test_pairwise_squared_distances_agree_bit_for_bit_for_any_number_of_threads(n, m, d, dtype):
    points = (rng(n + d).normal(size=(n, d)) * 50).astype(dtype)
    centers = (rng(m).normal(size=(m, d)) * 50).astype(dtype)
    expected = reference.pairwise_squared_distances(points, centers)
    for threads in THREADS:
        found = _native.pairwise_squared_distances(points, centers, threads)
        assert found.dtype == dtype
        np.testing.assert_array_equal(expected, found)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 3, 4, 9, 33])
@pytest.mark.parametrize("k", [2, 11, 12, 13, 16, 40, 256])
def test_block_pruning_changes_no_bit(k, d, dtype):
    """Points lie along a curve, so boxes of blocks are small and most centroids are pruned."""
    along = np.linspace(0, 1, 9000)[:, None]
    points = (255 * np.abs(np.sin(along * np.arange(1, d + 1) * 5)) + rng(k).random((9000, d))).astype(dtype)
    weights, centroids = rng(1).random(9000), points[rng(2).integers(0, 9000, k)]
    expected = reference.assign(points, weights, centroids)
    for a, b in zip(expected, _native.assign(points, weights, centroids, 2), strict=True):
        np.testing.assert_array_equal(a, b)
    costs = reference.removal_costs(points, weights, centroids)
    for threads in THREADS:
        np.testing.assert_array_equal(costs, _native.removal_costs(points, weights, centroids, threads))


@BOTH
def test_removal_costs_of_three_points_by_hand(kernels):
    points, centroids = np.array([[0.0], [1.0], [5.0]]), np.array([[0.0], [4.0]])
    # Without 0 the loss is 16 + 9 + 1 instead of 0 + 1 + 1; without 4 it is 0 + 1 + 25.
    assert kernels.removal_costs(points, np.ones(3), centroids, 1).tolist() == [24, 24]


@BOTH
def test_move_costs_of_three_points_by_hand(kernels):
    points, centroids = np.array([[0.0], [2], [9]], np.float32), np.array([[0.0], [9]], np.float32)
    alternatives = np.array([[[1.0], [-1.0]], [[8.0], [3.0]]], np.float32)
    # 0 to 1: 1 + 1 instead of 0 + 4. 0 to -1: 1 + 9. 9 to 8: +1. 9 to 3: +36, and 2 costs 1 instead of 4.
    assert kernels.move_costs(points, np.ones(3), centroids, alternatives, 1).tolist() == [[-2, 6], [1, 33]]


@pytest.mark.parametrize("d", [1, 3, 4])
@pytest.mark.parametrize("n", SIZES)
def test_move_costs_agree_bit_for_bit_for_any_number_of_threads(n, d):
    points = rng(n + d).integers(0, 256, (n, d)).astype(np.float32)
    weights, centroids = rng(1).random(n), rng(2).integers(0, 256, (30, d)).astype(np.float32)
    alternatives = centroids[:, None] + rng(3).integers(-9, 10, (30, 5, d)).astype(np.float32)
    expected = reference.move_costs(points, weights, centroids, alternatives)
    for threads in THREADS:
        np.testing.assert_array_equal(
            expected, _native.move_costs(points, weights, centroids, alternatives, threads)
        )


@BOTH
def test_split_clusters_of_five_points_by_hand(kernels):
    points = np.array([[0.0, 0], [2, 0], [4, 9], [4, 11], [4, 10]])
    labels = np.array([0, 0, 1, 1, 1], np.int32)
    gains, left, right = kernels.split_clusters(points, np.array([1.0, 3, 1, 1, 1]), labels, 3, 1)
    # Cluster 0 has mean 1.5 and loss 3 and splits into its points. Cluster 1: loss 2, 10 ties and goes left.
    assert left.tolist() == [[0, 0], [4, 9.5], [0, 0]]
    assert right.tolist() == [[2, 0], [4, 11], [0, 0]]
    np.testing.assert_allclose(gains, [3, 1.5, 0], atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 3, 4, 7])
@pytest.mark.parametrize("n", SIZES)
def test_splitting_agrees_bit_for_bit_for_any_number_of_threads(n, d, dtype):
    points = (rng(n + d).normal(size=(n, d)) * 50).astype(dtype)
    weights, labels = rng(1).random(n), rng(2).integers(0, 9, n).astype(np.int32)
    expected = reference.split_clusters(points, weights, labels, 10)
    for threads in THREADS:
        for a, b in zip(expected, _native.split_clusters(points, weights, labels, 10, threads), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_assigning_resolves_ties_to_the_lowest_index_in_every_simd_lane(dtype):
    points = rng().integers(0, 4, (5000, 3)).astype(dtype)
    centroids = np.concatenate([points[:40], points[:40]])
    labels, _, _, _ = _native.assign(points, np.ones(5000), centroids, 2)
    np.testing.assert_array_equal(labels, reference.assign(points, np.ones(5000), centroids)[0])
    assert labels.max() < 40


@BOTH
def test_similarity_of_two_pixels_by_hand(kernels):
    """A black and a white pixel against two black ones, reflected to fill the window.

    With p the weight of black around the black pixel, its mean is 255 (1 - p) and its variance
    255^2 p (1 - p); around the white pixel p and 1 - p swap. For all black both are 0.
    """
    weights = np.exp(-(np.arange(6) ** 2) / 4.5)
    weights /= weights[0] + 2 * weights[1:].sum()
    # The row around the black pixel, from -5 to 5: b b w w b [b] w w b b w.
    same = weights[0] + weights[1] + weights[3] + 2 * weights[4] + weights[5]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    means, variance = np.array([1 - same, same]) * 255, 255**2 * same * (1 - same)
    expected = (c1 / (means**2 + c1) * c2 / (variance + c2)).mean()
    black = np.zeros((1, 2, 3), np.uint8)
    half = black.copy()
    half[0, 1] = 255
    assert kernels.similarity(black, half, 0, 1) == pytest.approx(expected, rel=1e-9)
    assert kernels.similarity(half, half, 0, 1) == 1


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("size", [(1, 1), (1, 30), (10, 11), (11, 10), (12, 40), (75, 74), (150, 9)])
def test_similarities_agree_bit_for_bit_for_any_number_of_threads(size, channels):
    pictures = [random_pixels(size[0] * size[1] + i, channels)[i:].reshape(*size, channels) for i in (0, 1)]
    first, second = pictures
    for background in (0, 255):
        expected = reference.similarity(first, second, background)
        assert {_native.similarity(first, second, background, threads) for threads in THREADS} == {expected}


@BOTH
def test_activity_of_an_edge_by_hand(kernels):
    points = np.zeros((1, 8, 3), np.int16)
    points[0, 4:, 0] = 100
    assert kernels.activity(points)[0].tolist() == [0, 40, 47, 49, 49, 47, 40, 0]
    assert not kernels.activity(points, 1).any()


@BOTH
def test_oklab_takes_the_light_of_a_byte_at_its_alpha(kernels):
    linear = np.zeros((256, 256))
    linear[7, 200] = 1  # white of alpha 7 is light, of alpha 8 it is not
    colors = np.array([[200, 200, 200, 7], [200, 200, 200, 8]], np.uint8)
    assert kernels.oklab(colors, linear.ravel(), np.full(3, 100.0)).tolist() == [[100, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("channels", [3, 4])
def test_oklab_agrees_bit_for_bit_for_many_colors(channels):
    colors = rng(3).integers(0, 256, (20_000, channels), np.uint8)
    linear, scale = rng(4).random(256 if channels == 3 else 65536), np.array([4080.0, 5100.0, 5100.0])
    expected = reference.oklab(colors, linear, scale)
    for threads in (1, 2, 3):
        np.testing.assert_array_equal(_native.oklab(colors, linear, scale, threads), expected)
