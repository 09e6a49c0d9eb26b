"""Writing files: whole or not at all."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from kalette.types import WriteError

_NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None))
_BINARY: int = getattr(os, "O_BINARY", 0)


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
    try:
        if not path.parent.is_dir():
            raise FileNotFoundError
        if os.path.lexists(path) and not overwrite and not path.is_dir():
            raise FileExistsError
        _replaceable(path)
    except OSError as error:
        raise WriteError(_why_not(path, error)) from error


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
    temporary = path.parent / f".kalette-{os.urandom(8).hex()}.part"
    try:
        _write(temporary, data, _replaceable(path) if overwrite else None)
        _move(temporary, path, overwrite)
    except (OSError, ValueError) as error:
        raise WriteError(_why_not(path, error)) from error
    finally:
        try:
            _remove(temporary)
        except BaseException:  # a signal, which comes once
            _remove(temporary)
            raise
    _fsync_folder(path.parent)


def _replaceable(path: Path) -> os.stat_result | None:
    """Return what stands in the place, None for nothing; a device or a pipe must not become a file."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        return status
    if stat.S_ISREG(status.st_mode):
        if not os.access(path, os.W_OK):  # the folder would let it be replaced all the same
            raise PermissionError(errno.EACCES, "it is write-protected")
        return status
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError
    raise WriteError(f"{path} is no regular file; choose another name, or write to standard output (-)")


def _write(temporary: Path, data: bytes, old: os.stat_result | None) -> None:
    # Opened like any new file, so that it gets the rights that the user's files get.
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666), "wb") as file:
        if old is not None and stat.S_ISREG(old.st_mode) and os.name != "nt":
            _take_rights(file.fileno(), old)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _take_rights(descriptor: int, old: os.stat_result) -> None:
    """Let nobody read the new file who could not read the old one."""
    with suppress(PermissionError):  # only the administrator gives files away
        os.fchown(descriptor, old.st_uid, old.st_gid)
    with suppress(PermissionError):  # on file systems without rights
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & 0o777)


def _move(temporary: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
    elif os.name == "nt":
        temporary.rename(path)  # on Windows this refuses an existing file
    else:
        try:
            os.link(temporary, path)  # as one step: fails when the file is there, so of two writers one wins
        except FileExistsError:
            raise
        except OSError:  # this file system has no hard links
            _claim(path)
            _move_onto_claim(temporary, path)


def _claim(path: Path) -> None:
    """Make an empty file, as one step: of two writers one wins."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))


def _move_onto_claim(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except BaseException:
        path.unlink()
        raise


def _remove(temporary: Path) -> None:
    """Remove the temporary file if it is there."""
    try:
        temporary.unlink()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return
    except OSError as error:
        raise WriteError(f"{temporary} is left over and cannot be removed ({error.strerror})") from error


def _fsync_folder(folder: Path) -> None:
    """Let the name survive a power cut, on systems that synchronise folders."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _why_not(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileExistsError):
        return f"{path} exists; allow overwriting (--overwrite), or choose another name"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"the folder {path.parent} does not exist; create it, or choose another place for {path.name}"
    if isinstance(error, IsADirectoryError):
        return f"{path} is a folder; name a file in it"
    reason = getattr(error, "strerror", None) or error
    if getattr(error, "errno", None) in _NO_ROOM:
        return f"{path} cannot be written ({reason}); make room, or choose another place"
    return f"{path} cannot be written ({reason}); choose a place where you may write"
