"""The search for palettes of a picture, whose own errors decide how much partly clear colours weigh."""

import numpy as np
import pytest

import kalette
from kalette.clustering import PartialWeights
from kalette.compression import Constraints, Emphasis, find_palette
from kalette.compression.palette_search import PaletteSearch
from kalette.compression.rendering import Renderer
from kalette.types import Effort, Pixels, Run, Settings

EFFORTS: tuple[Effort, ...] = ("fast", "balanced", "best")


def faded_sample() -> Pixels:
    pixels = kalette.sample_pixels(96, 64)
    alpha = np.broadcast_to(np.minimum(np.arange(96) * 4, 255).astype(np.uint8), (64, 96))
    return np.dstack([pixels, alpha])


def weights_of(pixels: Pixels, k: int, settings: Settings, run: Run) -> list[PartialWeights]:
    """Return the weights of partly clear colours that give the palette of the search."""
    picture, constraints = kalette.open(pixels), Constraints.of(settings)
    found = PaletteSearch(Renderer(picture, settings, run), constraints).palette(k)
    ways: tuple[PartialWeights, ...] = ("counts", "apart", "together")
    return [
        way
        for way in ways
        if np.array_equal(
            find_palette(picture.histogram, constraints, settings, k, emphasis=Emphasis(partial=way)).colors,
            found.colors,
        )
    ]


@pytest.mark.parametrize("effort", EFFORTS)
def test_the_palette_of_a_faded_picture_is_that_of_one_way_for_every_effort(effort: Effort):
    chosen = weights_of(faded_sample(), 16, Settings(effort=effort), Run(2))
    assert chosen == weights_of(faded_sample(), 16, Settings(), Run(1))
    assert len(chosen) == 1


def test_greys_that_are_all_partly_clear_get_the_dampening_of_opaque_ones():
    greys = np.repeat(kalette.sample_pixels(96, 64)[..., 1:2], 4, axis=2)
    greys[..., 3] = np.maximum(greys[..., 3] // 2, 1)
    assert weights_of(greys, 16, Settings(), Run(1)) != ["counts"]


@pytest.mark.parametrize(
    ("k", "settings"), [(33, Settings()), (16, Settings(space="srgb")), (16, Settings(init="wu"))]
)
def test_many_entries_srgb_and_textbook_runs_try_no_ways(k, settings, monkeypatch):
    monkeypatch.setattr("kalette.compression.palette_search.BlurredError", None)
    search = PaletteSearch(Renderer(kalette.open(faded_sample()), settings), Constraints.of(settings))
    assert len(search.palette(k)) == k


def test_a_higher_effort_has_no_higher_loss_where_weights_are_chosen():
    losses = [kalette.compress(faded_sample(), 16, effort=effort).losses[-1] for effort in EFFORTS]
    assert losses == sorted(losses, reverse=True)


def texture_beside_flat_greys() -> Pixels:
    """Noise of many colours, and as many pixels of flat greys."""
    noise = np.random.default_rng(3).integers(0, 256, (64, 96, 3), np.uint8)
    flat = np.repeat(np.arange(96, dtype=np.uint8)[:, None] // 12 * 9 + 120, 64, axis=1).T
    return np.concatenate([noise, np.repeat(flat[..., None], 3, axis=2)])


def entries_near_grey(palette: np.ndarray) -> int:
    return int((np.ptp(palette.astype(int), axis=1) < 6).sum())


def test_flat_areas_get_more_entries_than_texture_of_as_many_pixels():
    pixels, settings = texture_beside_flat_greys(), Settings()
    plain = find_palette(kalette.open(pixels).histogram, Constraints.of(settings), settings, 16)
    found = kalette.compress(pixels, 16).found
    assert entries_near_grey(found.colors) > entries_near_grey(plain.colors)


@pytest.mark.parametrize("settings", [Settings(space="srgb"), Settings(init="wu"), Settings(dither="none")])
def test_visibility_counts_in_oklab_alone_and_not_in_textbook_runs(settings):
    pixels = texture_beside_flat_greys()
    plain = find_palette(kalette.open(pixels).histogram, Constraints.of(settings), settings, 16)
    found = kalette.compress(pixels, 16, settings).found
    assert np.array_equal(found.colors, plain.colors) == (settings.dither != "none")


def test_the_mean_loss_is_that_of_colors_all_equally_visible():
    pixels, settings = texture_beside_flat_greys(), Settings()
    found, picture = kalette.compress(pixels, 16).found, kalette.open(pixels)
    plain = find_palette(picture.histogram, Constraints.of(settings), settings, 16)
    assert found.mean_loss == pytest.approx(plain.mean_loss, rel=0.02)
    assert found.losses[-1] < 0.9 * plain.losses[-1]


def test_a_higher_effort_has_no_higher_loss_where_visibility_counts():
    losses = [
        kalette.compress(texture_beside_flat_greys(), 12, effort=effort).losses[-1] for effort in EFFORTS
    ]
    assert losses == sorted(losses, reverse=True)
