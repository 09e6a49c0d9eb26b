"""Hidden colours, under clear pixels: dropped by default, kept with keep_hidden."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.types import SettingsError
from shell import run


@pytest.fixture
def half_clear() -> np.ndarray:
    """A gradient whose left half is clear but keeps its colours."""
    pixels = np.zeros((16, 32, 4), np.uint8)
    pixels[..., 0] = np.arange(32) * 8
    pixels[..., 1] = np.arange(16)[:, None] * 4
    pixels[:, 16:, 3] = 255
    return pixels


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGBA"))


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_hidden_colors_become_black_by_default_and_stay_exact_with_keep_hidden(half_clear, file_format):
    few = half_clear // 64 * 64
    few[..., 3] = half_clear[..., 3]
    dropped = decoded(kalette.compress(few, format=file_format).to_bytes())
    assert not dropped[:, :16].any()
    np.testing.assert_array_equal(dropped[:, 16:], few[:, 16:])
    kept = decoded(kalette.compress(few, format=file_format, keep_hidden=True).to_bytes())
    np.testing.assert_array_equal(kept, few)


def test_kept_hidden_colors_use_palette_entries_and_stay_clear(half_clear):
    result = kalette.compress(half_clear, k=16, keep_hidden=True)
    shown = decoded(result.to_bytes())
    np.testing.assert_array_equal(shown[..., 3], half_clear[..., 3])
    hidden = np.abs(shown[:, :16, :3].astype(int) - half_clear[:, :16, :3])
    assert hidden.mean() < 12
    assert np.count_nonzero(result.palette[:, 3] == 0) > 4
    assert np.count_nonzero(kalette.compress(half_clear, k=16).palette[:, 3] == 0) == 1


def test_kept_hidden_colors_cost_bytes(half_clear):
    kept, dropped = (kalette.compress(half_clear, 256, keep_hidden=keep) for keep in (True, False))
    assert kept.output_bytes > dropped.output_bytes


def test_gif_cannot_keep_hidden_colors(half_clear):
    with pytest.raises(SettingsError, match="GIF has one clear colour; write PNG or WebP"):
        kalette.compress(half_clear, keep_hidden=True, format="gif")
    result = kalette.compress(half_clear, keep_hidden=True)
    with pytest.raises(SettingsError, match="GIF has one clear colour; write PNG or WebP"):
        result.to_bytes("gif")


@pytest.mark.parametrize("value", [1, "yes", None])
def test_keep_hidden_must_be_true_or_false(half_clear, value):
    with pytest.raises(SettingsError, match="keep_hidden is"):
        kalette.compress(half_clear, keep_hidden=value)


def test_the_command_option_keeps_hidden_colors(half_clear, tmp_path):
    few = half_clear // 64 * 64
    few[..., 3] = half_clear[..., 3]
    Image.fromarray(few).save(tmp_path / "half_clear.png")
    done = run("compress", tmp_path / "half_clear.png", "--keep-hidden", "-o", tmp_path / "kept.png")
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(decoded((tmp_path / "kept.png").read_bytes()), few)
