"""Animations in true colour: exact where that is worth its bytes."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kalette
from animation_frames import photo_frames, shown, solid
from kalette.types import TargetError

FORMATS = pytest.mark.parametrize("file_format", ["png", "webp"])


def drifting_frames(count: int = 6) -> list[np.ndarray]:
    """A smooth gradient of more colours than a palette holds, which drifts."""
    y, x = np.mgrid[:48, :64]
    return [
        np.stack([x * 3 + n, y * 4 + 2 * n, x + y + 3 * n], axis=2).astype(np.uint8) for n in range(count)
    ]


def clear_frames(count: int = 6) -> list[np.ndarray]:
    """A disc with a gradient, which moves over clear ground."""
    y, x = np.mgrid[:48, :64]
    frames = []
    for n in range(count):
        pixels = solid(drifting_frames(count)[n])
        pixels[np.hypot(x - 14 - 6 * n, y - 24) > 12] = 0
        frames.append(pixels)
    return frames


@FORMATS
@pytest.mark.parametrize("make", [drifting_frames, clear_frames])
def test_a_smooth_animation_is_exact_where_that_takes_fewer_bytes_than_a_palette(file_format, make):
    frames = make()
    result = kalette.animate(frames, delays_ms=40, format=file_format)
    assert result.is_exact
    assert result.is_true_color
    assert result.duration_ms == 240
    for found, expected in zip(shown(result.to_bytes()), frames, strict=True):
        np.testing.assert_array_equal(found, solid(expected))
    with_palette = kalette.animate(frames, delays_ms=40, k=256, format=file_format)
    assert not with_palette.is_true_color
    assert result.output_bytes < with_palette.output_bytes


@pytest.mark.parametrize(("make", "mode"), [(drifting_frames, "RGB"), (clear_frames, "RGBA")])
def test_a_png_has_alpha_only_where_something_is_clear(make, mode):
    with Image.open(io.BytesIO(kalette.animate(make(), format="png").to_bytes())) as image:
        assert image.mode == mode


def test_a_still_part_costs_nothing():
    """The right half never changes; the left half is not stored twice either where it is the same."""
    frames = drifting_frames(2)
    frames[1][:, 32:] = frames[0][:, 32:]
    result = kalette.animate(frames, format="png")
    assert result.is_true_color
    assert [record.pixels for record in result.records] == [48 * 64, 48 * 32]


@FORMATS
@pytest.mark.parametrize(
    "options", [{"k": 256}, {"dither": "diffusion"}, {"palette": ("#000000", "#ffffff")}]
)
def test_whoever_asks_for_a_palette_or_a_pattern_gets_it(file_format, options):
    assert not kalette.animate(drifting_frames(), format=file_format, **options).is_true_color


def test_a_gif_has_a_palette():
    assert not kalette.animate(drifting_frames(), format="gif").is_true_color


def test_noise_has_a_palette_as_true_colour_takes_more_bytes_than_its_look_is_worth():
    result = kalette.animate(photo_frames(noise=20), format="png")
    assert not result.is_true_color
    assert not result.is_exact


def test_half_clear_pixels_become_clear_or_opaque_with_a_palette():
    frames = clear_frames()
    frames[0][20:24, 10:14, 3] = 100
    assert not kalette.animate(frames, format="png").is_true_color


@pytest.mark.parametrize("asked", [{"quality": 90}, {"max_bytes": 100_000}])
def test_a_target_is_met_exactly_where_that_takes_the_fewest_bytes(asked: dict[str, Any]):
    result = kalette.animate(drifting_frames(), format="png", **asked)
    assert result.is_true_color
    assert result.to_bytes() == kalette.animate(drifting_frames(), format="png").to_bytes()


def test_a_budget_below_the_exact_file_is_met_with_a_palette_or_not_at_all():
    exact = kalette.animate(drifting_frames(), format="webp")
    with pytest.raises(TargetError, match="the animation takes at least"):
        kalette.animate(drifting_frames(), format="webp", max_bytes=exact.output_bytes // 2)


@FORMATS
def test_the_bytes_do_not_depend_on_threads(file_format):
    one, two = (
        kalette.animate(drifting_frames(), format=file_format, threads=threads).to_bytes()
        for threads in (1, 2)
    )
    assert one == two


def test_swatches_are_those_that_k_means_found_with_the_pixels_that_are_nearest():
    result = kalette.animate(drifting_frames(), format="png")
    shares = result.swatches.shares
    assert shares is not None
    assert len(shares) == result.k - 1
    assert sum(shares) == pytest.approx(1)
    assert result.record()["is_true_color"]
    assert result.colors_used == len(np.unique(drifting_frames()[0].reshape(-1, 3), axis=0))
