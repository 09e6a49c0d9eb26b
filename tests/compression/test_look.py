"""How a rendering looks."""

import numpy as np
import pytest

import kalette
from kalette.compression.look import Looks, look_of, points_for_bytes
from kalette.types import Indexed


def test_half_the_squared_error_is_worth_seven_points():
    assert look_of(50.0, 1 << 10) == 50.0 - 70.0
    assert look_of(50.0, 1 << 11) == 50.0 - 77.0


def test_no_error_leaves_the_score():
    assert look_of(100.0, 0.0) == 100.0


def test_bands_look_worse_than_their_mixture():
    grey = np.repeat(np.arange(64, dtype=np.uint8) + 90, 3).reshape(1, 64, 3).repeat(64, axis=0)
    palette = np.array([[90] * 3, [153] * 3], np.uint8)
    looks = Looks(grey)
    bands = Indexed(palette, (grey[..., 0] > 121).astype(np.uint8))
    threshold = np.random.default_rng(5).integers(90, 153, (64, 64))
    mixed = Indexed(palette, (grey[..., 0] > threshold).astype(np.uint8))
    assert looks.of(mixed, 50.0) > looks.of(bands, 50.0) + 14


def test_a_large_picture_is_sampled(monkeypatch):
    pixels = kalette.sample_pixels(400, 300)
    rendered = kalette.compress(pixels, 16).indexed
    whole = Looks(pixels).of(rendered, 50.0)
    monkeypatch.setattr("kalette.compression.look._MOST_PIXELS", 1 << 15)
    assert Looks(pixels).of(rendered, 50.0) == pytest.approx(whole, abs=2)


def test_bytes_cost_seventeen_points_when_doubled_with_those_of_a_request():
    assert points_for_bytes(3 * 2048) - points_for_bytes(2048) == 17
    assert points_for_bytes(1 << 21) - points_for_bytes(1 << 20) == pytest.approx(17, abs=0.1)
