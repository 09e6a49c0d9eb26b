"""The plane of principal components, and the curves for choosing k."""

# mypy: disable-error-code="index, union-attr, arg-type, type-var"
# (Matplotlib returns arrays as ArrayLike)

from typing import Any

import numpy as np
import pytest

import kalette
from kalette import figures
from kalette.learn import init_centroids, run_kmeans, sample_blobs, silhouette
from kalette.report import low_rank_rows
from kalette.report.figures.steps import _prepared_stage, step_frames
from kalette.types import SettingsError
from legible import assert_legible, texts_of

WEIGHTED = np.array([[[0, 0, 0]] * 6 + [[100, 0, 0]] * 6 + [[50, 40, 0], [50, 0, 0]]], np.uint8)
PLAIN: dict[str, Any] = {"space": "srgb", "dither": "none", "rate": 0.0}


def walk(pixels: np.ndarray, k: int = 4, **options) -> kalette.Result:
    return kalette.compress(pixels, k=k, init="random", max_iter=3, keep_history=True, **options)


def test_the_plane_of_a_picture_whose_red_varies_most_is_red_and_green():
    figure = figures.color_plot([walk(WEIGHTED, 2)], view="plane")
    before, after, *_ = figure.axes
    share = np.var(WEIGHTED[0, :, 0]) / np.var(WEIGHTED[0], axis=0).sum()
    assert before.get_xlabel() == after.get_xlabel()
    assert before.get_xlabel() == f"1.00 R + 0.00 G + 0.00 B ({100 * share:.0f} % of variance)"
    offsets = before.collections[0].get_offsets()
    mean = WEIGHTED[0].mean(axis=0)
    colors = np.unique(WEIGHTED[0], axis=0)
    assert sorted(offsets[:, 0].round(6).tolist()) == sorted((colors[:, 0] - mean[0]).round(6).tolist())
    assert sorted(np.abs(offsets[:, 1]).round(6).tolist()) == sorted(
        np.abs(colors[:, 1] - mean[1]).round(6).tolist()
    )


@pytest.mark.parametrize("space", ["srgb", "oklab"])
def test_planes_are_legible_and_distances_in_them_are_true(gradient, icon, space):
    single = np.full((3, 3, 3), (255, 255, 0), np.uint8)
    for pixels in (gradient, icon, WEIGHTED, single, np.zeros((4, 4, 4), np.uint8)):
        figure = figures.color_plot([walk(pixels)], space, "plane")
        assert_legible(figure)
        figure.draw_without_rendering()
        x, y = (figure.axes[0].transData.transform(place) for place in ((1, 0), (0, 1)))
        origin = figure.axes[0].transData.transform((0, 0))
        assert x[0] - origin[0] == pytest.approx(y[1] - origin[1])


def test_steps_move_in_the_plane_too(gradient):
    result = walk(gradient)
    cube, plane = list(step_frames(result)), list(step_frames(result, view="plane"))
    assert len(cube) == len(plane) == 4
    assert not np.array_equal(plane[0], plane[-1])
    assert not np.array_equal(cube[0], plane[0])


def test_centroids_of_the_steps_move_over_points_that_stay(gradient):
    result = walk(gradient)
    stage = _prepared_stage(result, "srgb", "plane")
    before = stage.scatter.axes.get_xlim(), stage.scatter.axes.get_ylim()
    for palette in result.palettes:
        stage.scatter.balls(palette, np.ones(len(palette)))
        stage.scatter.axes.autoscale_view()
    assert (stage.scatter.axes.get_xlim(), stage.scatter.axes.get_ylim()) == before


def test_the_elbow_figure_shows_loss_and_silhouette_for_each_k():
    X = sample_blobs(100)
    runs = [run_kmeans(X, init_centroids(X, K, 3)) for K in (2, 4, 5, 7)]
    figure = figures.elbow_figure(X, runs)
    assert_legible(figure)
    loss, silhouettes = figure.axes
    assert loss.lines[0].get_ydata().tolist() == [run.losses[-1] for run in runs]
    best = max(silhouettes.lines[0].get_ydata())
    assert silhouettes.lines[1].get_ydata().tolist() == [best]
    with pytest.raises(SettingsError, match="each another number"):
        figures.elbow_figure(X, [runs[0], runs[0]])


