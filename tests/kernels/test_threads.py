"""Concurrent calls of kernels: the interpreter lock is released, and the results are right."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import deflate
import numpy as np
import pytest

import kalette
from kernel_cases import CASES, assert_same

_native = pytest.importorskip("kalette.kernels._native")


def pictures() -> list[np.ndarray]:
    across, down = np.meshgrid(np.arange(60), np.arange(44))
    made = []
    for i in range(8):
        color = np.stack([4 * across + 7 * i, 5 * down, (across * down) % (40 + 20 * i)], axis=2) % 256
        alpha = np.clip(across * 9 - 40 * i, 0, 255)[..., None]
        made.append((np.concatenate([color, alpha], axis=2) if i % 2 else color).astype(np.uint8))
    return made


def test_concurrent_calls_of_compress_give_the_bytes_of_single_calls():
    def compressed(pixels: np.ndarray) -> bytes:
        return kalette.compress(pixels, k=12, threads=2).to_bytes("png")

    alone = [compressed(pixels) for pixels in pictures()]
    assert len(set(alone)) == len(alone)
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(compressed, pictures() * 3))
    assert together == alone * 3


def test_concurrent_calls_of_every_kernel_give_the_results_of_single_calls():
    alone = [case.run(_native) for case in CASES.values()]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: [case.run(_native) for case in CASES.values()], range(60)):
            for a, b in zip(alone, found, strict=True):
                assert_same(a, b)


def test_concurrent_refusals_do_not_mix():
    def said(threads: int) -> str:
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
            CASES["count_colors-uint8"].run(_native, threads=-threads)
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(said, range(200)))
    assert texts == [f"threads is {-n}; it must be at least 1" for n in range(200)]


LARGE = {
    "count_colors": lambda r: (r.integers(0, 256, (3_000_000, 3), np.uint8),),
    "map_colors": lambda r: _counted(r.integers(0, 20, (3_000_000, 3), np.uint8)),
    "squared_error": lambda r: (
        r.integers(0, 256, (20_000_000, 3), np.uint8),
        r.integers(0, 256, (256, 3), np.uint8),
        r.integers(0, 256, 20_000_000, np.uint8),
    ),
    "similarity": lambda r: tuple(r.integers(0, 256, (2, 900, 900, 3), np.uint8)),
    "ssimulacra2": lambda r: tuple(r.integers(0, 256, (2, 900, 900, 3), np.uint8)),
    "assign": lambda r: (r.random((50_000, 40)), np.ones(50_000), r.random((100, 40))),
    "removal_costs": lambda r: (r.random((50_000, 40)), np.ones(50_000), r.random((100, 40))),
    "pairwise_squared_distances": lambda r: (r.random((50_000, 40)), r.random((100, 40))),
    "move_costs": lambda r: (
        r.random((60_000, 9), np.float32),
        np.ones(60_000),
        r.random((100, 9), np.float32),
        r.random((100, 9, 9), np.float32),
    ),
    "cube_means": lambda r: (
        r.random((3_000_000, 4), np.float32),
        np.ones(3_000_000),
        np.arange(0, 3_000_000, 9),
    ),
    "split_clusters": lambda r: (
        r.random((600_000, 4)),
        np.ones(600_000),
        r.integers(0, 9, 600_000).astype(np.int32),
        9,
    ),
    "map_rate_distortion": lambda r: (
        r.integers(0, 4000, (200, 300, 3)).astype(np.int16),
        np.full((200, 300), 16, np.uint16),
        np.full((200, 300), 99, np.uint8),
        r.integers(0, 4000, (99, 3)).astype(np.int16),
        10**5,
        4,
    ),
    "map_threshold": lambda r: (
        r.integers(0, 4000, (600, 600, 3)).astype(np.int16),
        r.integers(-32768, 32768, (64, 64)).astype(np.int16),
        r.integers(0, 4000, (99, 3)).astype(np.int16),
        64,
    ),
    "activity": lambda r: (r.integers(0, 4000, (1500, 1500, 3)).astype(np.int16),),
    "last_block": lambda r: (
        np.frombuffer(deflate.deflate_compress(r.integers(0, 9, 3_000_000, np.uint8), 1), np.uint8),
    ),
    "oklab": lambda r: (r.integers(0, 256, (2_000_000, 3), np.uint8), r.random(256), np.ones(3)),
}


def _counted(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    colors, counts = _native.count_colors(pixels)
    return pixels, colors, (counts % 256).astype(np.uint8)


@pytest.mark.parametrize("kernel", LARGE)
def test_every_kernel_releases_the_interpreter_lock(kernel):
    """A kernel that held the lock would let this thread take no time stamp but between its calls."""
    arguments = LARGE[kernel](np.random.default_rng(4))
    begun, done, seen = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        for _ in range(32):
            getattr(_native, kernel)(*arguments)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait()
    while not done.is_set():
        seen.append(time.perf_counter())
        time.sleep(0)
    worker.join()
    assert len(seen) > 50
