"""Points of the working space, and back to bytes."""

import numpy as np

from kalette.color import (
    alpha_kinds,
    points_from_srgb,
    sixteenths_from_srgb,
    srgb_from_points,
)


def test_points_of_opaque_colors_are_their_bytes():
    colors = np.array([[0, 128, 255]], np.uint8)
    assert points_from_srgb(colors).tolist() == [[0, 128, 255]]


def test_points_of_four_channels_are_premultiplied_and_rounded_to_sixteenths():
    # 200 * 100 / 255 = 78.43, or 1254.9 sixteenths, rounded to 1255: 78.4375.
    assert points_from_srgb(np.array([[200, 0, 0, 100]], np.uint8)).tolist() == [[78.4375, 0, 0, 100]]


def test_kinds_of_alpha_lie_further_apart_than_any_colors_of_one_kind():
    kinds = np.array([[0, 0, 0, 0], [0, 0, 0, 1], [255, 255, 255, 254], [255, 255, 255, 255]], np.uint8)
    clear, faint, dense, opaque = points_from_srgb(kinds).astype(float)
    within = ((faint - dense) ** 2).sum()
    for a, b in ((clear, faint), (dense, opaque), (clear, opaque)):
        assert ((a - b) ** 2).sum() > within


def test_every_opaque_color_survives_the_round_trip():
    grid = np.arange(0, 256, 5, dtype=np.uint8)
    colors = np.stack(np.meshgrid(grid, grid, grid, [255]), axis=-1).reshape(-1, 4).astype(np.uint8)
    np.testing.assert_array_equal(srgb_from_points(points_from_srgb(colors).astype(float)), colors)


def test_every_alpha_survives_the_round_trip_and_its_color_to_half_a_premultiplied_step():
    alpha = np.arange(256, dtype=np.uint8)
    colors = np.stack([np.full(256, 200), np.full(256, 13), alpha, alpha], axis=1).astype(np.uint8)
    back = srgb_from_points(points_from_srgb(colors).astype(float))
    np.testing.assert_array_equal(back[:, 3], alpha)
    shown = np.abs(back[1:, :3].astype(float) - colors[1:, :3]) * alpha[1:, None] / 255
    assert shown.max() <= 0.5


def test_a_centroid_keeps_its_kind_of_alpha_however_it_rounds():
    centroids = np.array([[0.0, 0, 0, 0.1], [9, 9, 9, 254.9], [0, 0, 0, -1024], [9, 9, 9, 1279]])
    assert alpha_kinds(srgb_from_points(centroids)).tolist() == [1, 1, 0, 2]


def test_sixteenths_accept_pictures_and_lists_of_colors(icon):
    np.testing.assert_array_equal(
        sixteenths_from_srgb(icon).reshape(-1, 4), sixteenths_from_srgb(icon.reshape(-1, 4))
    )


def test_stretched_chroma_survives_the_round_trip_and_keeps_lightness_and_alpha():
    colors = np.array([[250, 30, 90, 255], [3, 200, 77, 128], [9, 9, 200, 0]], np.uint8)
    plain, stretched = (points_from_srgb(colors, space) for space in ("oklab", "oklab-chroma"))
    assert (stretched == plain * np.array([1, 1.5, 1.5, 1], np.float32)).all()
    expected = srgb_from_points(plain.astype(np.float64), "oklab")
    assert (srgb_from_points(stretched.astype(np.float64), "oklab-chroma") == expected).all()


def test_points_of_partly_clear_colors_are_those_of_what_is_seen_over_grey():
    """White of alpha 51, a fifth, over grey 104 is 0.2 * 255 + 0.8 * 104 = 134.2."""
    white = sixteenths_from_srgb(np.array([[255, 255, 255, 51]], np.uint8), "oklab")[0]
    below, above = sixteenths_from_srgb(np.array([[134] * 3, [135] * 3], np.uint8), "oklab")
    assert abs(white[0] - (0.8 * below[0] + 0.2 * above[0])) <= 1
    assert white[1:].tolist() == [0, 0, 51 * 8]


def test_in_oklab_every_alpha_survives_the_round_trip_and_its_color_as_far_as_it_shows():
    alpha = np.arange(256, dtype=np.uint8)
    colors = np.stack([np.full(256, 200), np.full(256, 13), alpha, alpha], axis=1).astype(np.uint8)
    back = srgb_from_points(points_from_srgb(colors, "oklab").astype(float), "oklab")
    np.testing.assert_array_equal(back[:, 3], alpha)
    np.testing.assert_array_equal(back[[0, 255]], colors[[0, 255]])
    shown = np.abs(back[1:, :3].astype(float) - colors[1:, :3]) * alpha[1:, None] / 255
    assert shown.max() <= 1


def test_a_difference_in_alpha_counts_over_black_and_white_alike_for_middle_colors():
    """The grey over which colours are seen hides its own alpha, but for the coordinate of alpha."""
    clear, faint, dense = sixteenths_from_srgb(
        np.array([[0, 0, 0, 0], [104, 104, 104, 1], [104, 104, 104, 254]], np.uint8), "oklab"
    )
    assert clear[:3].tolist() == faint[:3].tolist() == dense[:3].tolist()
    assert (clear[3] + 16384, faint[3], dense[3]) == (0, 8, 254 * 8)


def test_hidden_colors_of_clear_pixels_survive_the_round_trip_in_oklab():
    hidden = np.array([[0, 0, 0, 0], [250, 30, 90, 0], [255, 255, 255, 0]], np.uint8)
    points = points_from_srgb(hidden, "oklab").astype(float)
    np.testing.assert_array_equal(srgb_from_points(points, "oklab"), hidden)
