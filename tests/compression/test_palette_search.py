"""The search for palettes of a picture, whose own errors decide how much colours weigh."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import kalette
from kalette.color import sixteenths_from_srgb
from kalette.compression import Constraints, find_palette, trial_policy
from kalette.compression.blurred_error import BlurredError, mean_error, visible_error
from kalette.compression.blurred_light import BlurredLight
from kalette.compression.look import look_of, points_for_bytes
from kalette.compression.metrics import ssimulacra2
from kalette.compression.palette import Emphasis
from kalette.compression.palette_search import PaletteSearch
from kalette.compression.rendering import Renderer
from kalette.compression.trial_policy import TrialPolicy
from kalette.compression.weight_trials import WeightTrials, _Seen
from kalette.types import Effort, Palette, Pixels, Run, Settings
from kalette.writing import by_luma

EFFORTS: tuple[Effort, ...] = ("fast", "balanced", "best")


def faded_sample() -> Pixels:
    pixels = kalette.sample_pixels(96, 64)
    alpha = np.broadcast_to(np.minimum(np.arange(96) * 4, 255).astype(np.uint8), (64, 96))
    return np.dstack([pixels, alpha])


def trials_of(pixels: Pixels, settings: Settings, run: Run) -> WeightTrials:
    picture = kalette.open(pixels)
    policy = TrialPolicy.of(picture.histogram, settings, is_smooth=False)
    return WeightTrials(Renderer(picture, settings, run), Constraints.of(settings), policy)


@pytest.mark.parametrize("pixels", [faded_sample(), kalette.sample_pixels(640, 480)])
def test_efforts_and_threads_find_the_same_weights(pixels: Pixels):
    once = trials_of(pixels, Settings(), Run(1)).best(16)
    for effort in EFFORTS:
        again = trials_of(pixels, Settings(effort=effort), Run(2)).best(16)
        assert (again.dampening, again.stretch_chroma) == (once.dampening, once.stretch_chroma)
        assert np.array_equal(again.visibility.shares, once.visibility.shares)


def in_sixteenths(pixels: Pixels) -> np.ndarray:
    return sixteenths_from_srgb(pixels.reshape(-1, pixels.shape[2]), "oklab").reshape(pixels.shape)


def blurred_error(pixels: Pixels, palette: Palette) -> float:
    return visible_error(BlurredError(in_sixteenths(pixels)[None]).of(palette))


@pytest.mark.parametrize("k", [8, 16, 32])
def test_trials_lower_the_visible_error(k):
    """The sample at half its size has more colours than a drawing, its top bits fewer."""
    photo = kalette.sample_pixels(160, 120)
    for pixels in (photo, photo & np.uint8(0xE0)):
        settings, picture = Settings(), kalette.open(pixels)
        plain = find_palette(picture.histogram, Constraints.of(settings), settings, k)
        found = PaletteSearch(Renderer(picture, settings), Constraints.of(settings)).palette(k)
        assert blurred_error(pixels, found.colors) < blurred_error(pixels, plain.colors)


def test_greys_that_are_all_partly_clear_get_the_dampening_of_opaque_ones():
    greys = np.repeat(kalette.sample_pixels(96, 64)[..., 1:2], 4, axis=2)
    greys[..., 3] = np.maximum(greys[..., 3] // 2, 1)
    assert trials_of(greys, Settings(), Run(1)).best(16).dampening != "opaque"


def test_opaque_photographs_are_dampened():
    assert trials_of(kalette.sample_pixels(160, 120), Settings(), Run(1)).best(16).dampening == "opaque"


@pytest.mark.parametrize("k", [8, 16, 32])
def test_lines_on_paper_get_entries_by_their_pixels(k):
    """Shades at the edges of lines fill many cubes of few pixels: dampened, they cost the lines entries."""
    page = Image.new("RGB", (320, 240), "white")
    for number in range(12):
        color = (200 - 15 * number, 16 * number, 40 * number % 200)
        ImageDraw.Draw(page).line((10, 20 * number, 310, 20 * number + 15), fill=color, width=2)
    halved = np.asarray(page.resize((160, 120), Image.Resampling.BOX))
    assert trials_of(halved, Settings(), Run(1)).best(k).dampening == "none"


def test_a_picture_larger_than_the_sample_is_tried_on_blocks(monkeypatch):
    monkeypatch.setattr("kalette.compression.weight_trials._MOST_PIXELS", 1 << 15)
    monkeypatch.setattr("kalette.compression.trial_policy._FEW_COLORS", 0)
    pixels = kalette.sample_pixels(400, 300)
    settings, picture = Settings(), kalette.open(pixels)
    plain = find_palette(picture.histogram, Constraints.of(settings), settings, 16)
    found = PaletteSearch(Renderer(picture, settings), Constraints.of(settings)).palette(16)
    assert blurred_error(pixels, found.colors) < blurred_error(pixels, plain.colors)


def test_a_large_drawing_gets_the_palette_that_was_tried_on_its_blocks(monkeypatch):
    monkeypatch.setattr("kalette.compression.weight_trials._MOST_PIXELS_OF_FEW", 1 << 14)
    rendered = recorded_trials(monkeypatch, "rendered")
    pixels = kalette.sample_pixels(400, 300) & np.uint8(0xE0)
    found = kalette.compress(pixels, 8, dither_strength=0.5).found
    assert {trial.indexed.indices.shape for trial in rendered} == {(128, 192)}
    tried = [trial.indexed.palette for trial in rendered]
    assert any(np.array_equal(palette, found.colors[by_luma(found.colors)]) for palette in tried)


def test_kept_colors_with_alpha_are_tried_too():
    settings = Settings(k=12, keep_colors=("#ff000080",))
    found = kalette.compress(kalette.sample_pixels(96, 64), 12, settings).found
    assert [255, 0, 0, 128] in found.colors.tolist()


@pytest.mark.parametrize(
    ("k", "settings"),
    [
        (129, Settings()),
        (16, Settings(space="srgb")),
        (16, Settings(init="wu")),
        (16, Settings(min_ssim=0.5)),
    ],
)
def test_many_entries_srgb_floors_and_textbook_runs_try_no_weights(k, settings, monkeypatch):
    monkeypatch.setattr(WeightTrials, "best", None)
    search = PaletteSearch(Renderer(kalette.open(faded_sample()), settings), Constraints.of(settings))
    assert len(search.palette(k)) == k


def numbers_tried(monkeypatch) -> list[int]:
    """Return a list that will hold the numbers of colours for which weights are tried."""
    tried: list[int] = []
    best = WeightTrials.best
    monkeypatch.setattr(WeightTrials, "best", lambda self, k: tried.append(k) or best(self, k))
    return tried


@pytest.mark.parametrize(("effort", "times"), [("fast", 0), ("balanced", 0), ("best", 1)])
def test_above_128_colors_only_effort_best_tries_weights(effort: Effort, times: int, monkeypatch):
    tried = numbers_tried(monkeypatch)
    kalette.compress(kalette.sample_pixels(96, 64), 129, effort=effort)
    assert tried == [129] * times


def recorded_trials(monkeypatch, way: str) -> list:
    """Return a list that will hold the trials with nearest entries ("near") or those that are "rendered"."""
    trials: list = []
    tried = getattr(WeightTrials, f"_{way}")
    monkeypatch.setattr(WeightTrials, f"_{way}", lambda *given: trials.append(tried(*given)) or trials[-1])
    return trials


def least(trials: list):
    return min(trials, key=lambda trial: trial.error)


def better_finalist(near: list, rendered: list):
    """Return the first rendered trial of the scope with the least product of errors."""
    errors = [least(near[first : first + 6]).error for first in range(0, len(near), 6)]
    products = [error * visible_error(trial.squared) for error, trial in zip(errors, rendered, strict=False)]
    return rendered[int(np.argmin(products))]


def has_weights(chosen: Emphasis, search: WeightTrials, weights) -> bool:
    expected = search._emphasis(search._histogram, weights)
    others_agree = chosen._replace(visibility=None) == expected._replace(visibility=None)
    return others_agree and np.array_equal(chosen.visibility.shares, expected.visibility.shares)


def look_in(search: WeightTrials):
    return lambda trial: search._seen(trial).look


def worth_in(search: WeightTrials, trial) -> float:
    return search._worth(search._seen(trial))


DRAWING = kalette.sample_pixels(160, 120) & np.uint8(0xE0)


def test_drawings_with_more_than_16_entries_get_the_best_look_of_three(monkeypatch):
    """Each of the two scopes has a first trial and five rounds; the best of each is rendered as well.

    So is the best of twelve trials whose errors are those of blurred light.
    """
    ways = "near", "near_in_light", "rendered"
    near, in_light, rendered = (recorded_trials(monkeypatch, way) for way in ways)
    search = trials_of(DRAWING, Settings(), Run(1))
    chosen = search.best(17)
    assert [trial.weights.dampening for trial in near] == ["opaque"] * 6 + ["none"] * 6
    finalists = least(near[:6]), least(near[6:])
    assert [trial.weights for trial in rendered[:2]] == [trial.weights for trial in finalists]
    assert [trial.weights.space for trial in rendered[2:]] == ["srgb", "oklab"]
    assert [trial.weights.dampening for trial in in_light] == ["opaque"] * 6 + ["none"] * 6
    assert rendered[3].weights is least(in_light).weights
    best = max(better_finalist(near, rendered), *rendered[2:], key=look_in(search))
    assert has_weights(chosen, search, best.weights)


def test_drawings_with_few_entries_get_the_best_look_of_rendered_trials(monkeypatch):
    """Two finalists are rendered, one in sRGB, one by light, then four with flat colours and four without."""
    near, rendered = (recorded_trials(monkeypatch, way) for way in ("near", "rendered"))
    search = trials_of(DRAWING, Settings(dither_strength=0.5), Run(1))
    chosen = search.best(16)
    assert (len(near), len(rendered)) == (12, 12)
    former = better_finalist(near, rendered)
    assert {trial.weights.dampening for trial in rendered[4:]} == {former.weights.dampening}
    assert [trial.weights.has_flat_colors for trial in rendered[4:]] == [True] * 4 + [False] * 4
    best = max(former, *rendered[2:4], least(rendered[4:8]), least(rendered[8:]), key=look_in(search))
    assert has_weights(chosen, search, best.weights)


def test_drawings_with_few_entries_are_dithered_more_if_that_is_worth_its_bytes(monkeypatch):
    """After the twelve trials of the last test come three for each of two strengths."""
    near, rendered = (recorded_trials(monkeypatch, way) for way in ("near", "rendered"))
    search = trials_of(DRAWING, Settings(), Run(1))
    chosen = search.best(16)
    former = better_finalist(near, rendered)
    usual = max(former, *rendered[2:4], least(rendered[4:8]), least(rendered[8:12]), key=look_in(search))
    assert [trial.weights.dithering for trial in rendered[12:]] == [1.25] * 3 + [1.6] * 3
    assert {trial.weights.has_flat_colors for trial in rendered[12:]} == {usual.weights.has_flat_colors}
    best = max(usual, least(rendered[12:15]), least(rendered[15:]), key=lambda each: worth_in(search, each))
    assert has_weights(chosen, search, best.weights)


def test_a_gradient_in_few_colors_is_dithered_more_and_text_in_them_is_not():
    """Bands of a gradient look worse than grain; two greys of text need no grain at all."""
    y, x = np.mgrid[:96, :192]
    gradient = np.stack([x + y, 2 * x // 3, 200 - x], axis=2).clip(0, 255).astype(np.uint8) & np.uint8(0xF8)
    strokes = np.where((y // 4 + x // 3) % 5 > 0, 250, 20 + 2 * (x % 9))[..., None].astype(np.uint8)
    assert kalette.compress(gradient, 8).found.dithering > 1
    assert kalette.compress(strokes.repeat(3, axis=2), 8).found.dithering == 1


def test_trials_take_twice_the_bytes_for_17_points_of_the_look(monkeypatch):
    rendered = recorded_trials(monkeypatch, "rendered")
    search = trials_of(DRAWING, Settings(), Run(1))
    search.best(16)
    sizes = {"small": bytes(1 << 11), "large": bytes(3 << 11)}  # and 2048 for a request: 4096, 8192
    worths = {}
    for name, file in sizes.items():
        monkeypatch.setattr("kalette.compression.weight_trials.encode", lambda *_, file=file: file)
        worths[name] = worth_in(search, rendered[0])
    assert worths["small"] - worths["large"] == pytest.approx(17)
    assert worths["small"] == pytest.approx(look_in(search)(rendered[0]) - 12 * 17)


@pytest.mark.parametrize("drawing", [DRAWING, faded_sample() & np.uint8(0xE0)])
def test_the_look_weighs_the_error_in_blurred_light(drawing: Pixels, monkeypatch):
    rendered = recorded_trials(monkeypatch, "rendered")
    search = trials_of(drawing, Settings(), Run(1))
    search.best(16)
    shown = rendered[-1].indexed
    error = mean_error(BlurredLight(drawing[None]).of_labels(shown.palette, shown.indices.ravel()))
    score = ssimulacra2(drawing, shown.palette[shown.indices])
    assert search._seen(rendered[-1]) == (score, look_of(score, error), rendered[-1])


@pytest.mark.parametrize(("k", "in_light"), [(16, 6), (17, 0)])
def test_drawings_with_alpha_and_few_entries_follow_light_in_the_best_scope(k, in_light, monkeypatch):
    near, lit, rendered = (recorded_trials(monkeypatch, way) for way in ("near", "near_in_light", "rendered"))
    trials_of(faded_sample() & np.uint8(0xE0), Settings(), Run(1)).best(k)
    best = better_finalist(near, rendered)
    assert [trial.weights.dampening for trial in lit] == [best.weights.dampening] * in_light


def test_nothing_is_dithered_more_where_no_difference_is_seen(monkeypatch):
    rendered = recorded_trials(monkeypatch, "rendered")
    monkeypatch.setattr("kalette.compression.weight_trials.ssimulacra2", lambda *_, run: 90.0)
    trials_of(DRAWING, Settings(), Run(1)).best(16)
    assert {trial.weights.dithering for trial in rendered} == {1.0}


def gradient_of_many_colors() -> Pixels:
    y, x = np.mgrid[:128, :192]
    return np.stack([60 + x, 40 + y, 250 - (x + y) // 2], axis=2).astype(np.uint8)


def test_for_a_quality_weights_of_photographs_are_tried_above_128_colors_too(monkeypatch):
    tried = numbers_tried(monkeypatch)
    assert kalette.compress(kalette.sample_pixels(240, 160), quality=80).k > 128
    assert any(k > 128 for k in tried)


def photograph_that_fades_out() -> Pixels:
    ramp = np.broadcast_to(np.arange(240, dtype=np.uint8), (160, 240))
    return np.dstack([kalette.sample_pixels(240, 160), ramp])


@pytest.mark.parametrize(
    "pixels", [kalette.sample_pixels(96, 64), gradient_of_many_colors(), photograph_that_fades_out()]
)
def test_for_a_quality_nothing_else_is_tried_above_128_colors(pixels, monkeypatch):
    """A picture of 5,419 colours, a gradient and partial alpha gain nothing, or lose."""
    tried = numbers_tried(monkeypatch)
    assert kalette.compress(pixels, quality=65).k > 128
    assert all(k <= 128 for k in tried)


def test_gradients_of_many_colors_are_tried_like_drawings_in_few_and_like_photographs_in_more(monkeypatch):
    near, rendered = (recorded_trials(monkeypatch, way) for way in ("near", "rendered"))
    gradient = gradient_of_many_colors()
    assert len(np.unique(gradient.reshape(-1, 3), axis=0)) > trial_policy._FEW_COLORS
    found = kalette.compress(gradient, 16).found
    assert (len(near), len(rendered), found.dithering) == (6, 17, 1.6)
    kalette.compress(gradient, 17)
    assert (len(near), len(rendered)) == (6 + 2, 17)


@pytest.mark.parametrize("settings", [Settings(effort="fast"), Settings(max_bytes=9000)])
def test_gradients_of_many_colors_are_not_tried_like_drawings_undithered_or_at_a_target(
    settings, monkeypatch
):
    rendered = recorded_trials(monkeypatch, "rendered")
    search = PaletteSearch(
        Renderer(kalette.open(gradient_of_many_colors()), settings), Constraints.of(settings), is_smooth=True
    )
    assert search.palette(16).dithering == 1
    assert len(search.palette(256)) == 256
    assert rendered == []


@pytest.mark.parametrize(
    ("options", "factor"), [({}, 1.6), ({"effort": "fast"}, 1), ({"dither_strength": 0.5}, 1)]
)
def test_a_gradient_is_dithered_more_in_more_colors_too_unless_the_strength_is_given(options, factor):
    assert kalette.compress(gradient_of_many_colors(), 32, **options).point.dithering == factor


def test_dithering_that_trials_have_made_stronger_is_not_made_stronger_again(monkeypatch):
    asked = []
    render = Renderer.render
    monkeypatch.setattr(
        Renderer,
        "render",
        lambda *given, **how: asked.append(how.get("dithering", 1)) or render(*given, **how),
    )
    result = kalette.compress(gradient_of_many_colors(), 16)
    assert (result.found.dithering, result.point.dithering) == (1.6, 1)
    assert set(asked) == {1, 0}


def test_bytes_of_a_sample_count_for_the_whole_picture(monkeypatch):
    monkeypatch.setattr("kalette.compression.weight_trials._MOST_PIXELS_OF_FEW", 1 << 14)
    monkeypatch.setattr("kalette.compression.weight_trials.encode", lambda *_: bytes(1 << 13))
    rendered = recorded_trials(monkeypatch, "rendered")
    search = trials_of(kalette.sample_pixels(400, 300) & np.uint8(0xE0), Settings(), Run(1))
    search.best(8)
    whole_bytes = (1 << 13) * 400 * 300 // (128 * 192)
    assert worth_in(search, rendered[0]) == look_in(search)(rendered[0]) - points_for_bytes(whole_bytes)


def test_weights_of_gradients_of_many_colors_are_tried_above_128_colors_too(monkeypatch):
    near = recorded_trials(monkeypatch, "near")
    kalette.compress(gradient_of_many_colors(), 256)
    assert len(near) == 2


def test_gradients_with_alpha_of_many_colors_are_tried_in_the_best_scope_alone(monkeypatch):
    near, gradient = recorded_trials(monkeypatch, "near"), gradient_of_many_colors()
    alpha = np.broadcast_to(np.arange(60, 252, dtype=np.uint8), (128, 192))
    kalette.compress(np.dstack([gradient, alpha]), 16)
    assert [trial.weights.dampening for trial in near[:3]] == ["opaque", "apart", "together"]
    assert {trial.weights.dampening for trial in near[3:]} == {least(near[:3]).weights.dampening}
    assert len(near) == 3 + 5


def test_drawings_with_alpha_and_many_entries_get_the_best_look_of_four_scopes(monkeypatch):
    """Each of the four has a first trial and five rounds; the best of each is rendered."""
    near, rendered = (recorded_trials(monkeypatch, way) for way in ("near", "rendered"))
    search = trials_of(faded_sample() & np.uint8(0xC0), Settings(), Run(1))
    chosen = search.best(17)
    scopes = [trial.weights.dampening for trial in near]
    assert scopes == ["opaque"] * 6 + ["apart"] * 6 + ["together"] * 6 + ["none"] * 6
    finalists = [least(near[first : first + 6]) for first in (0, 6, 12, 18)]
    assert [trial.weights for trial in rendered] == [trial.weights for trial in finalists]
    best = max(rendered, key=look_in(search))
    assert has_weights(chosen, search, best.weights)
    assert better_finalist(near, rendered) is not best


def test_shadows_with_many_entries_get_the_least_errors_as_mapped_and_as_rendered(monkeypatch):
    near, rendered = (recorded_trials(monkeypatch, way) for way in ("near", "rendered"))
    picture, settings = kalette.open(faded_sample() & np.uint8(0xE0)), Settings()
    policy = TrialPolicy.of(picture.histogram, settings, is_smooth=True)
    search = WeightTrials(Renderer(picture, settings, Run(1)), Constraints.of(settings), policy)
    chosen = search.best(40)
    assert len(rendered) == 4
    best = better_finalist(near, rendered)
    assert has_weights(chosen, search, best.weights)
    assert max(rendered, key=look_in(search)) is not best


@pytest.mark.parametrize("step", [1000, -1000])
def test_scores_of_pictures_that_nobody_tells_apart_do_not_choose(step, monkeypatch):
    """Three renderings are compared: of equal scores, or of others above 90, that with the least error."""
    weights = []
    for scores in ([90.0] * 3, [4000.0 + step * number for number in range(3)]):
        left = list(scores)
        monkeypatch.setattr(
            "kalette.compression.weight_trials.ssimulacra2", lambda *_, left=left, **__: left.pop(0)
        )
        weights.append(trials_of(DRAWING, Settings(), Run(1)).best(17).visibility.shares)
        assert not left
    assert np.array_equal(weights[0], weights[1])


def test_no_score_counts_above_that_of_pictures_that_nobody_tells_apart():
    """Of two that score above 90 the look without those points decides, and then the score."""
    colors_kept, sharper, as_sharp = _Seen(92.0, 80.0, None), _Seen(96.0, 83.0, None), _Seen(96.0, 84.0, None)
    seen_apart = _Seen(89.0, 77.5, None)
    assert max(colors_kept, sharper, as_sharp, seen_apart, key=lambda seen: seen.rank) is as_sharp
    assert [seen.rank for seen in (colors_kept, as_sharp)] == [(78.0, 92.0), (78.0, 96.0)]
    assert seen_apart.rank > sharper.rank


@pytest.mark.parametrize("settings", [Settings(space="oklab"), Settings(keep_colors=("#ff000080",))])
def test_nothing_is_tried_in_srgb_with_alpha_or_if_the_space_is_given(settings, monkeypatch):
    rendered = recorded_trials(monkeypatch, "rendered")
    pixels = DRAWING if settings.space == "oklab" else faded_sample() & np.uint8(0xE0)
    trials_of(pixels, settings, Run(1)).best(12)
    assert {trial.weights.space for trial in rendered} == {"oklab"}


def page_of_letters() -> Pixels:
    large = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(large)
    for line in range(14):
        ink = "#333333" if line % 5 else "teal"
        draw.text((10, 10 + 33 * line), "palette of few colours " * 3, ink, ImageFont.load_default(20))
    return np.array(large.resize((320, 240), Image.Resampling.BOX))


def test_letters_on_white_are_compared_in_srgb_unless_oklab_is_asked_for():
    page = page_of_letters()
    assert kalette.compress(page, 16).found.space == "srgb"
    assert kalette.compress(page, 16, space="oklab").found.space == "oklab"


@pytest.mark.parametrize("k", [4, 8, 16, 32])
def test_a_red_dot_on_a_page_stays_red_and_its_paper_white(k):
    page = page_of_letters()
    page[218:230, 293:305] = 255, 0, 0
    shown = kalette.compress(page, k).to_array()
    red, green, blue = shown[224, 299].astype(int)
    assert red > 200
    assert max(green, blue) < 60
    assert shown[239, 0].tolist() == [255, 255, 255]


def test_rendered_trials_count_grain_that_blurring_hides(monkeypatch):
    rendered = recorded_trials(monkeypatch, "rendered")
    search = trials_of(DRAWING, Settings(), Run(1))
    search.best(16)
    for trial in rendered:
        grain = trial.error / visible_error(trial.squared)
        colors = trial.indexed.palette[trial.indexed.indices]
        difference = in_sixteenths(colors).astype(int) - in_sixteenths(DRAWING)
        assert grain == pytest.approx(np.sqrt((difference**2).sum(axis=-1).mean()))


@pytest.mark.parametrize(("k", "count"), [(16, 6), (17, 2)])
def test_photographs_with_few_entries_get_the_best_of_more_rounds(k, count, monkeypatch):
    trials = recorded_trials(monkeypatch, "near")
    search = trials_of(kalette.sample_pixels(160, 120), Settings(), Run(1))
    chosen = search.best(k)
    assert len(trials) == count
    last = search._raised(trials[-1]) if count == 2 else least(trials[2:]).weights
    assert has_weights(chosen, search, last)


def test_a_smooth_picture_is_tried_without_stretched_chroma_and_without_activity(monkeypatch):
    given = []
    initial = WeightTrials.__init__
    monkeypatch.setattr(
        WeightTrials,
        "__init__",
        lambda trials, renderer, constraints, policy, *, visibility: (
            given.append((policy.is_smooth, visibility is None))
            or initial(trials, renderer, constraints, policy, visibility=visibility)
        ),
    )
    y, x = np.mgrid[:60, :90]
    smooth = np.stack([60 + 2 * x, 40 + 3 * y, 200 - x - y], axis=2).clip(0, 255).astype(np.uint8)
    for pixels in (smooth, faded_sample(), kalette.sample_pixels(96, 64)):
        kalette.compress(pixels, 16)
    assert given == [(True, True), (False, True), (False, False)]


def test_passes_of_trials_are_not_reported():
    numbers: list[int] = []
    pixels = kalette.sample_pixels(96, 64)
    result = kalette.compress(pixels, 16, on_pass=lambda number, _: numbers.append(number))
    assert numbers == list(range(1, result.iterations + 1))


def test_a_higher_effort_has_no_higher_loss_where_weights_are_chosen():
    losses = [kalette.compress(faded_sample(), 16, effort=effort).losses[-1] for effort in EFFORTS]
    assert losses == sorted(losses, reverse=True)


def texture_beside_flat_greys() -> Pixels:
    """Noise of many colours, and as many pixels of flat greys."""
    noise = np.random.default_rng(3).integers(0, 256, (64, 96, 3), np.uint8)
    flat = np.repeat(np.arange(96, dtype=np.uint8)[:, None] // 12 * 9 + 120, 64, axis=1).T
    return np.concatenate([noise, np.repeat(flat[..., None], 3, axis=2)])


def entries_near_grey(palette: np.ndarray) -> int:
    return int((np.ptp(palette.astype(int), axis=1) < 6).sum())


def test_flat_areas_get_more_entries_than_texture_of_as_many_pixels():
    pixels, settings = texture_beside_flat_greys(), Settings()
    plain = find_palette(kalette.open(pixels).histogram, Constraints.of(settings), settings, 16)
    found = kalette.compress(pixels, 16).found
    assert entries_near_grey(found.colors) > entries_near_grey(plain.colors)


@pytest.mark.parametrize("settings", [Settings(space="srgb"), Settings(init="wu"), Settings(dither="none")])
def test_visibility_counts_in_oklab_alone_and_not_in_textbook_runs(settings):
    pixels = texture_beside_flat_greys()
    plain = find_palette(kalette.open(pixels).histogram, Constraints.of(settings), settings, 16)
    found = kalette.compress(pixels, 16, settings).found
    assert np.array_equal(found.colors, plain.colors) == (settings.dither != "none")


def test_the_mean_loss_is_that_of_colors_all_equally_visible():
    pixels, settings = texture_beside_flat_greys(), Settings()
    k = 160  # above the trials, which change the dampening too
    found, picture = kalette.compress(pixels, k).found, kalette.open(pixels)
    plain = find_palette(picture.histogram, Constraints.of(settings), settings, k)
    assert found.mean_loss == pytest.approx(plain.mean_loss, rel=0.02)
    assert found.losses[-1] < 0.9 * plain.losses[-1]


def test_a_higher_effort_has_no_higher_loss_where_visibility_counts():
    losses = [
        kalette.compress(texture_beside_flat_greys(), 12, effort=effort).losses[-1] for effort in EFFORTS
    ]
    assert losses == sorted(losses, reverse=True)
