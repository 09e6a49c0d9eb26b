"""Colours of PNG against formulas in floating point: every kind of sample, every way to say its colours."""

import struct

import numpy as np
import pytest

from hostile.parts import chunk
from kalette.reading.images import read
from kalette.types import ReadError
from png_writer import (
    CHANNELS,
    KINDS,
    gamma_chunk,
    grey_profile,
    png_file,
    primaries_chunk,
    profile_chunk,
    rgb_profile,
)

D65, D50 = np.array([0.3127, 0.3290]), np.array([0.9642, 1.0, 0.8249])
SRGB_POINTS = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])
ADOBE_POINTS = np.array([[0.64, 0.33], [0.21, 0.71], [0.15, 0.06]])
P3_POINTS = np.array([[0.68, 0.32], [0.265, 0.69], [0.15, 0.06]])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
SIDE = 12
MOST_OFF = 1  # steps, from the exact value rounded


def xyz(point):
    return np.array([point[0] / point[1], 1.0, (1 - point.sum()) / point[1]])


def d50_from_rgb(points, white=D65):
    """Columns of XYZ at D50, by solving for the primaries' luminances and the Bradford transform."""
    columns = np.array([xyz(point) for point in points]).T
    columns = columns * np.linalg.solve(columns, xyz(white))
    gains = (BRADFORD @ D50) / (BRADFORD @ xyz(white))
    return np.linalg.inv(BRADFORD) @ np.diag(gains) @ BRADFORD @ columns


def encoded(linear):
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def decoded(values):
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def bt709(values):
    return np.where(values < 0.0812429, values / 4.5, ((values + 0.0992968) / 1.0992968) ** (1 / 0.45))


def srgb(values, curve, points):
    """The exact result for samples in 0 to 1, (..., 1 or 3)."""
    linear = curve(values)
    if values.shape[-1] == 3:
        linear = linear @ (np.linalg.inv(d50_from_rgb(SRGB_POINTS)) @ d50_from_rgb(points)).T
    return encoded(linear)


SRGB_PRIMARIES = primaries_chunk(0.3127, 0.3290, *SRGB_POINTS.ravel())
ADOBE_PRIMARIES = primaries_chunk(0.3127, 0.3290, *ADOBE_POINTS.ravel())


def icc(color_type, exponent, points):
    grey = color_type in (0, 4)
    return profile_chunk(grey_profile(exponent) if grey else rgb_profile(exponent, d50_from_rgb(points)))


def cicp(*codes):
    return chunk(b"cICP", bytes(codes))


# By name: chunks for a colour type, the curve, the primaries.
MEANINGS = {
    "nothing": (lambda kind: [], decoded, SRGB_POINTS),
    "sRGB before gAMA": (lambda kind: [chunk(b"sRGB", b"\0"), gamma_chunk(1.0)], decoded, SRGB_POINTS),
    "gAMA 1": (lambda kind: [gamma_chunk(1.0)], lambda v: v, SRGB_POINTS),
    "gAMA 0.55": (lambda kind: [gamma_chunk(0.55)], lambda v: v ** (1 / 0.55), SRGB_POINTS),
    "usual gAMA": (lambda kind: [gamma_chunk(0.45455)], decoded, SRGB_POINTS),
    "usual gAMA and cHRM": (lambda kind: [gamma_chunk(0.45455), SRGB_PRIMARIES], decoded, SRGB_POINTS),
    "gAMA and cHRM of Adobe RGB": (
        lambda kind: [gamma_chunk(0.45455), ADOBE_PRIMARIES],
        lambda v: v**2.2,
        ADOBE_POINTS,
    ),
    "cHRM alone": (lambda kind: [ADOBE_PRIMARIES], decoded, ADOBE_POINTS),
    "cICP of Display P3": (lambda kind: [cicp(12, 13, 0, 1)], decoded, P3_POINTS),
    "cICP of BT.709": (lambda kind: [cicp(1, 1, 0, 1), gamma_chunk(1.0)], bt709, SRGB_POINTS),
    "cICP before iCCP": (lambda kind: [cicp(1, 8, 0, 1), icc(kind, 3, P3_POINTS)], lambda v: v, SRGB_POINTS),
    "iCCP of gamma 1": (lambda kind: [icc(kind, 1, SRGB_POINTS)], lambda v: v, SRGB_POINTS),
    "iCCP before sRGB": (
        lambda kind: [icc(kind, 1.8, P3_POINTS), chunk(b"sRGB", b"\0")],
        lambda v: v**1.8,
        P3_POINTS,
    ),
}


