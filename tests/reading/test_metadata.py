"""Metadata: dropped by default; kept fields are valid for the new file."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from hostile.parts import chunk, header, picture, png, rows, saved
from kalette import SettingsError, compress
from kalette.reading.images import read
from kalette.reading.metadata import Metadata
from shell import run
from tiff_writer import Kind, Storage, tiff

SECRETS = (
    b"secret",
    b"GPS",
    b"Exif",
    b"http://ns.adobe.com",
    b"xmpmeta",
    b"\x30\x00\x00\x00\x01",
    b"ICC",
    b"sRGB",
)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" exif:ColorSpace="65535" '
    b'photoshop:ICCProfile="secret profile" dc:title="secret title">'
    b"<xmp:Thumbnails><rdf:Alt>secret thumbnail</rdf:Alt></xmp:Thumbnails></rdf:Description></x:xmpmeta>"
)
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")


def exif() -> Image.Exif:
    """EXIF with orientation, colour space, GPS and maker notes."""
    data = Image.Exif()
    data[0x0112] = 6
    data[0x010E] = "secret description"
    data[0x8298] = "secret author"
    data[0x8773] = b"secret profile"
    details: dict[int, int | bytes] = {0xA001: 65_535, 0xA002: 24, 0xA003: 16}
    details |= {0x927C: b"secret maker notes", 0x9286: b"ASCII\0\0\0secret note"}
    data.get_ifd(0x8769).update(details)
    data.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 14.0), 3: "E", 4: (11.0, 34.0, 31.0)})
    return data


def with_thumbnail(data: bytes) -> bytes:
    """Add a second EXIF directory with a thumbnail."""
    body = data.removeprefix(b"Exif\0\0")
    order = "<" if body.startswith(b"II") else ">"
    (count,) = struct.unpack_from(f"{order}H", body, 8)
    place = 10 + 12 * count
    picture_place = len(body) + 2 + 2 * 12 + 4
    second = struct.pack(
        f"{order}HHHIIHHIII", 2, 0x0201, 4, 1, picture_place, 0x0202, 4, 1, len(b"secret thumbnail"), 0
    )
    linked = body[:place] + struct.pack(f"{order}I", len(body)) + body[place + 4 :]
    return b"Exif\0\0" + linked + second + b"secret thumbnail"


def rich(file_format: str) -> bytes:
    """A file with every kind of metadata of its format."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {
        "exif": with_thumbnail(exif().tobytes()),
        "icc_profile": profile,
        "xmp": XMP,
    }
    if file_format == "JPEG":
        options["comment"] = b"secret comment"
    if file_format == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", "secret comment")
        texts.add_text("Title", "secret title \N{SNOWMAN}", zip=True)
        texts.add_text("Raw profile type exif", "\nexif\n 9\n" + b"Exif secret".hex())
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = texts
    if file_format == "TIFF":
        options["exif"] = exif().tobytes()
    if file_format == "WEBP":
        options["lossless"] = True
    return saved(picture(), file_format, **options)


def reopened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("source", [*FORMATS, "GIF"])
@pytest.mark.parametrize("target", ["png", "webp", "gif"])
def test_no_metadata_is_kept_by_default(source, target):
    data = saved(picture().quantize(16), "GIF", comment=b"secret") if source == "GIF" else rich(source)
    assert b"secret" in data
    result = compress(data, k=16, format=target)
    written = result.to_bytes()
    for secret in SECRETS:
        assert secret not in written
    image = reopened(written)
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
    assert getattr(image, "text", {}) == {}
    assert result.picture.metadata is None


@pytest.mark.parametrize("source", FORMATS)
def test_the_picture_is_turned_upright_whether_or_not_metadata_is_kept(source):
    for keep in (False, True):
        result = compress(rich(source), k=64, keep_metadata=keep)
        assert (result.width, result.height) == (16, 24)


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", ["png", "webp"])
def test_exif_is_kept_upright_without_thumbnail_maker_notes_or_profile(source, target):
    written = compress(rich(source), k=16, format=target, keep_metadata=True).to_bytes()
    kept = reopened(written).getexif()
    assert kept[0x0112] == 1
    assert kept[0x010E] == "secret description"
    assert kept[0x8298] == "secret author"
    assert set(kept) == {0x0112, 0x010E, 0x8298, 0x8769, 0x8825}
    assert kept.get_ifd(0x8769) == {0xA001: 1, 0xA002: 16, 0xA003: 24, 0x9286: b"ASCII\0\0\0secret note"}
    assert kept.get_ifd(0x8825) == {1: "N", 2: (48.0, 8.0, 14.0), 3: "E", 4: (11.0, 34.0, 31.0)}
    for stale in (b"secret thumbnail", b"secret maker notes", b"secret profile"):
        assert stale not in written
    assert "icc_profile" not in reopened(written).info


