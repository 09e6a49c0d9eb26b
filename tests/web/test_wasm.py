"""The kernels of the page give the bits of the library's, and are built from these sources."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from kalette import kernels
from kalette.color import points_from_srgb, sixteenths_from_srgb
from page_kernels import WASM, PageKernels

ROOT = Path(__file__).parents[2]
EDGES = (1, 2, 63, 64, 65, 4095, 4096, 4097, 9000)


@pytest.fixture
def page() -> PageKernels:
    return PageKernels()


def pixels_of(n: int) -> np.ndarray:
    """Colours with many ties: steps of three, so that centroids lie in the middle between points."""
    return (np.random.default_rng(n).integers(0, 60, (n, 3)) * 3).astype(np.uint8)


def cloud_of(n: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n * k)
    points = points_from_srgb(pixels_of(n))
    return points, rng.integers(1, 99, n).astype(np.float64), points[rng.integers(0, n, k)]


def assert_same_bits(found: tuple, expected: tuple) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        assert np.asarray(ours).tobytes() == np.asarray(theirs).tobytes()


def build_script():
    spec = importlib.util.spec_from_file_location("build_wasm", ROOT / "scripts" / "build_wasm.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_wasm"] = module
    spec.loader.exec_module(module)
    return module


def test_the_module_names_the_sources_that_stand_here():
    script = build_script()
    section = script.custom_section(script.hash_of_sources())
    assert WASM.read_bytes().endswith(section), "native/ has changed: run python scripts/build_wasm.py"


def test_its_sources_are_the_kernels_of_the_library():
    names = {path.name for path in build_script().source_files()}
    assert {"wasm.cpp", "centroids.cpp", "nearest.cpp", "kernels.hpp", "simd.hpp"} <= names
    assert not names & {"parallel.cpp", "bindings.cpp", "checks.hpp"}


def test_assign_puts_two_points_with_their_nearest_centroids(page):
    points = np.array([[0, 0, 0], [2, 0, 0], [9, 0, 0]], np.float32)
    labels, sums, mass, loss = page.assign(points, np.array([1.0, 2.0, 1.0]), points[[0, 2]])
    assert (labels.tolist(), mass.tolist(), loss) == ([0, 0, 1], [3.0, 1.0], 8.0)
    assert sums[:, 0].tolist() == [4.0, 9.0]


@pytest.mark.parametrize("n", EDGES)
def test_colors_and_counts_are_those_of_the_library(page, n):
    assert_same_bits(page.count_colors(pixels_of(n)), kernels.count_colors(pixels_of(n)))


@pytest.mark.parametrize("n", EDGES)
def test_indices_are_those_of_the_library(page, n):
    pixels = pixels_of(n)
    colors, _ = kernels.count_colors(pixels)
    labels = np.random.default_rng(n).integers(0, 256, len(colors)).astype(np.uint8)
    assert_same_bits(
        (page.map_colors(pixels, colors, labels),), (kernels.map_colors(pixels, colors, labels),)
    )


def test_a_pixel_without_a_color_is_told(page):
    pixels = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    assert page.map_colors(pixels, pixels[:1], np.zeros(1, np.uint8)) is None


@pytest.mark.parametrize("n", EDGES)
def test_points_of_oklab_are_those_of_the_library(page, n):
    linear, scale = kernels.linear_from_srgb(np.arange(256) / 255), np.full(3, 4080.0)
    assert_same_bits(
        (page.oklab(pixels_of(n), linear, scale),), (kernels.oklab(pixels_of(n), linear, scale),)
    )


@pytest.mark.parametrize("n", EDGES)
@pytest.mark.parametrize("k", [1, 2, 17, 18, 256])
def test_labels_sums_and_loss_are_those_of_the_library(page, n, k):
    points, weights, centroids = cloud_of(n, k)
    assert_same_bits(page.assign(points, weights, centroids), kernels.assign(points, weights, centroids))


@pytest.mark.parametrize("n", EDGES[1:])
@pytest.mark.parametrize("k", [2, 17, 18, 256])
def test_costs_and_splits_of_the_search_are_those_of_the_library(page, n, k):
    points, weights, centroids = cloud_of(n, k)
    costs = kernels.removal_costs(points, weights, centroids)
    assert_same_bits((page.removal_costs(points, weights, centroids),), (costs,))
    labels = kernels.assign(points, weights, centroids)[0]
    expected = kernels.split_clusters(points, weights, labels, k)
    assert_same_bits(page.split_clusters(points, weights, labels, k), expected)


SIZES = ((1, 1), (1, 9), (7, 1), (33, 65))


def picture_of(height: int, width: int) -> np.ndarray:
    """Points of a picture in Oklab, in sixteenths of a byte step."""
    return sixteenths_from_srgb(pixels_of(height * width).reshape(height, width, 3), "oklab")


def entries_of(k: int) -> np.ndarray:
    return sixteenths_from_srgb(np.random.default_rng(k).integers(0, 256, (k, 3)).astype(np.uint8), "oklab")


@pytest.mark.parametrize("size", SIZES)
def test_activity_is_that_of_the_library(page, size):
    points = picture_of(*size)
    assert_same_bits((page.activity(points, 0),), (kernels.activity(points, 0),))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("k", [1, 2, 17, 256])
def test_diffusion_is_that_of_the_library(page, size, k):
    points, entries = picture_of(*size), entries_of(k)
    strengths = np.random.default_rng(k).integers(0, 256, size).astype(np.uint8)
    expected = kernels.map_rate_distortion(points, np.full(size, 16, np.uint16), strengths, entries, 0, 0)
    assert_same_bits((page.diffuse(points, strengths, entries),), (expected,))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("k", [1, 2, 17, 256])
def test_threshold_mapping_is_that_of_the_library(page, size, k):
    points, entries = picture_of(*size), entries_of(k)
    offsets = np.random.default_rng(k).integers(-32767, 32768, (8, 8)).astype(np.int16)
    expected = kernels.map_threshold(points, offsets, entries, 48)
    assert_same_bits((page.map_threshold(points, offsets, entries, 48),), (expected,))


def test_memory_that_is_released_is_used_again(page):
    first = page._room(1 << 20)
    page.release_all()
    assert page._room(1 << 20) == first
