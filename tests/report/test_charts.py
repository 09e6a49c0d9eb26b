"""Charts of the report."""

import re

import pytest

from kalette.report.charts import Axis, Chart


def test_a_dot_is_placed_by_the_axes():
    chart = Chart("", Axis("x", 0, 10), Axis("y", 1, 100, logarithmic=True))
    chart.dot((10, 10), "here")
    (dot,) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', chart.svg())
    assert dot == ("506.0", "151.0")
    assert '<text class="dot" x="499.0"' in chart.svg()  # at the right edge the label ends before the dot


def test_ticks_are_round_numbers_within_the_axis():
    assert Axis("", 18.7, 37.2).ticks() == [20, 25, 30, 35]
    assert Axis("", 0.0, 0.9).ticks() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    assert Axis("", 7, 47, logarithmic=True).ticks() == [8, 10, 20, 30, 40]
