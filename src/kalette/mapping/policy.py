"""Mapping policy: how the settings and the image decide the mapping and its parameters."""

from math import sqrt

from kalette.mapping.perceptual import PerceptualPixels
from kalette.mapping.rate_distortion import RateDistortion, map_rate_distortion
from kalette.mapping.threshold import ThresholdMask, map_threshold
from kalette.types import ONE_THREAD, Effort, Indices, Palette, Run, Settings

Policy = RateDistortion | ThresholdMask

_DEFAULT_RATE = 0.55
_RATES: dict[Effort, float] = {"fast": 0.0, "balanced": _DEFAULT_RATE, "best": _DEFAULT_RATE}
# Far matches tried per pixel. Compared with none, 4 save 5.7 % of the bytes at equal SSIMULACRA2 (Kodak 3, 5,
# 13, 15, 20, 23). With 64 "best" takes 9.8 % fewer bytes than "balanced" on all 24 pictures. With none, 4 and
# 64 a pixel takes 90, 215 and 1,300 ns with AVX-512, and 140, 340 and 3,500 ns in the baseline.
_MATCH_DEPTHS: dict[Effort, int] = {"fast": 0, "balanced": 4, "best": 64}
# Pixels up to which "balanced" tries far matches everywhere, and from which it tries near ones only. Between
# them the share of bands with far matches falls, so that time rises steadily with the pixels.
_DEEP, _SHALLOW = 1 << 22, 3 << 22

STRONGER_DITHERING = (1.25, 1.6)
"""Factors of the automatic diffusion strengths that are worth a trial where bands would show."""

# Automatic diffusion strengths. With many colours, full strength adds visible noise, most of all in flat
# areas. Compared with 0.65 everywhere this saves 1.2 % of the bytes at equal SSIMULACRA2 (Kodak 3, 5,
# 13, 15, 19, 23 at k = 256); the reverse, 0.8 in flat and 0.4 in textured areas, adds 6.7 %.
_TEXTURED_STRENGTH, _FLAT_STRENGTH = 0.75, 0.55
# Where the palette is short, flat areas need as much: the strength rises with the visible loss, mean loss
# times mean weight.
_VISIBLE, _STRONGLY_VISIBLE = 50.0, 90.0
_SMALL_STRENGTH, _SMALL = 0.5, 1 << 15  # pixels; icons are all edges, without room for a pattern

# Lagrange multiplier at rate 1, in squared byte steps per bit, for a loss and a mean weight of 1. It
# grows more slowly than the loss, as images of high loss are textured, and with the share of flat areas.
# Fitted on 64 pictures: at the default rate none scores below pngquant's by half a point.
_MAX_MULTIPLIER = 6.3
_LESS_FOR_PARTIAL = 0.5  # where levels of alpha take entries, errors show over one background or the other
_SAVING_IN_SMALL = 0.5  # where all is edges: a photograph of 128 x 128 would else score 1.9 below pngquant's
_LEAST_LOSS = 0.04  # below, errors are invisible: the multiplier falls no further
_MOST_LOSS = 100.0  # above, the multiplier rises no further
# Above a loss of 12 the palette is short: up to the default rate, its square root counts, times that of 12.
_SHORT_LOSS = 12.0


def policy_for(
    settings: Settings,
    image: PerceptualPixels,
    mean_loss: float,
    *,
    rate: float,
    dithering: float = 1.0,
    saving: float = 1.0,
) -> Policy | None:
    """Return the mapping and its parameters; None for plain nearest mapping.

    Parameters
    ----------
    settings : Settings
        Dithering and effort are used.
    image : PerceptualPixels
        The image in the working space.
    mean_loss : float
        Loss of the palette per pixel.
    rate : float
        Quality/size trade-off, 0 to 1.
    dithering : float
        Factor of the diffusion strengths, which stay at most 1.
    saving : float
        Factor of the Lagrange multiplier up to the default rate, such as `saving_for_size` returns for
        stills; it rises to 1 at rate 1.

    Examples
    --------
    >>> import numpy as np
    >>> grey = PerceptualPixels(np.full((4, 4, 3), 99, np.uint8), "oklab")
    >>> policy_for(Settings(dither="ordered"), grey, 12.0, rate=0.0)
    ThresholdMask(space='oklab', mask='ordered', strength=1.0)
    >>> policy_for(Settings(dither="none"), grey, 12.0, rate=0.0) is None
    True
    """
    if settings.dither in ("blue-noise", "ordered"):
        strength = 1.0 if settings.dither_strength is None else settings.dither_strength
        return ThresholdMask(image.space, settings.dither, strength)
    strength, flat_strength = _strengths(settings, image, mean_loss)
    strength = min(strength * dithering, 1.0)
    multiplier = _saved(saving, rate) * _multiplier(rate, mean_loss, image)
    if not (strength or multiplier):
        return None
    if flat_strength is not None:
        flat_strength = min(flat_strength * dithering, 1.0)
    depth, share = _MATCH_DEPTHS[settings.effort], _deep_share(settings.effort, image)
    return RateDistortion(image.space, strength, multiplier, depth, flat_strength, share)


