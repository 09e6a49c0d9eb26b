"""Kalette and its peers: from an RGB picture to palette and indices.

Peers are optional. Their libraries are imported when they run; missing ones are listed.
"""

import importlib.util
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from measure import Contestant, Produced, command_path, judged
from numpy.typing import NDArray
from PIL import Image

import kalette
from kalette.types import Effort, Options, Pixels

BASE = "Kalette balanced"
EFFORTS: tuple[Effort, ...] = ("fast", "balanced", "best")
OPENCV_PASSES = 10  # as in OpenCV's tutorial
OPENCV_SHIFT = 1.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A quantizer.

    `prepare` converts pixels to the peer's input, and `unpack` its output to palette and indices; neither is
    timed.
    """

    name: str
    module: str
    run: Callable[[Any, int], Any]
    prepare: Callable[[Pixels], Any] = lambda pixels: pixels
    unpack: Callable[[Any], Produced] = lambda produced: produced
    slow: bool = False

    @property
    def installed(self) -> bool:
        """Whether the library can be imported."""
        return importlib.util.find_spec(self.module) is not None

    @property
    def is_kalette(self) -> bool:
        """Whether this is Kalette."""
        return self.module == "kalette"


NEAREST: Options = {
    "space": "srgb",
    "dither": "none",
    "rate": 0.0,
}  # settings for comparisons of squared error


def kalette_name(effort: Effort) -> str:
    """Return the name of Kalette with that effort in tables."""
    return f"Kalette {effort}"


def _kalette(effort: Effort) -> Peer:
    options: Options = {**NEAREST, "effort": effort}
    return Peer(
        name=kalette_name(effort),
        module="kalette",
        run=lambda pixels, k: kalette.compress(pixels, k=k, **options),
        unpack=lambda result: Produced(result.palette, result.indices),
    )


def points_of(pixels: Pixels) -> NDArray[np.float32]:
    """Return pixels as the libraries of K-Means take them."""
    return pixels.reshape(-1, 3).astype(np.float32)


def produced_by(pixels: Pixels, centroids: NDArray[Any], labels: NDArray[Any]) -> Produced:
    """Return the picture that centroids and labels make."""
    palette = np.rint(centroids).clip(0, 255).astype(np.uint8)
    return Produced(palette, labels.reshape(pixels.shape[:2]).astype(np.uint8))


def _scikit_learn(pixels: Pixels, k: int) -> Produced:
    from sklearn.cluster import KMeans

    fitted = KMeans(k, n_init=1, random_state=0).fit(points_of(pixels))
    return produced_by(pixels, fitted.cluster_centers_, fitted.labels_)


def _mini_batch(pixels: Pixels, k: int) -> Produced:
    from sklearn.cluster import MiniBatchKMeans

    fitted = MiniBatchKMeans(k, n_init=1, random_state=0).fit(points_of(pixels))
    return produced_by(pixels, fitted.cluster_centers_, fitted.labels_)


def _opencv(pixels: Pixels, k: int) -> Produced:
    import cv2

    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, OPENCV_PASSES, OPENCV_SHIFT)
    points, labels = points_of(pixels), np.zeros((len(pixels) * pixels.shape[1], 1), np.int32)
    _, found, centroids = cv2.kmeans(points, k, labels, stop, 1, cv2.KMEANS_PP_CENTERS)
    return produced_by(pixels, np.asarray(centroids), np.asarray(found))


def _faiss(pixels: Pixels, k: int) -> Produced:
    import faiss

    points = points_of(pixels)
    clustering = faiss.Kmeans(3, k, seed=1)
    clustering.train(points)
    _, labels = clustering.index.search(points, 1)
    return produced_by(pixels, np.asarray(clustering.centroids), labels)


def _imagequant(pixels: Pixels, k: int) -> Produced:
    import imagequant

    height, width, _ = pixels.shape
    rgba = np.dstack([pixels, np.full((height, width), 255, np.uint8)])
    indices, palette = imagequant.quantize_raw_rgba_bytes(
        rgba.tobytes(), width, height, dithering_level=0.0, max_colors=k
    )
    entries = np.array(palette, np.uint8).reshape(-1, 4)[:k, :3]  # 256 entries, padded at the end
    return Produced(entries, np.frombuffer(indices, np.uint8).reshape(height, width))


def _pillow(name: str, method: Image.Quantize, passes: int = 0, *, slow: bool = False) -> Peer:
    return Peer(
        name=name,
        module="PIL",
        run=lambda image, k: image.quantize(k, method=method, kmeans=passes),
        prepare=Image.fromarray,
        unpack=_unpack_image,
        slow=slow,
    )


def _unpack_image(image: Image.Image) -> Produced:
    palette = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    return Produced(palette, np.asarray(image))


PEERS = (
    *(_kalette(effort) for effort in EFFORTS),
    _pillow("Pillow median cut", Image.Quantize.MEDIANCUT),
    _pillow("Pillow octree", Image.Quantize.FASTOCTREE),
    _pillow("Pillow median cut + kmeans", Image.Quantize.MEDIANCUT, 1, slow=True),
    Peer("imagequant", "imagequant", _imagequant),
    Peer("faiss Kmeans", "faiss", _faiss),
    Peer("OpenCV kmeans", "cv2", _opencv, slow=True),
    Peer("scikit-learn MiniBatchKMeans", "sklearn", _mini_batch, slow=True),
    Peer("scikit-learn KMeans", "sklearn", _scikit_learn, slow=True),
)


def installed_peers() -> list[Peer]:
    """Return Kalette and the installed peers."""
    return [peer for peer in PEERS if peer.installed]


def contestant(peer: Peer, pixels: Pixels, k: int, runs: int) -> Contestant:
    """Return a peer with one picture, ready to be timed."""
    prepared = peer.prepare(pixels)
    return Contestant(
        peer.name,
        lambda: peer.run(prepared, k),
        lambda outcome: judged(pixels, k, peer.unpack(outcome)),
        runs,
    )


def warm_up(peers: list[Peer]) -> None:
    """Run each once on a small picture, so that loading libraries is not timed."""
    pixels = kalette.sample_pixels(96, 64)
    for peer in peers:
        peer.run(peer.prepare(pixels), 4)


def versions() -> dict[str, str | None]:
    """Return the version of each peer; None if it is missing."""
    found: dict[str, str | None] = {
        name: distribution_version(*names) for name, names in _DISTRIBUTIONS.items()
    }
    found["pngquant"] = pngquant_version()
    return found


_DISTRIBUTIONS = {
    "kalette": ("kalette",),
    "numpy": ("numpy",),
    "Pillow": ("pillow",),
    "scikit-learn": ("scikit-learn",),
    "OpenCV": ("opencv-python-headless", "opencv-python", "opencv-contrib-python"),
    "faiss": ("faiss-cpu", "faiss-gpu", "faiss"),
    "imagequant": ("imagequant",),
}


def distribution_version(*distributions: str) -> str | None:
    """Return the version of the first installed distribution; None if there is none."""
    for name in distributions:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


@cache
def pngquant_version() -> str | None:
    """Return the version of the command pngquant; None if it is missing."""
    command = command_path("pngquant")
    if command is None:
        return None
    shown = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    return shown.stdout.split()[0]
