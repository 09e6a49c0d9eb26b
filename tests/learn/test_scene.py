"""The built-in sample picture."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from kalette.compression import compress
from kalette.learn import sample_pixels
from kalette.types import size_text


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    return sample_pixels()


def steps_between_neighbours(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Largest change of a channel from each pixel to the next one on its right."""
    signed = picture.astype(np.int64)
    steps: NDArray[np.int64] = np.abs(signed[:, 1:] - signed[:, :-1]).max(axis=2)
    return steps


def test_the_picture_is_8_bit_rgb_of_the_default_size(picture: NDArray[np.uint8]) -> None:
    assert picture.shape == (512, 768, 3)
    assert picture.dtype == np.uint8


def test_each_call_draws_the_same_pixels(picture: NDArray[np.uint8]) -> None:
    assert np.array_equal(picture, sample_pixels())


def test_the_bytes_are_the_same_on_every_machine(picture: NDArray[np.uint8]) -> None:
    digest = hashlib.sha256(picture.tobytes()).hexdigest()
    assert digest == "5d22aee26093baac026db3df8c4f792745d89c7e0f5fb11dd06fd2dfa10a13a8"


def test_the_picture_has_many_thousands_of_colors(picture: NDArray[np.uint8]) -> None:
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50_000


def test_every_channel_uses_nearly_its_whole_range(picture: NDArray[np.uint8]) -> None:
    assert picture.min(axis=(0, 1)).max() < 60
    assert picture.max(axis=(0, 1)).min() > 200


def test_the_sky_is_smooth(picture: NDArray[np.uint8]) -> None:
    sky = steps_between_neighbours(picture[:100, :100])
    assert sky.max() <= 3


def test_lighthouse_and_house_have_sharp_edges(picture: NDArray[np.uint8]) -> None:
    buildings = steps_between_neighbours(picture[80:340, 560:740])
    assert (buildings >= 60).mean() > 0.02


def test_the_picture_has_smooth_and_sharp_parts(picture: NDArray[np.uint8]) -> None:
    steps = steps_between_neighbours(picture)
    assert (steps <= 2).mean() > 0.3
    assert (steps >= 40).mean() > 0.02


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (7, 90), (200, 11), (96, 64), (300, 300)])
def test_other_sizes_are_drawn_too(width: int, height: int) -> None:
    assert sample_pixels(width, height).shape == (height, width, 3)


def test_a_small_picture_shows_the_same_scene(picture: NDArray[np.uint8]) -> None:
    halved = picture.reshape(256, 2, 384, 2, 3).mean(axis=(1, 3))
    difference = np.abs(halved - sample_pixels(384, 256))
    assert difference.mean() < 8.0


def test_the_pictures_of_the_first_pages_are_what_the_demo_makes(picture: NDArray[np.uint8]) -> None:
    """`python scripts/pictures.py` regenerates them."""
    root = Path(__file__).parents[2]
    pages = [(root / page).read_text(encoding="utf-8") for page in ("README.md", "docs/index.md")]
    for k in (4, 16, 256):
        data = (root / f"docs/images/sample-k{k}.png").read_bytes()
        with Image.open(io.BytesIO(data)) as shown:
            result = compress(picture, k=k)
            assert np.array_equal(np.array(shown.convert("RGB")), result.palette[result.indices])
        assert all(f"{k} colours, {size_text(len(data))}" in page for page in pages)
