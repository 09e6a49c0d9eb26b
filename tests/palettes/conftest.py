"""Palette files."""

import pytest


@pytest.fixture
def written(tmp_path):
    """Bytes as a file of no telling name."""

    def write(data: bytes | str):
        path = tmp_path / "palette"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write
