"""The kernels of the page, run by Wasmtime as a browser would run them."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import wasmtime

import kalette.web

WASM = Path(kalette.web.__file__).parent / "page" / "kernels.wasm"


class PageKernels:
    """An instance of kernels.wasm. Each method takes and returns arrays as the kernel of that name does."""

    def __init__(self) -> None:
        module = _module()
        self._store = wasmtime.Store(_engine())
        functions = [each.type for each in module.imports if isinstance(each.type, wasmtime.FuncType)]
        imports = [wasmtime.Func(self._store, each, _refused) for each in functions]
        self._exports: Any = wasmtime.Instance(self._store, module, imports).exports(self._store)
        self._call("_initialize")
        self._held: list[int] = []

    def count_colors(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        count = self._call("count_colors", self._put(pixels), len(pixels))
        colors = self._get(self._call("counted_colors"), (count, 3), np.uint8)
        return colors, self._get(self._call("counted_counts"), (count,), np.int64)

    def map_colors(self, pixels: np.ndarray, colors: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
        indices = self._room(len(pixels))
        found = self._call(
            "map_colors",
            *(self._put(pixels), len(pixels), self._put(colors), len(colors), self._put(labels), indices),
        )
        return self._get(indices, (len(pixels),), np.uint8) if found else None

    def oklab(self, colors: np.ndarray, linear: np.ndarray, scale: np.ndarray) -> np.ndarray:
        points = self._room(colors.size * 2)
        self._call("oklab", self._put(colors), len(colors), self._put(linear), self._put(scale), points)
        return self._get(points, colors.shape, np.int16)

    def assign(self, points: np.ndarray, weights: np.ndarray, centroids: np.ndarray) -> tuple[Any, ...]:
        n, k = len(points), len(centroids)
        labels, sums, mass = self._room(4 * n), self._room(24 * k), self._room(8 * k)
        loss = self._call(
            "assign",
            *(self._put(points), self._put(weights), n, self._put(centroids), k, labels, sums, mass),
        )
        arrays = (
            self._get(labels, (n,), np.int32),
            self._get(sums, (k, 3), np.float64),
            self._get(mass, (k,), np.float64),
        )
        return *arrays, loss

    def removal_costs(self, points: np.ndarray, weights: np.ndarray, centroids: np.ndarray) -> np.ndarray:
        k, costs = len(centroids), self._room(8 * len(centroids))
        arguments = (self._put(points), self._put(weights), len(points), self._put(centroids), k, costs)
        self._call("removal_costs", *arguments)
        return self._get(costs, (k,), np.float64)

    def split_clusters(
        self, points: np.ndarray, weights: np.ndarray, labels: np.ndarray, k: int
    ) -> tuple[np.ndarray, ...]:
        out = [self._room(size) for size in (8 * k, 24 * k, 24 * k)]
        arguments = (self._put(points), self._put(weights), len(points), self._put(labels), k, *out)
        self._call("split_clusters", *arguments)
        shapes = ((k,), (k, 3), (k, 3))
        return tuple(self._get(at, shape, np.float64) for at, shape in zip(out, shapes, strict=True))

    def activity(self, points: np.ndarray, channel: int) -> np.ndarray:
        height, width, _ = points.shape
        deviations = self._room(2 * height * width)
        self._call("activity", self._put(points), height, width, channel, deviations)
        return self._get(deviations, (height, width), np.uint16)

    def diffuse(self, points: np.ndarray, strengths: np.ndarray, palette: np.ndarray) -> np.ndarray:
        """As map_rate_distortion with a multiplier of 0."""
        height, width, _ = points.shape
        indices = self._room(height * width)
        arguments = (self._put(points), self._put(strengths), height, width, self._put(palette), len(palette))
        self._call("diffuse", *arguments, indices)
        return self._get(indices, (height, width), np.uint8)

    def map_threshold(
        self, points: np.ndarray, offsets: np.ndarray, palette: np.ndarray, contrast: int
    ) -> np.ndarray:
        height, width, _ = points.shape
        indices = self._room(height * width)
        pixels, mask, entries = (self._put(each) for each in (points, offsets, palette))
        self._call(
            "map_threshold",
            pixels,
            height,
            width,
            mask,
            len(offsets),
            entries,
            len(palette),
            contrast,
            indices,
        )
        return self._get(indices, (height, width), np.uint8)

    def release_all(self) -> None:
        """Release what the calls so far have put into memory."""
        for place in self._held:
            self._call("release", place)
        self._held.clear()

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._exports[name](self._store, *arguments)

    def _room(self, size_bytes: int) -> int:
        self._held.append(self._call("allocate", size_bytes))
        return self._held[-1]

    def _put(self, array: np.ndarray) -> int:
        place = self._room(array.nbytes)
        self._exports["memory"].write(self._store, array.tobytes(), place)
        return place

    def _get(self, place: int, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        size_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        data = self._exports["memory"].read(self._store, place, place + size_bytes)
        return np.frombuffer(bytes(data), dtype).reshape(shape)


@cache
def _module() -> wasmtime.Module:
    return wasmtime.Module.from_file(_engine(), str(WASM))


@cache
def _engine() -> wasmtime.Engine:
    return wasmtime.Engine()


def _refused(*arguments: Any) -> int:
    raise AssertionError(f"a kernel asked the system for something: {arguments}")
