"""Colour profiles."""

import numpy as np
from PIL import Image, ImageCms

from hostile.parts import saved
from kalette.reading.images import read


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
