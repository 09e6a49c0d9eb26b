"""Results: files, Pillow images, notebooks."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import io

import numpy as np
import pytest
from PIL import Image

import kalette

FORMATS = pytest.mark.parametrize("file_format", ["png", "webp", "gif"])


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def test_a_palette_with_partly_clear_entries_is_not_written_as_gif(icon):
    with pytest.raises(kalette.SettingsError, match="partly clear entries, which GIF cannot show"):
        kalette.compress(icon, k=8).to_bytes("gif")


def test_an_unknown_output_format_is_refused(gradient):
    with pytest.raises(kalette.SettingsError, match="format is 'jpg'; choose one of png"):
        kalette.compress(gradient, k=8).to_bytes("jpg")


@FORMATS
def test_a_result_is_saved_in_the_format_of_the_file_name(file_format, tmp_path, gradient):
    result = kalette.compress(gradient, k=5)
    path = tmp_path / f"out.{file_format}"
    result.save(path)
    with Image.open(path) as image:
        assert image.format == file_format.upper()
    with pytest.raises(kalette.WriteError, match="exists"):
        result.save(path)
    result.save(path, overwrite=True)
    with pytest.raises(kalette.SettingsError, match="format that Kalette does not write"):
        result.save(tmp_path / "out.bmp")


def test_a_result_is_shown_as_a_picture_in_a_notebook(gradient):
    result = kalette.compress(gradient, k=5)
    np.testing.assert_array_equal(decoded(result._repr_png_()), result.palette[result.indices])


@pytest.mark.parametrize("k", [4, 200])
def test_a_pillow_image_of_a_result_keeps_palette_and_alpha_and_is_written_small(k, icon, tmp_path):
    result = kalette.compress(icon, k)
    image = result.to_image()
    assert image.mode == "P"
    np.testing.assert_array_equal(np.array(image), result.indices)
    np.testing.assert_array_equal(np.array(image.convert("RGBA")), result.to_array())
    image.save(tmp_path / "a.png")
    np.testing.assert_array_equal(decoded((tmp_path / "a.png").read_bytes()), result.to_array())
    assert (tmp_path / "a.png").stat().st_size < len(saved_as_pixels(result))


def saved_as_pixels(result: kalette.Result) -> bytes:
    out = io.BytesIO()
    Image.fromarray(result.to_array()).save(out, "PNG")
    return out.getvalue()


def test_a_result_has_a_short_repr_and_is_read_only(gradient):
    result = kalette.compress(gradient, k=8)
    assert repr(result) == f"<Result 64 x 48 in 8 colours, {result.stopped_by}>"
    with pytest.raises(ValueError, match="read-only"):
        result.indices[0, 0] = 1
