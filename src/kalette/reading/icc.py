"""ICC profiles of three curves and a matrix, read for samples of 16 bits, which Pillow cannot transform.

Source: ICC.1:2022, sections 7 (structure), 9.2 (tags), 10.6 and 10.18 (curves), 10.31 (XYZ).
"""

import struct

import numpy as np

from kalette.color import Curve, Encoding, Parameters, gamma, parametric, sampled, srgb_from_d50

_HEADER_BYTES = 128
_MAX_TAGS = 1000
_TABLES = (b"A2B0", b"A2B1")  # a profile with one is more than curves and a matrix
_PARAMETERS = (1, 3, 4, 5, 7)  # of each kind of parametric curve


def matrix_encoding(profile: bytes) -> Encoding | None:
    """Return the encoding that an RGB profile of curves and a matrix describes; None for any other profile.

    Parameters
    ----------
    profile : bytes
        The ICC profile.
    """
    try:
        tags = _tags(profile)
        if profile[16:24] != b"RGB XYZ " or any(name in tags for name in _TABLES):
            return None
        red, green, blue = (_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ"))
        curves = tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (struct.error, LookupError, ValueError):
        return None
    (a, b, c), (d, e, f), (g, h, i) = red, green, blue
    return Encoding(curves, srgb_from_d50(((a, d, g), (b, e, h), (c, f, i))))


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, _HEADER_BYTES)
    if count > _MAX_TAGS:
        raise ValueError("more tags than a profile has")
    entries = struct.iter_unpack(">4sII", profile[_HEADER_BYTES + 4 : _HEADER_BYTES + 4 + 12 * count])
    return {name: profile[start : start + size] for name, start, size in entries}


def _xyz(tag: bytes) -> tuple[float, float, float]:
    x, y, z = struct.unpack_from(">3i", tag, 8)
    return x / 65536, y / 65536, z / 65536


def _curve(tag: bytes) -> Curve:
    if tag[:4] == b"para":
        return _parametric(tag)
    if tag[:4] != b"curv":
        raise ValueError("a curve of another kind")
    (count,) = struct.unpack_from(">I", tag, 8)
    if count == 0:
        return gamma(1)
    if count == 1:
        return gamma(max(struct.unpack_from(">H", tag, 12)[0], 1) / 256)
    return sampled(np.frombuffer(tag, ">u2", count, 12).astype(np.float64) / 65535)


def _parametric(tag: bytes) -> Curve:
    """Return one of the five kinds, each of which leaves out other parameters of the last."""
    (kind,) = struct.unpack_from(">H", tag, 8)
    numbers = [number / 65536 for number in struct.unpack_from(f">{_PARAMETERS[kind]}i", tag, 12)]
    exponent, a, b, c, d, e, f = numbers + [0.0] * (7 - len(numbers))
    if exponent <= 0:
        raise ValueError("an exponent that is not above 0")
    if kind == 0:
        return gamma(exponent)
    if kind < 3:
        return parametric(Parameters(exponent, a, b, 0.0, -b / a if a else 0.0, c, c))
    return parametric(Parameters(exponent, a, b, c, d, e, f))
