"""Versions of the codec libraries behind Pillow, which determine the bytes of some outputs."""

_CODECS = (
    ("jpg", "jpeg"),
    ("zlib", "zlib"),
    ("webp", "webp"),
    ("avif", "avif"),
    ("libtiff", "tiff"),
    ("littlecms2", "littlecms"),
)


def codec_versions() -> dict[str, str]:
    """Return the versions of the codec libraries that Pillow uses."""
    from PIL import features

    versions = {name: features.version(feature) for feature, name in _CODECS}
    return {name: version for name, version in versions.items() if version}
