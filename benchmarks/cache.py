"""What need not be computed twice, kept in a folder: each thing in a file named by all that it depends on."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cache:
    """A folder of kept bytes; several processes may use it at once."""

    folder: Path

    def kept(self, parts: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        """Return what was kept for these parts, or make and keep it."""
        path = self._path(parts)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            made = make()
            _write_whole(path, made)
            return made

    def _path(self, parts: tuple[str, ...]) -> Path:
        name = digest("\0".join(parts).encode())
        return self.folder / name[:2] / name[2:]


def default_folder() -> Path:
    """Return the folder for benchmarks in the user's folder of things that may be lost."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kalette-benchmarks"


def digest(data: bytes) -> str:
    """Return a name for these bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)
