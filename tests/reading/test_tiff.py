"""TIFF: every kind comes out right, or is refused by a sentence that names it."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageOps

from format_tables import PAGE, kinds, tables
from kalette.reading import read
from kalette.types import DamagedError, LimitError, Limits, ReadError
from png_writer import grey_profile
from tiff_writer import Kind, Storage, tiff

tifffile = pytest.importorskip("tifffile", reason="needs tifffile, which comes with scikit-image")

PLAIN = Storage()
FLOAT, PREMULTIPLIED, ALPHA = 3, 1, 2
KINDS = {
    "grey: 1 bit": Kind(1),
    "grey: 2 bits": Kind(2),
    "grey: 4 bits": Kind(4),
    "grey: 6 bits": Kind(6),
    "grey: 8 bits": Kind(8),
    "grey: 10 bits": Kind(10),
    "grey: 12 bits": Kind(12),
    "grey: 14 bits": Kind(14),
    "grey: 16 bits": Kind(16),
    "grey: 24 bits": Kind(24),
    "grey: 32 bits": Kind(32),
    "grey: float16": Kind(16, format=FLOAT),
    "grey: float32": Kind(32, format=FLOAT),
    "grey: float64": Kind(64, format=FLOAT),
    "white is zero: 1 bit": Kind(1, 0),
    "white is zero: 8 bits": Kind(8, 0),
    "white is zero: 12 bits": Kind(12, 0),
    "white is zero: 16 bits": Kind(16, 0),
    "white is zero: float32": Kind(32, 0, format=FLOAT),
    "grey and alpha: 8 bits": Kind(8, 1, 2, (ALPHA,)),
    "grey and alpha: 16 bits": Kind(16, 1, 2, (ALPHA,)),
    "white is zero and alpha: 16 bits": Kind(16, 0, 2, (ALPHA,)),
    "RGB: 8 bits": Kind(8, 2, 3),
    "RGB: 12 bits": Kind(12, 2, 3),
    "RGB: 16 bits": Kind(16, 2, 3),
    "RGB: 32 bits": Kind(32, 2, 3),
    "RGB: float32": Kind(32, 2, 3, format=FLOAT),
    "RGB, planes apart: 8 bits": Kind(8, 2, 3, is_planar=True),
    "RGB, planes apart: 16 bits": Kind(16, 2, 3, is_planar=True),
    "RGB and alpha: 8 bits": Kind(8, 2, 4, (ALPHA,)),
    "RGB and alpha: 16 bits": Kind(16, 2, 4, (ALPHA,)),
    "RGB and alpha, planes apart: 16 bits": Kind(16, 2, 4, (ALPHA,), is_planar=True),
    "RGB and premultiplied alpha: 8 bits": Kind(8, 2, 4, (PREMULTIPLIED,)),
    "RGB and premultiplied alpha: 16 bits": Kind(16, 2, 4, (PREMULTIPLIED,)),
    "RGB and another channel: 16 bits": Kind(16, 2, 4, (0,)),
    "palette: 1 bit": Kind(1, 3),
    "palette: 4 bits": Kind(4, 3),
    "palette: 8 bits": Kind(8, 3),
    "palette: 16 bits": Kind(16, 3),
    "CMYK: 8 bits": Kind(8, 5, 4),
    "CMYK: 16 bits": Kind(16, 5, 4),
    "CMYK, planes apart: 16 bits": Kind(16, 5, 4, is_planar=True),
    "CMYK and alpha: 8 bits": Kind(8, 5, 5, (ALPHA,)),
}
_COLORS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4}


def values_of(kind, height=23, width=37):
    """Samples over the whole range; premultiplied colours are no more than their alpha."""
    random = np.random.default_rng(kind.bits + kind.photometric)
    shares = random.random((height, width, kind.channels))
    shares[0, 0], shares[0, 1] = 0, 1
    if kind.extra[:1] == (PREMULTIPLIED,):
        shares[..., :3] *= shares[..., 3:]
    if kind.format == FLOAT:
        return shares.astype(f"f{kind.bits // 8}")
    return np.rint(shares * (2**kind.bits - 1)).astype(
        f"u{max(1, 1 << (kind.bits - 1).bit_length()) // 8 or 1}"
    )


def color_map(bits):
    return np.random.default_rng(bits).integers(0, 256, (3, 1 << bits)) * 257


def expected(values, kind):
    """The pixels by formula, as floats from 0 to 255, RGBA."""
    shares = values.astype(np.float64) / (1 if kind.format == FLOAT else 2**kind.bits - 1)
    colors, rest = shares[..., : _COLORS[kind.photometric]], shares[..., _COLORS[kind.photometric] :]
    alpha = rest[..., :1] if kind.extra[:1] in ((PREMULTIPLIED,), (ALPHA,)) else np.ones_like(shares[..., :1])
    if kind.extra[:1] == (PREMULTIPLIED,):
        colors = np.divide(colors, alpha, out=np.zeros_like(colors), where=alpha > 0)
    if kind.photometric == 0:
        colors = 1 - colors
    if kind.photometric == 3:
        colors = color_map(kind.bits).T[values[..., 0]] / 65535
    if kind.photometric == 5:
        colors = (1 - colors[..., :3]) * (1 - colors[..., 3:])
    return np.concatenate([np.broadcast_to(colors, (*colors.shape[:2], 3)), alpha], axis=2) * 255


def storages(kind):
    """Byte orders, strips and tiles, codecs with the predictors that each kind allows; both fill orders."""
    for order, tile, codec in itertools.product("<>", (0, 16), ("none", "packbits", "deflate", "lzw")):
        predictors = [1]
        if codec in ("deflate", "lzw") and kind.format != FLOAT and kind.bits in (8, 16, 32):
            predictors.append(2)
        if codec in ("deflate", "lzw") and kind.format == FLOAT:
            predictors += [2, 3]
        for predictor in predictors:
            yield Storage(order, tile, codec, predictor)
    yield Storage(is_big=True)
    yield Storage(">", codec="lzw", is_big=True)
    yield Storage(fill_order=2)


def written(kind, storage=PLAIN, tags=None):
    values = values_of(kind)
    if kind.photometric == 3:
        tags = {320: (3, color_map(kind.bits).ravel().tolist())} | (tags or {})
    return values, tiff(values, kind, storage, tags)


def difference(data, values, kind):
    """The greatest difference between a file's pixels and the formula; colours of clear pixels are free."""
    pixels, right = read(data).pixels.astype(np.float64), expected(values, kind)
    if pixels.shape[2] == 3:
        pixels = np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 255.0)], axis=2)
    assert pixels.shape == right.shape
    apart = np.abs(pixels - right)
    apart[right[..., 3] < 8, :3] = 0  # little of a colour is left where alpha is nearly clear
    return apart.max()


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_comes_out_right_however_it_is_stored(name):
    kind = KINDS[name]
    for storage in storages(kind):
        values, data = written(kind, storage)
        assert difference(data, values, kind) <= 1, storage


