"""The server under load: images per second beside the library, latency, memory, and refusals.

The library does the same work in as many processes as the server has workers; the two take turns. Every
answer is compared with the library's bytes. Then more requests come at once than may wait, and a slider moves
over one picture of a megapixel that the server keeps.
Writes benchmarks/results/serve.json; benchmarks/tables.py makes the tables of docs/benchmarks.md from it.
"""

import hashlib
import http.client
import io
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from arguments import argument_parser, checked
from measure import Entry, machine, write_json
from peers import distribution_version
from PIL import Image

import kalette
from kalette.types import thread_count

AT_A_TIME = 32
CACHE = "16MiB"  # so little that the warming fills it, and only a leak would let memory grow
CLIENTS = 4  # in the overload
BEYOND = 300  # requests at once in the overload, more than may wait
K = 32
KS = tuple(range(2, 257, 12))
EFFORTS = ("fast", "balanced")
_BASES = 8  # pictures of which the uploads are variants
_OTHERS = 10_000  # from this number on, uploads for the warming


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is sent."""

    rounds: int
    uploads: int
    size: tuple[int, int]
    slider_size: tuple[int, int]
    ks: Sequence[int]
    beyond: int
    warming: int


WHOLE = Extent(5, 100, (192, 128), (1200, 834), KS, BEYOND, 400)
SMOKE = Extent(1, 12, (48, 32), (96, 64), (2, 16), 120, 8)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the server."""

    status: int
    digest: str
    seconds: float


def uploads(size: tuple[int, int], numbers: range) -> list[bytes]:
    """Return PNG files that all differ, so that no cache helps."""
    width, height = size
    bases = [kalette.sample_pixels(width + number, height) for number in range(_BASES)]
    return [_png(bases[number % _BASES], number) for number in numbers]


def _png(base: np.ndarray, number: int) -> bytes:
    pixels = base.copy()
    pixels[0, 0] = (number % 256, number // 256, 77)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def by_library(data: bytes) -> str:
    """Do the work of the server: read, compress, measure; return a digest of the file."""
    result = kalette.open(data).compress(K, threads=1)
    result.record()
    return hashlib.sha256(result.to_bytes()).hexdigest()


class Client:
    """Sends requests to the server, each on a connection of its own."""

    def __init__(self, port: int) -> None:
        self._port = port

    def post(self, path: str, data: bytes = b"", *, own_address: str = "127.0.0.1") -> Reply:
        """Send a request and wait for its answer."""
        started = time.perf_counter()
        place = (own_address, 0)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300, source_address=place)
        try:
            connection.request("POST", path, data)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return Reply(answer.status, hashlib.sha256(content).hexdigest(), time.perf_counter() - started)


@contextmanager
def server(workers: int) -> Iterator[tuple[Client, int]]:
    """Yield a client of a running server and the number of its process."""
    command = [sys.executable, "-m", "kalette", "serve", "--workers", str(workers), "--cache", CACHE]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[2]
        yield Client(int(address.rstrip("/").rpartition(":")[2])), process.pid
    finally:
        process.terminate()
        process.wait(60)


def memory_bytes(pid: int) -> int | None:
    """Return the memory of a process and its children, without what they share twice; only on Linux."""
    if sys.platform != "linux":
        return None
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    return sum(_proportional_bytes(each) for each in (str(pid), *children))


def _proportional_bytes(pid: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def load(client: Client, extent: Extent, workers: int) -> Entry:
    """Send uploads to the server and to the library in turn."""
    images = uploads(extent.size, range(extent.rounds * extent.uploads))
    replies: list[Reply] = []
    seconds: dict[str, list[float]] = {"server": [], "library": []}
    expected: list[str] = []
    spawned = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(workers, spawned) as processes,
        ThreadPoolExecutor(AT_A_TIME) as threads,
    ):
        list(processes.map(by_library, images[:workers]))  # the imports
        for first in range(0, len(images), extent.uploads):
            part = images[first : first + extent.uploads]
            started = time.perf_counter()
            expected += processes.map(by_library, part)
            between = time.perf_counter()
            replies += threads.map(lambda data: client.post(f"/v1/compress?k={K}", data), part)
            seconds["library"].append(between - started)
            seconds["server"].append(time.perf_counter() - between)
    wrong = [each for each, digest in zip(replies, expected, strict=True) if not _is_right(each, digest)]
    if wrong:
        raise SystemExit(f"{len(wrong)} answers are wrong, the first with status {wrong[0].status}")
    return {
        "uploads": len(replies),
        "at_a_time": AT_A_TIME,
        "statuses": dict(Counter(str(each.status) for each in replies)),
        "latency_seconds": quantiles([each.seconds for each in replies]),
        "images_per_second": len(replies) / sum(seconds["server"]),
        "library_images_per_second": len(replies) / sum(seconds["library"]),
        "ratio": sum(seconds["library"]) / sum(seconds["server"]),
    }


