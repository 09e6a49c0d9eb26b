"""A server in a process of its own, as `kalette serve` starts it."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

import kalette


class Server:
    """A running server and a client of it."""

    output = ""  # what it printed after its address, once it has ended

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self.client = httpx.Client(base_url=address, timeout=120)
        self.port = int(address.rstrip("/").rpartition(":")[2])

    def post(self, path: str, data: bytes = b"", **options: Any) -> httpx.Response:
        return self.client.post(path, content=data, **options)

    def children(self) -> set[int]:
        """The processes that the server has started; only on Linux."""
        found = set()
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            found |= {int(number) for number in (task / "children").read_text().split()}
        return found


@contextmanager
def running(*options: str) -> Iterator[Server]:
    """Start a server, and end it with TERM."""
    command = [sys.executable, "-m", "kalette", "serve", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    server = None
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        server = Server(process, line.split()[2])
        with server.client:
            yield server
    finally:
        process.terminate()
        printed = process.communicate(timeout=60)
        if server is not None:
            server.output = "".join(printed)


def jpeg(width: int = 120, height: int = 80) -> bytes:
    """A photograph-like image as a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(kalette.sample_pixels(width, height)).save(file, "JPEG", quality=90)
    return file.getvalue()


def png(pixels: np.ndarray) -> bytes:
    """An image as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
