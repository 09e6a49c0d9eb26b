"""Decoding: truncated pictures are refused, and process-wide state is not changed."""

import ast
import io
import sys
import threading
import types
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

import kalette
from hostile import liars, mutations
from hostile.oddities import interlaced, with_gps
from hostile.parts import gif, gif_frame, picture, saved, seeds
from kalette import DamagedError, Limits, ReadError
from kalette.reading.images import read
from shell import run, the_sentence

ANYWAY = Limits(allow_truncated=True)
pytestmark = pytest.mark.filterwarnings("ignore")  # from Pillow, no errors for users


@pytest.mark.parametrize("ending", seeds())
def test_a_truncated_file_of_each_format_is_refused_or_gives_every_pixel(ending):
    data = seeds()[ending]
    whole = read(data).pixels
    refused = 0
    for _, part in mutations.cut(ending, data, step=3):
        try:
            pixels = read(part).pixels
        except ReadError:
            refused += 1
        else:
            np.testing.assert_array_equal(pixels, whole)
    assert refused > len(data) // 3 * 0.9


def test_a_jpeg_with_an_end_marker_in_place_of_its_last_pixels_is_refused():
    """A missing last 16 x 16 block of a sequential JPEG cannot be detected."""
    whole = read(saved(picture(96, 64), "JPEG", quality=80)).pixels.astype(int)
    for name, data in mutations.jpegs_cut_and_closed(full=False):
        try:
            pixels = read(data).pixels.astype(int)
        except DamagedError:
            continue
        if name.startswith("sequential"):
            np.testing.assert_array_equal(pixels[:-18], whole[:-18])
        else:  # cut in its last scan, which refines the last bit
            assert np.abs(pixels - read(saved(picture(96, 64), "JPEG", quality=80)).pixels).max() < 40


@pytest.mark.parametrize(
    "name",
    [
        "png-rows-missing.png",
        "png-interlaced-rows-missing.png",
        "gif-pixels-missing.gif",
        "tiff-strips-missing.tif",
        "bmp-run-length-missing.bmp",
    ],
)
def test_missing_rows_are_an_error_and_not_black(name):
    with pytest.raises(DamagedError, match=r"cannot be read \(.*\); .* \(--allow-truncated\)"):
        read(dict(liars._pixels_missing())[name])


