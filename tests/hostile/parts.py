"""Parts of image files, byte by byte where no encoder would write them."""

import importlib.util
import io
import struct
import zlib

import numpy as np
from PIL import Image, features

import bmp_writer
import tiff_writer

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"


def picture(width: int = 24, height: int = 16) -> Image.Image:
    """A picture of distinct colours without black."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    color = np.stack([10 + 9 * across, 20 + 13 * down, 30 + 5 * across + 7 * down], axis=2)
    return Image.fromarray((color % 256).astype(np.uint8))


def saved(image: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def seeds() -> dict[str, bytes]:
    """A small valid file of each format."""
    image = picture()
    return {
        "png": saved(image, "PNG"),
        "jpg": saved(image, "JPEG", quality=70),
        "webp": saved(image, "WEBP", lossless=True),
        "gif": saved(image.quantize(16), "GIF"),
        "bmp": saved(image, "BMP"),
        "tif": saved(image, "TIFF", compression="tiff_lzw"),
    }


def rare_seeds() -> dict[str, bytes]:
    """A small valid file of each kind that Kalette decodes itself, and of the formats in boxes."""
    deep = np.asarray(picture()).astype(np.uint16) * 16
    kind, file = tiff_writer.Kind(12, 2, 3, is_planar=True), io.BytesIO()
    masks = bmp_writer.Header(16, 56, 3, (0xF000, 0xF00, 0xF0, 0xF))
    found = {
        "deep.tif": tiff_writer.tiff(deep, kind, tiff_writer.Storage(">", 16, "lzw")),
        "masks.bmp": bmp_writer.bmp((24, 16), masks, bmp_writer.rows(deep[..., 0], 16)),
    }
    if features.check("avif"):
        found["avif"] = saved(picture(), "AVIF", quality=60)
    if importlib.util.find_spec("pillow_heif"):
        import pillow_heif

        pillow_heif.from_pillow(picture()).save(file, quality=60)
        found["heic"] = file.getvalue()
    return found


def chunk(kind: bytes, data: bytes = b"", *, crc: int | None = None) -> bytes:
    true_crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", true_crc if crc is None else crc)


def header(width: int, height: int, depth: int = 8, color_type: int = 2, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced))


def png(*chunks: bytes) -> bytes:
    return PNG_SIGNATURE + b"".join(chunks) + END


def rows(image: Image.Image) -> bytes:
    """The unfiltered rows of an RGB picture, as a PNG compresses them."""
    return b"".join(b"\0" + row.tobytes() for row in np.asarray(image))


def gif(width: int, height: int, *blocks: bytes, palette: bytes = b"\0\0\0\xff\xff\xff") -> bytes:
    bits = max(len(palette) // 3 - 1, 1).bit_length() - 1
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0x80 | bits, 0, 0)
        + palette
        + b"".join(blocks)
        + b";"
    )


def gif_frame(width: int, height: int, coded: bytes = b"\x02\x02\x44\x01\0", *, left: int = 0) -> bytes:
    """A frame; by default of one pixel of colour 0."""
    return b"," + struct.pack("<HHHHB", left, 0, width, height, 0) + coded


def tiff(
    *entries: tuple[int, int, int, int], tail: bytes = b"", following: int = 0, order: str = "<"
) -> bytes:
    """A TIFF with one directory at offset 8; an entry is tag, type, count and value."""
    directory = struct.pack(f"{order}H", len(entries))
    for tag, kind, count, value in sorted(entries):
        directory += struct.pack(f"{order}HHII", tag, kind, count, value)
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(f"{order}I", 8) + directory + struct.pack(f"{order}I", following) + tail


def bmp(
    width: int, height: int, bits: int = 24, compression: int = 0, colors: int = 0, body: bytes = b""
) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, colors, 0)
    offset = 54 + 4 * (colors if colors <= 256 else 0)
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + body
