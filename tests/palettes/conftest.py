"""Palette files for tests."""

import pytest


@pytest.fixture
def written(tmp_path):
    """Write a file whose name does not show its format."""

    def write(data: bytes | str):
        path = tmp_path / "palette"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write
