"""`kalette --version`: everything that determines the bytes of an output."""

from importlib.metadata import PackageNotFoundError, version

from kalette import kernels
from kalette.reading import codec_versions
from kalette.types import __version__


def versions() -> str:
    """Return the versions of Kalette and its codec libraries, and which kernels are in use."""
    codecs = [f"{name} {number}" for name, number in codec_versions().items()]
    return "\n".join(
        (
            f"kalette {__version__}",
            f"kernels {kernels.BACKEND} ({kernels.INSTRUCTION_SET})",
            f"deflate {version('deflate')}, pyoxipng {_version_or_missing('pyoxipng')}",
            f"numpy {version('numpy')}, pillow {version('pillow')}",
            f"pillow with {', '.join(codecs)}",
        )
    )


def _version_or_missing(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
