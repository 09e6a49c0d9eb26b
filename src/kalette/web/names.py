"""File names of downloads: only text, never a path."""

from pathlib import PurePosixPath
from urllib.parse import quote

from kalette.batch import tag_of
from kalette.types import Settings

_UNSAFE = '<>:"/\\|?*%'  # in names of files, on some system or in a header
_MOST_CHARACTERS = 100
UNNAMED = "image"


def plain_name(name: str) -> str:
    r"""Return the last part of a path, without characters that control, reorder, or are not for files.

    Examples
    --------
    >>> plain_name("C:\\photos\\a<b>.jpg"), plain_name("../\r\nx\u202egpj.png"), plain_name("..")
    ('a_b_.jpg', 'xgpj.png', 'image')
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join("_" if each in _UNSAFE else each for each in last if each.isprintable())
    return shown.strip(" .")[-_MOST_CHARACTERS:] or UNNAMED


def result_name(name: str, settings: Settings) -> str:
    """Return the name of a result, by the rule of `kalette compress`.

    Examples
    --------
    >>> result_name("photo.jpg", Settings(k=16))
    'photo-k16.png'
    """
    return f"{PurePosixPath(name).stem}-{tag_of(settings)}.{settings.format}"


def disposition(file_name: str) -> str:
    """Return the `Content-Disposition` of a download (RFC 6266).

    Examples
    --------
    >>> disposition("photo-k16.png")
    'attachment; filename="photo-k16.png"'
    >>> disposition("blau-ö.png")
    'attachment; filename="blau-_.png"; filename*=UTF-8\\'\\'blau-%C3%B6.png'
    """
    simple = "".join(each if each.isascii() else "_" for each in file_name)
    header = f'attachment; filename="{simple}"'
    return header if simple == file_name else f"{header}; filename*=UTF-8''{quote(file_name, safe='')}"
