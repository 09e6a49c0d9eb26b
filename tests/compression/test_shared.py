"""One palette for many images: by hand, against scikit-learn, and the same bits in every order."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import random

import numpy as np
import pytest

import kalette
from kalette.compression import HistogramSum, histogram_for_sum, palette_of_sum
from kalette.types import ReadError, Settings, SettingsError


def sprite(number: int) -> np.ndarray:
    """Return a shaded disc of 24 x 24 on a plain ground, in colours of its own."""
    rng = np.random.default_rng(number)
    ground, light = rng.integers(0, 256, (2, 3))
    across, down = np.meshgrid(np.arange(24) - 11.5, np.arange(24) - 11.5)
    shade = np.clip(1 - np.sqrt((across - 3) ** 2 + (down + 3) ** 2) / 18, 0, 1)[..., None]
    inside = (np.sqrt(across**2 + down**2) < 10)[..., None]
    return np.where(inside, light * shade, ground).astype(np.uint8)


SPRITES = [sprite(number) for number in range(200)]


def test_weights_by_pixels_and_by_images_by_hand():
    black, white = np.zeros((9, 9, 3), np.uint8), np.full((3, 3, 3), 255, np.uint8)
    by_pixels = kalette.shared_palette([black, white], 2)
    by_images = kalette.shared_palette([black, white], 2, weighting="images")
    assert list(by_pixels) == list(by_images) == ["#000000", "#ffffff"]
    assert by_pixels.shares == pytest.approx((0.9, 0.1))
    assert by_images.shares == pytest.approx((0.5, 0.5), abs=1e-6)


def test_the_error_of_200_sprites_is_within_one_percent_of_scikit_learn():
    cluster = pytest.importorskip("sklearn.cluster")
    pixels = np.concatenate([each.reshape(-1, 3) for each in SPRITES]).astype(np.float64)
    palette = kalette.shared_palette(SPRITES, 64, space="srgb").colors.astype(np.float64)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    distances = ((colors[:, None] - palette[None]) ** 2).sum(axis=2).min(axis=1)
    theirs = cluster.KMeans(64, n_init=1, random_state=0).fit(colors, sample_weight=counts)
    assert (distances * counts).sum() <= 1.01 * theirs.inertia_


def test_order_and_grouping_do_not_change_a_bit():
    settings, first = Settings(k=64), kalette.shared_palette(SPRITES, 64)
    for seed in range(2):
        shuffled = SPRITES.copy()
        random.Random(seed).shuffle(shuffled)
        halves = HistogramSum(), HistogramSum()
        for number, each in enumerate(shuffled):
            part = histogram_for_sum(kalette.open(each), settings, "pixels")
            halves[number % 3 == 0].add(part)
        total = HistogramSum()
        for half in halves:
            total.add(half.histogram())
        again = palette_of_sum(total.histogram(), settings)
        assert np.array_equal(again.colors, first.colors)
        assert again.shares == first.shares


def test_alpha_is_part_of_it(icon):
    palette = kalette.shared_palette([icon, SPRITES[0]], 16)
    assert palette.colors.shape == (16, 4)
    assert {0, 255} <= set(palette.colors[:, 3].tolist())


def test_kept_colors_are_in_it_and_auto_chooses_k():
    assert "#123456" in list(kalette.shared_palette(SPRITES[:5], 8, keep_colors=["#123456"]))
    assert 2 <= len(kalette.shared_palette(SPRITES[:5], "auto").colors) <= 256


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kalette.shared_palette("a.png", 4), "give a list of images"),
        (lambda: kalette.shared_palette(5, 4), "give a list of images"),
        (lambda: kalette.shared_palette(SPRITES, 4, weighting="x"), "weighting is 'x'; choose one of pixels"),
        (lambda: kalette.shared_palette(SPRITES, palette=["#000000"]), "a fixed palette is given"),
        (lambda: kalette.shared_palette(SPRITES, quality=70), "a quality is asked for"),
    ],
)
def test_a_wrong_argument_is_a_sentence(call, said):
    with pytest.raises(SettingsError, match=said):
        call()


def test_no_images_have_no_palette():
    with pytest.raises(ReadError, match="no image could be read"):
        kalette.shared_palette([], 4)