def test_black_and_clear_last_rows_are_not_taken_for_damage():
    image = picture()
    image.paste((0, 0, 0), (0, 15, 24, 16))
    clear = image.convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 8, 24, 16))
    for good in (image, clear, image.convert("1"), image.convert("L"), Image.new("P", (9, 9))):
        assert read(saved(good, "PNG")).pixels.shape[:2] == good.size[::-1]
    np.testing.assert_array_equal(read(interlaced(image)).pixels, np.asarray(image))


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "BMP"])
@pytest.mark.parametrize("progressive", [False, True])
def test_allow_truncated_gives_the_pixels_that_can_be_decoded(file_format, progressive):
    """A file without its last third gives at least a quarter of its rows, but not all."""
    image = picture(96, 64)
    options = {"progressive": progressive} if file_format == "JPEG" else {}
    data = saved(image.quantize(16) if file_format == "GIF" else image, file_format, **options)
    whole = read(data).pixels.astype(int)
    part = data[: len(data) * 2 // 3]
    with pytest.raises(DamagedError):
        read(part)
    source = read(part, limits=ANYWAY)
    assert source.pixels.shape == whole.shape
    same = np.abs(source.pixels - whole).mean(axis=(1, 2)) <= (30 if progressive else 1)
    assert same.sum() >= 16
    assert (source.pixels != whole).any()
    (note,) = source.notes
    assert note.startswith("it is not whole (")
    assert note.endswith("what could be decoded was taken, the rest is blank")


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_allow_truncated_gives_the_decodable_pixels_of_a_tiff_upright(compression, orientation):
    data = bytearray(
        saved(picture(96, 64), "TIFF", compression=compression, exif=with_gps(orientation), strip_size=3_000)
    )
    whole = read(bytes(data)).pixels
    if compression:
        middle = len(data) // 2  # pixels precede the directory
        data[middle : middle + 99] = bytes(99)
    else:
        del data[-5_000:]
    with pytest.raises(DamagedError):
        read(bytes(data))
    source = read(bytes(data), limits=ANYWAY)
    assert source.pixels.shape == whole.shape == ((64, 96, 3) if orientation == 1 else (96, 64, 3))
    assert source.notes
    same = (source.pixels == whole).all(axis=2)
    assert 0.2 < same.mean() < 1
    kept = same[:10] if orientation == 1 else same[:, -10:]  # where the first rows appear
    assert kept.all()


def test_a_file_without_any_decodable_pixel_is_refused_even_with_allow_truncated():
    for ending, length in (
        ("png", 20),
        ("jpg", 99),
        ("gif", 9),
        ("webp", 50),
        ("tif", 30),
        ("bmp", 20),
        ("bmp", 60),
    ):
        with pytest.raises(DamagedError, match="not even in part"):
            read(seeds()[ending][:length], limits=ANYWAY)


def test_allow_truncated_does_not_change_good_files():
    for ending, data in seeds().items():
        source = read(data, limits=ANYWAY)
        np.testing.assert_array_equal(source.pixels, read(data).pixels, err_msg=ending)
        assert source.notes == ()


def test_a_truncated_pillow_image_is_refused():
    part = saved(picture(96, 64), "PNG")[:-200]
    with pytest.raises(DamagedError):
        read(Image.open(io.BytesIO(part)))
    assert read(Image.open(io.BytesIO(part)), limits=ANYWAY).notes


def test_the_command_reports_a_truncated_picture(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(seeds()["png"][:-30])
    assert "--allow-truncated" in the_sentence(run("compress", path))
    done = run("compress", path, "--allow-truncated", "--json")
    assert done.returncode == 0
    assert "photo.png: it is not whole" in done.stderr
    assert "it is not whole" in done.stdout


def test_bigtiff_is_read():
    np.testing.assert_array_equal(read(saved(picture(), "TIFF", big_tiff=True)).pixels, np.asarray(picture()))


def test_no_module_sets_process_wide_state():
    """Pillow's module settings and the warning filters: only the command sets them, in its own process.

    An exercise silences the warnings of its reader's function, and restores them.
    """
    allowed = (("cli", "__init__.py"), ("learn", "exercises.py"))
    for path in Path(kalette.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                touched = isinstance(node.ctx, ast.Store) and node.attr.isupper()
                touched |= node.attr in ("simplefilter", "filterwarnings", "catch_warnings")
                assert not touched or path.parts[-2:] in allowed, f"{path} sets {node.attr}"


class _Watched(types.ModuleType):
    """A module that records assignments to its attributes."""

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__.setdefault("_set", []).append(name)
        super().__setattr__(name, value)


def test_concurrent_reading_does_not_change_process_wide_state(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    watched = (sys.modules["PIL.Image"], ImageFile, warnings)
    before = [(dict(vars(module)), list(warnings.filters)) for module in watched]
    files = [data for _, data in (*seeds().items(), *mutations.jpegs_cut_and_closed(full=False))]
    files += [data[: len(data) // 2] for data in seeds().values()]

    def outcomes() -> list[tuple[int, ...] | None]:
        return [shape_of(data, limits) for data in files for limits in (Limits(), ANYWAY)]

    done = []
    for module in watched:
        module.__class__ = _Watched
    threads = [threading.Thread(target=lambda: done.append(outcomes())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for module, (names, filters) in zip(watched, before, strict=True):
        assert vars(module).pop("_set", []) == [], module
        module.__class__ = types.ModuleType
        assert {name: vars(module)[name] for name in names} == names
        assert warnings.filters == filters
    assert len(done) == 8
    assert all(one == done[0] for one in done)
    assert None in done[0]
    assert (16, 24, 3) in done[0]


def shape_of(data: bytes, limits: Limits) -> tuple[int, ...] | None:
    try:
        return read(data, limits=limits).pixels.shape
    except ReadError:
        return None


def test_what_the_first_frame_of_a_gif_leaves_uncovered_is_clear():
    """One pixel of entry 0 in the middle of three; viewers show nothing beside it."""
    data = gif(3, 2, gif_frame(1, 1, left=1), palette=b"\x09\x08\x07\xff\xff\xff")
    expected = np.zeros((2, 3, 4), np.uint8)
    expected[0, 1] = 9, 8, 7, 255
    np.testing.assert_array_equal(read(data).pixels, expected)
    loaded = Image.open(io.BytesIO(data))
    loaded.load()
    np.testing.assert_array_equal(read(loaded).pixels, expected)
