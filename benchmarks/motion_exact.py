"""GIF to GIF without loss against `gifsicle -O3`: GIFs that peers make of the clips, and samples."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from measure import Entry
from motion_peers import Maker, decoded
from PIL import Image

import kalette
from kalette.types import Pixels

FRAMES = 8  # of each clip
_SETTINGS = {
    ("gifski", "Q 90"),
    ("FFmpeg", "default"),
    ("FFmpeg", "bayer"),
    ("libvips", "error 6"),
    ("Pillow", ""),
}


def exact_rows(clips: Mapping[str, Sequence[Pixels]], peers: Sequence[Maker], samples: Path) -> list[Entry]:
    """Return bytes of each GIF as it is, from gifsicle and from Kalette; nothing without gifsicle."""
    program = shutil.which("gifsicle")
    if program is None:
        return []
    rows = []
    for name, data in _gifs(clips, peers, samples):
        rows.append({"file": name, "bytes": len(data), **_sizes(program, data)})
        print(*rows[-1].values(), flush=True)
    return rows


def _gifs(
    clips: Mapping[str, Sequence[Pixels]], peers: Sequence[Maker], samples: Path
) -> Iterator[tuple[str, bytes]]:
    used = [peer for peer in peers if (peer.peer, peer.setting) in _SETTINGS]
    for name, frames in clips.items():
        with tempfile.TemporaryDirectory() as folder:
            for number, frame in enumerate(frames[:FRAMES]):
                Image.fromarray(frame).save(Path(folder) / f"f{number:03}.png")
            for peer in used:
                yield f"{name}, {peer.peer} {peer.setting}".strip(), peer.make(Path(folder))
    for path in sorted(samples.glob("*.gif")):
        yield path.name, path.read_bytes()


def _sizes(program: str, data: bytes) -> Entry:
    peer = subprocess.run([program, "-O3"], input=data, check=True, capture_output=True).stdout
    own = kalette.animate(data, format="gif")
    return {
        "gifsicle": len(peer),
        "kalette": own.output_bytes,
        "gifsicle_is_exact": _is_same(data, peer),
        "kalette_is_exact": _is_same(data, own.to_bytes()),
    }


def _is_same(data: bytes, other: bytes) -> bool:
    """Return whether two files show the same, as Pillow decodes them."""
    one, two = _shown(data), _shown(other)
    return len(one) == len(two) and all(
        delay == other_delay and np.array_equal(pixels, others)
        for (pixels, delay), (others, other_delay) in zip(one, two, strict=True)
    )


def _shown(data: bytes) -> list[tuple[Pixels, int]]:
    """Return the frames with their delays; equal ones in a row are one."""
    frames = list[tuple[Pixels, int]]()
    for pixels, delay_ms in decoded(data):
        solid = np.where(pixels[..., 3:] == 0, np.uint8(0), pixels)
        if frames and np.array_equal(solid, frames[-1][0]):
            frames[-1] = solid, frames[-1][1] + delay_ms
        else:
            frames.append((solid, delay_ms))
    return frames
