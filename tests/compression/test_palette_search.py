"""The search for palettes of a picture, whose own errors decide how much partly clear colours weigh."""

import numpy as np
import pytest

import kalette
from kalette.clustering import PartialWeights
from kalette.compression import Constraints, Emphasis, find_palette
from kalette.compression.palette_search import PaletteSearch
from kalette.types import Effort, Pixels, Run, Settings

EFFORTS: tuple[Effort, ...] = ("fast", "balanced", "best")


def faded_sample() -> Pixels:
    pixels = kalette.sample_pixels(96, 64)
    alpha = np.broadcast_to(np.minimum(np.arange(96) * 4, 255).astype(np.uint8), (64, 96))
    return np.dstack([pixels, alpha])


def weights_of(pixels: Pixels, k: int, settings: Settings, run: Run) -> list[PartialWeights]:
    """Return the weights of partly clear colours that give the palette of the search."""
    picture, constraints = kalette.open(pixels), Constraints.of(settings)
    found = PaletteSearch(picture, constraints, settings, run=run).palette(k)
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
    picture = kalette.open(faded_sample())
    assert len(PaletteSearch(picture, Constraints.of(settings), settings).palette(k)) == k


def test_a_higher_effort_has_no_higher_loss_where_weights_are_chosen():
    losses = [kalette.compress(faded_sample(), 16, effort=effort).losses[-1] for effort in EFFORTS]
    assert losses == sorted(losses, reverse=True)