def test_there_are_more_than_36_kinds_in_more_than_700_files():
    assert len(KINDS) > 36
    assert sum(len(list(storages(kind))) for kind in KINDS.values()) > 700


@pytest.mark.parametrize("name", KINDS)
def test_the_files_are_what_they_say_to_tifffile(name):
    kind = KINDS[name]
    values, data = written(kind, Storage(">"))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        assert (page.bitspersample, page.photometric, page.samplesperpixel) == (
            kind.bits,
            kind.photometric,
            kind.channels,
        )
        if kind.bits in (8, 16, 32, 64):
            decoded = page.asarray().reshape(kind.channels, *values.shape[:2]) if kind.is_planar else None
            decoded = page.asarray() if decoded is None else np.moveaxis(decoded, 0, 2)
            assert (decoded.reshape(values.shape) == values).all()


def test_a_grey_of_12_bits_by_hand():
    values = np.array([[[0], [819], [4095]]], np.uint16)
    assert read(tiff(values, Kind(12))).pixels[0, :, 0].tolist() == [0, 51, 255]
    assert read(tiff(values, Kind(12, 0))).pixels[0, :, 0].tolist() == [255, 204, 0]


def changed(**numbers):
    """A grey TIFF with other numbers in tags, named `tag_258` and so on."""
    tags = {int(name.removeprefix("tag_")): (3, value) for name, value in numbers.items()}
    return tiff(np.full((4, 4, 1), 7, np.uint8), Kind(8), PLAIN, tags)


