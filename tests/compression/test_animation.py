"""Animations: what is stored, what is shown, timing, exactness, stillness."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import io
import shutil
import subprocess
import tracemalloc
import weakref
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kalette
from animation_frames import (
    noisy_frames,
    pattern_frames,
    photo_frames,
    screen_frames,
    shown,
    solid,
    sprite_frames,
)
from kalette.compression.frame_plan import STORAGES, planned
from kalette.reading import open_frames
from kalette.reading.stills import stills_of
from kalette.types import Format, Frame, LimitError, Limits, SettingsError

FORMATS = pytest.mark.parametrize("file_format", ["gif", "png", "webp"])


def test_a_sprite_that_leaves_its_place_is_disposed_of():
    frames = [Frame(pixels, 40) for pixels in sprite_frames(3)]
    plans = list(planned(frames))
    assert [plan.disposal for plan in plans] == ["background", "background", "keep"]
    assert plans[1].place == (slice(7, 18), slice(7, 18))


def test_a_part_of_a_webp_begins_at_even_places_and_is_never_restored():
    frames = [Frame(pixels, 40) for pixels in sprite_frames(3)]
    plans = list(planned(frames, STORAGES["webp"]))
    assert [plan.disposal for plan in plans] == ["background", "background", "keep"]
    assert plans[1].place == (slice(6, 18), slice(6, 18))
    clear, red = np.zeros((4, 8, 4), np.uint8), np.zeros((4, 8, 4), np.uint8)
    clear[:, :2] = red[:, :2] = red[1, 5] = (200, 0, 0, 255)
    red[1, 1] = (0, 200, 0, 255)
    blinking = [Frame(pixels, 40) for pixels in (clear, red, clear)]
    disposals = [[plan.disposal for plan in planned(blinking, STORAGES[each])] for each in ("gif", "webp")]
    assert disposals == [["keep", "previous", "keep"], ["keep", "background", "keep"]]


@FORMATS
@pytest.mark.parametrize("frames", [sprite_frames(), photo_frames()[:1] * 2 + [photo_frames()[0] // 64 * 64]])
def test_frames_of_few_colours_stay_exact(file_format, frames):
    few = [frame // 64 * 64 if frame.shape[2] == 3 else frame for frame in frames]
    result = kalette.animate(few, delays_ms=40, format=file_format)
    assert result.is_exact
    distinct = [few[0], *(now for then, now in pairwise(few) if (then != now).any())]
    for found, expected in zip(shown(result.to_bytes()), distinct, strict=True):
        np.testing.assert_array_equal(found, solid(expected))


@FORMATS
def test_frames_of_many_colours_keep_size_timing_and_look(file_format):
    result = kalette.animate(photo_frames(), delays_ms=[40, 1000, 70, 20], k=256, format=file_format, loops=3)
    frames = open_frames(result.to_bytes())
    assert frames.size == (64, 48)
    assert [frame.delay_ms for frame in frames] == [40, 1000, 70, 20]
    assert frames.loops == 3
    assert not result.is_exact
    for (source, found), _ in zip(result.pairs(), range(4), strict=True):
        assert np.abs(source[..., :3].astype(int) - found[..., :3]).mean() < 6


@FORMATS
def test_what_pillow_shows_is_what_kalette_reads_of_its_own_files(file_format):
    for source in (photo_frames(), sprite_frames(), photo_frames(noise=9)):
        data = kalette.animate(source, format=file_format, rate=0.6).to_bytes()
        for found, frame in zip(shown(data), open_frames(data), strict=True):
            np.testing.assert_array_equal(found, solid(frame.pixels))


def test_only_what_changes_is_stored():
    result = kalette.animate(photo_frames(), format="gif")
    assert [record.pixels for record in result.records] == [48 * 64, 160, 160, 160]


@FORMATS
def test_equal_frames_are_merged(file_format):
    one, two = photo_frames(2)
    result = kalette.animate([one, one, two, two, two], delays_ms=40, format=file_format)
    assert [record.delay_ms for record in result.records] == [80, 120]


@FORMATS
def test_a_still_area_does_not_change_at_all(file_format):
    result = kalette.animate(photo_frames(6), format=file_format)
    frames = [frame.pixels for frame in open_frames(result.to_bytes())]
    for then, now in pairwise(frames):
        np.testing.assert_array_equal(then[24:], now[24:])


def test_frames_of_an_iterator_are_not_held():
    frames, given = photo_frames(4), list[weakref.ref[np.ndarray]]()

    def once():
        for frame in frames:
            copy = frame.copy()
            given.append(weakref.ref(copy))
            yield copy

    result = kalette.animate(once(), format="gif")
    assert [frame() for frame in given] == [None] * 4
    assert result.to_bytes() == kalette.animate(frames, format="gif").to_bytes()
    np.testing.assert_array_equal(list(result.frames)[3].pixels, frames[3])


def test_limits_end_an_iterator_that_never_ends():
    with pytest.raises(LimitError, match="more than 3 frames"):
        kalette.animate(repeat(photo_frames(1)[0]), format="gif", limits=Limits(max_frames=3))


def test_errors_do_not_add_up_over_a_slow_fade():
    """A ramp by one step a frame, each step far below what is seen: the last frame is still close."""
    frames = [np.full((32, 32, 3), 60 + n, np.uint8) for n in range(60)]
    frames[0] = frames[0] + np.random.default_rng(1).integers(0, 60, (32, 32, 3)).astype(np.uint8)
    result = kalette.animate(frames, format="gif", k=16)
    last = list(open_frames(result.to_bytes()))[-1].pixels
    assert np.abs(last.astype(int) - frames[-1]).mean() < 8


def test_colours_under_clear_pixels_do_not_flicker():
    """A clear pixel shows the ground, whatever is stored in it; here that is another grey in each frame."""
    frames = [np.full((8, 8, 4), grey, np.uint8) for grey in (0, 90, 91, 250)]
    for number, frame in enumerate(frames):
        frame[..., 3] = 0
        frame[number, :3] = (200, 30, 9, 255)
    result = kalette.animate(frames, format="gif")
    assert result.is_exact
    assert result.flicker == 0


def test_a_source_that_stands_still_under_noise_flickers_less_than_its_noise():
    frames = photo_frames(5, noise=3)
    result = kalette.animate(frames, format="gif")
    assert result.flicker < 0.8


@FORMATS
def test_a_higher_rate_takes_fewer_bytes(file_format):
    sizes = [
        kalette.animate(photo_frames(noise=5), format=file_format, rate=rate).output_bytes
        for rate in (0.2, 0.5, 0.9)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.8 * sizes[0]


@FORMATS
def test_the_bytes_do_not_depend_on_threads(file_format):
    one, three = (
        kalette.animate(photo_frames(), format=file_format, threads=threads).to_bytes() for threads in (1, 3)
    )
    assert one == three


def peak_bytes(frames: list[np.ndarray], file_format: Format) -> tuple[int, int]:
    """The peak of memory while an animation is made, and the size of its file."""
    tracemalloc.start()
    try:
        size = kalette.animate(frames, format=file_format).output_bytes
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


@FORMATS
def test_memory_grows_by_the_file_alone(file_format):
    noise = np.random.default_rng(0).integers(0, 6, (60, 128, 128, 3)) * 51
    frames = list(noise.astype(np.uint8))
    kalette.animate(frames[:2], format=file_format)  # what is loaded once
    (few, small), (many, large) = (peak_bytes(frames[:count], file_format) for count in (20, 60))
    assert large > 2 * small
    assert many - few < 1.2 * (large - small)


def test_swatches_have_the_shares_of_the_first_frame():
    frame = np.zeros((2, 4, 4), np.uint8)
    frame[:, :2] = (255, 0, 0, 255)
    frame[0, 2] = (0, 0, 255, 255)
    result = kalette.animate([frame, np.roll(frame, 1, axis=1)], format="gif")
    assert dict(zip(result.swatches, result.swatches.shares, strict=True)) == {
        "#0000ff": 1 / 8, "#ff0000": 4 / 8
    }  # fmt: skip


def test_a_matte_lies_behind_half_clear_pixels():
    frame = np.zeros((8, 8, 4), np.uint8)
    frame[2:6, 2:6] = (200, 0, 0, 128)
    result = kalette.animate([frame, np.roll(frame, 1, axis=1)], format="gif", matte="#0000ff")
    first = shown(result.to_bytes())[0]
    assert first[3, 3].tolist() == [100, 0, 127, 255]
    assert first[0, 0].tolist() == [0, 0, 0, 0]
    assert result.notes == ("partly clear pixels were laid over the matte",)


def test_an_animated_file_becomes_another():
    gif = kalette.animate(sprite_frames(), delays_ms=50, format="gif").to_bytes()
    png = kalette.animate(gif, format="png")
    assert png.is_exact
    assert png.input_bytes == len(gif)
    for found, expected in zip(shown(png.to_bytes()), sprite_frames(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_gif_is_exact_whatever_is_on_the_screen_if_each_frame_draws_at_most_255_colours():
    frames = noisy_frames(5)
    assert len(np.unique(frames[-1].reshape(-1, 3), axis=0)) > 256
    result = kalette.animate(frames, format="gif")
    assert result.is_exact
    for found, expected in zip(shown(result.to_bytes()), frames, strict=True):
        np.testing.assert_array_equal(found, solid(expected))


@pytest.mark.parametrize(("file_format", "is_exact"), [("gif", True), ("webp", False)])
def test_frames_of_256_colours_leave_no_entry_for_what_is_kept(file_format, is_exact):
    reds = np.zeros((16, 16, 3), np.uint8)
    reds[..., 0] = np.arange(256).reshape(16, 16)
    frames = [reds, reds[..., ::-1].copy()]
    result = kalette.animate(frames, dither="diffusion", format=file_format)
    assert result.is_exact == is_exact
    if is_exact:
        for found, expected in zip(shown(result.to_bytes()), frames, strict=True):
            np.testing.assert_array_equal(found, solid(expected))


def test_frames_that_draw_few_colours_share_the_first_entries_of_the_global_palette():
    """Their codes are shorter, and they need no table: the square takes 3 entries of many."""
    data = kalette.animate(screen_frames(), delays_ms=40, format="gif").to_bytes()
    stills = stills_of(data, "GIF").frames
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == len(stills) == 6
    table_bytes = [3 << (still.data[10] & 7) + 1 for still in stills]
    code_sizes = [still.data[31 + size] for still, size in zip(stills, table_bytes, strict=True)]
    assert code_sizes[0] > max(code_sizes[1:])


def test_the_first_frame_of_a_gif_is_its_visible_part():
    data = kalette.animate(sprite_frames(), format="gif").to_bytes()
    first = stills_of(data, "GIF").frames[0]
    assert (first.left, first.top, first.width, first.height) == (1, 7, 11, 11)


def test_a_screen_recording_of_many_colours_takes_hardly_more_than_without_loss_of_few():
    """Losses nobody sees are no reason for a palette a frame."""
    many = [frame.copy() for frame in screen_frames()]
    for frame in many:
        frame[40:, :, 0] = np.arange(90)
        frame[40:, :, 1] = np.arange(40, 60)[:, None]
    result = kalette.animate(many, format="gif", rate=0.5)
    assert not result.is_exact
    assert max(record.size_bytes for record in result.records[1:]) < 200


GIFSICLE = pytest.mark.skipif(shutil.which("gifsicle") is None, reason="gifsicle is not installed")


@GIFSICLE
@pytest.mark.parametrize("make", [pattern_frames, screen_frames, sprite_frames, lambda: noisy_frames(4)])
def test_few_colours_take_no_more_bytes_than_from_gifsicle(make, tmp_path):
    images = [Image.fromarray(solid(frame)) for frame in make()]
    images[0].save(tmp_path / "a.gif", save_all=True, append_images=images[1:], duration=50, disposal=2)
    optimised = subprocess.run(
        ["gifsicle", "-O3", tmp_path / "a.gif"], check=True, capture_output=True
    ).stdout
    result = kalette.animate(tmp_path / "a.gif", format="gif")
    assert result.is_exact
    assert result.output_bytes <= len(optimised)


@pytest.mark.parametrize(
    ("source", "options", "sentence"),
    [
        ([], {}, "there are no frames; give one at least"),
        (
            [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)],
            {},
            "frame 2 is 3 x 2 and the first 2 x 2",
        ),
        ([np.zeros((2, 2, 3), np.uint8)], {"delays_ms": 0}, "delays_ms is 0; give milliseconds above 0"),
        ([np.zeros((2, 2, 3), np.uint8)], {"delays_ms": [1, 2]}, "delays_ms has 2 delays for 1 frames"),
        ([np.zeros((2, 2, 3), np.uint8)], {"min_psnr": 30}, "min_psnr and min_ssim are for single images"),
        (7, {}, "the source is 7; give an animation or an iterable of frames"),
    ],
)
def test_wrong_arguments_are_one_sentence(source, options, sentence):
    with pytest.raises(kalette.KaletteError, match=sentence.replace("(", r"\(")):
        kalette.animate(source, **options)


@pytest.mark.parametrize("name", ["keep_hidden", "keep_metadata", "clear_first"])
def test_what_animations_have_no_use_for_is_refused(name):
    asked: dict[str, Any] = {name: True}
    with pytest.raises(SettingsError, match=f"{name} is set"):
        kalette.animate(sprite_frames(), format="png", **asked)


def test_raw_files_hold_no_animation():
    with pytest.raises(SettingsError, match="write animations as gif, png or webp"):
        kalette.animate(sprite_frames(), format="raw")
