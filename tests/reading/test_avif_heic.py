"""AVIF and HEIC: content decides, limits come first, colours count, damage is an error."""

import base64
import importlib.util
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, features

import kalette
from kalette.reading import is_image, open_frames, read
from kalette.reading.avif_timing import avif_timing
from kalette.reading.isobmff import boxes, color_codes, frame_count, largest_size
from kalette.types import LimitError, Limits, ReadError

pillow_heif = pytest.importorskip("pillow_heif", reason="HEIC needs pillow-heif")
if not features.check("avif"):
    pytest.skip("this Pillow has no AVIF", allow_module_level=True)

FORMATS = ["AVIF", "HEIF"]
TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}
ACROSS, DOWN = np.meshgrid(np.arange(48), np.arange(32))
SMOOTH = np.stack([5 * ACROSS, 7 * DOWN, 2 * (ACROSS + DOWN)], axis=2).astype(np.uint8)


def saved(file_format, pixels=SMOOTH, **options):
    """Files of 8 bits at full colour resolution and high quality."""
    file = io.BytesIO()
    if file_format == "AVIF":
        Image.fromarray(pixels).save(file, "AVIF", quality=100, subsampling="4:4:4", **options)
    else:
        pillow_heif.from_pillow(Image.fromarray(pixels)).save(file, quality=100, chroma=444, **options)
    return file.getvalue()


def with_codes(data, primaries, transfer):
    """The same file with other codes in its nclx box."""
    at = data.index(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


@pytest.mark.parametrize("file_format", FORMATS)
def test_pictures_come_out_as_they_went_in(file_format, tmp_path):
    path = tmp_path / "named-wrongly.png"
    path.write_bytes(saved(file_format))
    pixels = read(path).pixels
    assert np.abs(pixels.astype(int) - SMOOTH).max() <= 4
    assert is_image(saved(file_format))


def test_transparency_is_kept():
    clear = np.dstack([SMOOTH, np.where(ACROSS < 20, 0, 255).astype(np.uint8)])
    for file_format in FORMATS:
        alpha = read(saved(file_format, clear)).pixels[..., 3]
        assert alpha[:, :16].max() <= 2
        assert alpha[:, 24:].min() >= 253


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_primaries_of_nclx_are_applied(file_format):
    """Display P3 by formula; codes 12 and 13."""
    flat = np.full((16, 16, 3), (200, 90, 40), np.uint8)
    data = saved(file_format, flat)
    assert color_codes(data) == bytes([1, 13, 0, 1])
    stored = read(data).pixels[8, 8] / 255
    pixels = read(with_codes(data, 12, 13)).pixels[8, 8]
    linear = np.where(stored > 0.04045, ((stored + 0.055) / 1.055) ** 2.4, stored / 12.92)
    to_srgb = [[1.2249, -0.2249, 0], [-0.0420, 1.0420, 0], [-0.0197, -0.0786, 1.0983]]
    light = np.clip(np.array(to_srgb) @ linear, 0, 1)
    right = np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light) * 255
    assert np.abs(pixels - right).max() <= 1
    assert np.abs(pixels - stored * 255).max() > 10


@pytest.mark.parametrize("file_format", FORMATS)
def test_high_dynamic_range_is_a_sentence(file_format):
    with pytest.raises(ReadError, match=r"high dynamic range.*; convert it to sRGB first"):
        read(with_codes(saved(file_format), 9, 16))


