"""Small valid arguments of every kernel, for tests that change one of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from kalette.kernels import reference


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@dataclass
class Case:
    """A kernel and its arguments by name."""

    kernel: str
    arrays: dict[str, np.ndarray]
    numbers: dict[str, Any]

    def run(self, kernels: Any, **changed: Any) -> Any:
        return getattr(kernels, self.kernel)(**{**self.arrays, **self.numbers, **changed})


def byte_cases() -> list[Case]:
    pixels, palette = (rng().integers(0, 9, shape).astype(np.uint8) for shape in ((40, 3), (9, 3)))
    indices = rng().integers(0, 9, 40).astype(np.uint8)
    colors, _ = reference.count_colors(pixels)
    labels = np.arange(len(colors), dtype=np.uint8)
    picture, other = pixels.reshape(5, 8, 3), palette[indices].reshape(5, 8, 3)
    return [
        Case(
            "unfilter",
            {"rows": rng().integers(0, 5, (6, 13)).astype(np.uint8)},
            {"pixel_bytes": 3, "threads": 2},
        ),
        Case("count_colors", {"pixels": pixels}, {"threads": 2}),
        Case("map_colors", {"pixels": pixels, "colors": colors, "labels": labels}, {"threads": 2}),
        Case("squared_error", {"pixels": pixels, "palette": palette, "indices": indices}, {"threads": 2}),
        Case("similarity", {"original": picture, "result": other}, {"background": 255, "threads": 2}),
        Case("ssimulacra2", {"original": picture, "result": other}, {"background": 255, "threads": 2}),
        Case(
            "code_lzw",
            {"indices": indices.reshape(5, 8), "either": indices.reshape(5, 8) % 2},
            {"k": 9, "kept": 9, "lookahead": 3},
        ),
        Case("last_block", {"stream": np.array([1, 1, 0, 254, 255, 7], np.uint8)}, {}),
        Case(
            "oklab",
            {"colors": pixels, "linear": np.arange(256) / 255, "scale": np.full(3, 4080.0)},
            {"threads": 2},
        ),
    ]


def point_cases(dtype: type) -> list[Case]:
    points: np.ndarray = rng().normal(size=(40, 3)).astype(dtype)
    centroids: np.ndarray = rng().normal(size=(5, 3)).astype(dtype)
    weights, labels = rng().random(40), rng().integers(0, 5, 40).astype(np.int32)
    assigned = {"points": points, "weights": weights, "centroids": centroids}
    cases = [
        Case("assign", assigned, {"threads": 2}),
        Case("removal_costs", assigned, {"threads": 2}),
        Case("pairwise_squared_distances", {"points": points, "centers": centroids}, {"threads": 2}),
        Case(
            "split_clusters",
            {"points": points, "weights": weights, "labels": labels},
            {"k": 5, "threads": 2},
        ),
    ]
    if dtype is np.float32:
        alternatives = rng().normal(size=(5, 2, 3)).astype(np.float32)
        cases.append(Case("move_costs", {**assigned, "alternatives": alternatives}, {"threads": 2}))
        cubes = {"points": points, "weights": weights, "begins": np.array([0, 3, 4, 39])}
        cases.append(Case("cube_means", cubes, {"threads": 2}))
    return cases


def picture_cases() -> list[Case]:
    points, palette = (rng().integers(0, 4000, shape).astype(np.int16) for shape in ((5, 8, 3), (9, 3)))
    weights, strengths = (rng().integers(0, 99, (5, 8)).astype(dtype) for dtype in (np.uint16, np.uint8))
    maps = {"points": points, "weights": weights, "strengths": strengths, "palette": palette}
    frame, shown = (rng().integers(0, 4000, (5, 8, 4)).astype(np.int16) + np.int16(1) for _ in range(2))
    frame[:2, :, 3] = shown[:2, :, 3] = shown[3, :, 3] = -9000
    lzw = {"points": frame, "weights": weights, "shown": shown, "palette": palette}
    return [
        Case("map_lzw", lzw, {"rate": (1000, 99), "threads": 2}),
        Case("map_rate_distortion", maps, {"multiplier": 1000, "match_depth": 2}),
        Case(
            "map_threshold",
            {
                "points": points,
                "offsets": rng().integers(-30000, 30000, (4, 3)).astype(np.int16),
                "palette": palette,
            },
            {"contrast": 64},
        ),
        Case("activity", {"points": points}, {"channel": 1}),
        Case(
            "steady",
            {"points": frame, "weights": weights, "before": frame + np.int16(3), "shown": shown},
            {"steadiness": 3.5, "lightness": 1},
        ),
    ]


CASES = {
    f"{case.kernel}-{next(iter(case.arrays.values())).dtype}": case
    for case in (*byte_cases(), *point_cases(np.float32), *point_cases(np.float64), *picture_cases())
}


def assert_same(expected: Any, found: Any) -> None:
    if isinstance(expected, tuple):
        for a, b in zip(expected, found, strict=True):
            assert_same(a, b)
    else:
        np.testing.assert_array_equal(expected, found, strict=isinstance(expected, np.ndarray))


def refusal(case: Case, kernels: Any, **changed: Any) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what the caller compares
        case.run(kernels, **changed)
    return str(caught.value)


def noise_rows(height: int, width: int, pixel_bytes: int) -> np.ndarray:
    """PNG rows of random bytes, with all filter types in turn."""
    rows = np.random.default_rng(height).integers(0, 256, (height, 1 + width * pixel_bytes)).astype(np.uint8)
    rows[:, 0] = [row % 5 for row in range(height)]
    return rows