REFUSED = {
    "signed": (changed(tag_339=[2]), "signed samples.*unsigned ones"),
    "signed, 16 bits": (changed(tag_339=[2], tag_258=[16]), "signed samples.*unsigned ones"),
    "complex": (changed(tag_339=[6], tag_258=[64]), "complex samples.*convert it"),
    "float of 24 bits": (changed(tag_339=[3], tag_258=[24]), "floating-point samples of 24 bits"),
    "48 bits": (changed(tag_258=[48]), "samples of 48 bits.*8 or 16 bits"),
    "5, 6, 5 bits": (
        changed(tag_258=[5, 6, 5], tag_262=[2], tag_277=[3]),
        "different depths",
    ),
    "transparency mask": (changed(tag_262=[4]), "a transparency mask.*RGB"),
    "CIELab": (changed(tag_262=[8], tag_258=[8, 8, 8], tag_277=[3]), "CIELab colours.*RGB"),
    "ICC Lab": (changed(tag_262=[9], tag_258=[8, 8, 8], tag_277=[3]), "ICC Lab colours.*RGB"),
    "LogLuv": (changed(tag_262=[32845]), "LogLuv"),
    "reserved": (changed(tag_262=[7]), "photometric interpretation 7"),
    "sensor": (changed(tag_262=[32803]), "raw sensor data"),
    "subsampled": (changed(tag_262=[6], tag_258=[8, 8, 8], tag_277=[3]), "subsampled colours"),
    "YCbCr, 16 bits": (
        changed(tag_262=[6], tag_258=[16] * 3, tag_277=[3], tag_530=[1, 1]),
        "YCbCr colours of 16 bits",
    ),
    "JPEG 2000": (changed(tag_259=[34712]), "compression 34712.*LZW"),
    "WebP": (changed(tag_259=[50001]), "compression 50001.*LZW"),
    "JPEG of 12 bits": (changed(tag_259=[7], tag_258=[12]), "JPEG of 12 bits"),
    "other inks": (changed(tag_262=[5], tag_332=[2], tag_277=[4]), "inks other than CMYK"),
    "few channels": (changed(tag_262=[2], tag_277=[2]), "2 of the channels that its colours need"),
    "many channels": (changed(tag_277=[9]), "9 channels, of which at most 8"),
    "predictor": (changed(tag_259=[5], tag_317=[2], tag_258=[12]), "predictor 2 for 12 bits"),
    "predictor and PackBits": (changed(tag_259=[32773], tag_317=[2]), "a predictor and PackBits.*without"),
    "palette of 24 bits": (changed(tag_262=[3], tag_258=[24]), "palette for samples of 24 bits"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_kinds_are_refused_by_name_and_never_called_damaged(name):
    data, sentence = REFUSED[name]
    with pytest.raises(ReadError, match=sentence) as caught:
        read(data)
    assert not isinstance(caught.value, DamagedError)
    assert "damaged" not in str(caught.value)
    assert "; " in str(caught.value)


@pytest.mark.parametrize("bits", range(1, 33))
def test_every_depth_from_1_to_32_bits_is_read(bits):
    values, data = written(Kind(bits))
    assert difference(data, values, Kind(bits)) <= 1


def test_floats_beyond_0_to_1_are_refused_with_their_range():
    values = np.array([[[-0.5], [3.25]]], np.float32)
    with pytest.raises(ReadError, match=r"from -0.5 to 3.25 .*; scale them"):
        read(tiff(values, Kind(32, format=FLOAT)))
    with pytest.raises(ReadError, match="floating-point samples"):
        read(tiff(values * np.nan, Kind(32, format=FLOAT)))


@pytest.mark.parametrize("shift", ["low byte", "high byte", "both"])
def test_color_maps_of_8_bits_may_stand_in_either_byte(shift):
    map8 = color_map(4) // 257
    numbers = {"low byte": map8, "high byte": map8 << 8, "both": map8 * 257}[shift]
    values = values_of(Kind(4, 3))
    pixels = read(tiff(values, Kind(4, 3), PLAIN, {320: (3, numbers.ravel().tolist())})).pixels
    assert (pixels == map8.T[values[..., 0]]).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bits", [8, 12])
def test_every_depth_is_turned_upright(orientation, bits):
    values, data = written(Kind(bits), PLAIN, {274: (3, [orientation])})
    turned = Image.fromarray(np.rint(values[..., 0] * (255 / (2**bits - 1))).astype(np.uint8))
    turned.getexif()[274] = orientation
    right = np.asarray(ImageOps.exif_transpose(turned))
    assert np.abs(read(data).pixels[..., 0].astype(int) - right).max() <= 1


@pytest.mark.parametrize("storage", [Storage(), Storage(">", is_big=True)])
def test_profiles_count_for_every_depth(storage):
    """The curve of a profile is applied to 12 bits, as to the same samples in 16."""
    profile = list(grey_profile(1.0))
    values, data = written(Kind(12), storage, {34675: (7, profile)})
    wide = tiff(np.rint(values * (65535 / 4095)).astype(np.uint16), Kind(16), storage, {34675: (7, profile)})
    assert np.abs(read(data).pixels.astype(int) - read(wide).pixels).max() <= 1
    assert np.abs(read(data).pixels[..., 0] - values[..., 0] * (255 / 4095)).max() > 30


@pytest.mark.parametrize("codec", ["lzw", "deflate"])
def test_damaged_strips_are_an_error(codec):
    data = written(Kind(16, 2, 3), Storage(codec=codec))[1]
    with pytest.raises(DamagedError):
        read(data[:200] + bytes(600) + data[800:])


def test_a_strip_beyond_the_end_is_an_error_and_the_rest_is_read_when_allowed():
    kind = Kind(16, 2, 3)
    values = values_of(kind)
    broken = tiff(values, kind, PLAIN, {273: (4, [16] * 4 + [10**6])})
    with pytest.raises(DamagedError):
        read(broken)
    part = read(broken, limits=Limits(allow_truncated=True))
    assert part.pixels.shape == values.shape
    assert part.notes


def test_limits_hold_before_anything_is_decoded():
    values, _ = written(Kind(16, 2, 3))
    huge = tiff(values, Kind(16, 2, 3), Storage(codec="lzw"), {256: (4, [60_000]), 257: (4, [60_000])})
    with pytest.raises(LimitError, match=r"60,?000"):
        read(huge)
    with pytest.raises(LimitError):
        read(written(Kind(12))[1], limits=Limits(max_pixels=10))


def test_pictures_in_jpeg_and_fax_come_out_as_pillow_decodes_them():
    picture = Image.linear_gradient("L").resize((32, 32))
    for mode, compression in (("RGB", "jpeg"), ("L", "jpeg"), ("1", "group4"), ("1", "group3")):
        file = io.BytesIO()
        picture.convert(mode).save(file, "TIFF", compression=compression)
        decoded = np.asarray(Image.open(io.BytesIO(file.getvalue())).convert("RGB"))
        assert (read(file.getvalue()).pixels == decoded).all()


def test_the_page_on_formats_lists_these_kinds_and_sentences():
    read_kinds, refused = tables("TIFF")
    assert sorted(kinds(read_kinds, ", ")) == sorted(KINDS)
    assert [row[0] for row in refused] == list(REFUSED)
    for kind, sentence in refused:
        with pytest.raises(ReadError) as caught:
            read(REFUSED[kind][0])
        assert str(caught.value) == f"the input is a {sentence}"


def test_the_page_on_formats_counts_the_files():
    count = sum(len(list(storages(kind))) for kind in KINDS.values())
    assert f"{count:,} files" in PAGE.read_text(encoding="utf-8")