@pytest.mark.parametrize("file_format", FORMATS)
def test_codes_that_say_nothing_change_nothing_and_unknown_ones_have_a_note(file_format):
    data = saved(file_format)
    same = read(with_codes(data, 2, 2))
    assert (same.pixels == read(data).pixels).all()
    assert same.notes == ()
    if file_format == "AVIF":  # libheif refuses such a file
        assert "colour codes" in read(with_codes(data, 99, 13)).notes[0]


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_embedded_profile_is_applied(file_format):
    """sRGB with red and green exchanged exchanges them in the picture."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = profile.index(b"rXYZ", 132), profile.index(b"gXYZ", 132)
    swapped = bytearray(profile)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    flat = np.full((16, 16, 3), (200, 90, 40), np.uint8)
    pixels = read(saved(file_format, flat, icc_profile=bytes(swapped))).pixels
    assert np.abs(pixels[8, 8].astype(int) - (90, 200, 40)).max() <= 4


# 4 x 4 pixels, flat and lossless, of (259, 511, 1023) in 10 bits and (1039, 2047, 4095) in 12.
DEEP_AVIF = {
    10: (
        "0000WW^{RQVRmU|00000VRmU|ZE0pPZE0a<O+hh10002%ZDn*}000000000XXk=`10000000000aA{+70000000000"
        "00000000004sdC7Z2$lO000310016oY;R)#0000)000310RR910RR926951J9RL6TC~0YKW&i*H00031000_kZf0cy"
        "000000RRADb}%tRZ)|UJ00000YH4tCZ~y=ROKEUpZvX%Q6lrsCWdHyG000001ONa41ONa45O8UDX#fBK00RmN3IG5A"
        "3}JRLLxCVb000006Ju{|a&BX6cmM(b0ssJj0000NX>e^}0000000001009I60)qqq001RzWMOm?015~=1b>_e2m(Md"
        "4-fzVM%~j)LIYeno<TQv"
    ),
    12: (
        "0000SW^{RQVRmU|00000VRmU|ZE0pPZE0a<0002%ZDn*}000000000XXk=`10000000000aA{+7000000000000000"
        "000004sdC7Z2$lO000310016oY;R)#0000)000310RR910RR924*&oF9smFUC~0YKW&i*H00031000_kZf0cy00000"
        "0RRADb}%tRZ)|UJ00000YH4tCZ~y=ROKEUpZvX%Q6lrsCWdHyG000001ONa41ONa45O8UDX#fBK00RsR3;+NC3}JRL"
        "LxDhG000006Ju{|a&BX6cmM(b0ssJj0000NX>e^}0000000001009I60)qqq001U!WMOm?0160L1b>YJ0sx3I5D)+W"
        "M%~j)J%d5RspJD^B>"
    ),
}


@pytest.mark.parametrize("bits", DEEP_AVIF)
def test_deep_avif_is_rounded_to_the_nearest(bits):
    """By hand: 259 / 1023 and 1039 / 4095 of 255 are 64.6 and 64.7; the high bits alone would be 64."""
    pixels = read(base64.b85decode(DEEP_AVIF[bits])).pixels
    assert (pixels == (65, 127, 255)).all()


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_heic_is_rounded_to_the_nearest(bits):
    values = (np.arange(48 * 32 * 3) * 14 % (1 << bits)).astype(np.uint16).reshape(32, 48, 3)
    wide = values << np.uint16(16 - bits)
    file = io.BytesIO()
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    try:
        deep = pillow_heif.from_bytes(mode="RGB;16", size=(48, 32), data=wide.tobytes())
        deep.save(file, quality=-1, chroma=444, matrix_coefficients=0)
    finally:
        pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    pixels = read(file.getvalue()).pixels
    assert np.abs(pixels - values * (255 / ((1 << bits) - 1))).max() <= 0.51


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_pictures_are_turned_upright(file_format, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    data = saved(file_format, exif=exif.tobytes())
    turned = Image.fromarray(SMOOTH).transpose(TURNS[orientation])
    pixels = read(data).pixels
    assert pixels.shape[:2] == turned.size[::-1]
    assert np.abs(pixels.astype(int) - np.asarray(turned)).max() <= 6


MOVING = [np.roll(SMOOTH, shift, axis=1) for shift in (0, 8, 16)]


def animated(**options):
    first, *others = map(Image.fromarray, MOVING)
    return saved("AVIF", np.asarray(first), save_all=True, append_images=others, **options)


def test_an_animation_counts_as_one():
    data = animated()
    assert frame_count(data) == 3
    with pytest.raises(ReadError, match="3 frames"):
        read(data)
    assert np.abs(read(data, first_frame=True).pixels.astype(int) - SMOOTH).mean() <= 3
    with pytest.raises(LimitError, match="more than 2 frames"):
        read(data, limits=Limits(max_frames=2))


def test_the_frames_of_an_animation_are_read_with_their_delays():
    sequence = open_frames(animated(duration=[40, 120, 10]))
    assert (sequence.size, sequence.frame_count) == ((48, 32), 3)
    for _ in range(2):  # each pass decodes anew
        frames = list(sequence)
        assert [frame.delay_ms for frame in frames] == [40, 120, 100]
        for frame, expected in zip(frames, MOVING, strict=True):
            assert np.abs(frame.pixels.astype(int) - expected).mean() <= 3
    assert open_frames(saved("AVIF")) is None


def test_short_delays_of_an_animation_have_a_note():
    assert open_frames(animated(duration=[40, 120, 11])).notes == ()
    (note,) = open_frames(animated(duration=[40, 120, 10])).notes
    assert "became 100 ms" in note


def with_edit_list(data: bytes, *, repeats: bool, track_units: int) -> bytes:
    """Set whether the edit list of a file of Pillow repeats, and the duration of its track."""
    changed = bytearray(data)
    changed[data.index(b"elst") + 7] = repeats
    struct.pack_into(">Q", changed, data.index(b"tkhd") + 4 + 28, track_units)
    return bytes(changed)


@pytest.mark.parametrize(
    ("repeats", "passes", "loops"), [(True, 3, 3), (True, 2.5, 3), (True, 1, 1), (False, 1, 1)]
)
def test_an_edit_list_that_repeats_fills_the_duration_of_its_track(repeats, passes, loops):
    data = animated(duration=40)
    (once_units,) = struct.unpack_from(">Q", data, data.index(b"elst") + 12)
    track_units = int(passes * once_units)
    assert open_frames(with_edit_list(data, repeats=repeats, track_units=track_units)).loops == loops


def test_an_animation_without_an_end_or_without_an_edit_list_is_shown_for_ever():
    data = animated()
    assert open_frames(data).loops == 0
    assert open_frames(data.replace(b"edts", b"free")).loops == 0


def test_the_loop_count_of_an_animation_stays():
    data = animated(duration=40)
    (once_units,) = struct.unpack_from(">Q", data, data.index(b"elst") + 12)
    made = kalette.animate(with_edit_list(data, repeats=True, track_units=5 * once_units), format="png")
    assert open_frames(made.to_bytes()).loops == 5


@pytest.mark.parametrize("end", range(400, 720, 16))
def test_timing_cut_short_counts_as_not_named(end):
    timing = avif_timing(animated()[:end])
    assert timing.loops in (0, 1)
    assert timing.shortest_ms > 0


def test_an_animation_stays_one(tmp_path):
    """It begins like a video, which needs no extra here."""
    path = tmp_path / "moving.avif"
    path.write_bytes(animated())
    for source in (path, path.read_bytes()):
        assert len(kalette.animate(source, format="png").records) == 3


def test_limits_hold_for_the_frames_of_an_animation():
    data = animated()
    for limits in (Limits(max_frames=2), Limits(max_pixels=2 * SMOOTH.size // 3)):
        with pytest.raises(LimitError):
            open_frames(data, limits=limits)


def test_an_animation_of_high_dynamic_range_is_refused():
    with pytest.raises(ReadError, match="high dynamic range"):
        open_frames(with_codes(animated(), 9, 16))


@pytest.mark.parametrize("file_format", FORMATS)
def test_limits_hold_before_anything_is_decoded(file_format):
    data = saved(file_format)
    with pytest.raises(LimitError):
        read(data, limits=Limits(max_pixels=100))
    at = data.index(b"ispe") + 8
    huge = data[:at] + struct.pack(">II", 60_000, 60_000) + data[at + 8 :]
    assert largest_size(huge) == (60_000, 60_000)
    with pytest.raises(LimitError, match=r"60,?000"):
        read(huge)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_truncated_file_is_always_an_error(file_format):
    data = saved(file_format)
    for kept in range(16, len(data), 1 + len(data) // 60):
        with pytest.raises(ReadError) as caught:
            read(data[:kept])
        assert "; " in str(caught.value)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.filterwarnings("ignore")  # from Pillow, no errors for users
def test_damaged_bytes_give_a_result_or_a_sentence(file_format):
    data = saved(file_format)
    header = data.index(b"mdat")
    for place in range(0, header, 3):
        damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            read(damaged)
        except kalette.KaletteError as error:
            assert "; " in str(error)


def test_without_the_extra_one_sentence_names_it(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pillow_heif" else find(name)
    )
    with pytest.raises(ReadError, match=r"; install it: pip install 'kalette\[heif\]'$"):
        read(saved("HEIF"))


@pytest.mark.parametrize("start", [b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_jpeg_xl_is_refused_by_name(start):
    with pytest.raises(ReadError, match="is JPEG XL, which is not read; convert it to PNG"):
        read(start + bytes(100))


def test_boxes_without_an_end_or_with_a_false_size_are_followed_no_further():
    assert [box.kind for box in boxes(b"\0\0\0\0free" + bytes(8))] == [b"free"]
    assert list(boxes(b"\0\0\0\4free" + bytes(8))) == []
    assert [box.end for box in boxes(b"\0\0\0\1free" + (24).to_bytes(8, "big") + bytes(8))] == [24]
