"""The structure of image files, examined without decoding."""

import struct
import zlib

import pytest
from PIL import Image

from hostile.oddities import interlaced
from hostile.parts import chunk, gif, gif_frame, header, picture, png, rows, saved, seeds, tiff
from kalette.reading.structure import Structure, examine, format_of, png_rows_missing


@pytest.mark.parametrize(
    ("ending", "name"),
    [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP"), ("gif", "GIF"), ("bmp", "BMP"), ("tif", "TIFF")],
)
def test_a_good_file_of_each_format_has_no_fault(ending, name):
    data = seeds()[ending]
    assert format_of(data) == name
    structure = examine(data, name, 1_000)
    assert structure.fault is None
    assert structure.size in (None, (24, 16))
    assert structure.frames == 1


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"RIFF\0\0\0\0WAVE", b"%PDF-1.7", b"P6 1 1 255 abc", b"\xff\xd8"]
)
def test_other_formats_are_not_recognised(data):
    assert format_of(data) is None


def test_every_checksum_of_a_png_is_verified():
    data = png(header(24, 16), chunk(b"tEXt", b"a\0b"), chunk(b"IDAT", zlib.compress(rows(picture()))))
    assert examine(data, "PNG", 1).fault is None
    for place in range(8, len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert examine(changed, "PNG", 1).fault, place


def test_a_png_needs_its_end_and_may_have_bytes_after_it():
    data = seeds()["png"]
    for length in range(8, len(data)):
        assert examine(data[:length], "PNG", 1).fault, length
    assert examine(data + b"more", "PNG", 1).fault is None


def test_the_rows_of_a_png_are_counted_by_hand():
    """Two rows of 3 RGB pixels have 20 bytes; with one byte less a row is missing."""
    for kept, missing in ((20, False), (19, True), (10, True), (0, True), (25, False)):
        data = png(header(3, 2), chunk(b"IDAT", zlib.compress((b"\0" + b"x" * 9) * 3)[:0] or _packed(kept)))
        assert png_rows_missing(data) is missing


def _packed(size: int) -> bytes:
    return zlib.compress(b"\0" * size)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (3, 5), (8, 8), (24, 16)])
def test_the_rows_of_an_interlaced_png_are_those_of_its_passes(size):
    data = interlaced(picture(*size))
    assert not png_rows_missing(data)
    (length,) = struct.unpack_from(">I", data, 33)
    raw = zlib.decompress(data[41 : 41 + length])
    width, height = size
    short = png(header(width, height, interlaced=1), chunk(b"IDAT", zlib.compress(raw[:-1])))
    assert png_rows_missing(short)


def test_the_structure_of_a_jpeg_shows_the_end_of_its_scan_and_missing_scans():
    sequential = seeds()["jpg"]
    assert examine(sequential, "JPEG", 1) == Structure(scan_end=len(sequential) - 2)
    progressive = saved(picture(), "JPEG", progressive=True)
    assert examine(progressive, "JPEG", 1) == Structure()
    last = progressive.rindex(b"\xff\xda")
    assert examine(progressive[:last] + b"\xff\xd9", "JPEG", 1).fault == "some of its scans are missing"
    assert examine(progressive[:-2], "JPEG", 1).fault == "its end is missing"


def test_a_thumbnail_in_exif_is_not_mistaken_for_the_picture():
    inner = saved(picture(8, 8), "JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", len(inner) + 2) + inner
    jpeg = seeds()["jpg"]
    assert examine(jpeg[:2] + segment + jpeg[2:], "JPEG", 1).scan_end == len(jpeg) - 2 + len(segment)
    assert examine(jpeg[:2] + segment + jpeg[2:-2], "JPEG", 1).fault == "its end is missing"


def test_restart_markers_do_not_end_a_scan():
    data = saved(picture(96, 64), "JPEG", restart_marker_blocks=1)
    assert examine(data, "JPEG", 1).scan_end == len(data) - 2


def test_the_canvas_of_a_gif_holds_its_first_frame():
    assert examine(gif(5, 4, gif_frame(1, 1)), "GIF", 9) == Structure((5, 4), 1)
    assert examine(gif(5, 4, gif_frame(7, 9, left=3)), "GIF", 9) == Structure((10, 9), 1)
    assert examine(gif(5, 4, b"!\xfe\x03abc\0", gif_frame(1, 1)), "GIF", 9) == Structure((5, 4), 1)
    assert examine(gif(5, 4, gif_frame(1, 1))[:-1], "GIF", 9).fault == "its end is missing"


@pytest.mark.parametrize("most", [1, 5, 9, 10, 99])
def test_frames_are_counted_up_to_one_more_than_the_most(most):
    assert examine(gif(1, 1, *[gif_frame(1, 1)] * 10), "GIF", most).frames == min(10, most + 1)
    chain = saved(Image.new("L", (1, 1)), "TIFF", save_all=True, append_images=[Image.new("L", (1, 1))] * 9)
    assert examine(chain, "TIFF", most).frames == min(10, most + 1)


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("extended", [True, False])
def test_the_size_of_a_webp_is_in_its_first_chunk(lossless, extended):
    data = saved(picture(300, 7), "WEBP", lossless=lossless, exif=b"Exif\0\0II" if extended else b"")
    assert (data[12:16] == b"VP8X") is extended
    assert examine(data, "WEBP", 1).size == (300, 7)


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}])
def test_the_directories_of_a_tiff_are_followed(options):
    frames = [picture(), picture(), picture()]
    data = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:], **options)
    assert examine(data, "TIFF", 1_000).frames == 3


def test_tiff_directories_that_loop_or_leave_the_file_end_the_walk():
    assert examine(tiff((256, 3, 1, 1), following=8), "TIFF", 1_000) == Structure(frames=1)
    assert examine(tiff((256, 3, 1, 1), following=999), "TIFF", 1_000).fault == "its end is missing"
    assert "numbers" in examine(tiff((273, 4, 2**30, 8)), "TIFF", 1_000).fault
    assert examine(tiff((700, 1, 2**30, 8)), "TIFF", 1_000).fault is None  # XMP is not numbers
