"""Salient colours: rare and striking ones get centroids of their own."""

import numpy as np
import pytest

import kalette
from clouds import cloud_of
from kalette.clustering.cloud import Cloud
from kalette.clustering.histogram import count
from kalette.clustering.salient import with_salient
from kalette.types import Pixels

RED = (220, 30, 30)
DOT = (slice(397, 403), slice(497, 503))


@pytest.fixture(scope="module")
def chart() -> Pixels:
    """A grey chart of 1000 x 800 pixels in 256 greys, with a red dot of 6 x 6."""
    down, across = np.meshgrid(np.arange(800), np.arange(1000), indexing="ij")
    grey = ((across * 17 // 64 + down * 13 // 80) % 256).astype(np.uint8)
    pixels = np.repeat(grey[..., None], 3, axis=2)
    pixels[DOT] = RED
    return pixels


def line(*points: float) -> np.ndarray:
    return np.array(points)[:, None]


def cloud_on_a_line(points: list[float], weights: list[float]) -> Cloud:
    return Cloud(line(*points).astype(np.float32), np.array(weights), np.zeros(len(points), np.int8), "oklab")


def test_a_salient_color_replaces_the_centroid_whose_removal_costs_least_by_hand():
    """Removing 1 of the greys 0, 1, 30 and 60 costs 80,000; removing any other costs far more."""
    cloud = cloud_on_a_line([0, 1, 30, 60, 200], [72e4, 8e4, 8e5, 8e5, 128])
    found = with_salient(cloud, line(0, 1, 30, 60))
    assert found.ravel().tolist() == [0, 30, 60, 200]


@pytest.mark.parametrize(
    ("far", "pixels"),
    [
        (200, 127),  # too few pixels for one of 4 entries
        (99, 4000),  # less than 40 from the last grey: a shade of it
    ],
)
def test_specks_and_nearby_shades_are_not_salient(far, pixels):
    centroids = line(0, 1, 30, 60)
    cloud = cloud_on_a_line([0, 1, 30, 60, far], [72e4, 8e4, 8e5, 8e5, pixels])
    assert with_salient(cloud, centroids) is centroids


def test_a_color_is_not_salient_where_all_errors_are_large():
    """The squared distance of 60 is no more than 36 times the mean error."""
    cloud = cloud_on_a_line([0, 20, 100, 120, 170], [1e5, 1e5, 1e5, 1e5, 20])
    centroids = line(10, 110, 300, 400)
    assert with_salient(cloud, centroids) is centroids


def test_at_most_a_quarter_of_the_centroids_become_salient_colors():
    greys = np.repeat(np.arange(8.0)[:, None], 3, axis=1)
    far = np.concatenate([np.eye(3) * 1000, -np.eye(3) * 900])
    points = np.concatenate([greys, far]).astype(np.float32)
    cloud = Cloud(points, np.array([4e6] * 8 + [64] * 6), np.zeros(14, np.int8), "oklab")
    found = with_salient(cloud, greys)
    assert len(found) == 8
    assert found[:-2].max() < 8
    assert set(np.abs(found[-2:]).max(axis=1).tolist()) <= {900, 1000}


def test_the_last_centroid_of_a_kind_of_alpha_stays():
    pixels = np.zeros((100, 100, 4), np.uint8)
    pixels[:90] = np.repeat(np.arange(90)[:, None, None], 4, axis=2)
    pixels[:90, :, 3] = 255
    pixels[0, :20] = (255, 0, 0, 255)
    result = kalette.compress(pixels, k=9)
    assert (result.palette[:, 3] == 0).any()
    assert result.palette[result.indices][0, :20, 0].min() > 200


@pytest.mark.parametrize("effort", ["fast", "balanced"])
@pytest.mark.parametrize("k", [16, 64, 256])
def test_a_red_dot_on_a_large_grey_chart_keeps_its_red(chart, k, effort):
    shown = kalette.compress(chart, k=k, effort=effort)
    np.testing.assert_allclose(shown.palette[shown.indices][DOT].reshape(-1, 3).mean(axis=0), RED, atol=8)


def test_plain_lloyd_has_no_salient_colors(chart):
    shown = kalette.compress(chart, k=16, init="wu")
    assert np.ptp(shown.palette[shown.indices][DOT].mean(axis=(0, 1))) < 8


def test_a_gradient_has_no_salient_colors(gradient):
    cloud = cloud_of(count(gradient), "oklab")
    centroids = cloud.points[:: len(cloud) // 12].astype(np.float64)
    assert with_salient(cloud, centroids) is centroids
