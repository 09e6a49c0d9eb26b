"""Trials of weights: palettes of a sample show which colours need more weight.

An error shows in a sky, but not in leaves, where errors of neighbours cancel. So a quick palette is mapped,
both pictures are blurred as the eye does, and colours weigh more where these differ; then again with the new
weights.

At k = 8, 16, 32, 64 the 99th percentile of CIEDE2000 between blurred pictures falls by 11, 12, 12, 8 % on
Kodak, and SSIMULACRA2 rises by 3.4, 2.2, 0.6, 0.7 points, at bytes that differ by 1 %. Without blurring Kodak
gains half as much, and drawings look worse. If photographs with few entries took counts that are not dampened
where the visible error is less, SSIMULACRA2 would rise by 1.8 and 1.2 points at k = 8 and 16, but that
percentile by 9 and 2 %, and the bytes by 1 %.

Up to 16 colours most shades of a drawing are mixed by dithering, so palettes are rendered too, with and
without flat colours. On 32 drawings, icons and screens that percentile falls by another 14 and 7 % at k = 8
and 16, and SSIMULACRA2 rises by 3.4 and 1.1 points, at 4 and 0 % more bytes. Stronger dithering is tried
as well, and taken where it is worth its bytes: that percentile falls by another 10 and 15 %, and SSIMULACRA2
rises by 4.5 and 2.2 points, at 12 and 11 % more bytes.

Opaque drawings are also tried in sRGB, and with weights that follow errors in blurred light. On 23 other
screenshots and charts that percentile falls by another 9, 11, 12, 17 % at k = 8, 16, 32, 64, and SSIMULACRA2
rises by 3.0, 0.8, 0.8, 0.3 points, at up to 2 % more bytes. With alpha and 16 colours the mean of CIEDE2000
falls by 22 % on 13 icons and screens, at 3 % more bytes. With more entries drawings with alpha are also tried
with colours weighed by area, and all but shadows chosen by their look: on 12 of them that percentile falls by
another 3, 5, 3 % at k = 32, 64, 128, and SSIMULACRA2 rises by 0.5, 0.3, 0.2 points, at 0 to 1 % more bytes.

Gradients of more colours are tried like drawings up to 16 colours. On five gradients of the benchmarks that
percentile falls by 27 and 29 % at k = 8 and 16, and SSIMULACRA2 rises by 5 and 14 points, at 25 and 27 % more
bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from kalette.clustering import SALIENT_SIDE, DampeningScope, Histogram, with_salient
from kalette.color import PARTIAL, Space, points_from_srgb
from kalette.compression.blurred_error import BlurredError, SquaredErrors, mean_error, visible_error
from kalette.compression.blurred_light import BlurredLight
from kalette.compression.constraints import Constraints
from kalette.compression.feedback import Factors, Feedback
from kalette.compression.lattice import Lattice
from kalette.compression.look import NOT_TOLD_APART, look_of, points_for_bytes
from kalette.compression.metrics import ssimulacra2
from kalette.compression.palette import Emphasis, FoundPalette, find_palette
from kalette.compression.picture import Picture
from kalette.compression.rendering import Renderer
from kalette.compression.trial_policy import MOST_ENTRIES_CHOSEN, TrialPolicy
from kalette.mapping import STRONGER_DITHERING, CubeVisibility, dithers_gently, rate_of
from kalette.types import ColorBytes, Effort, Indexed, Palette
from kalette.writing import encode

# Shadows need few entries beside opaque colours, faded photographs many; charts and text need them by area.
_SCOPES: tuple[DampeningScope, ...] = ("opaque", "apart", "together")
_SCOPES_OF_DRAWINGS: tuple[DampeningScope, ...] = ("opaque", "none")
_SCOPES_OF_LARGE_PALETTES: tuple[DampeningScope, ...] = (*_SCOPES, "none")  # of drawings with alpha
_MOST_PIXELS_OF_FEW, _MOST_PIXELS = 1 << 20, 1 << 18  # of the sample
# Rounds after the first trial, of which the best is taken: with nearest entries, rendered, and dithered more.
_ROUNDS, _ROUNDS_RENDERED, _ROUNDS_STRONGER = 5, 3, 2
_LEAST_ENTRIES_IN_SRGB = 8  # fewer were not measured


class _Weights(NamedTuple):
    dampening: DampeningScope
    factors: Factors
    has_flat_colors: bool = True
    dithering: float = 1.0
    space: Space = "oklab"


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    k: int
    weights: _Weights
    squared: SquaredErrors
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class _RenderedTrial(_Trial):
    indexed: Indexed


class _Seen(NamedTuple):
    score: float
    look: float
    trial: _RenderedTrial

    @property
    def rank(self) -> tuple[float, float]:
        """Its look, with a score above 90 counted as 90, since nobody sees a difference; then its score.

        Of two renderings that score 94 and 96, the first kept the colours of a line chart better.
        """
        return self.look - max(self.score - NOT_TOLD_APART, 0.0), self.score


_AnyTrial = TypeVar("_AnyTrial", bound=_Trial)


class WeightTrials:
    """Trials of the weights of a picture's colours, for any number of entries.

    Those of photographs and of drawings in few colours are the same for every effort, so that losses compare.

    Parameters
    ----------
    renderer : Renderer
        Renderer of the picture, for its settings and threads.
    constraints : Constraints
        Kept colours.
    policy : TrialPolicy
        What decides about the trials; in gradients chroma is not stretched.
    visibility : CubeVisibility or None
        The visibility that all trials start from; None: all colours are alike.
    """

    def __init__(
        self,
        renderer: Renderer,
        constraints: Constraints,
        policy: TrialPolicy,
        *,
        visibility: CubeVisibility | None = None,
    ) -> None:
        """Store the picture; nothing is tried yet."""
        self._renderer, self._constraints, self._policy = renderer, constraints, policy
        self._run = replace(renderer.run, on_pass=None, keep_history=False)
        self._histogram = renderer.picture.count(run=self._run)
        self._settings = replace(renderer.settings, effort="balanced")
        effort: Effort = "balanced" if policy.has_few_colors else "fast"
        self._search_settings = replace(renderer.settings, effort=effort)
        self._visibility = visibility

    def best(self, k: int) -> Emphasis:
        """Return the emphasis for a palette of k colours."""
        is_drawn = self._policy.is_drawn(k)
        weights = self._best_of_drawing(k) if is_drawn else self._best_of_photograph(k)
        return self._emphasis(self._histogram, weights)

    def _best_of_drawing(self, k: int) -> _Weights:
        """Return the weights of the best trial: by its look, or of shadows above 16 entries by its errors."""
        firsts = self._firsts(k)
        if not self._policy.has_few_colors:
            firsts = iter([_least(firsts)])  # searches take long
        trials = [_least(self._course(first, self._near)) for first in firsts]
        if k > MOST_ENTRIES_CHOSEN and not (self._is_opaque or self._policy.is_smooth):
            return self._best_looking(self._rendered(k, trial.weights) for trial in trials).trial.weights
        best = self._least_of_both(trials)
        others = [*self._in_srgb(k), *self._best_in_light(k, best.weights.dampening)]
        if k <= MOST_ENTRIES_CHOSEN:
            others += self._best_rendered(k, best.weights.dampening)
        if not others:
            return best.weights
        seen = self._best_looking([best, *others])
        if k <= MOST_ENTRIES_CHOSEN and seen.score < NOT_TOLD_APART:
            stronger = map(self._seen, self._dithered_more(seen.trial))
            seen = max([seen, *stronger], key=self._worth)
        return seen.trial.weights

    def _in_srgb(self, k: int) -> Iterator[_RenderedTrial]:
        """Yield a trial in sRGB, unless there is alpha or the settings decide the space."""
        if self._settings.space == "auto" and self._is_opaque and k >= _LEAST_ENTRIES_IN_SRGB:
            trial = self._rendered(k, self._equal_weights("none")._replace(space="srgb"))
            if self._has_salient(trial.indexed.palette):
                yield trial

    def _has_salient(self, palette: Palette) -> bool:
        """Return whether no rare colour is lost: in sRGB none gets an entry of its own."""
        cubes = self._histogram.in_space("oklab", run=self._run).of_side(SALIENT_SIDE, run=self._run)
        entries = points_from_srgb(palette, "oklab").astype(np.float64)
        return with_salient(cubes, entries, run=self._run) is entries

    def _best_in_light(self, k: int, scope: DampeningScope) -> Iterator[_RenderedTrial]:
        """Yield the best trial whose weights follow blurred light.

        With alpha it is tried for few entries only, and in the given scope.
        """
        if self._is_opaque or k <= MOST_ENTRIES_CHOSEN:
            scopes = self._scopes(k) if self._is_opaque else (scope,)
            firsts = (self._near_in_light(k, self._equal_weights(each)) for each in scopes)
            best = _least([_least(self._course(first, self._near_in_light)) for first in firsts])
            yield self._rendered(k, best.weights)

    def _best_rendered(self, k: int, scope: DampeningScope) -> Iterator[_RenderedTrial]:
        """Yield the best rendered trials with and without flat colours."""
        for has_flat_colors in (True, False):
            weights = self._equal_weights(scope)._replace(has_flat_colors=has_flat_colors)
            yield _least(self._course(self._rendered(k, weights), self._rendered, _ROUNDS_RENDERED))

    def _dithered_more(self, trial: _RenderedTrial) -> Iterator[_RenderedTrial]:
        """Yield the best trials with stronger dithering, unless the settings decide its strength."""
        rounds = 0 if trial.weights.space == "srgb" else _ROUNDS_STRONGER  # in sRGB weights are alike
        for dithering in STRONGER_DITHERING if dithers_gently(self._settings) else ():
            first = self._rendered(trial.k, trial.weights._replace(dithering=dithering))
            yield _least(self._course(first, self._rendered, rounds))

    def _best_of_photograph(self, k: int) -> _Weights:
        first = _least(self._firsts(k))
        if k <= MOST_ENTRIES_CHOSEN and not self._policy.is_smooth:
            return _least(self._course(first, self._near)[2:]).weights
        return self._raised(self._near(k, self._raised(first)))

    def _course(
        self, first: _AnyTrial, tried: Callable[[int, _Weights], _AnyTrial], rounds: int = _ROUNDS
    ) -> list[_AnyTrial]:
        trials = [first]
        for _ in range(rounds):
            trials.append(tried(first.k, self._raised(trials[-1])))
        return trials

    def _scopes(self, k: int) -> tuple[DampeningScope, ...]:
        has_few_colors = self._policy.has_few_colors
        if (self._histogram.alpha_kinds == PARTIAL).any():
            return _SCOPES_OF_LARGE_PALETTES if has_few_colors and k > MOST_ENTRIES_CHOSEN else _SCOPES
        return _SCOPES_OF_DRAWINGS if has_few_colors else _SCOPES[:1]

    @property
    def _is_opaque(self) -> bool:
        channels: int = self._renderer.picture.pixels.shape[2]
        return channels == 3

    @cached_property
    def _lattice(self) -> Lattice:
        height, width, _ = self._renderer.in_oklab.pixels.shape
        most = _MOST_PIXELS_OF_FEW if self._policy.has_few_colors else _MOST_PIXELS
        return Lattice.of(height, width, most)

    @cached_property
    def _blocks(self) -> ColorBytes:
        pixels = self._renderer.picture.pixels
        return self._lattice.cut(lambda first, end: pixels[first:end])

    @cached_property
    def _sampled(self) -> Picture:
        """The sample: blocks side by side."""
        picture = self._renderer.picture
        if self._lattice.is_whole:
            return picture
        return Picture(self._lattice.joined(self._blocks), picture.name)

    @cached_property
    def _error(self) -> BlurredError:
        def rows(first: int, end: int) -> NDArray[np.int16]:
            return self._renderer.in_oklab.band(first, end, threads=self._run.threads).points

        return BlurredError(self._lattice.cut(rows), run=self._run)

    @cached_property
    def _light(self) -> BlurredLight:
        return BlurredLight(self._blocks)

    @cached_property
    def _sample_renderer(self) -> Renderer:
        if self._lattice.is_whole and self._renderer.settings == self._settings:
            return self._renderer  # which has the points of all pixels
        return Renderer(self._sampled, self._settings, self._run)

    @cached_property
    def _feedback(self) -> Feedback:
        colors = self._histogram.colors if self._policy.has_few_colors else None
        pixels = self._blocks.reshape(-1, self._blocks.shape[3])
        return Feedback(pixels, colors, self._visibility)

    def _firsts(self, k: int) -> Iterator[_Trial]:
        """Yield a first trial for each scope."""
        for scope in self._scopes(k):
            yield self._near(k, self._equal_weights(scope))

    def _equal_weights(self, scope: DampeningScope) -> _Weights:
        return _Weights(scope, self._feedback.equal_factors())

    def _raised(self, trial: _Trial) -> _Weights:
        return trial.weights._replace(factors=self._feedback.raised(trial.weights.factors, trial.squared))

    def _near(self, k: int, weights: _Weights) -> _Trial:
        """Return a trial in which each pixel takes its nearest entry."""
        squared = self._error.of(self._found(k, weights).colors)
        return _Trial(k, weights, squared, visible_error(squared))

    def _near_in_light(self, k: int, weights: _Weights) -> _Trial:
        """Return a trial like those of `_near`, whose errors are those of blurred light."""
        palette = self._found(k, weights).colors
        squared = self._light.of_labels(palette, self._error.nearest(palette))
        return _Trial(k, weights, squared, visible_error(squared))

    def _rendered(self, k: int, weights: _Weights) -> _RenderedTrial:
        """Return a trial whose error counts the colours that dithering mixes, and its grain."""
        indexed = self._sample_renderer.render(self._found(k, weights), rate=rate_of(self._settings))
        labels = self._labels(indexed)
        squared = self._error.of_labels(indexed.palette, labels)
        grain = self._error.unblurred(indexed.palette, labels)
        return _RenderedTrial(k, weights, squared, visible_error(squared) * grain, indexed)

    def _least_of_both(self, trials: list[_Trial]) -> _RenderedTrial:
        """Render trials, and return that with the least product of the errors as mapped and as rendered.

        Rendering dithers, but not all of a smooth picture may be dithered in the end: so both errors count.
        """
        both = [(trial.error, self._rendered(trial.k, trial.weights)) for trial in trials]
        return min(both, key=lambda pair: pair[0] * visible_error(pair[1].squared))[1]

    def _best_looking(self, trials: Iterable[_RenderedTrial]) -> _Seen:
        return max(map(self._seen, trials), key=lambda seen: seen.rank)

    def _seen(self, trial: _RenderedTrial) -> _Seen:
        indexed = trial.indexed
        score = ssimulacra2(self._sampled.pixels, indexed.palette[indexed.indices], run=self._run)
        squared = self._light.of_labels(indexed.palette, self._labels(indexed))
        return _Seen(score, look_of(score, mean_error(squared)), trial)

    def _worth(self, seen: _Seen) -> float:
        """Return the look less what the bytes cost that the whole picture would take."""
        size_bytes = len(encode(seen.trial.indexed, "png", "fast"))
        whole, sampled = (each.pixels[..., 0].size for each in (self._renderer.picture, self._sampled))
        return seen.look - points_for_bytes(size_bytes * whole // sampled)

    def _labels(self, indexed: Indexed) -> NDArray[np.uint8]:
        """Return the indices in the order of the blocks' pixels."""
        return self._lattice.apart(indexed.indices).ravel()

    def _found(self, k: int, weights: _Weights) -> FoundPalette:
        histogram = self._histogram if self._policy.has_few_colors else self._sampled.count(run=self._run)
        emphasis = self._emphasis(histogram, weights)
        return find_palette(
            histogram, self._constraints, self._search_settings, k, emphasis=emphasis, run=self._run
        )

    def _emphasis(self, histogram: Histogram, weights: _Weights) -> Emphasis:
        visibility = self._feedback.visibility(weights.factors, histogram.colors)
        stretch_chroma = not self._policy.is_smooth
        return Emphasis(
            stretch_chroma,
            weights.dampening,
            visibility,
            weights.has_flat_colors,
            weights.dithering,
            weights.space,
        )


def _least(trials: Iterable[_AnyTrial]) -> _AnyTrial:
    return min(trials, key=lambda trial: trial.error)
