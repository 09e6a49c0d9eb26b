"""Atomic file writes: a file is written completely or not at all."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from kalette.types import WriteError, as_path, require_flag
from kalette.writing.spool import Spool, blocks_of

_DISK_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None))
_UNFINISHED = ".part"
_O_BINARY: int = getattr(os, "O_BINARY", 0)


def output_path(path: object, overwrite: object) -> Path:
    """Return the path of an output, or raise unless it is one and `overwrite` is a flag.

    Examples
    --------
    >>> output_path("small.png", False).name
    'small.png'
    """
    require_flag("overwrite", overwrite)
    return as_path("the path", path)


def make_folder(path: Path) -> None:
    """Create a folder and its missing parents.

    Raises
    ------
    WriteError
        When it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{path} cannot be a folder ({error.strerror}); name another") from error


def require_room(path: Path, *, overwrite: bool = False) -> None:
    """Check before the work whether `write_whole` could write: existing file, missing folder.

    With `overwrite`, a symbolic link stands for the file that it leads to.

    Parameters
    ----------
    path : Path
        Path of the output.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    WriteError
        When the file could not be written.
    """
    try:
        place = _place_of(path, overwrite)
        if not place.parent.is_dir():
            raise FileNotFoundError
        if os.path.lexists(place) and not overwrite and not place.is_dir():
            raise FileExistsError
        _replaceable_status(place)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise WriteError(_write_error_text(path, error)) from error


def write_whole(
    path: Path, data: bytes | Spool, *, overwrite: bool = False, unfinished: Path | None = None
) -> None:
    """Write a file atomically: at every moment it is absent, the old file, or the complete new one.

    Parameters
    ----------
    path : Path
        Path of the file; its folder must exist.
    data : bytes or Spool
        Content of the file.
    overwrite : bool
        Replace an existing file, which is an error otherwise; of a symbolic link, the file that it leads to.
    unfinished : Path or None
        Folder for the file while it is written, which a killed process leaves; by default that of `path`.

    Raises
    ------
    WriteError
        When the file exists and `overwrite` is false, or writing fails.
    """
    try:
        place = _place_of(path, overwrite)
        _write_at(place, data, overwrite, _unfinished_folder(place.parent, unfinished))
    except (OSError, ValueError) as error:
        raise WriteError(_write_error_text(path, error)) from error


def _place_of(path: Path, overwrite: bool) -> Path:
    """Return the file that is written: with `overwrite`, a link stays, and what it leads to is replaced."""
    return Path(os.path.realpath(path)) if overwrite and path.is_symlink() else path


def _unfinished_folder(beside: Path, wanted: Path | None) -> Path:
    """Return the wanted folder; `beside` where a rename from there would cross file systems."""
    if wanted is None or wanted.stat().st_dev != beside.stat().st_dev:
        return beside
    return wanted


def _write_at(path: Path, data: bytes | Spool, overwrite: bool, folder: Path) -> None:
    temporary = folder / f".kalette-{os.urandom(8).hex()}{_UNFINISHED}"
    try:
        _write(temporary, data, _replaceable_status(path) if overwrite else None)
        _publish(temporary, path, overwrite)
    finally:
        try:
            _remove_temporary(temporary)
        except BaseException:  # an interrupting signal, which is raised once only
            _remove_temporary(temporary)
            raise
    _fsync_folder(path.parent)


def remove_unfinished(folder: Path) -> None:
    """Remove the files that killed processes left unfinished in a folder where nobody writes now."""
    for path in folder.glob(f".kalette-*{_UNFINISHED}"):
        _remove_temporary(path)


def _replaceable_status(path: Path) -> os.stat_result | None:
    """Return the status of an existing file or symbolic link, None for a free path; raise for all else."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):  # a loop of links, or one that appeared meanwhile
        return status
    if stat.S_ISREG(status.st_mode):
        if not os.access(path, os.W_OK):  # a rename needs write permission for the folder only
            raise PermissionError(errno.EACCES, "it is write-protected")
        return status
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError
    raise WriteError(f"{path} is not a regular file; choose another name, or write to standard output (-)")


def _write(temporary: Path, data: bytes | Spool, old: os.stat_result | None) -> None:
    # 0o666, so that the user's umask applies as for any new file.
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _O_BINARY, 0o666), "wb") as file:
        if old is not None and stat.S_ISREG(old.st_mode) and os.name != "nt":
            _copy_permissions(file.fileno(), old)
        file.writelines(blocks_of(data))
        file.flush()
        os.fsync(file.fileno())


def _copy_permissions(descriptor: int, old: os.stat_result) -> None:
    """Copy owner and mode, so that nobody can read the new file who could not read the old one."""
    with suppress(PermissionError):  # only root may change the owner
        os.fchown(descriptor, old.st_uid, old.st_gid)
    with suppress(PermissionError):  # file systems without permissions
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & 0o777)


def _publish(temporary: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
    elif os.name == "nt":
        temporary.rename(path)  # on Windows this fails for an existing file
    else:
        try:
            os.link(temporary, path)  # atomic, and fails if the file exists: one of two writers wins
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            _reserve(path)
            _replace_reserved(temporary, path)


def _reserve(path: Path) -> None:
    """Create an empty file atomically; fails if it exists, so one of two writers wins."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))


def _replace_reserved(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except BaseException:
        path.unlink()
        raise


def _remove_temporary(temporary: Path) -> None:
    """Remove the temporary file if it exists."""
    try:
        temporary.unlink()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return
    except OSError as error:
        raise WriteError(f"{temporary} is left over and cannot be removed ({error.strerror})") from error


def _fsync_folder(folder: Path) -> None:
    """Flush the folder, so that the new name survives a power cut (POSIX)."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_error_text(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileExistsError):
        return f"{path} exists; allow overwriting (--overwrite), or choose another name"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"the folder {path.parent} does not exist; create it, or choose another place for {path.name}"
    if isinstance(error, IsADirectoryError):
        return f"{path} is a folder; name a file in it"
    reason = getattr(error, "strerror", None) or error
    if getattr(error, "errno", None) in _DISK_FULL:
        return f"{path} cannot be written ({reason}); make room, or choose another place"
    return f"{path} cannot be written ({reason}); choose a place where you may write"
