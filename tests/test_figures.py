"""Figures: what is on them, that it is legible, and that the same figure gives the same bytes."""

import io
from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

import kalette
from kalette import figures
from kalette.errors import SettingsError, WriteError
from kalette.figures.pictures import over_checkerboard, resized, scale_to_fit, strip


def texts_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def boxes_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return what is written on a drawn figure, each with its box in dots; not the ticks out of sight."""
    figure.canvas.draw()
    hidden = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for place, label in zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
        if not min(axis.get_view_interval()) <= place <= max(axis.get_view_interval())
    }
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text not in hidden]
    return [(text.get_text(), text.get_window_extent()) for text in shown if text.get_text().strip()]


def assert_legible(figure: Figure) -> None:
    """Every word is on the sheet, no two overlap, and none is too small a thousand pixels wide."""
    boxes = boxes_of(figure)
    width, height = figure.canvas.get_width_height()
    for words, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{words!r} leaves the sheet"
        assert box.height * min(1, 1000 / width) >= 8, f"{words!r} is too small"
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), f"{one!r} and {other!r} overlap"


def pictures_of(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.images]


def of_formula(height: int, width: int) -> np.ndarray:
    down, across = np.mgrid[0:height, 0:width]
    return np.stack([across % 256, down % 256, (across // 3 + 2 * down) % 256], axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def three():
    return [kalette.compress(of_formula(48, 64), k=k, effort="fast") for k in (2, 16, 256)]


def test_the_legibility_check_finds_what_it_is_for():
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
        assert f"k = {result.settings.k}" in texts
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


def test_the_grid_says_exact_and_how_many_colors_there_are():
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
    assert np.array_equal(original[::zoom, ::zoom], three[0].source.pixels)
    assert np.array_equal(version[::zoom, ::zoom], three[0].decoded)
    assert {tuple(color) for color in strip_of_two[0].tolist()} == set(map(tuple, three[0].palette.tolist()))


def test_a_checkerboard_lies_under_clear_pixels_and_their_part_of_the_strip(icon):
    figure = figures.comparison_grid([kalette.compress(icon, k=8)])
    for axes in pictures_of(figure):
        greys = {tuple(color) for row in axes.images[0].get_array().tolist() for color in row}
        assert {(255, 255, 255), (222, 222, 222)} <= greys


def test_part_clear_colors_mix_with_the_checkerboard():
    half = np.full((1, 17, 4), (100, 0, 0, 51), np.uint8)
    assert over_checkerboard(half)[0, [0, 16]].tolist() == [[224, 204, 204], [198, 178, 178]]


def test_a_picture_is_enlarged_in_whole_squares_and_made_smaller_by_means():
    pixels = np.array([[[0, 0, 0], [100, 200, 50]]], np.uint8)
    assert resized(pixels, 2).tolist() == [[[0, 0, 0]] * 2 + [[100, 200, 50]] * 2] * 2
    assert resized(pixels, 0.5).tolist() == [[[50, 100, 25]]]
    assert scale_to_fit(100, 100, 399, 1000) == 3


def test_a_rare_color_is_seen_in_the_strip():
    colors = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
    shown = strip(colors, np.array([1, 10**9]), 100, 1)[0, :, 0]
    assert 5 <= (shown == 0).sum() <= 20


def test_the_same_figure_gives_the_same_bytes_without_dates(three):
    for write in (figures.png_bytes, figures.svg_text):
        assert write(figures.comparison_grid(three)) == write(figures.comparison_grid(three))
    with Image.open(io.BytesIO(figures.png_bytes(figures.comparison_grid(three)))) as image:
        assert set(image.info) == {"dpi"}
    assert "<dc:date>" not in figures.svg_text(figures.comparison_grid(three))


def test_rules_of_the_user_do_not_change_a_figure(three):
    import matplotlib as mpl

    plain = figures.png_bytes(figures.comparison_grid(three))
    with mpl.rc_context({"font.size": 30, "text.color": "red", "savefig.bbox": "tight"}):
        assert figures.png_bytes(figures.comparison_grid(three)) == plain


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("SVG", b"<?xml"), ("pdf", b"%PDF")])
def test_a_figure_is_saved_in_the_format_of_its_name(tmp_path, three, ending, start):
    path = tmp_path / f"grid.{ending}"
    figure = figures.comparison_grid(three)
    figures.save(figure, path)
    first = path.read_bytes()
    assert first.startswith(start)
    with pytest.raises(WriteError, match="exists"):
        figures.save(figure, path)
    figures.save(figures.comparison_grid(three), path, overwrite=True)
    assert path.read_bytes() == first


def test_another_ending_is_refused_before_any_work(tmp_path):
    for refuse in (figures.require_writable, lambda path: figures.save(Figure(), path)):
        with pytest.raises(SettingsError, match=r"end it in \.png, \.svg or \.pdf"):
            refuse(tmp_path / "grid.jpg")
    with pytest.raises(WriteError, match="does not exist"):
        figures.require_writable(tmp_path / "nowhere" / "grid.png")
