"""BMP: 16 kinds come out right, others are refused by a sentence; colour spaces of its headers count."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from bmp_writer import Header, bmp, rows, run_lengths
from format_tables import kinds, tables
from kalette.reading import read
from kalette.types import DamagedError, Limits, ReadError

HEIGHT, WIDTH = 11, 37
RANDOM = np.random.default_rng(7)
PALETTE = RANDOM.integers(0, 256, (256, 3))
BITFIELDS, ALPHA_BITFIELDS = 3, 6


def indices(colors):
    return RANDOM.integers(0, colors, (HEIGHT, WIDTH))


def stored_palette(colors, entry_bytes=4):
    entries = np.zeros((len(colors), entry_bytes), np.uint8)
    entries[:, :3] = colors[:, ::-1]
    return entries.tobytes()


def indexed(header, colors=None):
    """An indexed file and its right pixels."""
    colors = PALETTE[: 1 << header.bits] if colors is None else colors
    chosen = indices(len(colors))
    body = rows(chosen, header.bits, is_top_down=header.is_top_down)
    return bmp((WIDTH, HEIGHT), header, body, stored_palette(colors, 3 if header.size == 12 else 4)), colors[
        chosen
    ]


def in_runs(bits, compression, colors=None):
    colors = PALETTE[: 1 << bits] if colors is None else colors
    chosen = indices(len(colors))
    chosen[:, 5:20] = chosen[:, 5:6]
    header = Header(bits, compression=compression, colors=len(colors))
    return bmp((WIDTH, HEIGHT), header, run_lengths(chosen, bits), stored_palette(colors)), colors[chosen]


def masked(header, masks):
    """A file of random bits and its right pixels: each mask's bits scaled to 255."""
    values = RANDOM.integers(0, 1 << header.bits, (HEIGHT, WIDTH))
    channels = []
    for mask in masks:
        low = mask & -mask
        channels.append((values & mask) // low * 255 / (mask // low))
    body = rows(values, header.bits, is_top_down=header.is_top_down)
    return bmp((WIDTH, HEIGHT), header, body), np.stack(channels, axis=2)


M555, M565, M444 = (0x7C00, 0x3E0, 0x1F), (0xF800, 0x7E0, 0x1F), (0xF00, 0xF0, 0xF)
M888, M101010 = (0xFF0000, 0xFF00, 0xFF), (0x3FF00000, 0xFFC00, 0x3FF)
ALPHA = (*M888, 0xFF000000)
BLACK_AND_WHITE, WHITE_AND_BLACK = np.array([[0] * 3, [255] * 3]), np.array([[255] * 3, [0] * 3])
GREYS = np.repeat(np.arange(256)[:, None], 3, axis=1)

KINDS = {
    "1 bit: plain": lambda: indexed(Header(1)),
    "1 bit: white first": lambda: indexed(Header(1), WHITE_AND_BLACK),
    "2 bits: plain": lambda: indexed(Header(2)),
    "4 bits: plain": lambda: indexed(Header(4)),
    "4 bits: grey palette of 16": lambda: indexed(Header(4), GREYS[:16]),
    "8 bits: plain": lambda: indexed(Header(8)),
    "8 bits: grey": lambda: indexed(Header(8), GREYS),
    "8 bits: two colours": lambda: indexed(Header(8, colors=2), BLACK_AND_WHITE),
    "8 bits: 100 colours": lambda: indexed(Header(8, colors=100), PALETTE[:100]),
    "8 bits: top-down": lambda: indexed(Header(8, is_top_down=True)),
    "8 bits: OS/2": lambda: indexed(Header(8, size=12)),
    "4 bits: OS/2": lambda: indexed(Header(4, size=12)),
    "8 bits: OS/2 2.0": lambda: indexed(Header(8, size=64)),
    "8 bits: in runs": lambda: in_runs(8, 1),
    "8 bits: in runs of two colours": lambda: in_runs(8, 1, BLACK_AND_WHITE),
    "4 bits: in runs": lambda: in_runs(4, 2),
    "16 bits: plain": lambda: masked(Header(16), M555),
    "16 bits: 5-6-5": lambda: masked(Header(16, compression=BITFIELDS, masks=M565), M565),
    "16 bits: 4-4-4": lambda: masked(Header(16, compression=BITFIELDS, masks=M444), M444),
    "24 bits: plain": lambda: masked(Header(24), M888),
    "24 bits: top-down": lambda: masked(Header(24, is_top_down=True), M888),
    "24 bits: OS/2": lambda: masked(Header(24, size=12), M888),
    "32 bits: plain": lambda: masked(Header(32), M888),
    "32 bits: masks": lambda: masked(Header(32, compression=BITFIELDS, masks=M888[::-1]), M888[::-1]),
    "32 bits: 10-10-10": lambda: masked(Header(32, compression=BITFIELDS, masks=M101010), M101010),
    "32 bits: alpha, V3": lambda: masked(Header(32, 56, BITFIELDS, ALPHA), ALPHA),
    "32 bits: alpha, V4": lambda: masked(Header(32, 108, BITFIELDS, ALPHA), ALPHA),
    "32 bits: alpha, V5": lambda: masked(Header(32, 124, BITFIELDS, ALPHA), ALPHA),
    "32 bits: alpha masks": lambda: masked(Header(32, 40, ALPHA_BITFIELDS, ALPHA), ALPHA),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_comes_out_within_a_step(name):
    data, right = KINDS[name]()
    pixels = read(data).pixels
    assert pixels.shape == right.shape
    assert np.abs(pixels - right).max() <= 0.51


def test_there_are_more_than_16_kinds():
    assert len(KINDS) > 16


REFUSED = {
    "JPEG inside": (Header(24, compression=4), "wraps a JPEG"),
    "PNG inside": (Header(24, compression=5), "wraps a PNG"),
    "fax code": (Header(1, size=64, compression=3), "fax code"),
    "runs of 24 bits": (Header(24, size=64, compression=4), "run lengths of 24 bits"),
    "CMYK": (Header(32, compression=11), "compression 11"),
    "64 bits": (Header(64), "64 bits a pixel"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_kinds_are_refused_by_name_and_never_called_damaged(name):
    header, sentence = REFUSED[name]
    with pytest.raises(ReadError, match=f"is a BMP .*{sentence}.*; save it as PNG") as caught:
        read(bmp((4, 4), header, bytes(256)))
    assert not isinstance(caught.value, DamagedError)


def colored(**fields):
    """A flat V5 file with a colour space."""
    profile = fields.pop("profile", b"")
    return bmp((4, 4), Header(24, 124, **fields), bytes([40, 90, 200] * 4) * 4, b"", profile)


FLAT = (200, 90, 40)
ADOBE = (0.57667, 0.29734, 0.02703, 0.18556, 0.62736, 0.07069, 0.18823, 0.07529, 0.99134)
SRGB = (0.41239, 0.21264, 0.01933, 0.35758, 0.71517, 0.11919, 0.18048, 0.07219, 0.95053)


def adobe_to_srgb(color):
    """By formula: gamma 2.2, the matrix of Adobe RGB, the inverse of sRGB, and its curve."""
    linear = (np.array(color) / 255) ** 2.2
    xyz = np.array(ADOBE).reshape(3, 3).T @ linear
    light = np.clip(np.linalg.inv(np.array(SRGB).reshape(3, 3).T) @ xyz, 0, 1)
    return np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light) * 255


def test_calibrated_colors_are_applied():
    pixels = read(colored(space=0, endpoints=ADOBE, gammas=(2.2,) * 3)).pixels
    assert np.abs(pixels[0, 0] - adobe_to_srgb(FLAT)).max() <= 1


def test_srgb_and_no_calibration_change_nothing():
    for file in (colored(), colored(space=0), colored(space=0, endpoints=SRGB, gammas=(2.2,) * 3)):
        source = read(file)
        assert tuple(source.pixels[0, 0].tolist()) == FLAT
        assert source.notes == ()


def test_an_embedded_profile_is_applied():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.abs(read(colored(space=0x4D424544, profile=profile)).pixels[0, 0] - FLAT).max() <= 1
    swapped = bytearray(profile)
    red, green = profile.index(b"rXYZ", 132), profile.index(b"gXYZ", 132)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    pixels = read(colored(space=0x4D424544, profile=bytes(swapped))).pixels
    assert np.abs(pixels[0, 0] - np.array([90, 200, 40])).max() <= 1


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"space": 0x4C494E4B}, "its colour profile is another file"),
        ({"space": 0, "gammas": (2.2, 2.2, 2.2)}, "calibration of its colours is incomplete"),
        ({"space": 0, "gammas": (2.2, 1.8, 2.2), "endpoints": SRGB}, "differ in gamma"),
        ({"space": 0x4D424544, "profile": b"not a profile"}, "its colour profile cannot be used"),
    ],
)
def test_a_colour_space_that_is_not_applied_has_a_note(fields, note):
    source = read(colored(**fields))
    assert tuple(source.pixels[0, 0].tolist()) == FLAT
    assert any(note in said for said in source.notes)


