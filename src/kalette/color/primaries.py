"""RGB primaries: matrices from linear light of one set to linear sRGB.

Another white point is adapted by the Bradford transform, as ICC profiles do (ICC.1:2022, annex E). Plain
arithmetic of Python, so the bits are the same on every machine.
"""

from typing import NamedTuple

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]

_BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_D50: Row = (0.9642, 1.0, 0.8249)  # the white of ICC's profile connection space
_EQUAL = 0.001  # of a chromaticity; writers of sRGB round them differently


class Primaries(NamedTuple):
    """Chromaticities x, y of white, red, green and blue.

    Examples
    --------
    >>> SRGB.is_near(SRGB._replace(white=(0.3127, 0.3291)))
    True
    """

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]

    def is_near(self, other: "Primaries") -> bool:
        """Return whether no chromaticity differs by more than 0.001."""
        return all(
            abs(mine - its) <= _EQUAL
            for my_point, its_point in zip(self, other, strict=True)
            for mine, its in zip(my_point, its_point, strict=True)
        )


_D65 = (0.3127, 0.3290)
_C = (0.310, 0.316)
SRGB = Primaries(_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE_RGB = Primaries(_D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
_SMPTE_C = Primaries(_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070))

PRIMARIES = {
    1: SRGB,
    4: Primaries(_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: Primaries(_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: _SMPTE_C,
    7: _SMPTE_C,
    8: Primaries(_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: Primaries(_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    10: Primaries((1 / 3, 1 / 3), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),
    11: Primaries((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Primaries(_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: Primaries(_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
"""Primaries of ITU-T H.273 (07/2024), table 2, by their codes."""


def srgb_from_primaries(primaries: Primaries) -> Matrix | None:
    """Return the matrix from linear light of these primaries to linear sRGB.

    Parameters
    ----------
    primaries : Primaries

    Returns
    -------
    Matrix or None
        None if they are those of sRGB.

    Raises
    ------
    ZeroDivisionError
        When the primaries lie on a line, or white has no y.

    Examples
    --------
    >>> srgb_from_primaries(SRGB)
    >>> red, _, _ = srgb_from_primaries(ADOBE_RGB)
    >>> [round(weight, 4) for weight in red[:2]]
    [1.3984, -0.3984]
    """
    if primaries.is_near(SRGB):
        return None
    return srgb_from_d50(_product(_adaptation(_xyz(*primaries.white), _D50), _xyz_from_rgb(primaries)))


def srgb_from_d50(xyz_from_rgb: Matrix) -> Matrix:
    """Return the matrix to linear sRGB from columns that are XYZ of the primaries at D50, as in ICC profiles.

    Examples
    --------
    >>> identity = srgb_from_d50(((0.436, 0.385, 0.143), (0.222, 0.717, 0.061), (0.014, 0.097, 0.714)))
    >>> [round(identity[i][i], 2) for i in range(3)]
    [1.0, 1.0, 1.0]
    """
    srgb = _product(_adaptation(_xyz(*SRGB.white), _D50), _xyz_from_rgb(SRGB))
    return _product(_inverse(srgb), xyz_from_rgb)


def _xyz_from_rgb(primaries: Primaries) -> Matrix:
    """Return the matrix whose columns are the primaries, scaled so that they sum to white."""
    # x, y, z need no division by y, which is 0 for the blue of CIE XYZ.
    columns = [(x, y, 1 - x - y) for x, y in primaries[1:]]
    shape = _transposed(columns)
    scale = _times(_inverse(shape), _xyz(*primaries.white))
    return _transposed([_scaled(column, factor) for column, factor in zip(columns, scale, strict=True)])


def _adaptation(white: Row, target: Row) -> Matrix:
    """Return the Bradford transform from one white to another."""
    old, new = _times(_BRADFORD, white), _times(_BRADFORD, target)
    gains = [one / other for one, other in zip(new, old, strict=True)]
    cones = [_scaled(row, gain) for row, gain in zip(_BRADFORD, gains, strict=True)]
    return _product(_inverse(_BRADFORD), (cones[0], cones[1], cones[2]))


def _xyz(x: float, y: float) -> Row:
    return x / y, 1.0, (1 - x - y) / y


def _scaled(row: Row, factor: float) -> Row:
    return row[0] * factor, row[1] * factor, row[2] * factor


def _transposed(rows: "list[Row] | Matrix") -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = rows
    return (a, d, g), (b, e, h), (c, f, i)


def _times(matrix: Matrix, vector: Row) -> Row:
    x, y, z = ((a * vector[0] + b * vector[1]) + c * vector[2] for a, b, c in matrix)
    return x, y, z


def _product(left: Matrix, right: Matrix) -> Matrix:
    first, second, third = (_times(left, column) for column in _transposed(right))
    return _transposed((first, second, third))


def _inverse(matrix: Matrix) -> Matrix:
    """Return the inverse by cofactors."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    cofactors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
    first, second, third = (_scaled(row, 1 / determinant) for row in cofactors)
    return first, second, third
