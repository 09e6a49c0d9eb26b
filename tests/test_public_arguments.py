"""Wrong arguments of public functions give one sentence, never an error from inside."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette

PIXELS = kalette.sample_pixels(24, 16)
RESULT = kalette.compress(PIXELS, 4)
SWATCHES = RESULT.swatches


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
