"""What `kalette --version` prints: all that decides the bytes of an output."""

from importlib.metadata import PackageNotFoundError, version

from kalette import __version__, kernels


def versions() -> str:
    """Return the versions of Kalette and its codec libraries, and which kernels are in use."""
    from PIL import features

    codecs = [f"{name} {features.version(key)}" for key, name in _CODECS if features.version(key)]
    return "\n".join(
        (
            f"kalette {__version__}",
            f"kernels {kernels.BACKEND} ({kernels.INSTRUCTION_SET})",
            f"deflate {version('deflate')}, pyoxipng {_version_or_missing('pyoxipng')}",
            f"numpy {version('numpy')}, pillow {version('pillow')}",
            f"pillow with {', '.join(codecs)}",
        )
    )


_CODECS = (
    ("jpg", "jpeg"),
    ("zlib", "zlib"),
    ("webp", "webp"),
    ("libtiff", "tiff"),
    ("littlecms2", "littlecms"),
)


def _version_or_missing(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
