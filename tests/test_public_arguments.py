"""Wrong arguments of public functions give one sentence, never an error from inside."""

# mypy: disable-error-code="arg-type, list-item, call-arg, call-overload, misc"
# (wrong arguments on purpose)

import importlib.util
import io

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette import batch, figures, learn, palettes
from kalette.compression import Constraints, find_palette

HUGE = 10**400  # no float can hold it
PIXELS = kalette.sample_pixels(24, 16)
RESULT = kalette.compress(PIXELS, 4)
SWATCHES = RESULT.swatches
PICTURE = RESULT.picture
HISTOGRAM = PICTURE.histogram
SETTINGS = kalette.Settings(k=4)
COMPARISON = kalette.compare(PIXELS, [2])
JOB = batch.Job(input="a.png", output="b.png", settings=SETTINGS)
X = learn.sample_blobs(30)
START = learn.init_centroids(X, 3, seed=0)
FOUND = learn.run_kmeans(X, START)
FIGURE = figures.comparison_grid([RESULT])


def closed_image():
    image = Image.fromarray(PIXELS)
    image.close()
    return image


def fields(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kalette.compress(3), "the source is of type int; give a path"),
        (lambda: kalette.compress(None), "the source is of type NoneType; give a path"),
        (lambda: kalette.compress([1, 2]), "the source is of type list; give a path"),
        (lambda: kalette.compress(io.StringIO("x")), "open it in binary mode"),
        (lambda: kalette.compress(PIXELS, "x"), "k is 'x'; a palette holds 1 to 256 colours"),
        (lambda: kalette.compress(PIXELS, 2.5), r"k is 2\.5; a palette holds"),
        (lambda: kalette.compress(PIXELS, True), "k is True; a palette holds"),
        (lambda: kalette.compress(PIXELS, np.array([2, 3])), "a palette holds 1 to 256"),
        (lambda: kalette.compress(PIXELS, kalette.Settings(k=4)), "pass it by name"),
        (lambda: kalette.compress(PIXELS, 4, {"k": 3}), "settings is {'k': 3}; give kalette.Settings"),
        (lambda: kalette.compress(PIXELS, 4, colour=3), "there is no option 'colour'; did you mean"),
        (lambda: kalette.compress(PIXELS, 4, zzzzzz=3), "there is no option 'zzzzzz'; choose from"),
        (lambda: kalette.compress(PIXELS, limits=3), "limits is 3; give kalette.Limits"),
        (lambda: kalette.compress(PIXELS, effort=np.array([1, 2])), "choose one of fast"),
        (lambda: kalette.compress(PIXELS, effort=["fast"]), r"effort is \['fast'\]; choose one of fast"),
        (lambda: kalette.compress(PIXELS, seed="x"), "seed is 'x'; give a whole number"),
        (lambda: kalette.compress(PIXELS, palette=5), "palette is 5; give a sequence of colours"),
        (lambda: kalette.compress(PIXELS, palette=[5]), "5 is not a colour"),
        (lambda: kalette.compress(PIXELS, keep_colors=7), "keep_colors is 7; give a sequence"),
        (lambda: kalette.compress(PIXELS, max_bytes="20KB"), "max_bytes is '20KB'; give a whole number"),
        (lambda: kalette.compress(PIXELS, min_psnr="x"), "min_psnr is 'x'; give decibels"),
        (lambda: kalette.open(3), "the source is of type int"),
        (lambda: kalette.open(PIXELS, run=4), "run is 4; give kalette.Run"),
        (lambda: kalette.open(PIXELS).compress("x"), "k is 'x'"),
        (lambda: kalette.open(kalette.open(PIXELS), keep_metadata=True), "opened without it"),
        (lambda: kalette.quantize(3, 4), "the source is of type int"),
        (lambda: kalette.quantize(Image.new("L", (2, 2)), 0), "k is 0"),
        (lambda: kalette.compare(PIXELS, 5), r"ks is 5; give numbers of colours, such as \[2, 4, 8\]"),
        (lambda: kalette.compare(PIXELS, "2,4"), "ks is '2,4'; give numbers of colours"),
        (lambda: kalette.compare(PIXELS, ["x"]), "k is 'x'"),
        (lambda: kalette.compare(PIXELS, [2], on_row=3), "on_row is 3; give a function"),
        (lambda: kalette.compare(3, [2]), "the source is of type int"),
        (lambda: RESULT.to_bytes(5), "format is 5; choose one of png"),
        (lambda: RESULT.to_bytes(["png"]), "choose one of png"),
        (lambda: RESULT.save(5), "the path is 5; give a file name"),
        (lambda: kalette.read_palette(5), "the palette file is 5; give a path"),
        (lambda: SWATCHES.sorted_by(5), "sort is 5; choose one of share"),
        (lambda: SWATCHES.sorted_by(["hue"]), "choose one of share"),
        (lambda: SWATCHES.to_bytes(5), "format is 5; choose one of hex"),
        (lambda: SWATCHES.save(5), "the path is 5; give a file name"),
        (lambda: kalette.Swatches("red"), "the colours are 'red'; give an array"),
        (lambda: kalette.Limits(max_pixels="x"), "max_pixels is 'x'; give a whole number"),
        (lambda: kalette.Limits(allow_truncated=3), "allow_truncated is 3; give True or False"),
        (lambda: kalette.Histogram.from_bytes(b"x" * 40), "the bytes are not a histogram"),
        (lambda: kalette.Histogram.from_bytes("x"), "the bytes are not a histogram"),
        (lambda: RESULT.picture.histogram.merge(3), "3 is not a histogram"),
        (lambda: RESULT.picture.histogram.bounded("x"), "most is 'x'; give a whole number"),
        (lambda: kalette.sample_pixels("x"), "width is 'x'; give a whole number"),
        (lambda: kalette.figures.comparison_grid([3]), "give results of kalette.compress"),
        (lambda: kalette.figures.comparison_grid(RESULT), "give results of kalette.compress"),
        (lambda: kalette.figures.comparison_grid([]), "give results of kalette.compress"),
        (lambda: kalette.figures.color_plot(RESULT), "give results of kalette.compress"),
        (lambda: kalette.figures.save_steps(3, "a.gif"), "give results of kalette.compress"),
        (lambda: kalette.figures.save(3, "a.png"), "the figure is 3; give a figure"),
    ],
)
def test_a_wrong_argument_gives_one_sentence(call, said):
    with pytest.raises(kalette.KaletteError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        # figures
        (lambda: figures.save(FIGURE, 5), "the path is 5; give a file name"),
        (lambda: figures.save(FIGURE, "a.png", overwrite=5), "overwrite is 5; give True or False"),
        (lambda: figures.save_steps(RESULT, None), "the path is None; give a file name"),
        (lambda: figures.save_steps(RESULT, "a.gif", space="x"), "space is 'x'; choose one of srgb, oklab"),
        (lambda: figures.save_steps(RESULT, "a.gif", overwrite=5), "overwrite is 5; give True or False"),
        (lambda: figures.save_steps(RESULT, "a.gif", on_frame=5), "on_frame is 5; give a function"),
        (lambda: figures.require_writable(5), "the path is 5; give a file name"),
        (lambda: figures.require_writable("a\0.png"), "embedded null byte"),
        (lambda: figures.require_steps_writable(5), "the path is 5; give a file name"),
        (lambda: figures.color_plot([RESULT], "x"), "space is 'x'; choose one of srgb, oklab"),
        (lambda: figures.color_plot([RESULT], view="x"), "view is 'x'; choose one of cube, plane"),
        (lambda: figures.save_steps(RESULT, "a.gif", view=3), "view is 3; choose one of cube, plane"),
        (lambda: figures.comparison_curves(RESULT), "give one of kalette.compare"),
        (lambda: figures.comparison_curves(COMPARISON, [3]), "give those of low_rank_rows"),
        (lambda: figures.color_elbow([]), "give results of kalette.compress"),
        (lambda: figures.color_elbow([RESULT] * 2, "x"), "space is 'x'; choose one of srgb, oklab"),
        (lambda: figures.color_plot([RESULT], ["x"]), r"space is \['x'\]; choose one of srgb, oklab"),
        (lambda: figures.png_bytes(5), "the figure is 5; give a figure of kalette.figures"),
        (lambda: figures.svg_text(5), "the figure is 5; give a figure of kalette.figures"),
        (lambda: figures.frame_count(5), "give results of kalette.compress"),
        (lambda: figures.starts_figure(5, 5), r"X has shape \(\); give an array \(N, d\)"),
        (lambda: figures.starts_figure(X, 5), "runs is 5; give results of kalette.learn.run_kmeans"),
        (lambda: figures.starts_figure(X, []), r"runs is \[\]; give results of kalette.learn.run_kmeans"),
        (lambda: figures.starts_figure(X[:9], [FOUND]), "give the points of the runs"),
        (lambda: figures.starts_figure(X[:, :1], [learn.run_kmeans(X[:, :1], START[:, :1])]), "in a plane"),
        # histograms, pictures, results
        (lambda: kalette.Histogram(5, 5), r"colors is 5; give an array \(N, 3 or 4\) of uint8"),
        (lambda: kalette.Histogram(HISTOGRAM.colors, 5), "counts is 5; give an array of int64"),
        (lambda: kalette.Histogram(HISTOGRAM.colors, HISTOGRAM.counts, 9), "shift is 9; give a whole number"),
        (lambda: kalette.Histogram(HISTOGRAM.colors, HISTOGRAM.counts, 1), "sums is None; give an array"),
        (lambda: HISTOGRAM.in_space("x"), "space is 'x'; choose one of srgb, oklab"),
        (lambda: kalette.Picture(5, 5), r"pixels is 5; give an array \(H, W, 3 or 4\) of uint8"),
        (lambda: kalette.Picture(PIXELS, 5), "name is 5; give a str"),
        (lambda: kalette.Picture(PIXELS, "a", source=5), "source is 5; give the picture as read"),
        (lambda: PICTURE.curve(run=5), "run is 5; give kalette.Run"),
        (lambda: PICTURE.shown(5, 5), "constraints is 5; give Constraints.of"),
        (lambda: PICTURE.shown(Constraints.of(SETTINGS), 5), "settings is 5; give kalette.Settings"),
        (lambda: PICTURE.compress(settings=5), "settings is 5; give kalette.Settings"),
        (lambda: find_palette(5, Constraints.of(SETTINGS), SETTINGS, 4), "histogram is 5; give that of"),
        (lambda: find_palette(HISTOGRAM, 5, SETTINGS, 4), "constraints is 5; give Constraints.of"),
        (lambda: find_palette(HISTOGRAM, Constraints.of(SETTINGS), SETTINGS, "x"), "k is 'x'; give a whole"),
        (lambda: kalette.Result(**fields(RESULT) | {"picture": 5}), "picture is 5; give a Picture"),
        (lambda: kalette.Comparison(**fields(COMPARISON) | {"rows": 5}), "rows is 5; give those of"),
        (lambda: kalette.Comparison(**fields(COMPARISON) | {"curve": 5}), "curve is 5; give that of"),
        (lambda: COMPARISON.point_at("x"), "k is 'x'; give a number of colours"),
        (lambda: kalette.compare(PIXELS, np.array(4)), r"ks is array\(4\); give numbers of colours"),
        (lambda: RESULT.save("a.png", overwrite=5), "overwrite is 5; give True or False"),
        # batch
        (lambda: batch.plan_files(5, None, "k4", "png"), "inputs is 5; give a list of paths"),
        (lambda: batch.plan_files("a.png", None, "k4", "png"), "inputs is 'a.png'; give a list of paths"),
        (lambda: batch.plan_files(["a.png"], 5, "k4", "png"), "output is 5; give a path as text"),
        (lambda: batch.plan_files(["a.png"], None, 5, "png"), "tag is 5; give a text"),
        (lambda: batch.plan_files(["a.png"], None, "k4", 5), "format is 5; choose one of png"),
        (lambda: batch.plan_files(["a\0b.png"], None, "k4", "png"), "cannot be a path"),
        (lambda: batch.plan_in_place([5], None), r"inputs is \[5\]; give a list of paths"),
        (lambda: batch.plan_in_place(["a.png"], 5), "format is 5; choose one of png"),
        (lambda: batch.without_results(5), "inputs is 5; give a list of paths"),
        (lambda: batch.tag_of(5), "settings is 5; give kalette.Settings"),
        (lambda: batch.chosen_format(5, None), "output is 5; give a path as text"),
        (lambda: batch.chosen_format("a.png", 5), "format is 5; choose one of png"),
        (lambda: batch.require_apart(5, [], ""), "output is 5; give a path as text"),
        (lambda: batch.require_apart("a.png", 5, ""), "others is 5; give a list of paths"),
        (lambda: batch.require_apart("a.png", [], 5), "option is 5; give a text"),
        (lambda: batch.side_by_side([5], threads=2), r"jobs is \[5\]; give a list of kalette.batch.Job"),
        (lambda: batch.side_by_side([JOB], threads="x"), "threads is 'x'; give 1 to 256"),
        (lambda: batch.compress_file(5), "the job is 5; give kalette.batch.Job"),
        (lambda: batch.compress_file(JOB, run=5), "run is 5; give kalette.Run"),
        (lambda: batch.compress_file(JOB, run=None), "run is None; give kalette.Run"),
        (lambda: batch.compress_file(JOB, read=5), "read is 5; give a function"),
        (lambda: batch.compress_file(JOB, write=5), "write is 5; give a function"),
        # learn
        (lambda: learn.find_closest_centroids(object(), START), "X is <object object at .*; give an array"),
        (lambda: learn.find_closest_centroids(X, 5), r"centroids has shape \(\); give an array \(N, d\)"),
        (lambda: learn.find_closest_centroids(X, START[:0]), "there must be at least one of each"),
        (lambda: learn.compute_centroids(X, FOUND.idx, "x"), "K is 'x'; give a whole number"),
        (lambda: learn.compute_centroids(X, FOUND.idx, HUGE), r"K is 10+\.\.\.0+; give a whole number"),
        (lambda: learn.compute_centroids(X, FOUND.idx, 1), "give 30 whole numbers from 0 to 0"),
        (lambda: learn.compute_centroids(X, [[1, 2], [3]], 3), r"idx is \[\[1, 2\], \[3\]\]; give an array"),
        (lambda: learn.compute_centroids(X, X, 3), "give 30 whole numbers from 0 to 2"),
        (lambda: learn.compute_centroids(5, FOUND.idx, 3), r"X has shape \(\)"),
        (lambda: learn.init_centroids(X, "x", 0), "K is 'x' and there are 30 points"),
        (lambda: learn.init_centroids(X, 3, "x"), "seed is 'x'; give a whole number, at least 0"),
        (lambda: learn.run_kmeans(X, START, max_iters="x"), "max_iters is 'x'; give a whole number"),
        (lambda: learn.run_kmeans(X, START, tol="x"), "tol is 'x'; give a distance"),
        (lambda: learn.run_kmeans("x", START), "X is 'x'; give an array of numbers"),
        (lambda: learn.squared_distances(X, np.zeros(3)), r"they must be \(N, d\) and \(d,\)"),
        (lambda: learn.sample_blobs("x"), "n is 'x'; give a whole number"),
        (lambda: learn.sample_blobs(HUGE), "n is 10+"),
        (lambda: learn.sample_blobs(9, "x"), "seed is 'x'; give a whole number"),
        (lambda: learn.sample_pixels(HUGE), "at least 1 and at most 65535"),
        (lambda: learn.sample_pixels(4, HUGE), "at least 1 and at most 65535"),
        # palettes
        (lambda: palettes.palette_format_of(5), "the path is 5; give a file name"),
        (lambda: palettes.Swatches(np.zeros((2, 5), np.uint8)), "the colours are array"),
        (lambda: palettes.Swatches(SWATCHES.colors, 5), "shares is 5; give 4 numbers, or None"),
        (lambda: palettes.Swatches(SWATCHES.colors, (0.5,)), r"shares is \(0\.5,\); give 4 numbers"),
        (lambda: SWATCHES.to_bytes("gpl", name=5), "name is 5; give a text"),
        (lambda: SWATCHES.save("a.hex", overwrite=5), "overwrite is 5; give True or False"),
        # numbers that no float holds
        (lambda: kalette.Settings(tol=HUGE), "tol is 10+.*; give a distance"),
        (lambda: kalette.Settings(rate=HUGE), "rate is 10+.*; give a number from 0 to 1"),
        (lambda: kalette.Settings(min_psnr=HUGE), "min_psnr is 10+.*; give decibels"),
        (lambda: kalette.Settings(min_ssim=HUGE), "min_ssim is 10+.*; give a number from 0 to 1"),
        (lambda: kalette.Settings(dither_strength=HUGE), "dither_strength is 10+.*; give a number"),
        (lambda: kalette.Settings(k=10**5000), "k is an integer of 16610 bits; a palette holds"),
        # what the message should help with
        (lambda: kalette.Settings(k="AUTO"), "k is 'AUTO'; a palette .*, so give a whole number of them, or"),
        (lambda: kalette.Settings(keep_colors=np.array(None)), "keep_colors is .*; give a sequence of"),
        (lambda: kalette.compress(closed_image()), "the image is closed; give it while it is open"),
    ],
)
def test_every_public_door_names_the_value_and_the_way_out(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kalette.KaletteError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


LONG = "x" * 10_000


@pytest.mark.parametrize(
    "call",
    [
        lambda: kalette.Settings(k=LONG),
        lambda: kalette.Settings(palette=[LONG]),
        lambda: kalette.Settings(palette=[[LONG] * 5] * 5),
        lambda: kalette.compress(PIXELS, **{LONG: 5}),
        lambda: kalette.compare(PIXELS, LONG),
        lambda: figures.comparison_grid([LONG] * 100),
        lambda: batch.plan_files({LONG: LONG}, None, "", "png"),
        lambda: palettes.Swatches(np.zeros((1000, 1000))),
        lambda: HISTOGRAM.merge([[[[LONG] * 9] * 9] * 9] * 9),
    ],
)
def test_a_long_value_is_cut_in_the_sentence(call):
    with pytest.raises(kalette.KaletteError) as caught:
        call()
    assert len(str(caught.value)) < 350
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="KMeans needs scikit-learn")
@pytest.mark.parametrize(
    ("options", "data", "said"),
    [
        ({}, 1e200 * X, r"X holds .*e\+200, whose squares float64 cannot hold; scale X down"),
        ({}, (1e30 * X).astype(np.float32), "whose squares float32 cannot hold; scale X down"),
        ({"tol": HUGE}, X, "tol is 10+.*; give a number of at least 0"),
        ({"init": object()}, X, "init is <object.*; give an array of numbers"),
        ({"n_clusters": "x"}, X, "n_clusters is 'x'; give a whole number"),
        ({"threads": "x"}, X, "threads is 'x'; give 1 to 256"),
    ],
)
def test_the_estimator_names_the_value_and_the_way_out(options, data, said):
    with pytest.raises(kalette.SettingsError, match=said):
        kalette.KMeans(**{"n_clusters": 3} | options).fit(data)
    with pytest.raises(kalette.SettingsError, match="sample_weight is 'x'; give an array of numbers"):
        kalette.KMeans(3).fit(X, sample_weight="x")
    with pytest.raises(kalette.SettingsError, match="scale X down"):
        kalette.KMeans(3).fit(X).transform(1e200 * X)
