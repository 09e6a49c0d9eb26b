"""The page as static files, for any web server."""

import gzip
from dataclasses import dataclass
from pathlib import Path

from kalette.types import WriteError
from kalette.web.page_folders import PAGE_FOLDERS, PAGE_POLICY

_SERVER_HERE = '<meta name="kalette-server" content="here">'
_NO_SERVER = (
    '<meta name="kalette-server" content="none">\n'
    f'<meta http-equiv="Content-Security-Policy" content="{PAGE_POLICY}">'
)


@dataclass(frozen=True)
class Export:
    """What was written.

    Parameters
    ----------
    files : int
        Number of files.
    size_bytes : int
        Size of all of them.
    gzipped_bytes : int
        What a browser loads from a server that compresses, if it loads all of them.
    """

    files: int
    size_bytes: int
    gzipped_bytes: int


def export_page(folder: Path) -> Export:
    """Write the page as static files, which need no server but one of files.

    K-Means then runs in the browser alone: preview and "Watch it learn" work, and the page shows the command
    that makes the file.

    Parameters
    ----------
    folder : Path
        A new or empty folder.

    Returns
    -------
    Export
        Number and size of the files.

    Raises
    ------
    WriteError
        When the folder holds anything, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = export_page(Path(folder, "school"))
    ...     Path(folder, "school", "index.html").exists(), written.gzipped_bytes < 150_000
    (True, True)
    """
    contents = _contents()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise WriteError(f"{folder} is not empty; give a new or empty folder for the page")
        for path, data in contents.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
    except OSError as error:
        raise WriteError(
            f"the page cannot be written to {folder} ({error.strerror}); give another"
        ) from error
    sizes = [(len(data), len(gzip.compress(data))) for data in contents.values()]
    return Export(len(sizes), *(sum(each) for each in zip(*sizes, strict=True)))


def _contents() -> dict[str, bytes]:
    """Return the bytes of each file by its path; the first page says that there is no server."""
    files = {
        (Path(path) / file.name).as_posix(): file.read_bytes()
        for path, folder in PAGE_FOLDERS.items()
        for file in sorted(folder.iterdir())
    }
    files["index.html"] = files["index.html"].replace(_SERVER_HERE.encode(), _NO_SERVER.encode())
    return files
