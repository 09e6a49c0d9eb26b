"""What a file says of its colours, and the encoding that counts.

The order is that of PNG (third edition, 4.3): cICP, iCCP, sRGB, gAMA with cHRM; then EXIF.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from PIL import Image

from kalette.color import (
    ADOBE_RGB,
    CURVES,
    HIGH_DYNAMIC_RANGE,
    PRIMARIES,
    Curve,
    Encoding,
    Matrix,
    Primaries,
    gamma,
    srgb_from_primaries,
)
from kalette.types import ReadError

_SRGB_GAMMA = 0.45455  # 1 / 2.2: with primaries of sRGB it means sRGB, whose curve it approximates
_SRGB_GAMMA_SPREAD = 0.00227  # half a percent, for writers that round 1 / 2.2
_SRGB_CURVE = 13  # a code of H.273
_MAX_WEIGHT = 100.0  # in a matrix to sRGB; primaries that need more span nearly nothing
_ADOBE_GAMMA = Fraction(563, 256)  # Adobe RGB (1998), 4.3.1.2
_EXIF_IFD, _INTEROPERABILITY_IFD, _COLOR_SPACE, _INTEROPERABILITY_INDEX = 0x8769, 0xA005, 0xA001, 1
_UNCALIBRATED, _ADOBE_RGB = 65_535, 2

SRGB = Encoding((CURVES[_SRGB_CURVE],))
"""What needs no conversion."""

Chromaticities = tuple[float, float, float, float, float, float, float, float]


class ColorTags(NamedTuple):
    """What a file says of its colours.

    Parameters
    ----------
    cicp : bytes
        Codes of ITU-T H.273: primaries, transfer function, matrix, full range; empty without.
    profile : bytes
        ICC profile; empty without.
    is_srgb : bool
        The file says that it is in sRGB.
    gamma : float
        Exponent from light to samples; 0 without.
    chromaticities : tuple of float
        x and y of white, red, green and blue; empty without.
    is_adobe_rgb : bool
        EXIF says Adobe RGB.
    """

    cicp: bytes = b""
    profile: bytes = b""
    is_srgb: bool = False
    gamma: float = 0.0
    chromaticities: Chromaticities | tuple[()] = ()
    is_adobe_rgb: bool = False


def color_tags(image: Image.Image, cicp: bytes = b"") -> ColorTags:
    """Return the tags of an image that Pillow opened, with cICP, which Pillow leaves out.

    Examples
    --------
    >>> color_tags(Image.new("RGB", (1, 1)))
    ColorTags(cicp=b'', profile=b'', is_srgb=False, gamma=0.0, chromaticities=(), is_adobe_rgb=False)
    """
    info: dict[Any, Any] = image.info
    chromaticities = info.get("chromaticity", ())
    return ColorTags(
        cicp,
        info.get("icc_profile") or b"",
        "srgb" in info,
        float(info.get("gamma", 0.0)),
        chromaticities if len(chromaticities) == 8 else (),
        _says_adobe_rgb(image),
    )


def _says_adobe_rgb(image: Image.Image) -> bool:
    """Return whether EXIF says Adobe RGB, as cameras do (DCF 2.0, 3.3.5: an option file)."""
    try:
        exif = image.getexif()
        details = exif.get_ifd(_EXIF_IFD)
        index = str(exif.get_ifd(_INTEROPERABILITY_IFD).get(_INTEROPERABILITY_INDEX, ""))
        space = details.get(_COLOR_SPACE)
        return space == _ADOBE_RGB or (space == _UNCALIBRATED and index.startswith("R03"))
    # Pillow raises many kinds of exception for damaged EXIF; its orientation, read before, notes that.
    except Exception:
        return False


def encoding_of_codes(
    tags: ColorTags, name: str, *, is_grey: bool
) -> tuple[Encoding | None, tuple[str, ...]]:
    """Return the encoding that cICP gives; None without it, with a note when it is invalid.

    Parameters
    ----------
    tags : ColorTags
    name : str
        Name of the file in messages.
    is_grey : bool
        Samples are grey: primaries do not apply.

    Raises
    ------
    ReadError
        For high dynamic range.
    """
    if len(tags.cicp) != 4:
        return None, ()
    primaries, transfer, matrix, full_range = tags.cicp
    if transfer in HIGH_DYNAMIC_RANGE:
        raise ReadError(
            f"{name} has high dynamic range ({HIGH_DYNAMIC_RANGE[transfer]}) and Kalette writes sRGB; "
            "convert it to sRGB first, with tone mapping"
        )
    if primaries not in PRIMARIES or transfer not in CURVES or matrix != 0 or full_range > 1:
        codes = ", ".join(map(str, tags.cicp))
        return None, (f"its colour codes (cICP {codes}) are of no known kind, so they are ignored",)
    to_srgb = None if is_grey else srgb_from_primaries(PRIMARIES[primaries])
    return _encoding(CURVES[transfer], to_srgb, is_grey=is_grey, narrow=full_range == 0), ()


def encoding_without_profile(tags: ColorTags, *, is_grey: bool) -> tuple[Encoding, tuple[str, ...]]:
    """Return the encoding of a file without a usable profile, and notes."""
    if tags.is_srgb:
        return SRGB, ()
    if tags.gamma > 0 or tags.chromaticities:
        return _encoding_of_gamma(tags, is_grey)
    if tags.is_adobe_rgb and not is_grey:
        note = "its EXIF says Adobe RGB, so it is converted from that"
        return _encoding(gamma(_ADOBE_GAMMA), srgb_from_primaries(ADOBE_RGB), is_grey=False), (note,)
    return SRGB, ()


def _encoding_of_gamma(tags: ColorTags, is_grey: bool) -> tuple[Encoding, tuple[str, ...]]:
    """Apply gAMA and cHRM; without gAMA, the curve is that of sRGB."""
    matrix, notes = _matrix(tags.chromaticities)
    is_usual = abs(tags.gamma - _SRGB_GAMMA) <= _SRGB_GAMMA_SPREAD
    is_srgb_curve = tags.gamma <= 0 or (matrix is None and is_usual)
    curve = CURVES[_SRGB_CURVE] if is_srgb_curve else gamma(Fraction(100_000, round(tags.gamma * 100_000)))
    return _encoding(curve, None if is_grey else matrix, is_grey=is_grey), notes


def _matrix(chromaticities: Chromaticities | tuple[()]) -> tuple[Matrix | None, tuple[str, ...]]:
    if not chromaticities:
        return None, ()
    x0, y0, x1, y1, x2, y2, x3, y3 = chromaticities
    try:
        matrix = srgb_from_primaries(Primaries((x0, y0), (x1, y1), (x2, y2), (x3, y3)))
    except (ZeroDivisionError, OverflowError):
        matrix = ((_MAX_WEIGHT + 1, 0.0, 0.0),) * 3
    if matrix and any(abs(weight) > _MAX_WEIGHT for row in matrix for weight in row):
        return None, ("its primaries (cHRM) span no colours, so they are ignored",)
    return matrix, ()


def _encoding(curve: Curve, matrix: Matrix | None, *, is_grey: bool, narrow: bool = False) -> Encoding:
    if matrix is None and curve is CURVES[_SRGB_CURVE] and not narrow:
        return SRGB
    return Encoding((curve,) * (1 if is_grey else 3), matrix, narrow)
