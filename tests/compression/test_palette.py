"""Palettes of histograms."""

from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import kalette
from clouds import cloud_of
from kalette import kernels
from kalette.clustering.histogram import Histogram, count
from kalette.color import points_from_srgb
from kalette.compression import Constraints, Emphasis, find_palette
from kalette.learn import sample_pixels
from kalette.types import Run, Settings


def test_the_palette_of_a_bounded_histogram_is_nearly_as_good_as_the_exact_one(gradient):
    """Cells of four byte steps: the loss on the image's own colors rises by less than a tenth."""
    histogram, settings = count(gradient), Settings(space="srgb")
    found = find_palette(histogram, Constraints.of(settings), settings, 16)
    bounded = find_palette(histogram.bounded(1000), Constraints.of(settings), settings, 16)
    cloud = cloud_of(histogram)
    losses = [
        kernels.assign(cloud.points, cloud.weights, points_from_srgb(each.colors))[3]
        for each in (found, bounded)
    ]
    assert losses[1] < 1.1 * losses[0]
    few = count(gradient // 64 * 64)
    assert find_palette(few, Constraints.of(settings), settings, 256).is_lossless
    cells = Histogram(few.colors, few.counts, 2, few.colors.astype(np.int64) * 255 * few.counts[:, None])
    assert not find_palette(cells, Constraints.of(settings), settings, 60).is_lossless


@pytest.mark.parametrize("space", ["srgb", "oklab"])
@pytest.mark.parametrize("kept", [(), ("#ff0000", "#102030")])
@pytest.mark.parametrize("k", [2, 3, 8, 16, 40, 100, 128, 256])
def test_a_higher_effort_never_has_a_higher_loss(k, kept, space):
    """The loss of the unrounded palette in the space of the search, over all pixels."""
    histogram, losses = count(sample_pixels(192, 128)), []
    for effort in ("fast", "balanced", "best"):
        settings = Settings(space=space, effort=effort, keep_colors=kept)
        losses.append(find_palette(histogram, Constraints.of(settings), settings, k).losses[-1])
    assert all(higher <= lower for lower, higher in pairwise(losses))


@pytest.mark.parametrize("k", [128, 192])
def test_a_higher_effort_has_no_higher_loss_for_few_colors_either(k):
    """Greys of very different frequencies: the search of "fast" is 2 and 5 % better here."""
    counts = np.random.default_rng(2).pareto(1.0, 226) * 20
    greys = np.arange(226, dtype=np.uint8).repeat(counts.astype(int) % 3000 + 1)
    histogram = count(greys[None, :, None].repeat(3, axis=2))
    fast, balanced = (
        find_palette(histogram, Constraints.of(Settings()), Settings(space="srgb", effort=effort), k).losses[
            -1
        ]
        for effort in ("fast", "balanced")
    )
    assert balanced <= fast


def test_the_passes_reported_are_those_of_the_result(photo_histogram):
    """Passes of the efforts below are not reported."""
    settings, told = Settings(effort="best"), []
    run = Run(1, keep_history=True, on_pass=lambda number, done: told.append((number, done)))
    found = find_palette(photo_histogram, Constraints.of(settings), settings, 12, run=run)
    assert told == list(enumerate(found.history, 1))
    assert len(found.path) == len(found.losses) == len(told) + 1


@pytest.mark.parametrize("options", [{"keep_colors": ("#ff000080",)}, {"palette": ("#ff000080", "#ffffff")}])
@pytest.mark.parametrize("k", [2, 4, 256])
def test_a_translucent_color_suits_a_histogram_without_alpha(options, k):
    settings, histogram = Settings(**options), count(sample_pixels(24, 16))
    found = find_palette(histogram, Constraints.of(settings), settings, k)
    assert found.colors.shape == (len(found), 4)
    assert len(found) <= k
    assert found.colors[0].tolist() == [255, 0, 0, 128]
    assert (found.colors[1:, 3] == 255).all()


def test_an_opaque_color_suits_a_histogram_with_alpha():
    settings, histogram = Settings(keep_colors=("#ff0000",)), count(sample_pixels(24, 16)).with_alpha()
    found = find_palette(histogram, Constraints.of(settings), settings, 4)
    assert found.colors[0].tolist() == [255, 0, 0, 255]


@pytest.fixture
def photo_histogram():
    return count(sample_pixels(192, 128))


@pytest.mark.parametrize("k", [16, 64])
def test_stretched_chroma_lowers_the_error_of_chroma_and_raises_that_of_the_working_space(k, photo_histogram):
    """The search is not exact, so each may be beaten by a little."""
    plain, stretched = (
        find_palette(photo_histogram, Constraints.of(Settings()), Settings(), k, emphasis=Emphasis(stretch))
        for stretch in (False, True)
    )
    assert plain.space == stretched.space == "oklab"
    assert plain.mean_loss < stretched.mean_loss < 1.5 * plain.mean_loss
    assert chroma_error(photo_histogram, stretched.colors) < 0.95 * chroma_error(
        photo_histogram, plain.colors
    )


def chroma_error(histogram: Histogram, palette: np.ndarray) -> float:
    cloud = histogram.in_space("oklab").finest
    entries = points_from_srgb(palette, "oklab")
    labels = kernels.assign(cloud.points, cloud.weights, entries, 1)[0]
    return float((cloud.weights * np.square(cloud.points - entries[labels])[:, 1:].sum(axis=1)).sum())


def test_smooth_pictures_and_animations_are_searched_without_stretched_chroma():
    frames = [np.roll(smooth(), 7 * i, axis=1) for i in range(2)]
    settings, even = Settings(k=160), Emphasis(stretch_chroma=False)
    plain = find_palette(count(frames[0]), Constraints.of(settings), settings, 160, emphasis=even)
    assert np.array_equal(kalette.open(frames[0]).compress(160).found.colors, plain.colors)
    noisy = [np.clip(frame.astype(int) + NOISE, 0, 255).astype(np.uint8) for frame in frames]
    alone = find_palette(count(noisy[0]), Constraints.of(settings), settings, 159, emphasis=even)
    animation = kalette.animate([noisy[0], noisy[0]], delays_ms=50, k=160).to_bytes()
    with Image.open(BytesIO(animation)) as first:
        shown = np.unique(np.asarray(first.convert("RGB")).reshape(-1, 3), axis=0)
    assert {tuple(color) for color in shown} <= {tuple(color) for color in alone.colors}


NOISE = np.random.default_rng(5).integers(-12, 13, (60, 90, 3))


def smooth() -> np.ndarray:
    y, x = np.mgrid[:60, :90]
    return np.stack([60 + 2 * x, 40 + 3 * y, 200 - x - y], axis=2).clip(0, 255).astype(np.uint8)
