"""The compiled kernels and their twins in NumPy: same values, same bits, same refusals."""

import os
import subprocess
import sys

import numpy as np
import pytest

from kalette.kernels import _native, reference

BOTH = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
THREADS = (1, 2, 3, 7)
SIZES = (1, 63, 64, 65, reference.CHUNK - 1, reference.CHUNK, reference.CHUNK + 1, 3 * reference.CHUNK + 17)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def random_pixels(n: int, channels: int) -> np.ndarray:
    """Few levels a channel, so that colours repeat."""
    return (rng(n).integers(0, 9, (n, channels)) * 28).astype(np.uint8)


@BOTH
def test_count_colors_of_four_pixels_by_hand(kernels):
    """Along the curve the highest bit of any channel decides first: 0 0 4 comes after 3 3 3."""
    pixels = np.array([[0, 0, 4], [1, 2, 3], [0, 0, 4], [3, 3, 3]], np.uint8)
    colors, counts = kernels.count_colors(pixels, 1)
    assert colors.tolist() == [[1, 2, 3], [3, 3, 3], [0, 0, 4]]
    assert counts.tolist() == [1, 1, 2]


@BOTH
def test_assign_of_four_points_by_hand(kernels):
    points = np.array([[0.0, 0, 0], [2, 0, 0], [1, 0, 0], [9, 3, 0]])
    centroids = np.array([[0.0, 0, 0], [2, 0, 0], [9, 0, 0]])
    labels, sums, mass, loss = kernels.assign(points, np.array([1.0, 2, 5, 3]), centroids, 1)
    assert labels.tolist() == [0, 1, 0, 2]  # the third lies half way: the tie goes to the lowest
    assert sums.tolist() == [[5, 0, 0], [4, 0, 0], [27, 9, 0]]
    assert mass.tolist() == [6, 2, 3]
    assert loss == 5 * 1 + 3 * 9


@BOTH
def test_squared_error_of_two_pixels_by_hand(kernels):
    pixels, indices = np.array([[0, 0, 6], [10, 20, 30]], np.uint8), np.array([1, 0], np.uint8)
    palette = np.array([[10, 23, 30], [0, 0, 0]], np.uint8)
    assert kernels.squared_error(pixels, palette, indices, 1) == 36 + 9
    clear = np.array([[7, 7, 7, 0]], np.uint8)
    # White of alpha 51 against clear: over black 51 more, over white none; both times 255.
    white = np.array([[255, 255, 255, 51]], np.uint8)
    assert kernels.squared_error(white, clear, np.zeros(1, np.uint8), 1) == 3 * (51 * 255) ** 2


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("n", [*SIZES, 65537])
def test_squared_errors_agree_for_any_threads(n, channels):
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
def test_counting_agrees_bit_for_bit_for_any_threads(n, channels):
    pixels = random_pixels(n, channels)
    expected = reference.count_colors(pixels)
    for threads in THREADS:
        for a, b in zip(expected, _native.count_colors(pixels, threads), strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("n", [*SIZES, 65537])
def test_mapping_agrees_bit_for_bit_for_any_threads(n, channels):
    pixels = random_pixels(n, channels)
    colors, _ = reference.count_colors(pixels)
    labels = rng().integers(0, 256, len(colors)).astype(np.uint8)
    expected = reference.map_colors(pixels, colors, labels)
    for threads in THREADS:
        np.testing.assert_array_equal(expected, _native.map_colors(pixels, colors, labels, threads))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 7, 16, 50])
@pytest.mark.parametrize("n", SIZES)
def test_assigning_agrees_bit_for_bit_for_any_threads(n, d, dtype):
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
def test_pairwise_squared_distances_agree_bit_for_bit_for_any_threads(n, m, d, dtype):
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
def test_what_boxes_put_aside_changes_no_bit(k, d, dtype):
    """Points along a curve, so that the boxes of blocks are small and most centroids are put aside."""
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
    # Without 0: 16 + 9 instead of 0 + 1. Without 4: 25 instead of 1.
    assert kernels.removal_costs(points, np.ones(3), centroids, 1).tolist() == [24, 24]


@BOTH
def test_move_costs_of_three_points_by_hand(kernels):
    points, centroids = np.array([[0.0], [2], [9]], np.float32), np.array([[0.0], [9]], np.float32)
    alternatives = np.array([[[1.0], [-1.0]], [[8.0], [3.0]]], np.float32)
    # 0 to 1: 1 + 1, not 0 + 4. 0 to -1: 1 + 9. 9 to 8: 1 more. 9 to 3: 36 more, but 2 costs 1, not 4.
    assert kernels.move_costs(points, np.ones(3), centroids, alternatives, 1).tolist() == [[-2, 6], [1, 33]]


