"""Fuzzes reading: any bytes give a result or one `KaletteError` of one line.

    python tests/fuzz/reading.py -max_total_time=1800

Needs `pip install atheris`. Other arguments go to libFuzzer: a folder of initial files, or one file to run
again. Inputs that break the rule are written to `crash-*` in the current folder.
"""

import struct
import sys
import tempfile
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kalette", "PIL"]):
    import kalette
    from kalette.reading.images import read

sys.path.insert(0, str(Path(__file__).parents[1]))
from hostile import cases

LONGEST = 4096
SMALL = 1024  # pixels; larger pictures are only read
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_and_compress(data: bytes) -> None:
    """Raise any error but a `KaletteError` of one line; a final byte T sets `--allow-truncated`."""
    limits = kalette.Limits(max_pixels=1 << 20, max_frames=50, allow_truncated=data[-1:] == b"T")
    try:
        pixels = read(data, limits=limits).pixels
        if pixels.shape[0] * pixels.shape[1] > SMALL:
            return
        result = kalette.compress(data, k=4, effort="fast", limits=limits)
    except kalette.KaletteError as error:
        said = str(error)
        assert said, "an empty sentence"
        assert "\n" not in said, said
    else:
        assert result.indices.shape == pixels.shape[:2]


def mutated(data: bytes, longest: int, seed: int) -> bytes:
    """Mutate, and mostly repair the checksums of a PNG, so that the decoder behind them is reached."""
    return (
        with_valid_checksums(atheris.Mutate(data, longest))[:longest]
        if seed % 4
        else atheris.Mutate(data, longest)
    )


def with_valid_checksums(data: bytes) -> bytes:
    if not data.startswith(PNG_SIGNATURE):
        return data
    return PNG_SIGNATURE + b"".join(chunks_with_valid_checksums(data))


def chunks_with_valid_checksums(data: bytes) -> Iterator[bytes]:
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        body = data[at + 4 : at + 8 + size]
        if len(body) < 4 + size:
            break
        yield data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + size
    yield data[at:]


def main() -> None:
    warnings.simplefilter("ignore")  # from Pillow, no errors for users
    with tempfile.TemporaryDirectory() as begin:
        for name, data in cases(full=False):
            if len(data) <= LONGEST:
                (Path(begin) / name).write_bytes(data)
        atheris.Setup(
            [sys.argv[0], f"-max_len={LONGEST}", "-timeout=30", *sys.argv[1:], begin],
            read_and_compress,
            custom_mutator=mutated,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