def map_pixels(
    image: PerceptualPixels, palette: Palette, policy: Policy, *, run: Run = ONE_THREAD
) -> Indices:
    """Map each pixel to a palette entry.

    Parameters
    ----------
    image : PerceptualPixels
        The image in the working space of the policy.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    policy : RateDistortion or ThresholdMask
        The mapping.
    run : Run
        Threads.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> import numpy as np
    >>> grey = PerceptualPixels(np.full((1, 2, 3), 100, np.uint8), "srgb")
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> map_pixels(grey, black_white, ThresholdMask("srgb", "ordered")).tolist()
    [[1, 0]]
    """
    if isinstance(policy, ThresholdMask):
        return map_threshold(image, palette, policy, run=run)
    return map_rate_distortion(image, palette, policy, run=run)


def rate_of(settings: Settings) -> float:
    """Return the rate of the settings or the default of the effort; 0 if rate-distortion is off.

    Examples
    --------
    >>> rate_of(Settings(rate=0.3)), rate_of(Settings(effort="fast"))
    (0.3, 0.0)
    """
    if settings.rate is not None:
        return settings.rate
    if settings.plain_lloyd or settings.threshold_dithered:
        return 0.0
    return _RATES[settings.effort]


def saving_for_size(pixel_count: int) -> float:
    """Return the factor of the Lagrange multiplier for the size of a still.

    Examples
    --------
    >>> saving_for_size(128 * 128), saving_for_size(512 * 768)
    (0.5, 1.0)
    """
    return _SAVING_IN_SMALL if pixel_count <= _SMALL else 1.0


def dithers_gently(settings: Settings) -> bool:
    """Return whether the picture decides the diffusion strengths.

    Examples
    --------
    >>> dithers_gently(Settings()), dithers_gently(Settings(dither="diffusion"))
    (True, False)
    """
    automatic = settings.dither == "auto" and settings.dither_strength is None
    textbook = settings.plain_lloyd or settings.has_floor
    return automatic and settings.effort != "fast" and not textbook


def visible_share(image: PerceptualPixels, mean_loss: float) -> float:
    """Return how visible the loss of a palette is in an image: 0 hardly, 1 strongly.

    Examples
    --------
    >>> import numpy as np
    >>> visible_share(PerceptualPixels(np.zeros((4, 4, 3), np.uint8), "oklab"), 0.0)
    0.0
    """
    visible = (mean_loss * image.mean_weight - _VISIBLE) / (_STRONGLY_VISIBLE - _VISIBLE)
    return min(max(visible, 0.0), 1.0)


def _strengths(settings: Settings, image: PerceptualPixels, mean_loss: float) -> tuple[float, float | None]:
    """Return the diffusion strength in textured areas, and in flat areas if it differs."""
    if settings.dither_strength is not None:
        return settings.dither_strength, None
    if dithers_gently(settings):
        if image.pixel_count <= _SMALL:
            return _SMALL_STRENGTH, None
        share = visible_share(image, mean_loss)
        return _TEXTURED_STRENGTH, _FLAT_STRENGTH + share * (_TEXTURED_STRENGTH - _FLAT_STRENGTH)
    return (1.0 if settings.dither == "diffusion" else 0.0), None


def _multiplier(rate: float, mean_loss: float, image: PerceptualPixels) -> float:
    """Return the Lagrange multiplier for a rate."""
    if rate == 0 or mean_loss == 0:
        return 0.0
    loss = min(max(mean_loss, _LEAST_LOSS), _MOST_LOSS)
    if loss > _SHORT_LOSS:
        short = sqrt(_SHORT_LOSS * loss)
        loss = short + (loss - short) * _beyond_default(rate)
    multiplier = _MAX_MULTIPLIER * rate * rate * rate * sqrt(loss * image.mean_weight * sqrt(loss))
    return multiplier * (1 - _LESS_FOR_PARTIAL * image.partial_share)


def _saved(saving: float, rate: float) -> float:
    return saving + (1 - saving) * _beyond_default(rate)


def _beyond_default(rate: float) -> float:
    """Return how far a rate is from the default one to 1: 0 up to the default."""
    return max(rate - _DEFAULT_RATE, 0.0) / (1 - _DEFAULT_RATE)


def _deep_share(effort: Effort, image: PerceptualPixels) -> float:
    if effort != "balanced":
        return 1.0
    return min(max((_SHALLOW - image.pixel_count) / (_SHALLOW - _DEEP), 0.0), 1.0)