@pytest.mark.parametrize("d", [1, 3, 4])
@pytest.mark.parametrize("n", SIZES)
def test_move_costs_agree_bit_for_bit_for_any_threads(n, d):
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
    # Cluster 0: mean 1.5, loss 3, becomes two points. Cluster 1, of loss 2: 10 ties and goes left.
    assert left.tolist() == [[0, 0], [4, 9.5], [0, 0]]
    assert right.tolist() == [[2, 0], [4, 11], [0, 0]]
    np.testing.assert_allclose(gains, [3, 1.5, 0], atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 3, 4, 7])
@pytest.mark.parametrize("n", SIZES)
def test_splitting_agrees_bit_for_bit_for_any_threads(n, d, dtype):
    points = (rng(n + d).normal(size=(n, d)) * 50).astype(dtype)
    weights, labels = rng(1).random(n), rng(2).integers(0, 9, n).astype(np.int32)
    expected = reference.split_clusters(points, weights, labels, 10)
    for threads in THREADS:
        for a, b in zip(expected, _native.split_clusters(points, weights, labels, 10, threads), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_assigning_gives_ties_to_the_lowest_in_every_lane(dtype):
    points = rng().integers(0, 4, (5000, 3)).astype(dtype)
    centroids = np.concatenate([points[:40], points[:40]])
    labels, _, _, _ = _native.assign(points, np.ones(5000), centroids, 2)
    np.testing.assert_array_equal(labels, reference.assign(points, np.ones(5000), centroids)[0])
    assert labels.max() < 40


def refused(call, *arguments) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what the caller compares
        call(*arguments)
    return str(caught.value)


PIXELS = np.zeros((2, 3), np.uint8)
POINTS = np.zeros((2, 3))
F32 = np.zeros((2, 3), np.float32)
NAN = np.full((1, 3), np.nan)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("count_colors", (PIXELS, 0), "threads is 0"),
        ("count_colors", (np.zeros((2, 5), np.uint8), 1), "pixels have 5 channels"),
        (
            "map_colors",
            (PIXELS, np.zeros((1, 4), np.uint8), np.zeros(1, np.uint8), 1),
            "colors have 4 channels",
        ),
        ("map_colors", (PIXELS, PIXELS[:1], np.zeros(2, np.uint8), 1), "labels has 2 entries for 1 colors"),
        ("map_colors", (PIXELS, PIXELS[:1] + 1, np.zeros(1, np.uint8), 1), "not among colors"),
        ("map_colors", (PIXELS, PIXELS[:0], np.zeros(0, np.uint8), 1), "not among colors"),
        (
            "squared_error",
            (PIXELS, np.zeros((1, 4), np.uint8), np.zeros(2, np.uint8), 1),
            "palette has 4 channels",
        ),
        ("squared_error", (PIXELS, PIXELS, np.zeros(3, np.uint8), 1), "indices has 3 entries for 2 pixels"),
        (
            "squared_error",
            (PIXELS, PIXELS, np.array([0, 2], np.uint8), 1),
            "an index is 2; palette has 2 entries",
        ),
        ("assign", (POINTS, np.ones(2), POINTS[:0], 1), "there are 0 centroids"),
        ("assign", (POINTS, np.ones(2), np.zeros((1, 2)), 1), "centroids have 2 coordinates and points 3"),
        ("assign", (POINTS, np.ones(3), POINTS, 1), "weights has 3 entries for 2 points"),
        ("assign", (POINTS, np.ones(2), NAN, 1), "NaN or infinity"),
        ("assign", (np.zeros((2, 0)), np.ones(2), np.zeros((1, 0)), 1), "0 coordinates"),
        ("pairwise_squared_distances", (np.zeros((2, 0)), np.zeros((1, 0)), 1), "0 coordinates"),
        ("pairwise_squared_distances", (POINTS, np.zeros((1, 2)), 1), "centroids have 2 coordinates"),
        ("removal_costs", (POINTS, np.ones(2), POINTS[:1], 1), "there is 1 centroid"),
        ("move_costs", (F32, np.ones(2), F32[:1], np.zeros((1, 1, 3), np.float32), 1), "there is 1 centroid"),
        (
            "move_costs",
            (F32, np.ones(2), F32, np.zeros((1, 6, 3), np.float32), 1),
            "(1, 6, 3); it must be (2, moves",
        ),
        ("split_clusters", (POINTS, np.ones(2), np.zeros(2, np.int32), 0, 1), "k is 0"),
        (
            "split_clusters",
            (POINTS, np.ones(2), np.zeros(1, np.int32), 1, 1),
            "labels has 1 entries for 2 points",
        ),
        ("split_clusters", (POINTS, np.ones(2), np.array([0, 3], np.int32), 3, 1), "a label is 3"),
        ("split_clusters", (POINTS, np.ones(2), np.array([-1, 3], np.int32), 3, 1), "a label is -1"),
    ],
)
def test_both_refuse_with_the_same_sentence(name, arguments, said):
    text = refused(getattr(reference, name), *arguments)
    assert said in text
    assert text == refused(getattr(_native, name), *arguments)


