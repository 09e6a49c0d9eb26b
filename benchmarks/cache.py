"""A cache of bytes in a folder: each file is named by a digest of everything that its content depends on."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cache:
    """A folder of cached bytes; several processes may use it at once."""

    folder: Path

    def kept(self, parts: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        """Return the cached bytes for this key, or make and cache them."""
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
    """Return the folder for benchmarks in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kalette-benchmarks"


def digest(data: bytes) -> str:
    """Return a digest of these bytes as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()[:32]


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)