@pytest.mark.parametrize("source", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("target", ["png", "webp"])
def test_xmp_is_kept_upright_in_srgb_without_thumbnail(source, target):
    written = compress(rich(source), k=16, format=target, keep_metadata=True).to_bytes()
    kept = reopened(written).info["xmp"]
    assert kept == (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="1" exif:ColorSpace="1" '
        b'dc:title="secret title"></rdf:Description></x:xmpmeta>'
    )


def test_comments_are_kept_where_there_is_room_for_them():
    from_png = compress(rich("PNG"), k=16, keep_metadata=True)
    texts = reopened(from_png.to_bytes()).text
    assert texts.pop("XML:com.adobe.xmp").startswith("<x:xmpmeta")
    assert texts == {"Comment": "secret comment", "Title": "secret title \N{SNOWMAN}"}
    from_jpeg = compress(rich("JPEG"), k=16, keep_metadata=True)
    assert reopened(from_jpeg.to_bytes()).text["Comment"] == "secret comment"
    assert reopened(from_jpeg.to_bytes("gif")).info["comment"] == b"secret comment"
    gif = saved(picture().quantize(16), "GIF", comment="f\u00fcnf".encode("latin-1"))
    assert reopened(compress(gif, keep_metadata=True).to_bytes()).text == {"Comment": "f\u00fcnf"}


def test_metadata_that_a_format_cannot_hold_is_named_in_a_note():
    assert compress(rich("JPEG"), k=16, keep_metadata=True).notes == ()
    assert compress(rich("JPEG"), k=16, keep_metadata=True, format="webp").notes == (
        "WebP holds no comments, so they are left out",
    )
    assert compress(rich("JPEG"), k=16, keep_metadata=True, format="gif").notes == (
        "GIF holds no EXIF, so it is left out",
        "GIF holds no XMP, so it is left out",
    )


def test_metadata_changes_no_pixel_and_a_file_without_any_gets_none():
    plain = compress(rich("PNG"), k=16)
    kept = compress(rich("PNG"), k=16, keep_metadata=True)
    np.testing.assert_array_equal(plain.decoded, kept.decoded)
    bare = saved(picture(), "PNG")
    assert compress(bare, k=16, keep_metadata=True).to_bytes() == compress(bare, k=16).to_bytes()
    assert read(bare, keep_metadata=True).metadata == Metadata()


def test_pillow_images_keep_their_metadata_too():
    result = compress(reopened(rich("PNG")), k=16, keep_metadata=True)
    assert reopened(result.to_bytes()).getexif()[0x010E] == "secret description"
    assert reopened(result.to_bytes()).text["Comment"] == "secret comment"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "broken", [b"", b"\xff" * 40, b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff" + bytes(90)]
)
def test_broken_exif_is_left_out_and_the_picture_kept(broken):

    data = png(header(24, 16), chunk(b"eXIf", broken), chunk(b"IDAT", zlib.compress(rows(picture()))))
    result = compress(data, k=16, keep_metadata=True)
    assert b"eXIf" not in result.to_bytes()
    assert result.indices.shape == (16, 24)


def test_broken_xmp_is_dropped_and_nul_bytes_are_removed_from_texts():
    data = saved(picture(), "JPEG", xmp=b"\xff\xfe<\0x\0", comment=b"a\0b\xff")
    result = compress(data, k=16, keep_metadata=True)
    assert result.notes == ("its XMP is not in UTF-8, so it is left out",)
    assert reopened(result.to_bytes()).text == {"Comment": "ab\xff"}


@pytest.mark.parametrize(
    "part", [b" ", b"<xmp:Thumbnails ", b"tiff:Orientation ", b'photoshop:ICCProfile="', b"<"]
)
def test_long_xmp_is_cleaned_in_linear_time(part):
    """A backtracking regular expression would take hours."""
    data = saved(picture(), "WEBP", lossless=True, xmp=b"<x>" + part * (3_000_000 // len(part)))
    kept = read(data, keep_metadata=True).metadata.xmp
    assert kept.startswith(b"<x>")


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_keep_metadata_must_be_true_or_false(value):
    with pytest.raises(SettingsError, match="keep_metadata is"):
        compress(np.zeros((1, 1, 3), np.uint8), keep_metadata=value)


def test_the_command_option_keeps_metadata(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(rich("JPEG"))
    assert run("compress", path).returncode == 0
    assert b"secret" not in path.with_name("photo-k256.png").read_bytes()
    assert run("compress", path, "--keep-metadata", "--overwrite").returncode == 0
    assert b"secret author" in path.with_name("photo-k256.png").read_bytes()


@pytest.mark.parametrize("bits", [8, 16])  # 16 bits of WhiteIsZero are decoded without Pillow
def test_exif_in_a_directory_that_only_a_bigtiff_can_hold_is_left_out_with_a_note(bits):
    values = np.zeros((4, 4, 1), f"u{bits // 8}")
    kind, pointer = Kind(bits=bits, photometric=0), {34_665: (4, [8])}
    data = bytearray(tiff(values, kind, Storage(is_big=True), pointer))
    at = data.index(struct.pack("<HH", 34_665, 4))
    struct.pack_into("<H", data, at + 2, 18)  # IFD8
    source = read(bytes(data), keep_metadata=True)
    assert [note for note in source.notes if "convert it to a plain TIFF to keep it" in note]
    assert source.metadata.exif == b""
    assert read(bytes(data)).notes == ()
    assert not read(tiff(values, kind), keep_metadata=True).notes
