"""The score of SSIMULACRA 2 from its norms; constants from libjxl's `tools/ssimulacra2.cc` (BSD-3-Clause)."""

import math

import numpy as np
from numpy.typing import NDArray

# fmt: off
# For each channel, scale and norm those of the three maps.
_WEIGHTS = (
    0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0, 0, 0.0004371155730107379, 0,
    1.1041726426657346, 0.00066284834129271, 0.00015231632783718752, 0, 0.0016406437456599754, 0,
    1.8422455520539298, 11.441172603757666, 0, 0.0007989109436015163, 0.000176816438078653, 0,
    1.8787594979546387, 10.94906990605142, 0, 0.0007289346991508072, 0.9677937080626833, 0,
    0.00014003424285435884, 0.9981766977854967, 0.00031949755934435053, 0.0004550992113792063, 0, 0,
    0.0013648766163243398, 0, 0, 0, 0, 0, 7.466890328078848, 0, 17.445833984131262, 0.0006235601634041466,
    0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264, 225.20515300849274, 0, 0,
    19.213238186143016, 0.0011401524586618361, 0.001237755635509985, 176.39317598450694, 0, 0,
    24.43300999870476, 0.28520802612117757, 0.0004485436923833408, 0, 0, 0, 34.77906344483772,
    44.835625328877896, 0, 0, 0, 0, 0, 0, 0, 0, 0.0008680556573291698, 0, 0, 0, 0, 0, 0.0005313191874358747,
    0, 0.00016533814161379112, 0, 0, 0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0,
    0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0, 95.1080498811086,
    0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307, 0.9807858872435379, 0,
    0, 0, 0.0005130064588990679, 0, 0.00010854057858411537,
)
# fmt: on
_SCALE = 0.9562382616834844
_CUBIC = (2.326765642916932, 0.020884521182843837, 6.248496625763138e-05)
_EXPONENT = 0.6276336467831387


def score(norms: NDArray[np.float64]) -> float:
    """Return the score, 100 at best.

    Parameters
    ----------
    norms : ndarray
        (channels, scales, norms, maps) float64. With fewer than six scales a channel's weights follow
        upon those of the channel before, as in libjxl: the last weights are not used.

    Examples
    --------
    >>> score(np.zeros((3, 6, 2, 3)))
    100.0
    """
    total = 0.0
    for weight, norm in zip(_WEIGHTS, norms.ravel().tolist(), strict=False):
        total += weight * norm
    total *= _SCALE
    linear, square, cube = _CUBIC
    distance = linear * total - square * total * total + cube * total * total * total
    return 100 - 10 * _power(distance, _EXPONENT) if distance > 0 else 100.0


def _power(base: float, exponent: float) -> float:
    """Return a power as a product of square roots; `pow` differs between machines.

    Each bit of an exponent below 1 stands for a root of a root.
    """
    result = 1.0
    while exponent > 0:
        base = math.sqrt(base)
        exponent *= 2
        if exponent >= 1:
            result *= base
            exponent -= 1
    return result
