"""Limits apply before memory is allocated, and each refusal names the value and the option."""

import os
import re

import numpy as np
import pytest
from PIL import Image

from hostile import bombs
from hostile.liars import _sizes
from hostile.parts import chunk, header, picture, png, saved
from kalette import LimitError, Limits, ReadError, SettingsError, compress
from kalette.reading.images import read
from kalette.types import DEFAULT_LIMITS
from shell import run, the_sentence


@pytest.mark.parametrize("limits", [None, 5, {}, "many"])
def test_limits_of_another_type_are_refused(limits):
    with pytest.raises(SettingsError, match="limits is"):
        read(np.zeros((1, 1, 3), np.uint8), limits=limits)


def test_a_png_of_57_bytes_that_claims_60000_x_60000_is_refused():
    lying = png(header(60_000, 60_000), chunk(b"IDAT"))
    assert len(lying) == 57
    with pytest.raises(LimitError, match=re.escape("60,000 x 60,000 = 3,600,000,000 pixels")) as caught:
        read(lying)
    assert "(--max-pixels)" in str(caught.value)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(max_pixels=24 * 16 - 1), "24 x 16 = 384 pixels and at most 383 .* (--max-pixels)"),
        (Limits(max_side=23), "24 x 16 pixels and a side has at most 23; .* (--max-side)"),
        (Limits(max_input_bytes=90), "bytes and at most 90 are read; .* (--max-input-bytes)"),
    ],
)
def test_each_limit_applies_to_each_format_exactly(file_format, limits, said):
    image = picture().quantize(16) if file_format == "GIF" else picture()
    data = saved(image, file_format)
    with pytest.raises(LimitError, match=said.replace("(", r"\(").replace(")", r"\)")):
        read(data, limits=limits)
    enough = Limits(max_pixels=24 * 16, max_side=24, max_input_bytes=len(data), max_frames=1)
    assert read(data, limits=enough).pixels.shape[:2] == (16, 24)


@pytest.mark.parametrize("name", ["gif-10000-frames.gif", "apng-10000-frames.png", "tiff-10000-frames.tif"])
def test_frames_are_counted_up_to_the_limit_only(name):
    data = dict(bombs._frames())[name]
    with pytest.raises(LimitError, match=r"more than 1,000 frames.* \(--max-frames\)"):
        read(data)
    with pytest.raises(ReadError, match=r"has 10000 frames .* \(--first-frame\)"):
        read(data, limits=Limits(max_frames=10_000))


def test_the_pixels_of_all_frames_are_summed_unless_first_frame_is_set():
    frames = [Image.new("RGB", (10, 10), color) for color in ("red", "blue", "lime")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(LimitError, match="3 frames of 10 x 10 = 300 pixels and at most 299"):
        read(data, limits=Limits(max_pixels=299))
    assert read(data, limits=Limits(max_pixels=100), first_frame=True).pixels.shape == (10, 10, 3)


def test_limits_apply_to_pillow_images_but_not_to_arrays():
    tight = Limits(max_pixels=1)
    assert read(np.zeros((2, 2, 3), np.uint8), limits=tight).pixels.shape == (2, 2, 3)
    with pytest.raises(LimitError):
        read(Image.new("RGB", (2, 2)), limits=tight)


def test_a_file_that_is_too_long_is_refused_before_it_is_read(tmp_path):
    """A sparse file of 4 TB."""
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(1 << 42)
    with pytest.raises(LimitError, match="4,398,046,511,104 bytes and at most 268,435,456"):
        read(path)


@pytest.mark.skipif(os.name == "nt", reason="there is no such device")
def test_an_endless_file_is_read_no_further_than_the_limit():
    with pytest.raises(LimitError, match="/dev/zero has more than 5,000,000 bytes"):
        read("/dev/zero", limits=Limits(max_input_bytes=5_000_000))


def test_the_pixel_limit_of_pillow_has_no_effect(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    image = picture()
    image.putpixel((0, 15), (0, 0, 0))
    for file_format in ("PNG", "JPEG", "WEBP", "BMP", "TIFF"):
        assert read(saved(image, file_format)).pixels.shape == (16, 24, 3)
    assert read(saved(image, "TIFF", compression="tiff_lzw")).pixels.shape == (16, 24, 3)


def test_results_beyond_the_limits_can_be_decoded():
    result = compress(np.zeros((1, 70_000, 3), np.uint8))
    assert result.decoded.shape == (1, 70_000, 3)
    assert result.mse == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--max-pixels", "383"], "24 x 16 = 384 pixels and at most 383"),
        (["--max-side", "20"], "a side has at most 20"),
        (["--max-input-bytes", "90"], "at most 90 are read"),
    ],
)
def test_the_options_of_the_command_set_the_limits(arguments, said, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(picture(), "PNG"))
    refused = run("compress", path, *arguments)
    assert refused.returncode == 1
    assert said in the_sentence(refused)
    assert arguments[0] in refused.stderr
    piped = run("compress", "-", "-o", "-", *arguments, input=path.read_bytes(), text=False)
    assert piped.returncode == 1
    assert arguments[0].encode() in piped.stderr
    assert run("compress", path, arguments[0], "1KiB" if "bytes" in arguments[0] else 1_000).returncode == 0


@pytest.mark.parametrize("size", ["many", "-1", "1.5", "1XB", "", "KB"])
def test_invalid_sizes_are_refused(size):
    refused = run("compress", "photo.png", "--max-input-bytes", size)
    assert refused.returncode == 2
    assert f"{size!r} is not a size" in the_sentence(refused) or "max_input_bytes is" in refused.stderr


def test_every_lying_header_is_refused_by_a_limit_or_as_damage():
    for name, data in _sizes():
        try:
            pixels = read(data).pixels
        except ReadError:
            continue
        assert pixels.size < 1_000, name
    assert DEFAULT_LIMITS.max_pixels < 60_000**2
