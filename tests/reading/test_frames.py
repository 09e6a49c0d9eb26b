"""Frames as they are shown: by hand, then against Pillow, ImageMagick and FFmpeg's rules."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import io
import shutil
import struct
import subprocess

import numpy as np
import pytest
from PIL import Image

from kalette.reading import open_frames
from kalette.types import KaletteError, LimitError, Limits

RED, GREEN, CLEAR = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 0, 0)
_CONVERT = shutil.which("magick") or shutil.which("convert-im6")


def gif_frame(place: tuple[int, int, int, int], entry: int, disposal: int = 0, delay: int = 5) -> bytes:
    """A frame of one entry: 0 red, 1 green, 2 clear."""
    _, _, width, height = place
    control = b"!\xf9\x04" + struct.pack("<BHBB", disposal << 2 | 1, delay, 2, 0)
    codes = [*[4, entry] * (width * height), 5]  # a clear code between all: 3 bits each
    bits = "".join(f"{code:03b}" for code in codes[::-1])
    data = int(bits, 2).to_bytes(-(-len(bits) // 8), "little")
    return control + b"," + struct.pack("<HHHHB", *place, 0) + b"\2" + bytes([len(data)]) + data + b"\0"


def gif(*frames: bytes, size: tuple[int, int] = (3, 1), extension: bytes = b"") -> bytes:
    table = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0])
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0x81, 0, 0) + table + extension + b"".join(frames) + b";"


def rgba(pixels: np.ndarray) -> np.ndarray:
    if pixels.shape[2] == 4:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def rows_of(data: bytes) -> list[list[tuple[int, ...]]]:
    return [[tuple(pixel) for pixel in rgba(frame.pixels)[0].tolist()] for frame in open_frames(data)]


@pytest.mark.parametrize(
    ("disposal", "shown"),
    [
        (0, [GREEN, RED, RED]),
        (1, [GREEN, RED, RED]),
        (2, [GREEN, CLEAR, RED]),
        (3, [GREEN, RED, RED]),
    ],
)
def test_disposal_of_a_gif_by_hand(disposal, shown):
    """All red; then green on the middle; then green on the left."""
    data = gif(
        gif_frame((0, 0, 3, 1), 0),
        gif_frame((1, 0, 1, 1), 1, disposal),
        gif_frame((0, 0, 1, 1), 1),
    )
    expected = [GREEN, GREEN, RED] if disposal < 2 else shown
    assert rows_of(data) == [[RED] * 3, [RED, GREEN, RED], expected]


def test_clear_pixels_of_a_gif_keep_what_is_shown():
    data = gif(gif_frame((0, 0, 3, 1), 0), gif_frame((0, 0, 2, 1), 2))
    assert rows_of(data) == [[RED] * 3, [RED] * 3]


def test_parts_of_a_frame_beyond_the_canvas_are_cut_off():
    data = gif(gif_frame((0, 0, 3, 1), 0), gif_frame((2, 0, 3, 1), 1), gif_frame((7, 3, 2, 2), 1))
    assert rows_of(data) == [[RED] * 3, [RED, RED, GREEN], [RED, RED, GREEN]]


def test_a_frame_without_pixels_shows_the_one_before():
    empty = b"!\xf9\x04\0\5\0\0\0," + struct.pack("<HHHHB", 0, 0, 0, 0, 0) + b"\2\1\x2c\0"
    assert rows_of(gif(gif_frame((0, 0, 3, 1), 0), empty)) == [[RED] * 3] * 2


@pytest.mark.parametrize(("repeats", "loops"), [(0, 0), (1, 2), (9, 10)])
def test_the_looping_extension_counts_repetitions(repeats, loops):
    extension = b"!\xff\x0bNETSCAPE2.0\3\1" + struct.pack("<H", repeats) + b"\0"
    frames = [gif_frame((0, 0, 3, 1), entry) for entry in (0, 1)]
    assert open_frames(gif(*frames, extension=extension)).loops == loops
    assert open_frames(gif(*frames)).loops == 1


def test_short_delays_become_those_of_browsers_with_a_note():
    frames = open_frames(gif(*(gif_frame((0, 0, 3, 1), 0, delay=delay) for delay in (0, 1, 2, 50))))
    assert [frame.delay_ms for frame in frames] == [100, 100, 20, 500]
    assert frames.notes == ("delays of 0 and 10 ms became 100 ms, as browsers show them",)


def test_a_still_is_no_animation():
    assert open_frames(gif(gif_frame((0, 0, 3, 1), 0))) is None


def test_limits_hold_for_frames_and_for_pixels_summed_over_them():
    data = gif(*[gif_frame((0, 0, 3, 1), 0)] * 4)
    with pytest.raises(LimitError, match="more than 3 frames"):
        open_frames(data, limits=Limits(max_frames=3))
    with pytest.raises(LimitError, match="4 frames of 3 x 1 = 12 pixels"):
        open_frames(data, limits=Limits(max_pixels=11))


def test_a_huge_frame_beyond_a_small_canvas_is_refused():
    huge = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\2\1\x2c\0"
    with pytest.raises(LimitError, match="a frame of"):
        open_frames(gif(gif_frame((0, 0, 3, 1), 0), huge))


def test_pixels_beyond_a_small_canvas_count_in_sum():
    """Each is decoded whole, so that many of them on one pixel would take minutes."""
    data = gif(gif_frame((0, 0, 1, 1), 0), *[gif_frame((0, 0, 30, 10), 0)] * 4, size=(1, 1))
    with pytest.raises(LimitError, match="stores 5 frames of 1,201 pixels together and at most 1,200"):
        open_frames(data, limits=Limits(max_pixels=1200))
    assert open_frames(data, limits=Limits(max_pixels=1201)).frame_count == 5


def test_every_cut_of_an_animation_gives_frames_or_one_error():
    data = gif(gif_frame((0, 0, 3, 1), 0), gif_frame((1, 0, 1, 1), 1))
    for end in range(6, len(data)):
        with pytest.raises(KaletteError):
            assert list(open_frames(data[:end])) is None


def moving(count: int = 6, partial: int = 255) -> list[Image.Image]:
    frames = []
    for n in range(count):
        pixels = np.zeros((20, 30, 4), np.uint8)
        pixels[4:12, 3 * n : 3 * n + 9] = [40 * n, 200, 30, 255]
        pixels[15:, :10] = [20 * n, 1, 2, partial]
        frames.append(Image.fromarray(pixels))
    return frames


def animation(file_format: str, partial: int = 255, **options: object) -> bytes:
    first, *others = moving(partial=partial)
    out = io.BytesIO()
    first.save(
        out, file_format, save_all=True, append_images=others, duration=[50, 90, 20, 70, 30, 90], **options
    )
    return out.getvalue()


KINDS = [
    *(("GIF", {"disposal": disposal}) for disposal in (0, 1, 2, 3, [0, 1, 2, 3, 2, 1])),
    *(("PNG", {"disposal": disposal, "blend": 0}) for disposal in (0, 1, 2)),
    ("WEBP", {"lossless": True}),
    ("WEBP", {"quality": 80}),
]


@pytest.mark.parametrize(("file_format", "options"), KINDS)
def test_frames_are_those_of_pillow(file_format, options):
    data = animation(file_format, partial=255 if file_format == "GIF" else 100, **options)
    frames = open_frames(data)
    with Image.open(io.BytesIO(data)) as image:
        assert frames.frame_count == image.n_frames
        for number, frame in enumerate(frames):
            image.seek(number)
            expected = np.asarray(image.convert("RGBA"))
            expected = np.where(expected[..., 3:] == 0, np.uint8(0), expected)
            np.testing.assert_array_equal(rgba(frame.pixels), expected)
            assert frame.delay_ms == image.info["duration"]


@pytest.mark.skipif(_CONVERT is None, reason="ImageMagick is not installed")
@pytest.mark.parametrize("disposal", [0, 2, 3, [0, 1, 2, 3, 2, 1]])
def test_frames_of_a_gif_are_those_of_imagemagick(tmp_path, disposal):
    (tmp_path / "a.gif").write_bytes(animation("GIF", disposal=disposal))
    subprocess.run([_CONVERT, tmp_path / "a.gif", "-coalesce", tmp_path / "%d.png"], check=True)
    for number, frame in enumerate(open_frames(tmp_path / "a.gif")):
        expected = np.asarray(Image.open(tmp_path / f"{number}.png").convert("RGBA"))
        expected = np.where(expected[..., 3:] == 0, np.uint8(0), expected)
        np.testing.assert_array_equal(rgba(frame.pixels), expected)


def test_half_clear_pixels_of_a_png_are_laid_over_the_canvas():
    """Red at half on opaque green: half of each (PNG, third edition, 13.16); Pillow also mixes alpha."""
    ground, over = (np.zeros((2, 2, 4), np.uint8) for _ in range(2))
    ground[:], over[:] = GREEN, (255, 0, 0, 128)
    out = io.BytesIO()
    Image.fromarray(ground).save(
        out, "PNG", save_all=True, append_images=[Image.fromarray(over)], blend=1, duration=50
    )
    *_, last = open_frames(out.getvalue())
    assert last.pixels[0, 0].tolist() == [128, 127, 0]


def test_an_image_before_the_first_frame_of_a_png_is_no_frame():
    first, *others = moving()
    out = io.BytesIO()
    first.save(out, "PNG", save_all=True, append_images=others, default_image=True, duration=50)
    frames = open_frames(out.getvalue())
    assert frames.frame_count == len(others)
    np.testing.assert_array_equal(rgba(next(iter(frames)).pixels), np.asarray(others[0]))