def test_native_refuses_arrays_of_another_type_or_layout():
    wide = np.zeros((4, 6), np.uint8)
    for wrong in (PIXELS.astype(np.int16), wide[:, ::2], np.zeros(3, np.uint8)):
        with pytest.raises(TypeError):
            _native.count_colors(wrong, 1)


def in_process(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("level", ["baseline", "avx2", "avx512"])
def test_every_instruction_set_gives_the_same_bits(level):
    code = """
import hashlib, numpy as np
from kalette.kernels import _native
digest = hashlib.sha256()
for d in (3, 21):
    points = np.random.default_rng(5).random((9001, d)).astype(np.float32) * 255
    for dtype in (np.float32, np.float64):
        points, centers = points.astype(dtype), points[::97].astype(dtype) + dtype(0.1)
        found = _native.assign(points, np.ones(9001), centers, 2)
        for part in (*found, _native.pairwise_squared_distances(points, centers, 2)):
            digest.update(np.asarray(part).tobytes())
for d in (3, 4):
    points = np.random.default_rng(5).integers(-9000, 9000, (40, 90, d)).astype(np.int16)
    points[:, 1:] = points[:, :-1] + points[:, 1:] // 64
    weights, strengths = np.full((40, 90), 99, np.uint16), np.full((40, 90), 160, np.uint8)
    palette = points[::9, 5].copy()
    digest.update(_native.map_weighed(points, weights, strengths, palette, 90_000).tobytes())
print(digest.hexdigest())
"""
    assert in_process(code, KALETTE_ISA=level) == in_process(code)


def test_the_environment_picks_the_kernels():
    code = "from kalette import kernels; print(kernels.BACKEND)"
    assert in_process(code, KALETTE_KERNELS="reference") == "reference"
    assert in_process(code, KALETTE_KERNELS="native") == "native"
    said = in_process(
        "import sys; sys.argv = ['kalette', '--version']\n"
        "from kalette.cli import main\ntry: main()\nexcept SystemExit as end: print(end.code)",
        KALETTE_KERNELS="turbo",
    )
    assert said == "2"


@BOTH
def test_similarity_of_two_pixels_by_hand(kernels):
    """A black and a white pixel against two black ones, mirrored on and on as the window is larger.

    With p the weight of black around the black pixel, the mean there is 255 (1 - p) and the spread
    255^2 p (1 - p); around the white one it is the other way round. All black has neither.
    """
    weights = np.exp(-(np.arange(6) ** 2) / 4.5)
    weights /= weights[0] + 2 * weights[1:].sum()
    # The row around the black pixel, from -5 to 5: b b w w b [b] w w b b w.
    same = weights[0] + weights[1] + weights[3] + 2 * weights[4] + weights[5]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    means, spread = np.array([1 - same, same]) * 255, 255**2 * same * (1 - same)
    expected = (c1 / (means**2 + c1) * c2 / (spread + c2)).mean()
    black = np.zeros((1, 2, 3), np.uint8)
    half = black.copy()
    half[0, 1] = 255
    assert kernels.similarity(black, half, 0, 1) == pytest.approx(expected, rel=1e-9)
    assert kernels.similarity(half, half, 0, 1) == 1


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("size", [(1, 1), (1, 30), (10, 11), (11, 10), (12, 40), (75, 74), (150, 9)])
def test_similarities_agree_bit_for_bit_for_any_threads(size, channels):
    pictures = [random_pixels(size[0] * size[1] + i, channels)[i:].reshape(*size, channels) for i in (0, 1)]
    for background in (0, 255):
        expected = reference.similarity(*pictures, background)
        assert {_native.similarity(*pictures, background, threads) for threads in THREADS} == {expected}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((np.zeros((2, 2, 5), np.uint8), np.zeros((2, 2, 5), np.uint8)), "pixels have 5 channels"),
        (
            (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)),
            "result has shape (2, 3, 3) and original (2, 2, 3); they must agree",
        ),
        ((np.zeros((0, 2, 3), np.uint8), np.zeros((0, 2, 3), np.uint8)), "the pictures have no pixels"),
        ((PIXELS[None], PIXELS[None], 0, 0), "threads is 0"),
    ],
)
def test_similarity_refuses_with_the_same_sentence(arguments, said):
    text = refused(reference.similarity, *arguments)
    assert said in text
    assert text == refused(_native.similarity, *arguments)
