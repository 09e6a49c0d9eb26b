"""Files opened by their content, without decoding.

The plugin class of the detected format is called directly: `Image.open` would try every plugin and apply
its process-wide size limit.
"""

import importlib
import io

from PIL import Image

from kalette.reading.decoding_errors import HEADER_ADVICE, decoding_errors
from kalette.reading.heif import open_heif, require_heif
from kalette.reading.structure import format_of
from kalette.types import ReadError

_PLUGINS = {
    "PNG": ("PngImagePlugin", "PngImageFile"),
    "JPEG": ("JpegImagePlugin", "JpegImageFile"),
    "WEBP": ("WebPImagePlugin", "WebPImageFile"),
    "GIF": ("GifImagePlugin", "GifImageFile"),
    "BMP": ("BmpImagePlugin", "BmpImageFile"),
    "TIFF": ("TiffImagePlugin", "TiffImageFile"),
    "AVIF": ("AvifImagePlugin", "AvifImageFile"),
}
_READABLE = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and HEIC"
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")  # a codestream, and a container


def known_format(data: bytes, name: str) -> str:
    """Return the format of a file that Kalette can read; raise for any other."""
    if not data:
        raise ReadError(f"{name} is empty; get the file again")
    file_format = format_of(data)
    if data.startswith(_JPEG_XL):
        raise ReadError(f"{name} is JPEG XL, which is not read; convert it to PNG first, with djxl for one")
    if file_format == "HEIF":
        require_heif(name)
    if file_format is None:
        _refuse_video(data, name)
        raise ReadError(f"{name} is not an image that Kalette knows; it reads {_READABLE}")
    return file_format


def _refuse_video(data: bytes, name: str) -> None:
    from kalette.reading.video import video_format

    if video_format(data) is not None:
        raise ReadError(
            f"{name} is a video and one image is taken; make an animation of it (kalette animate)"
        )


def open_file(data: bytes, file_format: str) -> Image.Image:
    """Open a file with Pillow's plugin for its format, without decoding it."""
    if file_format == "HEIF":
        return open_heif(data)
    module, plugin = _PLUGINS[file_format]
    stream = _ShortReads(data) if file_format == "WEBP" else io.BytesIO(data)
    image: Image.Image = getattr(importlib.import_module(f"PIL.{module}"), plugin)(stream)
    return image


def open_header(data: bytes, file_format: str, name: str) -> Image.Image:
    """Open a file; when that fails, say that its header is at fault."""
    with decoding_errors(name, HEADER_ADVICE):
        return open_file(data, file_format)


class _ShortReads(io.BytesIO):
    """A stream with short reads, so that Pillow's WebP plugin does not apply its process-wide size limit.

    Kalette's own limits are checked before.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Read everything, or at most 16 bytes when a size is given: enough for the signature."""
        return super().read(16 if size is not None and size > 16 else size)
