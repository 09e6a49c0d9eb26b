"""Colour profiles."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from hostile.parts import saved
from kalette.reading.color_tags import ColorTags
from kalette.reading.images import read
from kalette.reading.raster import Raster
from kalette.reading.srgb import pixels_from_raster
from png_writer import grey_profile, table_profile


def test_an_embedded_profile_is_converted_to_srgb():
    """With red and green primaries swapped, stored red is displayed as green."""
    swapped = swapped_srgb_profile()
    image = Image.new("RGB", (2, 2), (255, 0, 0))
    shown = read(saved(image, "PNG", icc_profile=swapped)).pixels[0, 0]
    assert shown[1] > 200
    assert shown[0] < 60


def swapped_srgb_profile() -> bytes:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert data.count(b"rXYZ") == data.count(b"gXYZ") == 1
    return data.replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")


def test_an_srgb_profile_changes_nothing(gradient):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = read(saved(Image.fromarray(gradient), "PNG", icc_profile=profile))
    np.testing.assert_array_equal(source.pixels, gradient)
    assert source.notes == ()


def test_a_broken_profile_is_ignored_with_a_note(gradient):
    source = read(saved(Image.fromarray(gradient), "PNG", icc_profile=b"no profile"))
    np.testing.assert_array_equal(source.pixels, gradient)
    assert "colour profile cannot be used" in source.notes[0]


def test_a_profile_does_not_change_alpha(icon):
    pixels = read(saved(Image.fromarray(icon), "PNG", icc_profile=swapped_srgb_profile())).pixels
    np.testing.assert_array_equal(pixels[..., 3], icon[..., 3])


def encoded(linear: np.ndarray) -> np.ndarray:
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "JPEG"])
def test_a_grey_profile_is_exact_to_half_a_step(file_format):
    """LittleCMS's optimiser is off by up to 13 steps in the shadows."""
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    options = {"quality": 100} if file_format == "JPEG" else {}
    data = saved(Image.fromarray(levels), file_format, icc_profile=grey_profile(1.0), **options)
    stored = np.asarray(Image.open(io.BytesIO(data)))
    shown = read(data).pixels
    assert np.abs(shown - encoded(stored / 255)[..., None]).max() <= 0.51
    assert (shown == shown[..., :1]).all()


# L, a and b by rows; black is black, so that black point compensation changes nothing.
CMYK_LAB = np.array([[-26.0, -28, -6, -40, 100], [-30, 34, -4, 0, 0], [-40, -10, 50, 0, 0]])
RGB_LAB = np.array([[30.0, 50, 20, 0], [60, -70, 10, 0], [30, 50, -80, 0]])


def srgb_from_lab(lab: np.ndarray) -> np.ndarray:
    """From CIELAB at D50, by formula: ICC's connection space to linear sRGB of D65."""
    middle = (lab[..., 0] + 16) / 116
    f = np.stack([middle + lab[..., 1] / 500, middle, middle - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.9642, 1.0, 0.8249]
    srgb_from_xyz = [[3.1341, -1.6175, -0.4907], [-0.9788, 1.9161, 0.0335], [0.0720, -0.2290, 1.4057]]
    return encoded(xyz @ np.array(srgb_from_xyz).T)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("model", "lab_from_inks"), [("CMYK", CMYK_LAB), ("RGB", RGB_LAB)])
def test_a_profile_with_a_table_is_exact_to_a_step(model, lab_from_inks, dtype):
    """Colour by an affine function of the samples, which any interpolation gives; both depths."""
    channels, most = lab_from_inks.shape[1] - 1, np.iinfo(dtype).max
    samples = np.random.default_rng(3).integers(0, most, (60, 50, channels), endpoint=True).astype(dtype)
    lab = (samples / most) @ lab_from_inks[:, :-1].T + lab_from_inks[:, -1]
    tags = ColorTags(profile=table_profile(model.encode().ljust(4), lab_from_inks))
    pixels, notes = pixels_from_raster(Raster(samples, model), tags, "the input")
    assert notes == ()
    assert np.abs(pixels - srgb_from_lab(lab)).max() <= 1.5


def test_cmyk_without_a_profile_is_what_ideal_inks_leave():
    """Of cyan at 0.4 with black at 0.2, (1 - 0.4) (1 - 0.2) of 255, 122.4."""
    inks = np.array([[[0.4, 0.0, 1.0, 0.2]]])
    for most in (255, 65_535):
        rounded = np.round(inks * most)
        samples = rounded.astype(np.uint8) if most == 255 else rounded.astype(np.uint16)
        pixels, _ = pixels_from_raster(Raster(samples, "CMYK"), ColorTags(), "the input")
        assert pixels.tolist() == [[[122, 204, 0]]]


def adobe_exif(space: int, index: str) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA001: space, 0xA005: {1: index}})
    return exif.tobytes()


@pytest.mark.parametrize(("space", "index"), [(2, ""), (65_535, "R03")])
def test_adobe_rgb_by_exif_alone_is_converted_with_a_note(space, index):
    """Green of Adobe RGB at 200 has more than sRGB's red can take away."""
    data = saved(
        Image.new("RGB", (8, 8), (120, 200, 120)), "JPEG", quality=100, exif=adobe_exif(space, index)
    )
    source = read(data)
    stored = np.asarray(Image.open(io.BytesIO(data)))[0, 0] / 255
    linear = stored**2.19921875
    exact = encoded(np.array([1.3984 * linear[0] - 0.3984 * linear[1], linear[1], 0.0]))
    assert source.notes == ("its EXIF says Adobe RGB, so it is converted from that",)
    assert np.abs(source.pixels[0, 0, :2] - exact[:2]).max() <= 1


def test_srgb_by_exif_and_a_profile_beside_adobe_rgb_count_as_they_are():
    image = Image.new("RGB", (8, 8), (120, 200, 120))
    plain = read(saved(image, "JPEG")).pixels
    np.testing.assert_array_equal(read(saved(image, "JPEG", exif=adobe_exif(1, "R98"))).pixels, plain)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    both = saved(image, "JPEG", exif=adobe_exif(2, ""), icc_profile=srgb)
    np.testing.assert_array_equal(read(both).pixels, plain)
