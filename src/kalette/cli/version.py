"""What `kalette --version` prints: all that decides the bytes of an output."""

from importlib.metadata import version

from kalette import __version__, kernels


def versions() -> str:
    """Return the versions of Kalette and its codec libraries, and which kernels are in use."""
    from PIL import features

    from kalette.encode.png import HAS_OXIPNG

    codecs = [f"{name} {features.version(key)}" for key, name in _CODECS if features.version(key)]
    return "\n".join(
        (
            f"kalette {__version__}",
            f"kernels {kernels.BACKEND} ({kernels.INSTRUCTION_SET})",
            f"deflate {version('deflate')}, pyoxipng {version('pyoxipng') if HAS_OXIPNG else 'missing'}",
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