@pytest.mark.parametrize("name", ["8 bits: plain", "16 bits: 5-6-5"])
def test_a_truncated_file_is_an_error_and_is_read_in_part_when_allowed(name):
    data, right = KINDS[name]()
    with pytest.raises(DamagedError, match="its last rows are missing"):
        read(data[:-200])
    part = read(data[:-200], limits=Limits(allow_truncated=True))
    assert np.abs(part.pixels[-1] - right[-1]).max() <= 0.51
    assert any("it is not whole" in note for note in part.notes)


def test_indices_beyond_the_palette_are_black():
    header = Header(8, colors=2)
    data = bmp((4, 1), header, bytes([0, 1, 2, 255]), stored_palette(PALETTE[:2]))
    assert read(data).pixels[0].tolist() == [*PALETTE[:2].tolist(), [0] * 3, [0] * 3]


def test_a_file_of_pillow_comes_out_as_pillow_reads_it(tmp_path):
    picture = Image.radial_gradient("L").resize((30, 20))
    for mode in ("1", "L", "P", "RGB"):
        picture.convert(mode).save(tmp_path / "a.bmp")
        right = np.asarray(Image.open(tmp_path / "a.bmp").convert("RGB"))
        assert (read(tmp_path / "a.bmp").pixels == right).all()


def test_the_page_on_formats_lists_these_kinds_and_sentences():
    read_kinds, refused = tables("BMP")
    assert sorted(kinds(read_kinds, "; ")) == sorted(KINDS)
    assert [row[0] for row in refused] == list(REFUSED)
    for kind, sentence in refused:
        with pytest.raises(ReadError) as caught:
            read(bmp((4, 4), REFUSED[kind][0], bytes(256)))
        assert str(caught.value) == f"the input is a {sentence}"
