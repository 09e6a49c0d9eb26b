"""Smooth pictures: exact in true colour, or plain, where dithering costs bytes for nothing."""

# mypy: disable-error-code="type-var"
# (a `Form` has only what the choice looks at)

import io
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.compression import way_to_smaller
from kalette.compression.smooth import Measures, best_form, best_mapping, most_exact_bytes
from kalette.types import TargetError


@pytest.fixture
def rainbow() -> np.ndarray:
    """A gradient of three thousand colours, 96 x 64."""
    across, down = np.meshgrid(np.arange(96), np.arange(64))
    return np.stack([2 * across, 3 * down, across + down], axis=2).astype(np.uint8)


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image)


def png_of(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


class Form(NamedTuple):
    output_bytes: int
    score: float
    look: float = 0.0


def mapping(dithered: Form, plain: Form, *stronger: Form) -> Form:
    measures = Measures(attrgetter("score"), attrgetter("look"), attrgetter("output_bytes"))
    return best_mapping(dithered, stronger, plain, measures)


def test_seventeen_points_are_worth_twice_the_bytes_and_none_above_ninety():
    def better(mapped: Form, exact: Form) -> Form:
        return best_form(mapped, exact, attrgetter("score"))

    visible, exact = Form(2000, 80.0), Form(2100, 100.0)
    assert better(visible, exact) is exact
    assert better(Form(2000, 90.0), exact) != exact
    assert better(Form(2048, 73.0), Form(6145, 90.0)).score == 73.0  # with 2048 for a request
    assert better(Form(2048, 72.9), Form(6144, 90.0)).score == 90.0


@pytest.mark.parametrize("score", [50.0, 80.0, 95.0])
def test_the_most_bytes_of_an_exact_animation_are_those_of_an_exact_still(score):
    """Within the 9 % by which octaves on a line differ from logarithms."""
    mapped, most = Form(30_000, score), most_exact_bytes(30_000, score)
    assert best_form(mapped, Form(int(0.9 * most), 100.0), attrgetter("score")).score == 100.0
    assert best_form(mapped, Form(int(1.1 * most), 100.0), attrgetter("score")) is mapped


def test_plain_mapping_must_look_or_score_as_well_or_save_three_quarters_of_the_bytes():
    dithered = Form(39_999, 80.0, look=20.0)
    assert mapping(dithered, Form(10_000, 79.9, look=19.0)) is dithered
    assert mapping(dithered, Form(39_999, 79.0, look=20.1)).score == 79.0
    assert mapping(dithered, Form(26_666, 80.0, look=19.0)).look == 19.0
    assert mapping(dithered, Form(26_667, 80.0, look=19.0)) is dithered
    assert mapping(dithered, Form(26_666, 79.9, look=19.0)) is dithered
    assert mapping(Form(40_000, 80.0, look=20.0), Form(10_000, 80.0, look=19.0)).output_bytes == 10_000
    assert mapping(Form(9000, 20.0, look=-50.0), Form(100, 29.0, look=-50.0)).score == 20.0


def test_three_quarters_of_the_bytes_are_worth_34_points_of_the_look():
    """Beside the 2048 bytes of a request."""
    plain = Form(2048, 50.0, look=0.0)
    for look, best in ((35.0, "dithered"), (33.0, "plain")):
        dithered = Form(14_336, 85.0, look)
        assert mapping(dithered, plain) is {"dithered": dithered, "plain": plain}[best]


def test_stronger_dithering_must_be_worth_its_bytes_and_is_tried_where_a_difference_is_seen():
    dithered, plain = Form(2048, 89.9, look=20.0), Form(2048, 20.0, look=-9.0)
    for look, best in ((38.0, "stronger"), (36.0, "dithered")):
        stronger = Form(6144, 95.0, look)
        assert mapping(dithered, plain, stronger) is {"dithered": dithered, "stronger": stronger}[best]
    good = Form(2048, 90.0, look=20.0)
    assert mapping(good, plain, Form(2048, 95.0, look=50.0)) is good


@pytest.mark.parametrize("file_format", ["png", "webp"])
@pytest.mark.parametrize("k", [None, "auto"])
def test_a_gradient_is_exact_without_k_and_takes_fewer_bytes(rainbow, file_format, k):
    free = kalette.compress(rainbow, k, format=file_format)
    palette = kalette.compress(rainbow, 256, format=file_format)
    assert free.is_true_color
    assert free.psnr_db is None
    assert free.output_bytes < palette.output_bytes
    np.testing.assert_array_equal(decoded(free.to_bytes()), rainbow)
    np.testing.assert_array_equal(free.to_array(), rainbow)
    assert free.colors_used == len(np.unique(rainbow.reshape(-1, 3), axis=0))


@pytest.mark.parametrize(
    "options",
    [{"k": 256}, {"format": "gif"}, {"init": "wu"}, {"keep_colors": ["#000000"]}, {"dither": "ordered"}],
)
def test_whoever_asks_for_a_palette_gets_one(rainbow, options):
    result = kalette.compress(rainbow, **options)
    assert not result.is_true_color
    with Image.open(io.BytesIO(result.to_bytes())) as image:
        assert image.mode == "P"


def test_a_true_color_result_is_a_gif_with_its_palette_and_a_pillow_image(rainbow):
    result = kalette.compress(rainbow)
    assert result.to_bytes("gif")[:3] == b"GIF"
    assert result.to_image().mode == "P"


def test_a_photograph_keeps_its_palette():
    assert not kalette.compress(kalette.sample_pixels(192, 128)).is_true_color


def test_a_gradient_is_not_dithered_for_more_bytes_than_it_is_worth(rainbow):
    plain = kalette.compress(rainbow, 32, dither="none")
    free = kalette.compress(rainbow, 32)
    assert free.point.dithering == 0
    assert free.output_bytes < 1.1 * plain.output_bytes


def test_comparison_and_compression_agree_on_the_form(rainbow):
    row = kalette.compare(rainbow, [16], kalette.Settings()).rows[0]
    assert row.result.to_bytes() == kalette.compress(rainbow, 16).to_bytes()


def test_a_target_is_met_in_true_color_where_a_palette_misses_it_or_costs_more(rainbow):
    exact_bytes = kalette.compress(rainbow).output_bytes
    targets: tuple[dict[str, Any], ...] = ({"max_bytes": exact_bytes}, {"min_psnr": 90}, {"quality": 99})
    for target in targets:
        result = kalette.compress(rainbow, **target)
        assert result.is_true_color
        assert result.output_bytes == exact_bytes
    with pytest.raises(TargetError):
        kalette.compress(rainbow, min_psnr=90, max_bytes=exact_bytes - 1)


def test_a_gradient_of_few_colors_within_a_budget_keeps_its_lossless_palette():
    steps = np.arange(64, dtype=np.uint8)[:, None, None].repeat(64, axis=1).repeat(3, axis=2)
    free, within = kalette.compress(steps), kalette.compress(steps, max_bytes=5000)
    assert not within.is_true_color
    assert within.stopped_by == "lossless"
    assert within.to_bytes() == free.to_bytes()


def test_clear_pixels_lose_their_colors_in_true_color_unless_they_are_kept(rainbow):
    secret = np.dstack([rainbow, np.where(rainbow[..., 0] < 60, 0, 200)]).astype(np.uint8)
    secret[:8, :8, :3] = (201, 17, 99)
    dropped, kept = (kalette.compress(secret, keep_hidden=keep) for keep in (False, True))
    assert dropped.is_true_color
    assert not (decoded(dropped.to_bytes())[:8, :8, :3] == (201, 17, 99)).all()
    np.testing.assert_array_equal(decoded(kept.to_bytes()), secret)


def test_the_way_to_a_smaller_file_is_tried(rainbow):
    file = png_of(rainbow)
    diffused = kalette.compress(file, 256, dither="diffusion")
    assert diffused.output_bytes > len(file)
    assert way_to_smaller(diffused) == "it is smaller without -k and --dither"
    assert way_to_smaller(kalette.compress(file, 200)) == "it is smaller without -k"
    assert way_to_smaller(kalette.compress(file)) is None  # exact
    assert way_to_smaller(kalette.compress(rainbow, 4)) is None  # no file


def test_the_way_to_a_smaller_file_is_a_budget_where_form_and_dithering_do_not_help():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=10)
    result = kalette.compress(out.getvalue(), 256)
    assert result.output_bytes > len(out.getvalue())
    assert way_to_smaller(result) == f"--max-bytes {len(out.getvalue()) - 1} makes it smaller"
