"""Files that appear whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from kalette.errors import WriteError


def make_folder(path: Path) -> None:
    """Make a folder, and those it lies in, where they are not there.

    Raises
    ------
    WriteError
        When it cannot be one.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{path} cannot be a folder ({error.strerror}); name another") from error


def require_room(path: Path, *, overwrite: bool = False) -> None:
    """Refuse early what `write_whole` would refuse late: an existing file, a missing folder.

    Parameters
    ----------
    path : Path
        Where something is to be written.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    WriteError
        When it is clear already that nothing can be written there.
    """
    if not path.parent.is_dir():
        raise WriteError(_why_not(path, FileNotFoundError()))
    if path.is_dir():
        raise WriteError(_why_not(path, IsADirectoryError()))
    if path.exists() and not overwrite:
        raise WriteError(_why_not(path, FileExistsError()))


def write_whole(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file so that at every moment it is absent, the old one, or the whole new one.

    Parameters
    ----------
    path : Path
        Where to; its folder must exist.
    data : bytes
        The whole content.
    overwrite : bool
        Replace an existing file, which is left alone otherwise.

    Raises
    ------
    WriteError
        When the file exists and may not be replaced, or the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.part")
    try:
        # Opened like any new file, so that it gets the rights that the user's files get.
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _move(temporary, path, overwrite)
    except OSError as error:
        raise WriteError(_why_not(path, error)) from error
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):
            temporary.unlink()


def _move(temporary: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
    elif os.name == "nt":
        temporary.rename(path)  # on Windows this refuses an existing file
    else:
        os.link(temporary, path)  # as one step: fails when the file is there, so of two writers one wins


def _why_not(path: Path, error: OSError) -> str:
    if isinstance(error, FileExistsError):
        return f"{path} exists; allow overwriting (--overwrite), or choose another name"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"the folder {path.parent} does not exist; create it, or choose another place for {path.name}"
    if isinstance(error, IsADirectoryError):
        return f"{path} is a folder; name a file in it"
    return f"{path} cannot be written ({error.strerror}); choose a place where you may write"
