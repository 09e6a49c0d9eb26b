"""Primaries: matrices of the standards, then properties."""

import numpy as np
import pytest

from kalette.color.primaries import ADOBE_RGB, PRIMARIES, SRGB, Primaries, srgb_from_primaries


def test_the_matrix_of_adobe_rgb_is_the_published_one():
    """Both have D65, so no adaptation enters; Lindbloom's matrices multiplied."""
    expected = [[1.3983, -0.3983, 0.0], [0.0, 1.0, 0.0], [0.0, -0.0429, 1.0429]]
    np.testing.assert_allclose(srgb_from_primaries(ADOBE_RGB), expected, atol=3e-4)


def test_the_matrix_of_display_p3_is_the_published_one():
    """CSS Color 4, 10.8: display-p3 to srgb."""
    expected = [[1.2249, -0.2249, 0.0], [-0.0421, 1.0421, 0.0], [-0.0196, -0.0786, 1.0983]]
    np.testing.assert_allclose(srgb_from_primaries(PRIMARIES[12]), expected, atol=3e-4)


@pytest.mark.parametrize("code", PRIMARIES)
def test_white_stays_white(code):
    matrix = srgb_from_primaries(PRIMARIES[code])
    rows = np.eye(3) if matrix is None else np.array(matrix)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-12)


def test_primaries_of_srgb_need_no_matrix_however_rounded():
    assert srgb_from_primaries(SRGB) is None
    assert srgb_from_primaries(SRGB._replace(white=(0.31271, 0.32902))) is None


def test_primaries_on_a_line_are_refused():
    with pytest.raises(ZeroDivisionError):
        srgb_from_primaries(Primaries((0.3, 0.3), (0.5, 0.5), (0.5, 0.5), (0.5, 0.5)))
