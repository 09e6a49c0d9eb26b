"""Valid but rare files: all give a result, except a few that a limit refuses."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

from hostile.parts import chunk, header, picture, png, saved

_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def cases(*, full: bool) -> Iterator[tuple[str, bytes]]:
    del full  # all are small
    yield from _oriented()
    yield from _modes()
    yield from _cmyk()
    yield from _interlaced()
    yield from _sizes()
    yield from _profiles()


def with_gps(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "a secret place"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 14.0), 3: "E", 4: (11.0, 34.0, 31.0)})
    return exif


def _oriented() -> Iterator[tuple[str, bytes]]:
    for orientation in (*range(10), 255, 65_535):
        for file_format in ("PNG", "JPEG", "WEBP", "TIFF"):
            name = f"orientation-{orientation}.{file_format.lower()}"
            yield name, saved(picture(), file_format, exif=with_gps(orientation))


def _modes() -> Iterator[tuple[str, bytes]]:
    image = picture()
    clear = image.copy()
    clear.putalpha(Image.linear_gradient("L").resize(image.size))
    wide = Image.fromarray(np.arange(24 * 16, dtype=np.uint16).reshape(16, 24) * 170)
    variants = {mode: image.convert(mode) for mode in ("1", "L", "P", "RGB")}
    variants |= {"RGBA": clear, "LA": clear.convert("LA"), "I;16": wide}
    for mode, variant in variants.items():
        for file_format in ("PNG", "TIFF"):
            yield f"{mode.replace(';', '-')}.{file_format.lower()}", saved(variant, file_format)
    for compression in ("packbits", "tiff_adobe_deflate", "jpeg", "group3", "group4", "lzma", "zstd"):
        variant = variants["1"] if compression.startswith("group") else image
        yield f"{compression}.tif", saved(variant, "TIFF", compression=compression)
    yield "floats.tif", saved(Image.new("F", (4, 4)), "TIFF")
    yield "lossy.webp", saved(clear, "WEBP", quality=50)
    yield "progressive.jpg", saved(image, "JPEG", progressive=True)
    yield "restarts.jpg", saved(picture(96, 64), "JPEG", restart_marker_blocks=1)
    yield "grey.jpg", saved(image.convert("L"), "JPEG")
    for depth, color_type, channels in ((16, 0, 1), (16, 2, 3), (16, 4, 2), (16, 6, 4), (2, 0, 0), (4, 0, 0)):
        row = b"\0" + bytes(range(1, 1 + (8 * channels if channels else depth)))
        data = chunk(b"IDAT", zlib.compress(row * 4))
        yield (
            f"png-{depth}-bits-of-type-{color_type}.png",
            png(header(4 if channels else 8, 4, depth, color_type), data),
        )


def _cmyk() -> Iterator[tuple[str, bytes]]:
    jpeg = saved(picture().convert("CMYK"), "JPEG")
    yield "cmyk-adobe.jpg", jpeg
    place = jpeg.index(b"\xff\xee")
    length = struct.unpack_from(">H", jpeg, place + 2)[0]
    yield "cmyk-plain.jpg", jpeg[:place] + jpeg[place + 2 + length :]
    yield "cmyk.tif", saved(picture().convert("CMYK"), "TIFF")


def _interlaced() -> Iterator[tuple[str, bytes]]:
    for width, height in ((1, 1), (2, 1), (1, 2), (3, 5), (8, 8), (24, 16)):
        yield f"interlaced-{width}x{height}.png", interlaced(picture(width, height))


def interlaced(image: Image.Image) -> bytes:
    """Write a PNG in the seven passes of Adam7, which Pillow cannot do."""
    pixels, data = np.asarray(image), b""
    for x, y, dx, dy in _ADAM7:
        part = pixels[y::dy, x::dx]
        if part.size:
            data += b"".join(b"\0" + row.tobytes() for row in part)
    return png(header(*image.size, interlaced=1), chunk(b"IDAT", zlib.compress(data)))


def _sizes() -> Iterator[tuple[str, bytes]]:
    for width, height in ((1, 1), (1, 100_000), (100_000, 1), (65_535, 1), (1, 65_535), (7, 3)):
        yield f"{width}x{height}.png", saved(picture(width, height), "PNG")
    for ending, file_format in (("gif", "GIF"), ("bmp", "BMP"), ("tif", "TIFF"), ("jpg", "JPEG")):
        side = 65_500 if file_format == "JPEG" else 65_535
        image = picture(side, 1).quantize(4) if file_format == "GIF" else picture(side, 1)
        yield f"{side}x1.{ending}", saved(image, file_format)
    yield "16383x1.webp", saved(picture(16_383, 1), "WEBP", lossless=True)


def _profiles() -> Iterator[tuple[str, bytes]]:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, data in (("good", profile), ("cut", profile[:200]), ("zeros", bytes(500)), ("empty", b"\0")):
        for file_format in ("PNG", "JPEG", "WEBP", "TIFF"):
            yield f"profile-{name}.{file_format.lower()}", saved(picture(), file_format, icc_profile=data)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    yield "profile-lab.jpg", saved(picture(), "JPEG", icc_profile=lab)
    yield "profile-on-grey.jpg", saved(picture().convert("L"), "JPEG", icc_profile=profile)
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="6"/></x:xmpmeta>'
    yield "xmp-orientation.jpg", saved(picture(), "JPEG", xmp=xmp)
