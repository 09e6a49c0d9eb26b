"""Adobe palettes: Swatch Exchange (.ase) and Photoshop colour swatches (.aco).

Both are big-endian and have no alpha. Readers raise a `ValueError` with the reason, or a `struct.error` when
the data is truncated.
"""

import struct
from collections.abc import Sequence

from kalette.palettes.text import entry_names
from kalette.types import Palette, code_of

ASE_SIGNATURE = b"ASEF"
ACO_SIGNATURES = (b"\0\1", b"\0\2")
_ASE_COLOR_BLOCK, _ASE_NORMAL = 0x0001, 2
_ACO_RGB = 0
_STEP = 257  # of a byte in 16 bits: 65535 / 255
_ACO_SPACES = {1: "HSB", 2: "CMYK", 7: "Lab", 8: "grey", 9: "wide CMYK"}


def ase_bytes(colors: Palette, shares: Sequence[float] | None, _name: str) -> bytes:
    """Return an Adobe Swatch Exchange file: a block per colour, with its name in UTF-16."""
    blocks = [
        _ase_block(color, name) for color, name in zip(colors, entry_names(colors, shares), strict=True)
    ]
    return ASE_SIGNATURE + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def _ase_block(color: Sequence[int], name: str) -> bytes:
    channels = (channel / 255 for channel in color[:3])
    body = (
        struct.pack(">H", len(name) + 1)
        + _utf16(name)
        + struct.pack(">4s3fH", b"RGB ", *channels, _ASE_NORMAL)
    )
    return struct.pack(">HI", _ASE_COLOR_BLOCK, len(body)) + body


def codes_of_ase(data: bytes) -> list[str]:
    """Read the RGB and grey colours of an Adobe Swatch Exchange file; groups are ignored."""
    (count,) = struct.unpack_from(">I", data, 8)
    place = 12
    codes: list[str] = []
    for _ in range(count):
        kind, length = struct.unpack_from(">HI", data, place)
        place += 6 + length
        if place > len(data):
            raise struct.error
        if kind == _ASE_COLOR_BLOCK:
            codes.append(_ase_code(data[place - length : place], len(codes) + 1))
    return codes


def _ase_code(body: bytes, number: int) -> str:
    (name_length,) = struct.unpack_from(">H", body)
    place = 2 + 2 * name_length
    (model,) = struct.unpack_from(">4s", body, place)
    if model not in (b"RGB ", b"Gray"):
        raise ValueError(
            f"colour {number} is in {model.decode('latin-1').strip()!r}; convert the swatches to RGB"
        )
    values = struct.unpack_from(">3f" if model == b"RGB " else ">f", body, place + 4)
    if not all(-0.01 < value < 1.01 for value in values):
        raise ValueError(f"colour {number} is {values}, beyond the range of 0 to 1")
    channels = [round(255 * min(max(value, 0), 1)) for value in values]
    return code_of(channels if len(channels) == 3 else channels * 3)


def aco_bytes(colors: Palette, shares: Sequence[float] | None, _name: str) -> bytes:
    """Return a Photoshop swatch file: version 1, followed by version 2 with names.

    References
    ----------
    Adobe Photoshop File Formats Specification, "Color Swatches".
    """
    samples = _STEP * colors[:, :3].astype(int)
    swatches = [struct.pack(">5H", _ACO_RGB, *channels, 0) for channels in samples.tolist()]
    names = [struct.pack(">I", len(name) + 1) + _utf16(name) for name in entry_names(colors, shares)]
    version_1 = struct.pack(">HH", 1, len(swatches)) + b"".join(swatches)
    version_2 = b"".join(swatch + name for swatch, name in zip(swatches, names, strict=True))
    return version_1 + struct.pack(">HH", 2, len(swatches)) + version_2


def codes_of_aco(data: bytes) -> list[str]:
    """Read the RGB colours of a Photoshop swatch file of version 1, or of version 2 alone."""
    version, count = struct.unpack_from(">HH", data)
    place, codes = 4, []
    for number in range(1, count + 1):
        space, *values, _ = struct.unpack_from(">5H", data, place)
        if space != _ACO_RGB:
            name = _ACO_SPACES.get(space, f"space {space}")
            raise ValueError(f"colour {number} is in {name}; convert the swatches to RGB")
        codes.append(code_of((value + _STEP // 2) // _STEP for value in values))
        place += 10 if version == 1 else 14 + 2 * struct.unpack_from(">I", data, place + 10)[0]
    if place > len(data):
        raise struct.error
    return codes


def _utf16(name: str) -> bytes:
    """Encode a name of the Basic Multilingual Plane as UTF-16, zero-terminated."""
    return f"{name}\0".encode("utf-16-be")