def _is_right(reply: Reply, digest: str) -> bool:
    return reply.digest == digest if reply.status == 200 else reply.status == 503


def overload(client: Client, extent: Extent) -> Entry:
    """Send more requests at once than may wait, of several clients; each must be answered, or refused."""
    (data,) = uploads(extent.size, range(1))
    path = f"/v1/compress?k={K}"

    def post(number: int) -> Reply:
        return client.post(path, data, own_address=_address_of(number % CLIENTS))

    with ThreadPoolExecutor(extent.beyond) as threads:
        replies = list(threads.map(post, range(extent.beyond)))
    statuses = Counter(str(each.status) for each in replies)
    if set(statuses) - {"200", "429", "503"}:
        raise SystemExit(f"the overload was answered with {dict(statuses)}")
    refused = [each.seconds for each in replies if each.status != 200]
    return {
        "at_once": extent.beyond,
        "statuses": dict(statuses),
        "refusal_seconds": quantiles(refused) if refused else None,
    }


def _address_of(client: int) -> str:
    return f"127.0.0.{client + 1}" if sys.platform == "linux" else "127.0.0.1"


def slider(client: Client, extent: Extent) -> list[Entry]:
    """Return the latency of the exact file for many k of one kept picture."""
    width, height = extent.slider_size
    file = io.BytesIO()
    Image.fromarray(kalette.sample_pixels(width, height)).save(file, "JPEG", quality=92)
    data = file.getvalue()
    client.post("/v1/pictures", data)
    picture = hashlib.sha256(data).hexdigest()
    entries = []
    for effort in EFFORTS:
        path = f"/v1/compress?picture={picture}&effort={effort}"
        replies = [client.post(f"{path}&k={k}") for k in extent.ks]
        if {each.status for each in replies} != {200}:
            raise SystemExit("the server does not keep the picture")
        seconds = quantiles([each.seconds for each in replies])
        entries.append({"effort": effort, "pixels": width * height, "ks": len(replies), "seconds": seconds})
    return entries


def quantiles(seconds: Sequence[float]) -> Entry:
    """Return median, 95th and 99th percentile."""
    if len(seconds) < 2:
        return dict.fromkeys(("p50", "p95", "p99"), seconds[0])
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def run(*, smoke: bool) -> dict[str, Any]:
    """Run all, and return the record."""
    extent, workers = SMOKE if smoke else WHOLE, thread_count(None)
    with server(workers) as (client, pid):
        for data in uploads(extent.size, range(_OTHERS, _OTHERS + extent.warming)):
            client.post("/v1/compress?k=2&effort=fast", data)  # every worker has begun, the cache is full
        before = memory_bytes(pid)
        loaded = load(client, extent, workers)
        after = memory_bytes(pid)
        refused = overload(client, extent)
        moved = slider(client, extent)
    names = ("starlette", "uvicorn")
    return {
        "benchmark": "serve",
        "smoke": smoke,
        "machine": machine({name: distribution_version(name) for name in names}),
        "workers": workers,
        "pixels": extent.size[0] * extent.size[1],
        "load": {**loaded, "memory_bytes_before": before, "memory_bytes_after": after},
        "overload": refused,
        "slider": moved,
    }


def main() -> None:
    """Read the arguments, run, write the JSON."""
    parser = argument_parser("serve", __doc__, needs_data=False)
    arguments = checked(parser.parse_args())
    write_json(arguments.out, run(smoke=arguments.smoke))
    print(f"serve: wrote {arguments.out}")


if __name__ == "__main__":
    main()