def test_the_elbow_of_a_picture_has_the_losses_of_its_results(gradient):
    results = [kalette.compress(gradient, k, **PLAIN) for k in (2, 3, 6)]
    figure = figures.color_elbow(results)
    assert_legible(figure)
    loss, silhouettes = figure.axes
    assert list(loss.lines[0].get_ydata()) == [
        result.losses[-1] / gradient[..., 0].size for result in results
    ]
    best = int(np.argmax(silhouettes.lines[0].get_ydata()))
    assert f"highest at k = {(2, 3, 6)[best]}" in texts_of(figure)


@pytest.mark.parametrize("space", ["srgb", "oklab"])
def test_the_silhouette_of_a_picture_is_that_of_its_pixels(space):
    results = [kalette.compress(WEIGHTED, k, **{**PLAIN, "space": space}) for k in (2, 3)]
    points = results[0].picture.histogram.in_space(space).finest.points
    colors = results[0].picture.histogram.colors
    pixels = np.array([colors.tolist().index(pixel) for pixel in WEIGHTED[0].tolist()])
    drawn = figures.color_elbow(results, space).axes[1].lines[0].get_ydata()
    for result, score in zip(results, drawn, strict=True):
        assert score == pytest.approx(silhouette(points[pixels], result.indices[0].astype(int), result.k))


def test_many_colors_have_nearly_the_silhouette_of_all_of_them(gradient):
    results = [kalette.compress(gradient, k, **PLAIN) for k in (2, 5)]
    assert len(results[0].picture.histogram) > 1500
    drawn = figures.color_elbow(results).axes[1].lines[0].get_ydata()
    X = gradient.reshape(-1, 3).astype(float)
    for result, score in zip(results, drawn, strict=True):
        assert score == pytest.approx(silhouette(X, result.indices.ravel().astype(int), result.k), abs=0.02)


def test_an_elbow_needs_two_different_k(gradient):
    with pytest.raises(SettingsError, match=r"the k are \[4, 4\]; give two at least"):
        figures.color_elbow([kalette.compress(gradient, 4, **PLAIN)] * 2)


def test_the_curves_of_a_comparison_are_those_of_its_rows():
    comparison = kalette.compare(kalette.sample_pixels(96, 64), [16, 2, 64])
    rows = sorted(comparison.rows, key=lambda row: row.k)
    beside = sorted(low_rank_rows(comparison), key=lambda row: row.k)
    figure = figures.comparison_curves(comparison, beside)
    assert_legible(figure)
    assert_legible(figures.comparison_curves(comparison))
    size, psnr, ssim, ssimulacra2 = figure.axes
    written, estimated = (line.get_ydata() for line in size.lines)
    assert list(written) == [row.output_bytes / 1000 for row in rows]
    assert list(estimated) == [row.estimated_bytes / 1000 for row in rows]
    for axes, name in ((psnr, "psnr_db"), (ssim, "ssim"), (ssimulacra2, "ssimulacra2")):
        ours, low_rank = axes.lines
        assert list(ours.get_xdata()) == [2, 16, 64]
        assert list(ours.get_ydata()) == [getattr(row, name) for row in rows]
        assert list(low_rank.get_ydata()) == [getattr(row, name) for row in beside]


def test_curves_leave_out_the_psnr_of_what_is_exact_and_need_two_k():
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    figure = figures.comparison_curves(kalette.compare(pixels, [2, 16, 256]))
    assert_legible(figure)
    assert list(figure.axes[1].lines[0].get_xdata()) == [2]
    exact = figures.comparison_curves(kalette.compare(pixels, [16, 256]))
    assert_legible(exact)
    with pytest.raises(SettingsError, match="has one k; give two"):
        figures.comparison_curves(kalette.compare(pixels, [2]))
