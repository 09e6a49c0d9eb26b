"""Kinds of TIFF: which Pillow reads rightly, which Kalette reads itself, and which are refused.

Source: TIFF 6.0, with the Photoshop technical notes.
"""

from collections.abc import Iterator

from kalette.reading.raster import Model
from kalette.reading.tiff_directory import Directory, Tag

_NONE, _PACKBITS, _MOST_CHANNELS = 1, 32_773, 8
_BYTE_CODECS = {_NONE, _PACKBITS, 5, 8, 32_946, 34_925, 50_000}  # and LZW, Deflate, LZMA, Zstandard
_PIXEL_CODECS = {2, 3, 4, 6, 7, 32_771}  # CCITT and JPEG
_OLD_JPEG = 6
_UNSIGNED, _SIGNED, FLOAT, _UNDEFINED = 1, 2, 3, 4
WHITE_IS_ZERO, _BLACK_IS_ZERO, RGB, PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
MODELS: dict[int, Model] = {0: "L", 1: "L", 2: "RGB", 3: "L", 5: "CMYK"}
CHANNELS = {"L": 1, "RGB": 3, "CMYK": 4}
_OTHER_COLORS = {
    4: "a transparency mask, which is",
    8: "CIELab colours, which are",
    9: "ICC Lab colours, which are",
    10: "ITU Lab colours, which are",
    32_803: "raw sensor data, which are",
    32_844: "LogL samples, which are",
    32_845: "LogLuv samples, which are",
    34_892: "raw sensor data, which are",
}
_TO_RGB, _TO_16_BITS = "convert it to RGB first", "convert it to 8 or 16 bits first"


def refusal(tags: Directory) -> str | None:
    """Return what of a TIFF Kalette does not read, and the way out; None if it reads it."""
    return next(_refused_colors(tags), None) or next(_refused_samples(tags), None)


def _refused_colors(tags: Directory) -> Iterator[str]:
    compression, colors = tags.number(Tag.COMPRESSION, _NONE), photometric(tags)
    if compression not in _BYTE_CODECS | _PIXEL_CODECS:
        yield f"compression {compression}, which is not read; save it without compression, or with LZW"
    if colors in _OTHER_COLORS:
        yield f"{_OTHER_COLORS[colors]} not read; {_TO_RGB}"
    if colors not in (*MODELS, _YCBCR):
        yield f"photometric interpretation {colors}, which is not read; {_TO_RGB}"
    is_simple = tags.numbers(Tag.SUBSAMPLING, (2, 2)) == (1, 1) and tags.number(Tag.PLANAR, 1) == 1
    if colors == _YCBCR and compression == _NONE and not is_simple:
        yield f"subsampled colours (YCbCr) without compression, which are not read; {_TO_RGB}"
    if colors == _CMYK and tags.number(Tag.INK_SET, 1) != 1:
        yield f"inks other than CMYK, which are not read; {_TO_RGB}"
    if _is_unknown_to_pillow(tags) and (compression in _PIXEL_CODECS or colors == _YCBCR):
        yield "offsets of 64 bits, high byte first, and JPEG or fax pixels; save it as PNG"


def _refused_samples(tags: Directory) -> Iterator[str]:
    depths, formats = tags.numbers(Tag.BITS, (1,)), tags.numbers(Tag.FORMAT, (_UNSIGNED,))
    bits, sample_format, channels = depths[0], formats[0], tags.number(Tag.CHANNELS, 1)
    compression, colors = tags.number(Tag.COMPRESSION, _NONE), photometric(tags)
    if len(set(depths)) > 1 or len(set(formats)) > 1:
        listed = ", ".join(map(str, depths))
        yield f"channels of different depths ({listed} bits), which are not read; {_TO_16_BITS}"
    if sample_format == _SIGNED:
        yield "signed samples, of which no rule says which is black; convert it to unsigned ones first"
    if sample_format not in (_UNSIGNED, FLOAT, _UNDEFINED):
        yield f"complex samples, which are not read; {_TO_16_BITS}"
    if bits not in ((16, 32, 64) if sample_format == FLOAT else (*range(1, 33), 64)):
        what = "floating-point samples" if sample_format == FLOAT else "samples"
        yield f"{what} of {bits} bits, which are not read; {_TO_16_BITS}"
    if colors == PALETTE and bits > 16:
        yield f"a palette for samples of {bits} bits, which is not read; {_TO_RGB}"
    if colors == _YCBCR and bits != 8:
        yield f"YCbCr colours of {bits} bits, which are not read; {_TO_RGB}"
    if compression in _PIXEL_CODECS and bits not in (1, 8):
        yield f"JPEG of {bits} bits, which is not read; save it without compression, or with LZW"
    if compression in _BYTE_CODECS and channels < CHANNELS.get(MODELS.get(colors, ""), 0):
        yield f"{channels} of the channels that its colours need, so its tags are wrong; get it again"
    if channels > _MOST_CHANNELS:
        yield f"{channels} channels, of which at most {_MOST_CHANNELS} are read; {_TO_RGB}"
    if compression == _PACKBITS and tags.number(Tag.PREDICTOR, 1) != 1:
        yield "a predictor and PackBits, which programs read differently; save it without a predictor"
    if bits not in _predictable(predictor(tags), bits, sample_format):
        yield f"predictor {predictor(tags)} for {bits} bits, which is not read; save it without a predictor"


def _predictable(kind: int, bits: int, sample_format: int) -> tuple[int, ...]:
    """Return the depths to which a predictor applies."""
    floats = (16, 32, 64) if sample_format == FLOAT else ()
    return {1: (bits,), 2: (8, 16, 32, 64), 3: floats}.get(kind, ())


def photometric(tags: Directory) -> int:
    """Return the photometric interpretation; JPEG of the old kind is YCbCr, whatever it says."""
    return (
        _YCBCR
        if tags.number(Tag.COMPRESSION, _NONE) == _OLD_JPEG
        else tags.number(Tag.PHOTOMETRIC, WHITE_IS_ZERO)
    )


def predictor(tags: Directory) -> int:
    """Return the predictor; it counts for some codecs only."""
    compression = tags.number(Tag.COMPRESSION, _NONE)
    return 1 if compression in (_NONE, _PACKBITS) else tags.number(Tag.PREDICTOR, 1)


def _is_unknown_to_pillow(tags: Directory) -> bool:
    return tags.format.is_big and tags.format.order == ">"


def is_for_pillow(tags: Directory) -> bool:
    """Return whether Pillow reads the kind rightly: what every program writes, in at most 8 bits."""
    colors, channels = photometric(tags), tags.number(Tag.CHANNELS, 1)
    if tags.number(Tag.COMPRESSION, _NONE) in _PIXEL_CODECS or colors == _YCBCR:
        return True
    bits, extra = tags.number(Tag.BITS, 1), len(tags.numbers(Tag.EXTRA))
    is_plain = (
        tags.number(Tag.PLANAR, 1) == 1
        and tags.number(Tag.FILL_ORDER, 1) == 1
        and not _is_unknown_to_pillow(tags)
    )
    if not is_plain or colors == PALETTE or tags.number(Tag.FORMAT, _UNSIGNED) != _UNSIGNED:
        return False
    if channels == 1:
        return colors in (0, 1) and bits in (1, 2, 4, 8)
    most = {1: 1, RGB: 1, _CMYK: 0}.get(colors, -1)
    return bits == 8 and extra <= most and channels == CHANNELS[MODELS[colors]] + extra
