"""Metadata: EXIF, XMP and text comments, reduced to what remains valid for upright sRGB pixels."""

import re
from dataclasses import dataclass
from typing import Any

from PIL import Image

from kalette.reading.density import Density
from kalette.types import Format

_DESCRIPTIVE_TAGS = frozenset(
    (
        *(0x010D, 0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C),
        *(0x4746, 0x4749, 0x8298, *range(0x9C9B, 0x9CA0)),
    )
)
"""Texts, names, dates, rating and resolution: EXIF 2.32, tables 3 and 4, and the tags that Windows adds."""

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ORIENTATION, _COLOR_SPACE, _WIDTH, _HEIGHT = 0x0112, 0xA001, 0xA002, 0xA003
_STALE_EXIF_TAGS = (0x927C, 0xA005)  # maker notes (moving breaks their offsets); interoperability
_UPRIGHT = _SRGB = 1

_XMP_CORRECTIONS = (
    (rb"(tiff:Orientation\s*(?:=\s*[\"']|>\s*))[2-8]", rb"\g<1>1"),
    (rb"(exif:ColorSpace\s*(?:=\s*[\"']|>\s*))65535", rb"\g<1>1"),
    (rb"\s?photoshop:ICCProfile\s*=\s*(?:\"[^\"]*\"|'[^']*')", b""),
)
_STALE_XMP_ELEMENTS = (b"xmp:Thumbnails", b"xap:Thumbnails", b"photoshop:ICCProfile")
_LOST_DIRECTORIES = (
    "its EXIF or GPS lies in a directory of BigTIFF that is not read, so it is left out; "
    "convert it to a plain TIFF to keep it"
)
_NOT_COMMENTS = ("XML:com.adobe.xmp", "compression")  # XMP, which is kept as such; set by Pillow


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of an image that remain valid.

    Parameters
    ----------
    exif : bytes
        A TIFF structure: orientation upright, colour space sRGB, no thumbnail, no maker notes.
    xmp : bytes
        UTF-8: orientation upright, colour space sRGB, no thumbnail.
    texts : tuple of (str, str)
        Keyword and text of each comment.
    density : Density or None
        Pixels per metre.
    """

    exif: bytes = b""
    xmp: bytes = b""
    texts: tuple[tuple[str, str], ...] = ()
    density: Density | None = None

    def left_out(self, file_format: Format) -> tuple[str, ...]:
        """Return a note for each kind of metadata that a format cannot store.

        Examples
        --------
        >>> Metadata(xmp=b"<x/>", texts=(("Comment", "hello"),)).left_out("gif")
        ('GIF holds no XMP, so it is left out',)
        """
        density = ("density in dpi, so it is", self.density and self.density.is_for_print)
        missing = {
            "png": (),
            "webp": [("comments, so they are", self.texts), density],
            "gif": [("EXIF, so it is", self.exif), ("XMP, so it is", self.xmp), density],
            "raw": [("metadata, so they are", self.exif or self.xmp or self.texts), density],
        }[file_format]
        name = {"png": "PNG", "webp": "WebP", "gif": "GIF", "raw": "a raw file"}[file_format]
        return tuple(f"{name} holds no {what} left out" for what, present in missing if present)


def metadata_of(
    image: Image.Image,
    size: tuple[int, int],
    density: Density | None,
    directories: frozenset[int] = frozenset(),
) -> tuple[Metadata, tuple[str, ...]]:
    """Return the metadata of an image that remain valid, and notes on parts too damaged to keep.

    Parameters
    ----------
    image : PIL.Image.Image
        The image as opened, with its pixels loaded.
    size : tuple of int
        Width and height of the upright picture.
    density : Density or None
        Density of the upright picture.
    directories : frozenset of int
        Tags of the directories of EXIF and GPS in the file.
    """
    notes: tuple[str, ...] = ()
    try:
        exif = _exif(image, *size)
        if not directories <= set(image.getexif()):
            notes = (_LOST_DIRECTORIES,)
    # Pillow raises many kinds of exception for damaged EXIF, which the picture does not need.
    except Exception as error:
        exif, notes = b"", (f"its EXIF cannot be kept ({' '.join(str(error).split())})",)
    xmp = image.info.get("xmp", b"")
    if isinstance(xmp, str):
        xmp = xmp.encode()
    if not _is_utf8(xmp):
        xmp, notes = b"", (*notes, "its XMP is not in UTF-8, so it is left out")
    return Metadata(exif, _corrected_xmp(xmp), _texts(image), density), notes


def _exif(image: Image.Image, width: int, height: int) -> bytes:
    """Rebuild EXIF from its descriptive tags, without those on how the old file stored its pixels."""
    old = image.getexif()
    new = Image.Exif()
    for tag in _DESCRIPTIVE_TAGS.intersection(old):
        new[tag] = old[tag]
    details = {tag: value for tag, value in old.get_ifd(_EXIF_IFD).items() if tag not in _STALE_EXIF_TAGS}
    for tag, value in ((_COLOR_SPACE, _SRGB), (_WIDTH, width), (_HEIGHT, height)):
        if tag in details:
            details[tag] = value
    place = dict(old.get_ifd(_GPS_IFD))
    for tag, directory in ((_EXIF_IFD, details), (_GPS_IFD, place)):
        if directory:
            new[tag] = directory
    if len(new) == 0:
        return b""
    new[_ORIENTATION] = _UPRIGHT
    return new.tobytes().removeprefix(b"Exif\0\0")


def _is_utf8(text: Any) -> bool:
    try:
        return isinstance(text, bytes) and text.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def _corrected_xmp(xmp: bytes) -> bytes:
    for pattern, replacement in _XMP_CORRECTIONS:
        xmp = re.sub(pattern, replacement, xmp)
    for name in _STALE_XMP_ELEMENTS:
        xmp = _without_element(xmp, name)
    return xmp.rstrip(b"\0")


def _without_element(xmp: bytes, name: bytes) -> bytes:
    """Cut from each opening tag to the end of its closing tag, or to the end of the text without one.

    Examples
    --------
    >>> _without_element(b"<x><a>1</a>2</x>", b"a"), _without_element(b"<x><a></a", b"a")
    (b'<x>2</x>', b'<x>')
    """
    kept, position = [], 0
    while (start := xmp.find(b"<" + name, position)) >= 0:
        kept.append(xmp[position:start])
        closing = xmp.find(b"</" + name, start)
        end = xmp.find(b">", closing) if closing >= 0 else -1
        position = end + 1 if end >= 0 else len(xmp)
    return b"".join((*kept, xmp[position:]))


def _texts(image: Image.Image) -> tuple[tuple[str, str], ...]:
    """Return the text chunks of a PNG, or the comment of a JPEG or GIF."""
    found = [
        (key, str(text))
        for key, text in image.info.items()
        if isinstance(key, str) and isinstance(text, str) and key not in _NOT_COMMENTS
    ]
    comment = image.info.get("comment")
    if isinstance(comment, bytes):
        found.append(("Comment", _decoded(comment)))
    kept = ((key, text.replace("\0", "")) for key, text in found if not key.startswith("Raw profile type"))
    return tuple((key, text) for key, text in kept if text)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
