"""Decompression bombs: small files with huge pixel counts, frames, texts or scans."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from hostile.parts import bmp, chunk, gif, gif_frame, header, picture, png, rows, saved, seeds, tiff


def cases(*, full: bool) -> Iterator[tuple[str, bytes]]:
    yield from _texts()
    yield from _frames()
    yield from _scans()
    yield "png-9-megapixels.png", _white_png(3_000, 3_000)
    yield (
        "bmp-run-length.bmp",
        bmp(1_000, 1_000, 8, 1, 2, bytes(4) + b"\xff" * 4 + b"\1\1\0\0" * 1_000 + b"\0\1"),
    )
    if full:
        yield "png-100-megapixels.png", _white_png(10_000, 10_000)
        yield "png-177-megapixels.png", _white_png(13_300, 13_300)
        yield "png-255-megapixels.png", _white_png(15_968, 15_968)
        yield "png-257-megapixels.png", _white_png(16_032, 16_032)
        yield (
            "webp-190-megapixels.webp",
            saved(Image.new("RGB", (13_800, 13_800)), "WEBP", lossless=True, method=0),
        )
        white = Image.new("1", (13_800, 13_800), 1)
        yield "tiff-190-megapixels.tif", saved(white, "TIFF", compression="group4")
        yield (
            "bmp-run-length-large.bmp",
            bmp(16_000, 16_000, 8, 1, 2, bytes(4) + b"\xff" * 4 + b"\1\1\0\0" * 16_000 + b"\0\1"),
        )


def _white_png(width: int, height: int) -> bytes:
    """White at one bit per pixel."""
    deflater = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    data = b"".join(deflater.compress(row * 100) for _ in range(-(-height // 100))) + deflater.flush()
    return png(header(width, height, 1, 0), chunk(b"IDAT", data))


def _texts() -> Iterator[tuple[str, bytes]]:
    image = picture()
    size, pixels = header(*image.size), chunk(b"IDAT", zlib.compress(rows(image)))
    inflating = zlib.compress(bytes(50_000_000), 9)
    almost = zlib.compress(bytes(1_000_000), 9)
    yield "png-giant-text.png", png(size, chunk(b"tEXt", b"Comment\0" + b"a" * 9_000_000), pixels)
    yield "png-giant-text-behind.png", png(size, pixels, chunk(b"tEXt", b"Comment\0" + b"a" * 9_000_000))
    yield "png-many-texts.png", png(size, *[chunk(b"tEXt", b"Comment\0a")] * 50_000, pixels)
    yield "png-zTXt-bomb.png", png(size, chunk(b"zTXt", b"Comment\0\0" + inflating), pixels)
    yield "png-iTXt-bomb.png", png(size, chunk(b"iTXt", b"Comment\0\1\0\0\0" + inflating), pixels)
    yield "png-iCCP-bomb.png", png(size, chunk(b"iCCP", b"name\0\0" + inflating), pixels)
    yield "png-many-zTXt.png", png(size, *[chunk(b"zTXt", b"Comment\0\0" + almost)] * 2_000, pixels)
    yield "png-many-iCCP.png", png(size, *[chunk(b"iCCP", b"name\0\0" + almost)] * 2_000, pixels)
    yield "png-many-broken-iCCP.png", png(size, *[chunk(b"iCCP", b"name\0\0" + almost[:-4])] * 900, pixels)
    jpeg = seeds()["jpg"]
    yield "jpeg-fill-bytes.jpg", jpeg[:2] + b"\xff" * 3_000_000 + jpeg[2:]
    yield "jpeg-fill-bytes-and-zero.jpg", jpeg[:2] + b"\xff" * 3_000_000 + b"\0" + jpeg[2:]
    yield from _numbers()
    comment = b"\xff\xfe\xff\xff" + b"a" * 65_533
    yield "jpeg-giant-comments.jpg", jpeg[:2] + comment * 100 + jpeg[2:]
    yield (
        "jpeg-giant-profile.jpg",
        jpeg[:2]
        + b"".join(
            b"\xff\xe2\xff\xff" + b"ICC_PROFILE\0" + bytes([number, 99]) + bytes(65_519)
            for number in range(1, 100)
        )
        + jpeg[2:],
    )


def _numbers() -> Iterator[tuple[str, bytes]]:
    """EXIF and TIFF tags with millions of numbers, each a Python object in Pillow."""
    jpeg, size = seeds()["jpg"], 24_000_000
    exif = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 282, 5, size // 8, 26) + bytes(4) + bytes(size)
    parts = [exif[start : start + 65_527] for start in range(0, len(exif), 65_527)]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 8) + b"Exif\0\0" + part for part in parts)
    yield "jpeg-numbers-in-exif.jpg", jpeg[:2] + segments + jpeg[2:]
    turned = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 274, 5, size // 8, 26) + bytes(size)
    image = picture()
    pixels = chunk(b"IDAT", zlib.compress(rows(image)))
    yield "png-numbers-in-exif.png", png(header(*image.size), chunk(b"eXIf", turned), pixels)
    yield "webp-numbers-in-exif.webp", saved(image, "WEBP", exif=b"Exif\0\0" + turned)
    for tag in (258, 273, 320):
        yield f"tiff-numbers-{tag}.tif", tiff((tag, 4, size // 4, 38), (256, 4, 1, 4), tail=bytes(size))


def _frames() -> Iterator[tuple[str, bytes]]:
    yield "gif-10000-frames.gif", gif(1, 1, *[gif_frame(1, 1)] * 10_000)
    yield "gif-1000-frames.gif", gif(1, 1, *[gif_frame(1, 1)] * 1_000)
    yield "gif-large-frames.gif", gif(16_000, 1_000, *[gif_frame(16_000, 1_000)] * 100)
    yield "apng-10000-frames.png", _apng(10_000)
    yield "apng-claims-4-billion-frames.png", _apng(1, claimed=2**31)
    yield "tiff-10000-frames.tif", _tiff_chain(10_000)
    frames = [Image.new("RGB", (1, 1), (i % 256, i // 256, 0)) for i in range(1_001)]
    yield (
        "webp-1001-frames.webp",
        saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True),
    )


def _apng(frames: int, claimed: int | None = None) -> bytes:
    pixel = zlib.compress(b"\0\1\2\3")

    def control(sequence: int) -> bytes:
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, 1, 1, 0, 0, 1, 10, 0, 0))

    chunks = [header(1, 1), chunk(b"acTL", struct.pack(">II", claimed or frames, 0)), control(0)]
    chunks.append(chunk(b"IDAT", pixel))
    for number in range(1, frames):
        chunks += [control(2 * number - 1), chunk(b"fdAT", struct.pack(">I", 2 * number) + pixel)]
    return png(*chunks)


def _tiff_chain(frames: int) -> bytes:
    entries = ((256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1))
    one = tiff(*entries, (273, 4, 1, 8), (278, 4, 1, 4), (279, 4, 1, 16))[8:-4]
    places = [8 + number * (len(one) + 4) for number in range(frames)] + [0]
    return b"II*\0\x08\0\0\0" + b"".join(one + struct.pack("<I", following) for following in places[1:])


def _scans() -> Iterator[tuple[str, bytes]]:
    """A progressive JPEG that repeats its last scan."""
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    data = saved(Image.fromarray(noise), "JPEG", quality=10, progressive=True)
    last = data.rindex(b"\xff\xda")
    for count in (80, 5_000):
        yield f"jpeg-{count}-scans.jpg", data[:-2] + data[last:-2] * count + b"\xff\xd9"
