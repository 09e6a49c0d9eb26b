"""A PNG file from its parts."""

import struct
from collections.abc import Iterable, Iterator

from kalette.reading import SIGNATURE, Metadata, chunk


def png_file(
    shape: tuple[int, ...],
    color_type: int,
    depth: int,
    data: bytes,
    metadata: Metadata,
    *,
    before_data: Iterable[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return a PNG file.

    Parameters
    ----------
    shape : tuple of int
        Height and width.
    color_type, depth : int
        As in IHDR; depth is in bits per sample.
    data : bytes
        The compressed rows.
    metadata : Metadata
        Metadata to embed.
    before_data : iterable of (bytes, bytes)
        Type and data of the chunks that describe the palette.

    Examples
    --------
    >>> png_file((1, 1), 0, 8, b"", Metadata())[12:16]
    b'IHDR'
    """
    height, width = shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    chunks = [(b"IHDR", header), *before_data, *metadata_chunks(metadata), (b"IDAT", data), (b"IEND", b"")]
    return b"".join((SIGNATURE, *(chunk(kind, content) for kind, content in chunks)))


def metadata_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and data of the chunks of the metadata.

    Examples
    --------
    >>> list(metadata_chunks(Metadata(texts=(("Title", "Sea"),))))
    [(b'tEXt', b'Title\\x00Sea')]
    """
    if metadata.density:
        yield b"pHYs", struct.pack(">IIB", *metadata.density)
    if metadata.exif:
        yield b"eXIf", metadata.exif
    if metadata.xmp:
        yield b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + metadata.xmp
    for keyword, text in metadata.texts:
        key = keyword.encode("latin-1", "replace")[:79].strip() or b"Comment"
        try:
            yield b"tEXt", key + b"\0" + text.encode("latin-1")
        except UnicodeEncodeError:
            yield b"iTXt", key + bytes(5) + text.encode("utf-8", "replace")
