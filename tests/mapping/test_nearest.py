"""Nearest palette entries."""

import numpy as np

from kalette.clustering.histogram import count
from kalette.color import alpha_kinds
from kalette.mapping import nearest
from kalette.mapping.nearest import map_labels, nearest_labels


def map_nearest(pixels, palette):
    colors = count(pixels)
    return map_labels(pixels, colors.colors, nearest_labels(colors.colors, palette, "srgb"))


BLACK_WHITE = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)


def test_nearest_of_three_pixels_by_hand():
    pixels = np.array([[[0, 0, 0], [127, 127, 127], [128, 128, 128]]], np.uint8)
    assert map_nearest(pixels, BLACK_WHITE).tolist() == [[0, 0, 1]]


def test_nearest_agrees_with_brute_force(gradient):
    palette = np.random.default_rng(0).integers(0, 256, (37, 3)).astype(np.uint8)
    distances = ((gradient[:, :, None, :].astype(int) - palette) ** 2).sum(axis=3)
    np.testing.assert_array_equal(map_nearest(gradient, palette), distances.argmin(axis=2))


def test_clear_pixels_stay_clear_and_opaque_ones_opaque(icon):
    palette = np.array([[90, 90, 90, 255], [0, 0, 0, 0], [200, 200, 200, 120], [9, 9, 9, 254]], np.uint8)
    kinds = alpha_kinds(palette)[map_nearest(icon, palette)]
    np.testing.assert_array_equal(kinds, alpha_kinds(icon.reshape(-1, 4)).reshape(40, 40))


def test_each_entry_is_nearest_to_itself_where_chroma_is_stretched():
    """Reds of rising chroma: stretched alone, the colours would lie nearer to the next entries."""
    reds = np.array([[150, 150 - grey, 150 - grey] for grey in range(0, 150, 10)], np.uint8)
    colors = count(reds[None])
    labels = nearest_labels(colors.colors, reds, "oklab-chroma")
    np.testing.assert_array_equal(reds[labels], colors.colors)


def test_colors_labeled_in_parts_have_the_labels_of_all_at_once(monkeypatch):
    random = np.random.default_rng(1)
    colors, palette = (random.integers(0, 256, (n, 4)).astype(np.uint8) for n in (1000, 30))
    at_once = nearest_labels(colors, palette, "oklab")
    monkeypatch.setattr(nearest, "_LABELED_AT_ONCE", 7)
    np.testing.assert_array_equal(nearest_labels(colors, palette, "oklab"), at_once)
