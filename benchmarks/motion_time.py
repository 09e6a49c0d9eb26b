"""Time of GIFs of films, in turn with gifski: Kalette in process, and its command from PNG files."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import children
import commands
from measure import Entry
from motion_clips import FPS
from PIL import Image

import kalette
from kalette.types import Pixels

_ROUNDS = 5


def time_rows(clips: Mapping[str, Sequence[Pixels]], gifski: str) -> list[Entry]:
    """Return medians of seconds a frame, and of the ratio to gifski's in the same round."""
    return [_row(clip, frames, gifski) for clip, frames in clips.items()]


def _row(clip: str, frames: Sequence[Pixels], gifski: str) -> Entry:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, frame in enumerate(frames):
            Image.fromarray(frame).save(folder / f"f{number:03}.png")
        rounds = [_round(frames, folder, gifski) for _ in range(_ROUNDS)]
    height, width = frames[0].shape[:2]
    row: Entry = {"clip": clip, "frames": len(frames), "width": width, "height": height}
    for way in rounds[0]:
        row[f"{way}_seconds"] = median(each[way] for each in rounds) / len(frames)
        row[f"{way}_ratio"] = median(each[way] / each["gifski"] for each in rounds)
    print(*row.values(), flush=True)
    return row


def _round(frames: Sequence[Pixels], folder: Path, gifski: str) -> dict[str, float]:
    files, out = [str(path) for path in sorted(folder.glob("f*.png"))], str(folder / "out.gif")
    own = (commands.kalette_command(), "animate", *files, "-o", out, "--overwrite", "-q", "--fps", str(FPS))
    peer = (gifski, "--fps", str(FPS), "--quiet", "-o", out, *files)
    return {"gifski": _command(peer), "in_process": _in_process(frames), "command": _command(own)}


def _in_process(frames: Sequence[Pixels]) -> float:
    started = time.perf_counter()
    kalette.animate(frames, delays_ms=1000 / FPS, format="gif")
    return time.perf_counter() - started


def _command(command: Sequence[str]) -> float:
    done = children.ran(command)
    commands.require_zero(done.exit_code)
    return done.seconds