def samples_of(kind):
    """Every level if there is room, else a ramp with the ends; alpha with both ends and small steps."""
    color_type, depth = kind
    top = 2**depth - 1
    ramp = np.linspace(0, top, SIDE * SIDE).round().astype(np.int64).reshape(SIDE, SIDE)
    others = [ramp, (top - ramp) * 2 // 3, ramp.T, np.minimum(ramp.T * 2, top)]
    channels = CHANNELS[color_type]
    chosen = others[:1] + others[3:] if channels == 2 else others[:channels]
    return np.stack(chosen, axis=2)


def palette_of(depth):
    places = np.linspace(0, 255, 2**depth).round().astype(np.int64)
    return np.stack([places, 255 - places, places // 3], axis=1), np.minimum(2 * places, 255)


def expected(kind, samples, meaning, key):
    """Exact RGB or RGBA in steps of 255."""
    _, curve, points = MEANINGS[meaning]
    color_type, depth = kind
    if color_type == 3:
        palette, alpha = palette_of(depth)
        colors, alpha = palette[samples[..., 0]] / 255, alpha[samples] if key else None
    else:
        values = samples / (2**depth - 1)
        channels = 1 if color_type in (0, 4) else 3
        colors = values[..., :channels]
        alpha = 255 * values[..., channels:] if color_type >= 4 else None
        alpha = 255 * (samples != key).any(axis=2, keepdims=True) if key is not None else alpha
    shown = 255 * srgb(colors, curve, points)
    shown = np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else shown
    return shown if alpha is None else np.concatenate([shown, alpha], axis=2)


def extra_chunks(kind, key):
    color_type, depth = kind
    if color_type == 3:
        palette, alpha = palette_of(depth)
        found = [chunk(b"PLTE", palette.astype(np.uint8).tobytes())]
        return found + ([chunk(b"tRNS", alpha.astype(np.uint8).tobytes())] if key else [])
    return [] if key is None else [chunk(b"tRNS", struct.pack(f">{len(key)}H", *key))]


def keys_of(kind, samples):
    """No key, and the sample in the middle; true for a palette with alpha."""
    color_type, _ = kind
    if color_type >= 4:
        return [None]
    return [None, True if color_type == 3 else tuple(int(one) for one in samples[SIDE // 2, SIDE // 2])]


@pytest.mark.parametrize("interlaced", [False, True], ids=["", "interlaced"])
@pytest.mark.parametrize("meaning", MEANINGS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"type {kind[0]} of {kind[1]} bits")
def test_colors_are_within_a_step_of_the_exact_ones(kind, meaning, interlaced):
    samples = samples_of(kind)
    for key in keys_of(kind, samples):
        said = MEANINGS[meaning][0](kind[0])
        source = read(png_file(samples, kind, *said, *extra_chunks(kind, key), interlaced=interlaced))
        exact = expected(kind, samples, meaning, key)
        if exact.shape[2] == 4 and source.pixels.shape[2] == 3:
            assert (exact[..., 3].round() == 255).all()
        if exact.shape[2] == 4:
            np.testing.assert_array_equal(source.pixels[..., 3], exact[..., 3].round())
        off = np.abs(source.pixels[..., :3] - exact[..., :3].round())
        assert off.max() <= MOST_OFF
        assert source.notes == ()


@pytest.mark.parametrize("kind", [(0, 16), (2, 16), (4, 16), (6, 16)])
def test_16_bits_are_rounded_to_the_nearest_byte(kind):
    samples = samples_of(kind)
    pixels = read(png_file(samples, kind)).pixels
    first = samples[..., 0]
    np.testing.assert_array_equal(pixels[..., 0], (first * 255 + 32_767) // 65_535)


def test_alpha_ff00_of_16_bits_is_not_opaque():
    assert read(png_file(np.array([[[9, 9, 9, 0xFF00]]]), (6, 16))).pixels[0, 0, 3] == 254


def test_a_key_of_16_bits_clears_no_neighbor():
    row = np.array([[[0x1234], [0x1235], [0x12FF]]])
    pixels = read(png_file(row, (0, 16), chunk(b"tRNS", b"\x12\x34"))).pixels
    assert pixels[0, :, 3].tolist() == [0, 255, 255]


def test_a_linear_ramp_in_the_shadows_keeps_its_levels():
    """61 levels of sRGB, of which 8 bits of linear light hold 12."""
    wanted = np.arange(61)
    row = np.round(decoded(wanted / 255) * 65_535).astype(np.int64)[None, :, None]
    pixels = read(png_file(np.repeat(row, 3, axis=2), (2, 16), icc(2, 1, SRGB_POINTS))).pixels
    assert pixels[0, :, 0].tolist() == wanted.tolist()


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_high_dynamic_range_is_a_sentence(transfer, name):
    data = png_file(np.zeros((1, 1, 3), int), (2, 8), cicp(9, transfer, 0, 1))
    with pytest.raises(ReadError, match=rf"the input has high dynamic range \({name}\)"):
        read(data)


def test_narrow_range_is_stretched():
    data = png_file(np.array([[[16], [235], [255], [0]]]), (0, 8), cicp(1, 13, 0, 0))
    assert read(data).pixels[0, :, 0].tolist() == [0, 255, 255, 0]


@pytest.mark.parametrize("codes", [(2, 13, 0, 1), (1, 2, 0, 1), (1, 13, 1, 1), (1, 13, 0, 2)])
def test_an_invalid_cicp_is_ignored_with_a_note(codes):
    source = read(png_file(np.full((1, 1, 3), 128), (2, 8), cicp(*codes), gamma_chunk(1.0)))
    assert source.pixels[0, 0].tolist() == [188, 188, 188]
    assert source.notes == (
        f"its colour codes (cICP {', '.join(map(str, codes))}) are of no known kind, so they are ignored",
    )


@pytest.mark.parametrize("numbers", [(0.3, 0, 0.6, 0.3, 0.3, 0.6, 0.1, 0.1), (0.3, 0.3) + (0.5, 0.5) * 3])
def test_primaries_that_span_nothing_are_ignored_with_a_note(numbers):
    source = read(png_file(np.full((1, 1, 3), 99), (2, 8), primaries_chunk(*numbers)))
    assert source.pixels.tolist() == [[[99, 99, 99]]]
    assert source.notes == ("its primaries (cHRM) span no colours, so they are ignored",)


@pytest.mark.parametrize("gamma", [0.0, 0.00001, 42_949.0])
def test_an_absurd_gamma_gives_a_picture(gamma):
    assert read(png_file(np.full((1, 1, 3), 99), (2, 8), gamma_chunk(gamma))).pixels.shape == (1, 1, 3)
