"""Figures: their content, legibility and reproducible bytes."""

# mypy: disable-error-code="attr-defined, index, union-attr, arg-type, type-var"
# (Matplotlib returns arrays as ArrayLike, artists as their base class)

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

import kalette
from kalette import figures
from kalette.learn import init_centroids, run_kmeans, sample_blobs
from kalette.report.figures.animation import FIRST_MS, FRAME_MS, LAST_MS
from kalette.report.figures.pictures import over_checkerboard, scale_to_fit, scaled, strip
from kalette.report.figures.scatter import sample
from kalette.report.figures.space import oklab_from_srgb
from kalette.report.figures.steps import MOST_FRAMES, shown_passes, step_frames
from kalette.types import SettingsError, WriteError
from legible import assert_legible, texts_of


def pictures_of(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.images]


def of_formula(height: int, width: int) -> np.ndarray:
    down, across = np.mgrid[0:height, 0:width]
    return np.stack([across % 256, down % 256, (across // 3 + 2 * down) % 256], axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def three():
    return [kalette.compress(of_formula(48, 64), k=k, effort="fast") for k in (2, 16, 256)]


def test_assert_legible_finds_overlapping_clipped_and_small_text():
    for places in ([(0.5, 0.5), (0.51, 0.5)], [(0.99, 0.5)], [(0.5, -0.001)]):
        figure = Figure(figsize=(5, 5), dpi=200)
        for place in places:
            figure.text(*place, "words")
        with pytest.raises(AssertionError, match=r"overlap|leaves"):
            assert_legible(figure)
    figure = Figure(figsize=(10, 5), dpi=200)
    figure.text(0.5, 0.5, "words", fontsize=4)
    with pytest.raises(AssertionError, match="too small"):
        assert_legible(figure)


def test_the_grid_labels_each_version_with_k_size_ratio_and_psnr(three):
    texts = texts_of(figures.comparison_grid(three))
    assert texts[:1] == ["Original"]
    assert "64 × 48" in texts
    assert "3,072 colours" in texts
    for result in three:
        assert f"k = {result.k}" in texts
        assert f"PSNR {result.psnr_db:.2f} dB" in texts
        assert f"{result.raw_bytes / result.output_bytes:.1f} : 1 to raw" in texts
    assert not any("to file" in text for text in texts)


def test_the_grid_gives_the_ratio_to_the_input_file_if_there_is_one(gradient):
    out = io.BytesIO()
    Image.fromarray(gradient).save(out, "BMP")
    result = kalette.compress(out.getvalue(), k=8)
    texts = texts_of(figures.comparison_grid([result]))
    assert f"{len(out.getvalue()) / result.output_bytes:.1f} : 1 to file" in texts
    assert "9.3 KB file" in texts


def test_the_grid_labels_lossless_versions_exact_with_their_number_of_colors():
    texts = texts_of(figures.comparison_grid([kalette.compress(np.full((2, 2, 3), 7, np.uint8), k=16)]))
    assert texts.count("1 colour") == 2
    assert "exact" in texts


SHAPES = [(1, 1), (20, 3000), (3000, 20), (30, 20), (20, 30), (2000, 500), (300, 301)]
MANY = [(20, 3000, 5), (3000, 20, 5), (30, 20, 2), (20, 30, 11)]


@pytest.mark.parametrize(("height", "width", "count"), [(*shape, 1) for shape in SHAPES] + MANY)
def test_the_grid_is_legible_and_keeps_the_aspect_for_any_shape(height, width, count):
    result = kalette.compress(of_formula(height, width), k=4, effort="fast")
    figure = figures.comparison_grid([result] * count)
    assert_legible(figure)
    shown = [axes.bbox.bounds[2:] for axes in pictures_of(figure)[::2]]
    assert len(shown) == count + 1
    for across, down in shown:
        assert across == pytest.approx(down * width / height, abs=max(1, width / height))


def test_the_grid_shows_the_written_pixels_and_a_strip_of_their_colors(three):
    shown = [axes.images[0].get_array() for axes in pictures_of(figures.comparison_grid(three[:1]))]
    original, _, version, strip_of_two = shown
    zoom = len(original) // 48
    assert np.array_equal(original[::zoom, ::zoom], three[0].picture.pixels)
    assert np.array_equal(version[::zoom, ::zoom], three[0].decoded)
    assert {tuple(color) for color in strip_of_two[0].tolist()} == set(map(tuple, three[0].palette.tolist()))


def test_clear_pixels_and_entries_show_a_checkerboard(icon):
    figure = figures.comparison_grid([kalette.compress(icon, k=8)])
    for axes in pictures_of(figure):
        dots = axes.images[0].get_array()[::5, ::5].reshape(-1, 3)
        greys = set(map(tuple, dots.tolist()))
        assert {(255, 255, 255), (222, 222, 222)} <= greys


def test_partly_clear_colors_are_blended_with_the_checkerboard():
    half = np.full((1, 17, 4), (100, 0, 0, 51), np.uint8)
    assert over_checkerboard(half)[0, [0, 16]].tolist() == [[224, 204, 204], [198, 178, 178]]


def test_pictures_are_enlarged_by_whole_factors_and_reduced_by_averaging():
    pixels = np.array([[[0, 0, 0], [100, 200, 50]]], np.uint8)
    assert scaled(pixels, 2).tolist() == [[[0, 0, 0]] * 2 + [[100, 200, 50]] * 2] * 2
    assert scaled(pixels, 0.5).tolist() == [[[50, 100, 25]]]
    assert scale_to_fit(100, 100, 399, 1000) == 3


def test_a_rare_color_is_visible_in_the_strip():
    colors = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
    shown = strip(colors, np.array([1, 10**9]), 100, 1)[0, :, 0]
    assert 5 <= (shown == 0).sum() <= 20


def test_the_same_figure_gives_the_same_bytes_without_dates(three):
    for write in (figures.png_bytes, figures.svg_text):
        assert write(figures.comparison_grid(three[:1])) == write(figures.comparison_grid(three[:1]))
    with Image.open(io.BytesIO(figures.png_bytes(figures.comparison_grid(three[:1])))) as image:
        assert set(image.info) == {"dpi"}
    assert "<dc:date>" not in figures.svg_text(figures.comparison_grid(three[:1]))


def test_matplotlib_settings_of_the_user_do_not_change_a_figure(three):
    import matplotlib as mpl

    plain = figures.png_bytes(figures.comparison_grid(three[:1]))
    with mpl.rc_context({"font.size": 30, "text.color": "red", "savefig.bbox": "tight"}):
        assert figures.png_bytes(figures.comparison_grid(three[:1])) == plain


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("SVG", b"<?xml"), ("pdf", b"%PDF")])
def test_a_figure_is_saved_in_the_format_of_the_file_name(tmp_path, three, ending, start):
    path = tmp_path / f"grid.{ending}"
    figure = figures.comparison_grid(three[:1])
    figures.save(figure, path)
    first = path.read_bytes()
    assert first.startswith(start)
    with pytest.raises(WriteError, match="exists"):
        figures.save(figure, path)
    figures.save(figures.comparison_grid(three[:1]), path, overwrite=True)
    assert path.read_bytes() == first


def test_an_unknown_figure_format_is_refused_before_any_work(tmp_path):
    for refuse in (figures.require_writable, lambda path: figures.save(Figure(), path)):
        with pytest.raises(SettingsError, match=r"end it in \.png, \.svg or \.pdf"):
            refuse(tmp_path / "grid.jpg")
    with pytest.raises(WriteError, match="does not exist"):
        figures.require_writable(tmp_path / "nowhere" / "grid.png")


@pytest.fixture(scope="module")
def with_history():
    """K-Means from a random start, with its palettes of all passes."""
    return kalette.compress(of_formula(48, 64), k=6, init="random", max_iter=3, keep_history=True)


def clouds_of(axes: Axes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the colours of the points, the colours of the centroids and their areas."""
    small, large = axes.collections
    return small.get_facecolors(), large.get_facecolors(), large.get_sizes()


def as_set(colors: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(color) for color in np.rint(colors[:, :3] * 255).astype(int).tolist()}


def test_a_plot_has_colors_before_and_after_with_centroids_and_three_curves(with_history):
    figure = figures.color_plot([with_history])
    figure.draw_without_rendering()  # sorts points by depth
    before, after, *curves = figure.axes
    points, balls, areas = clouds_of(before)
    assert as_set(points) == as_set(with_history.picture.pixels.reshape(-1, 3) / 255)
    assert as_set(balls) == as_set(with_history.palette / 255)
    assert as_set(clouds_of(after)[0]) == as_set(with_history.palette / 255)
    shares = np.bincount(with_history.indices.ravel())
    seen = {
        tuple(color): area
        for color, area in zip(np.rint(balls[:, :3] * 255).astype(int).tolist(), areas, strict=True)
    }
    ranked = sorted(zip(shares, with_history.palette.tolist(), strict=True))
    assert [seen[tuple(color)] for _, color in ranked] == sorted(areas)
    loss, shift, changed = (curve.lines[0].get_ydata() for curve in curves)
    assert list(loss * with_history.indices.size) == pytest.approx(with_history.losses)
    assert list(shift) == [done.max_shift for done in with_history.history]
    assert list(changed) == [done.changed for done in with_history.history]


def test_a_plot_has_a_row_for_each_k(three):
    figure = figures.color_plot(three)
    assert [text for text in texts_of(figure) if text.startswith("k = ")] == ["k = 2", "k = 16", "k = 256"]
    assert len(figure.axes) == 15


def test_a_plot_states_passes_start_and_loss(with_history):
    texts = texts_of(figures.color_plot([with_history]))
    assert any(text.startswith("3 passes from a random start, loss per pixel ") for text in texts)
    assert {"red", "green", "blue", "pass", "colours of the picture", "the same after compression"} <= set(
        texts
    )
    exact = kalette.compress(np.full((2, 2, 3), 7, np.uint8), k=16)
    assert {"exact: no more colours than k", "no passes"} <= set(texts_of(figures.color_plot([exact])))


CLEAR = np.zeros((4, 4, 4), np.uint8)
ONE = np.full((1, 1, 3), (255, 255, 0), np.uint8)
LONG: dict[str, Any] = {"init": "random", "tol": 0.0, "max_iter": 250}


@pytest.mark.parametrize("space", ["srgb", "oklab"])
def test_plots_are_legible(three, icon, space):
    runs = [kalette.compress(of_formula(90, 120), k=k, **LONG) for k in (2, 40)]
    single = kalette.compress(icon, k=3, init="random", max_iter=1)
    for results in (three, runs, [single], [kalette.compress(CLEAR, k=2)], [kalette.compress(ONE, k=2)]):
        assert_legible(figures.color_plot(results, space))


def test_figures_label_a_fixed_palette_and_an_automatic_k(three):
    fixed = kalette.compress(of_formula(48, 64), palette=["#000000", "#ff8000", "#ffffff"])
    chosen = kalette.compress(of_formula(48, 64), k="auto", effort="fast")
    for figure in (figures.color_plot([fixed, chosen]), figures.comparison_grid([fixed, chosen])):
        assert_legible(figure)
        assert "fixed palette" in texts_of(figure)
        assert f"k = {chosen.k}" in texts_of(figure)
    assert len(list(step_frames(fixed))) == 1


def test_oklab_agrees_with_published_values():
    primaries = np.array([[0, 255, 0], [0, 0, 255], [128, 128, 128]], np.uint8)
    known = [[0.8664, -0.2339, 0.1795], [0.4520, -0.0325, -0.3115], [0.5999, 0, 0]]
    assert oklab_from_srgb(primaries) == pytest.approx(np.array(known), abs=2e-4)


def test_a_sample_of_colors_includes_the_frequent_ones():
    colors = of_formula(200, 256).reshape(-1, 3)
    counts = np.ones(len(colors), np.int64)
    counts[[5, 40_000]] = 10**9
    chosen = sample(colors, counts)
    assert 1 <= len(chosen) <= 4000
    assert {5, 40_000} <= set(chosen.tolist())
    evenly = sample(colors, np.ones(len(colors), np.int64))
    assert len(evenly) == 4000
    assert set(np.diff(evenly).tolist()) <= {12, 13}


def test_each_frame_shows_the_picture_in_the_palette_of_its_pass(with_history):
    frames = list(step_frames(with_history))
    assert len(frames) == figures.frame_count(with_history) == with_history.iterations + 1
    for frame, palette in zip(frames, with_history.palettes, strict=True):
        # Seven dots per pixel; the upper left pixel begins at (22, 48).
        shown = frame[48 : 48 + 7 * 48 : 7, 22 : 22 + 7 * 64 : 7].reshape(-1, 3)
        assert as_set(shown / 255) <= as_set(palette / 255)
        distances = ((with_history.picture.pixels.reshape(-1, 1, 3) - palette.astype(float)) ** 2).sum(axis=2)
        nearest = ((with_history.picture.pixels.reshape(-1, 3) - shown.astype(float)) ** 2).sum(axis=1)
        assert np.array_equal(nearest, distances.min(axis=1))


def test_many_passes_are_sampled_from_first_to_last():
    for iterations in (0, 1, MOST_FRAMES - 1, MOST_FRAMES, 100, 5000):
        shown = shown_passes(iterations)
        assert shown[0] == 0
        assert shown[-1] == iterations
        assert len(shown) <= MOST_FRAMES
        assert shown == sorted(set(shown))
    assert shown_passes(3) == [0, 1, 2, 3]


@pytest.mark.parametrize("ending", ["gif", "apng", "webp"])
def test_an_animation_loops_and_holds_its_last_frame(tmp_path, with_history, ending):
    path = tmp_path / f"steps.{ending}"
    reported: list[int] = []
    figures.save_steps(with_history, path, on_frame=reported.append)
    assert reported == [1, 2, 3, 4]
    durations = []
    with Image.open(path) as image:
        assert (image.size, image.n_frames, image.info["loop"]) == ((978, 540), 4, 0)
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            durations.append(image.info["duration"])
        assert durations == [FIRST_MS, *[FRAME_MS] * 2, LAST_MS]
        last = np.asarray(image.convert("RGB")).astype(float)
    *_, drawn = step_frames(with_history)
    assert np.abs(last - drawn).mean() < 2
    data = path.read_bytes()
    with pytest.raises(WriteError, match="exists"):
        figures.save_steps(with_history, path)
    figures.save_steps(with_history, path, overwrite=True)
    assert path.read_bytes() == data


@pytest.mark.parametrize("pixels", [CLEAR, ONE], ids=["clear", "one pixel"])
def test_a_picture_that_needs_no_pass_has_one_frame(tmp_path, pixels):
    result = kalette.compress(pixels, k=4, init="random", keep_history=True)
    figures.save_steps(result, tmp_path / "steps.gif", space="oklab")
    with Image.open(tmp_path / "steps.gif") as image:
        assert image.n_frames == 1


def test_an_unknown_animation_format_is_refused(tmp_path, with_history):
    for refuse in (figures.require_steps_writable, lambda path: figures.save_steps(with_history, path)):
        with pytest.raises(SettingsError, match=r"end it in \.gif, \.png or \.webp"):
            refuse(tmp_path / "steps.svg")


def test_the_figure_of_starts_shows_the_best_and_the_worst_run_and_all_final_losses():
    X = sample_blobs(100)
    runs = [run_kmeans(X, init_centroids(X, 5, seed)) for seed in range(8)]
    figure = figures.starts_figure(X, runs)
    assert_legible(figure)
    best, worst, passes, endings = figure.axes
    losses = sorted(run.losses[-1] for run in runs)
    assert losses[0] < losses[-1]
    assert [bar.get_height() for bar in endings.patches] == losses
    assert sorted(line.get_ydata()[-1] for line in passes.lines) == losses
    for axes, loss in ((best, losses[0]), (worst, losses[-1])):
        run = next(run for run in runs if run.losses[-1] == loss)
        paths = sorted(line.get_xydata().tolist() for line in axes.lines)
        assert paths == sorted(np.stack(run.path, axis=1).tolist())
        assert any(f"loss {loss:,.1f} after" in text for text in texts_of(figure))
