"""The figure of an animation."""

import numpy as np
import pytest

import kalette
from kalette import figures
from kalette.types import SettingsError
from legible import assert_legible, texts_of


def animation(count: int, *, width: int = 40, height: int = 24):
    rng = np.random.default_rng(1)
    ground = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    frames = [np.roll(ground, n, axis=1) for n in range(count)]
    return kalette.animate(frames, delays_ms=40, format="gif")


def test_the_figure_of_an_animation_shows_five_frames_twice_and_two_curves():
    result = animation(9)
    figure = figures.frames_figure(result)
    assert_legible(figure)
    assert len(figure.axes) == 2 * 5 + 2
    assert [text for text in texts_of(figure) if text.endswith(" s")] == [
        "0 s", "0.08 s", "0.16 s", "0.24 s", "0.32 s"
    ]  # fmt: skip
    sizes = figure.axes[-2].patches[0].get_data().values  # type: ignore[attr-defined]
    assert sizes.tolist() == [record.size_bytes / 1000 for record in result.records]


@pytest.mark.parametrize(("count", "width", "height"), [(2, 1, 1), (2, 90, 3), (3, 3, 90)])
def test_the_figure_is_legible_for_small_long_and_narrow_animations(count, width, height):
    assert_legible(figures.frames_figure(animation(count, width=width, height=height)))


def test_flicker_is_the_mean_of_the_flickers_where_all_stands_still():
    frame = np.random.default_rng(1).integers(0, 256, (24, 40, 3)).astype(np.uint8)
    result = kalette.animate([frame, frame // 2 * 2, frame], format="gif", k=16)
    assert len(result.flickers) == 2
    assert min(result.flickers) <= result.flicker <= max(result.flickers)


def test_a_still_is_no_animation_to_draw():
    with pytest.raises(SettingsError, match=r"give one of kalette\.animate"):
        figures.frames_figure(kalette.compress(np.zeros((2, 2, 3), np.uint8)))  # type: ignore[arg-type]
