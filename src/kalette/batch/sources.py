"""The sources of a batch, listed once: folders, globs, list files, buckets, single files."""

import glob
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import NamedTuple

from kalette.batch.places import File, file_at, is_bucket, place_of
from kalette.types import ReadError, SettingsError

SUFFIXES_READ = frozenset(
    (
        ".png",
        ".apng",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".webp",
        ".gif",
        ".bmp",
        ".dib",
        ".tif",
        ".tiff",
        ".avif",
        ".heic",
        ".heif",
    )
)
"""Endings of the files that are taken from a folder or bucket."""


class Found(NamedTuple):
    """A listed file.

    Parameters
    ----------
    root : str
        The place that it is read from; empty for a path as it stands.
    path : str
        Its path in that place.
    file : File
        The file, with the name that it keeps below the target.
    """

    root: str
    path: str
    file: File


class Listing:
    """The files of some sources, listed as they are iterated.

    Parameters
    ----------
    sources : sequence of str
        Folders and buckets with all images below them, whose tree is kept; globs, whose tree is kept from the
        first wildcard on; ``@list.txt`` with a path a line, which keeps its folders; single files.
    target : str
        Folder or bucket of the outputs; what lies in it is left out.
    """

    def __init__(self, sources: Sequence[str], target: str) -> None:
        """Note the sources."""
        self._sources = sources
        self._target = target
        self.left_out = 0
        """Number of files seen so far in folders and buckets that are no images by their ending."""

    def __iter__(self) -> Iterator[Found]:
        """Yield the files of all sources.

        Raises
        ------
        ReadError
            When a source does not exist or cannot be listed.
        SettingsError
            When a list names a bucket or a path outside the target.
        """
        self.left_out = 0
        for source in self._sources:
            yield from self._of(source)

    def _of(self, source: str) -> Iterable[Found]:
        if source.startswith("@"):
            return _of_list(source[1:])
        if is_bucket(source) or Path(source).is_dir():
            return self._of_place(source)
        if glob.has_magic(source) and not Path(source).exists():
            return _of_glob(source)
        return [_single(source, Path(source).name)]

    def _of_place(self, source: str) -> Iterator[Found]:
        is_output = _output_test(source, self._target)
        for file in place_of(source).files():
            if is_output(file.name):
                continue
            if _is_image(file.name):
                yield Found(source, file.name, file)
            else:
                self.left_out += 1


def require_apart_from_target(sources: Sequence[str], target: str) -> None:
    """Raise if the target is one of the sources.

    Raises
    ------
    SettingsError
        With the way out.
    """
    for source in sources:
        same = source.rstrip("/") == target.rstrip("/")
        if same or (not is_bucket(source) and os.path.realpath(source) == os.path.realpath(target)):
            raise SettingsError(
                f"{target} is source and target at once; name another target, "
                "or replace files with kalette compress --in-place"
            )


def _is_image(name: str) -> bool:
    return name[name.rfind(".") :].lower() in SUFFIXES_READ


def _output_test(source: str, target: str) -> Callable[[str], bool]:
    """Return a test whether a file of the source lies in the target."""
    if is_bucket(source) != is_bucket(target):
        return lambda name: False
    if is_bucket(source):
        root, inner = source.rstrip("/") + "/", target.rstrip("/") + "/"
    else:
        root, inner = os.path.realpath(source) + os.sep, os.path.realpath(target) + os.sep
    if not inner.startswith(root):
        return lambda name: False
    prefix = inner[len(root) :].replace(os.sep, "/")
    return lambda name: name.startswith(prefix)


def _of_glob(pattern: str) -> Iterator[Found]:
    fixed = _with_slashes(os.path.join("", *_until_magic(PurePath(pattern).parts)))  # noqa: PTH118 - "" for none
    has_matched = False
    for matched in _matches(pattern):
        if os.path.isfile(matched):  # noqa: PTH113 - Path takes 0.8 s longer for 100,000
            yield _single(matched, _with_slashes(matched).removeprefix(fixed).lstrip("/"))
            has_matched = True
    if not has_matched:
        raise ReadError(f"{pattern} matches no file; check the pattern and the folder")


def _matches(pattern: str) -> Iterator[str]:
    """Yield what a pattern matches, as `glob` does, which would hold all names of a folder at once."""
    folder_pattern, last = os.path.split(pattern)
    if last == "**" or last.startswith(".") or not glob.has_magic(last):
        yield from glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
        return
    for folder in _folders_of(folder_pattern):
        with suppress(OSError), os.scandir(folder or ".") as entries:  # `glob` passes over such folders too
            for entry in entries:
                if not entry.name.startswith(".") and fnmatch(entry.name, last):
                    yield os.path.join(folder, entry.name)  # noqa: PTH118 - Path would drop a leading "./"


def _folders_of(pattern: str) -> Iterator[str]:
    """Yield the folders that a pattern matches; the current one is an empty text."""
    if not glob.has_magic(pattern):
        yield pattern
        return
    if set(pattern.replace(os.sep, "/").split("/")) == {"**"}:  # `glob` leaves out the current folder
        yield ""
    yield from glob.iglob(pattern + os.sep, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


def _until_magic(parts: Iterable[str]) -> list[str]:
    fixed: list[str] = []
    for part in parts:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return fixed


def _of_list(list_file: str) -> Iterator[Found]:
    return (_listed_file(line, list_file) for line in _lines(list_file) if line.strip())


def _lines(list_file: str) -> Iterator[str]:
    """Yield the lines of a file, or of standard input, without their ends."""
    try:
        with nullcontext(sys.stdin) if list_file == "-" else Path(list_file).open(encoding="utf-8") as lines:
            for line in lines:
                yield line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"the list {list_file} cannot be read ({error}); give a text file in UTF-8"
        ) from error


def _listed_file(line: str, list_file: str) -> Found:
    if is_bucket(line):
        raise SettingsError(f"{list_file} names {line}; name buckets as sources, not in a list")
    if ".." in line.replace(os.sep, "/").split("/"):
        raise SettingsError(
            f"{line} in {list_file} would be written outside the target; give a path without .."
        )
    name = re.sub(r"^([A-Za-z]:)?[\\/]+", "", _with_slashes(line))
    try:
        return _single(line, name)
    except ReadError:
        return Found("", line, File(name, 0, "missing", 0))  # fails as one image, in its turn


def _single(path: str, name: str) -> Found:
    return Found("", path, file_at(path, name))


def _with_slashes(path: str) -> str:
    """Return a path in its shortest form, with slashes; nothing for the current folder."""
    shortest = os.path.normpath(path).replace(os.sep, "/")
    return "" if shortest == "." else shortest
