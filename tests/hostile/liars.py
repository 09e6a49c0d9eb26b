"""Files whose headers do not match their content."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

import tiff_writer
from hostile.parts import (
    PNG_SIGNATURE,
    bmp,
    chunk,
    gif,
    gif_frame,
    header,
    picture,
    png,
    rare_seeds,
    rows,
    saved,
    seeds,
    tiff,
)

_LITTLE = zlib.compress(b"\0" * 8)


def cases(*, full: bool) -> Iterator[tuple[str, bytes]]:
    del full  # all are small
    yield from _strangers()
    yield from _sizes()
    yield from _png_chunks()
    yield from _palettes()
    yield from _pixels_missing()
    yield from _jpeg_segments()
    yield from _tiff_directories()
    yield from _deep_tiffs()
    yield from _boxes()


def _strangers() -> Iterator[tuple[str, bytes]]:
    """No image, or another format under a wrong name."""
    yield "empty.png", b""
    yield "one-byte.png", b"\x89"
    yield "text.jpg", b"hello"
    yield "page.png", b"<html><script>alert(1)</script></html>"
    yield "vector.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield "script.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
    yield "pages.pdf", b"%PDF-1.7\n"
    yield "riff.webp", b"RIFF\x04\0\0\0WAVE"
    image = picture()
    for file_format in ("PPM", "ICO", "TGA", "PCX", "SGI", "JPEG2000", "DDS"):
        yield f"{file_format.lower()}.png", saved(image.resize((16, 16)), file_format)
    for ending, data in seeds().items():
        for length in (2, 4, 8, 12):
            yield f"start-{length}.{ending}", data[:length]
        yield f"start-and-zeros.{ending}", data[:8] + bytes(999)
    yield "png-with-jpeg-inside.png", PNG_SIGNATURE + seeds()["jpg"]


def _sizes() -> Iterator[tuple[str, bytes]]:
    """Headers that claim gigabytes of pixels."""
    sides = ((60_000, 60_000), (2**31 - 1, 2**31 - 1), (16_000, 16_000), (0, 9), (9, 0), (2**31, 1))
    for width, height in sides:
        yield f"png-{width}x{height}.png", png(header(width, height), chunk(b"IDAT"))
        yield f"png-{width}x{height}-little.png", png(header(width, height), chunk(b"IDAT", _LITTLE))
    jpeg = seeds()["jpg"]
    place = jpeg.index(b"\xff\xc0") + 5
    for height, width in ((65_535, 65_535), (65_500, 3_900), (0, 24), (16, 0)):
        claimed = jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :]
        yield f"jpeg-{width}x{height}.jpg", claimed
    yield "gif-screen.gif", gif(65_535, 65_535, gif_frame(1, 1))
    yield "gif-frame.gif", gif(1, 1, gif_frame(65_535, 65_535))
    yield "gif-frame-outside.gif", gif(1, 1, gif_frame(65_535, 65_535, left=65_535))
    yield "gif-disposed.gif", gif(65_535, 65_535, b"!\xf9\x04\x08\0\0\0\0", gif_frame(65_535, 65_535))
    yield "gif-within-limits.gif", gif(16_000, 15_000, gif_frame(16_000, 15_000))
    yield "gif-nothing.gif", gif(0, 0, gif_frame(0, 0))
    yield from _webp_sizes()
    for width, height in ((2**31 - 1, 2**31 - 1), (1, -(2**31)), (-9, 9), (0, 0), (16_000, 16_000)):
        yield f"bmp-{width}x{height}.bmp", bmp(width, height, body=bytes(64))
    for bits in (0, 1, 2, 3, 4, 8, 15, 16, 24, 32, 64, 65_535):
        yield f"bmp-bits-{bits}.bmp", bmp(9, 9, bits, body=bytes(512))
        yield f"bmp-colors-{bits}.bmp", bmp(9, 9, bits, colors=2**31, body=bytes(512))


def _webp_sizes() -> Iterator[tuple[str, bytes]]:
    lossless = seeds()["webp"]
    largest = struct.pack("<I", 0xFFFFFFF)
    yield "webp-lossless-16384.webp", lossless[:21] + largest + lossless[25:]
    for side in (0, 9_999, 2**24 - 1):
        canvas = b"VP8X\x0a\0\0\0\0\0\0\0" + side.to_bytes(3, "little") * 2
        body = b"WEBP" + canvas + lossless[12:]
        yield f"webp-canvas-{side}.webp", b"RIFF" + struct.pack("<I", len(body)) + body


def _png_chunks() -> Iterator[tuple[str, bytes]]:
    """Wrong checksums; chunks that are empty, repeated, too long or too many."""
    image = picture()
    size, data = header(*image.size), zlib.compress(rows(image))
    good = [size, chunk(b"tEXt", b"Comment\0hello"), chunk(b"IDAT", data)]
    for number in range(len(good)):
        wrong = [*good]
        wrong[number] = wrong[number][:-4] + b"\0\0\0\0"
        yield f"png-wrong-crc-{number}.png", png(*wrong)
    yield "png-wrong-crc-end.png", png(*good)[:-1] + b"\0"
    yield "png-no-end.png", png(*good)[:-12]
    for kind in (b"IHDR", b"PLTE", b"tRNS", b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"gAMA", b"acTL"):
        name = kind.decode()
        yield f"png-empty-{name}.png", png(size, chunk(kind), chunk(b"IDAT", data))
        yield f"png-behind-{name}.png", png(size, chunk(b"IDAT", data), chunk(kind))
        yield f"png-strange-{name}.png", png(size, chunk(kind, b"\xff" * 40), chunk(b"IDAT", data))
    yield "png-empty-IDATs.png", png(size, chunk(b"IDAT") * 999, chunk(b"IDAT", data), chunk(b"IDAT") * 999)
    yield "png-bytes-of-IDAT.png", png(size, *(chunk(b"IDAT", data[i : i + 1]) for i in range(len(data))))
    yield (
        "png-interrupted-IDAT.png",
        png(size, chunk(b"IDAT", data[:50]), chunk(b"tEXt", b"a\0b"), chunk(b"IDAT", data[50:])),
    )
    yield "png-too-long.png", PNG_SIGNATURE + size + b"\x7f\xff\xff\xffIDAT" + data
    yield "png-only-header.png", png(size)
    yield "png-no-header.png", png(chunk(b"IDAT", data))
    yield "png-late-header.png", png(chunk(b"IDAT", data), size)
    yield "png-strange-kinds.png", png(size, chunk(b"\0\0\0\0"), chunk(b"IDAT", data))
    for depth, color_type in ((3, 2), (8, 5), (16, 3), (0, 0), (255, 255)):
        kind = header(24, 16, depth, color_type)
        yield f"png-{depth}-bits-of-type-{color_type}.png", png(kind, chunk(b"IDAT", data))


def _palettes() -> Iterator[tuple[str, bytes]]:
    """Indices beyond the palette, and palettes of odd length."""
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\5\xff\7" * 4))
    for entries in (0, 1, 2, 256, 257):
        palette = chunk(b"PLTE", bytes(range(256)) * 3 + b"\0\0\0" if entries == 257 else bytes(3 * entries))
        yield f"png-palette-{entries}.png", png(header(4, 4, 8, 3), palette, pixels)
    yield "png-palette-odd.png", png(header(4, 4, 8, 3), chunk(b"PLTE", b"\1\2\3\4"), pixels)
    yield "png-palette-none.png", png(header(4, 4, 8, 3), pixels)
    yield (
        "png-palette-clear.png",
        png(header(4, 4, 8, 3), chunk(b"PLTE", b"\1\2\3"), chunk(b"tRNS", bytes(300)), pixels),
    )
    yield "gif-clear-outside.gif", gif(1, 1, b"!\xf9\x04\x01\0\0\xff\0", gif_frame(1, 1))
    yield "bmp-palette.bmp", bmp(4, 4, 8, colors=1, body=bytes(4) + b"\0\5\xff\7" * 4)


def _pixels_missing() -> Iterator[tuple[str, bytes]]:
    """Fewer rows than claimed, with valid checksums: missing pixels must not become black."""
    image = picture()
    short = zlib.compress(rows(image)[: 73 * 9])
    yield "png-rows-missing.png", png(header(*image.size), chunk(b"IDAT", short))
    yield "png-interlaced-rows-missing.png", png(header(*image.size, interlaced=1), chunk(b"IDAT", short))
    yield "png-no-rows.png", png(header(*image.size), chunk(b"IDAT", zlib.compress(b"")))
    early_end = b"\x02\x02\x44\x05\0"  # clear, colour 0, end: one pixel
    yield "gif-pixels-missing.gif", gif(24, 16, gif_frame(24, 16, early_end))
    taller = bytearray(saved(image, "TIFF"))
    place = taller.index(struct.pack("<HHI", 257, 4, 1)) + 8
    taller[place : place + 4] = struct.pack("<I", 32)
    yield "tiff-strips-missing.tif", bytes(taller)
    yield "bmp-run-length-missing.bmp", bmp(24, 16, 8, 1, 2, bytes(4) + b"\xff" * 4 + b"\x09\x01\0\1")


def _jpeg_segments() -> Iterator[tuple[str, bytes]]:
    jpeg = seeds()["jpg"]
    scan = jpeg.index(b"\xff\xda")
    yield "jpeg-empty-segments.jpg", jpeg[:2] + b"\xff\xe1\0\2" * 999 + jpeg[2:]
    yield "jpeg-short-segment.jpg", jpeg[:2] + b"\xff\xe1\0\0" + jpeg[2:]
    yield "jpeg-long-segment.jpg", jpeg[:2] + b"\xff\xe1\xff\xff" + jpeg[2:]
    yield "jpeg-two-frames.jpg", jpeg[:scan] + jpeg[jpeg.index(b"\xff\xc0") : scan] + jpeg[scan:]
    yield "jpeg-no-scan.jpg", jpeg[:scan] + b"\xff\xd9"
    yield "jpeg-no-tables.jpg", jpeg[: jpeg.index(b"\xff\xdb")] + jpeg[jpeg.index(b"\xff\xc0") :]
    yield (
        "jpeg-broken-exif.jpg",
        jpeg[:2] + b"\xff\xe1\0\x20Exif\0\0II*\0\xff\xff\xff\xff" + bytes(16) + jpeg[2:],
    )
    for kind in (0xC3, 0xC5, 0xC9, 0xCA, 0xCF):
        yield f"jpeg-of-kind-{kind:x}.jpg", jpeg.replace(b"\xff\xc0", bytes([0xFF, kind]), 1)


def _tiff_directories() -> Iterator[tuple[str, bytes]]:
    size = ((256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1))
    strip = ((273, 4, 1, 8), (278, 4, 1, 4), (279, 4, 1, 16))
    for order, name in (("<", "little"), (">", "big")):
        yield f"tiff-{name}.tif", tiff(*size, *strip, order=order)
    yield "tiff-loop.tif", tiff(*size, *strip, following=8)
    yield "tiff-next-outside.tif", tiff(*size, *strip, following=2**31)
    yield "tiff-nothing.tif", tiff()
    yield "tiff-no-size.tif", tiff(*strip)
    yield "tiff-strip-outside.tif", tiff(*size, (273, 4, 1, 2**31), (278, 4, 1, 4), (279, 4, 1, 16))
    yield "tiff-many-strips.tif", tiff(*size, (273, 4, 2**28, 8), (278, 4, 1, 1), (279, 4, 2**28, 8))
    yield "tiff-many-samples.tif", tiff(*size, *strip, (277, 3, 1, 65_535))
    for tag in (256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 282, 284, 317, 320, 322, 338, 339, 34_665):
        for kind in (0, 1, 2, 4, 5, 12, 99):
            entries = {entry[0]: entry for entry in (*size, *strip)} | {tag: (tag, kind, 1, 2**32 - 1)}
            yield f"tiff-{tag}-of-type-{kind}.tif", tiff(*entries.values())
    for compression in (0, 2, 3, 4, 5, 6, 7, 8, 32_773, 32_946, 34_712, 34_925, 50_000, 50_001, 65_535):
        entries = {entry[0]: entry for entry in (*size, *strip)} | {259: (259, 3, 1, compression)}
        yield f"tiff-compression-{compression}.tif", tiff(*entries.values())
    yield "tiff-large-tiles.tif", tiff(
        *size[:3], (259, 3, 1, 8), (262, 3, 1, 1), (322, 4, 1, 30_000), (323, 4, 1, 30_000), (324, 4, 1, 8),
        (325, 4, 1, 16),
    )  # fmt: skip
    big = saved(picture(), "TIFF", big_tiff=True)
    yield "bigtiff.tif", big
    yield "bigtiff-cut.tif", big[: len(big) // 2]
    yield "bigtiff-far.tif", big[:8] + b"\xff" * 8 + big[16:]


def _deep_tiffs() -> Iterator[tuple[str, bytes]]:
    """Kinds that Kalette unpacks itself, each with a tag that does not fit."""
    kind, storage = tiff_writer.Kind(12, 2, 3, is_planar=True), tiff_writer.Storage(tile=16)
    values = np.asarray(picture()).astype(np.uint16) * 16
    for tag in (256, 257, 258, 259, 262, 266, 273, 277, 284, 317, 320, 322, 323, 324, 325, 338, 339):
        for number in (0, 1, 2, 3, 5, 13, 16, 255, 4_096, 65_535):
            for count in (1, 3):
                changed = {tag: (3, [number] * count)}
                name = f"deep-{tag}-{number}-{count}.tif"
                yield name, tiff_writer.tiff(values, kind, storage, changed)
    huge = {256: (4, [2**31]), 322: (4, [2**31])}
    yield "deep-wide.tif", tiff_writer.tiff(values, kind, storage, huge)


def _boxes() -> Iterator[tuple[str, bytes]]:
    """AVIF and HEIC whose boxes lie about sizes, items and codes."""
    for ending, data in rare_seeds().items():
        if ending not in ("avif", "heic"):
            continue
        for kind in (b"ispe", b"ipma", b"pitm", b"iloc", b"colr", b"pixi", b"meta", b"iprp", b"ipco"):
            at = data.index(kind)
            for body in (bytes(12), b"\xff" * 12, struct.pack(">III", 0, 60_000, 60_000)):
                name = f"{kind.decode()}-{body[-1]}.{ending}"
                yield name, data[: at + 4] + body + data[at + 16 :]
            for size in (0, 1, 7, 2**31):
                yield (
                    f"{kind.decode()}-size-{size}.{ending}",
                    data[: at - 4] + struct.pack(">I", size) + data[at:],
                )
