"""Slopes by central differences, (f(x + h) - f(x - h)) / 2h, with the step h chosen for the function and the point.

No derivative is read here, only numbers that f gives. A large step sees the curve bend, a small one sees floats being
rounded. Which step is best depends on x and on f, so many are tried, each a quarter of the one before. From what two
neighbours say the slope at h = 0 is extrapolated (Richardson, 1911). The estimate with the smallest error is kept: the
error is how far neighbours differ, and how much the rounding of f matters at that step.

Beside the central difference each step has a slope on the left and one on the right. Where f is smooth, the two draw
together as h shrinks; at a kink they do not. Where f has no value at x ± h, the edge of its domain is that close.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

EPSILON = sys.float_info.epsilon
_SMALLEST = math.ulp(0.0)  # numbers below are rounded to 0
_SHRINK = 4.0
_MOST_STEPS = 27  # from 1/8 of the scale down to where floats end
_ROUNDED_STEPS = 5  # in a row; fewer may look like rounding by chance, as a fast wave does at steps of whole periods
# How much farther apart left and right slopes are from step to step: a quarter where f bends, as far at a kink, four
# times as far where f jumps.
_STILL_APART, _NO_JUMP = 0.7, 3.0


class Difference(NamedTuple):
    """A slope by differences, or why there is none.

    kind: "smooth"; "kink", where the slopes on the left and on the right differ; "edge", where f has no value next to
        x; "rough", where the differences do not settle, as where f jumps or is drowned in rounding.
    slope, error: the estimate and how far off it may be; nan but for "smooth".
    step: the h that it was found with; for a kink or an edge, how close that is.
    left, right: the slopes on both sides of a kink, else nan.
    """

    kind: str
    slope: float = math.nan
    error: float = math.nan
    step: float = math.nan
    left: float = math.nan
    right: float = math.nan

    def contradicts(self, other: Difference) -> bool:
        """Whether the two slopes are farther apart than their errors allow."""
        return abs(self.slope - other.slope) > 3 * (self.error + other.error)


class _Try(NamedTuple):
    """One step: the central difference, the slopes on both sides, and how much rounding may matter in them.

    Beside the step before, four times as large:
    is_kinked: whether left and right slopes are as far apart as they were, the same way, and not by rounding.
    limit: what the two central differences extrapolate to at step 0; nan where is_kinked, or there is no step before.
    apart: how far that is from what the step before extrapolated to, or, where that has no limit, from its difference.
    widened: how much farther apart left and right slopes are.
    """

    step: float
    slope: float
    left: float
    right: float
    noise: float
    is_kinked: bool = False
    limit: float = math.nan
    apart: float = math.nan
    widened: float = math.nan

    @property
    def turn(self) -> float:
        return self.right - self.left

    @property
    def jump(self) -> float:
        return abs(self.turn)

    @property
    def is_rounding(self) -> bool:
        """Whether rounding explains why this step says something else than the one before."""
        return abs(self.apart) <= 2 * self.noise and self.widened <= 10 * self.noise

    def after(self, before: _Try) -> _Try:
        """The same try, beside the one before."""
        is_seen = self.jump > 10 * self.noise and before.jump > 10 * before.noise
        if is_seen and _STILL_APART < self.turn / before.turn < _NO_JUMP:
            return self._replace(is_kinked=True)
        limit = self.slope + (self.slope - before.slope) / ((before.step / self.step) ** 2 - 1)
        apart = self.slope - before.slope if math.isnan(before.limit) else limit - before.limit
        return self._replace(limit=limit, apart=apart, widened=self.jump - before.jump)


def difference(f: Callable[[float], float], x: float, noise: float = 0.0) -> Difference:
    """The slope of f at x. An ArithmeticError or a ValueError of f means that it has no value there.

    noise: how far f(x) may be off by rounding inside of f; at least that of a last place is assumed.

    >>> found = difference(math.exp, 1.0)
    >>> found.kind, round(found.slope, 9), found.error < 1e-8
    ('smooth', 2.718281828, True)
    >>> difference(abs, 0.0).kind, difference(math.sqrt, 0.0).kind
    ('kink', 'edge')
    """
    found = [_on_scale(f, x, scale, noise) for scale in _scales(x)]
    # A smooth stretch at any scale is the answer; of two that contradict each other the finer one, else the surer one.
    smooth = sorted((one for one in found if one.kind == "smooth"), key=lambda one: one.error)
    if smooth:
        return min(smooth, key=lambda one: one.step) if smooth[-1].contradicts(smooth[0]) else smooth[0]
    return min(found, key=lambda one: ("kink", "edge", "rough").index(one.kind))


def _on_scale(f: Callable[[float], float], x: float, scale: float, noise: float) -> Difference:
    """What the steps of one scale amount to: a slope where they settle, else a kink, else the edge of the domain."""
    tries = _tries(f, x, scale, noise)
    seen = [one for one in tries if isinstance(one, _Try)]
    kink = _kink(seen)
    if kink.kind == "kink":  # what is drowned by rounding seems to have none
        jump = abs(kink.right - kink.left)
        seen = [one for one in seen if one.step >= kink.step or 10 * one.noise < jump]
    edges = [Difference("edge", step=one) for one in tries if isinstance(one, float)]
    answers = [_smooth(seen), kink, *edges[-1:]]
    return next((one for one in answers if one.kind != "rough"), answers[0])


def _smooth(tries: Sequence[_Try]) -> Difference:
    """The slope on which the steps, from large to small, settle; "rough" where they do not.

    They settle where a step differs little from the one before, or by no more than rounding explains. For a fast wave
    large steps see it at points of any height, and may agree by chance. So a slope is dropped that one of the next
    three steps does not confirm, and a finer step replaces one that it contradicts.
    """
    best = Difference("rough")
    steepest = 0.0  # of all slopes so far; what is far below counts as flat
    for one in tries:
        steepest = max(steepest, abs(one.left), abs(one.right))
        if math.isnan(one.limit):
            continue
        surprise = max(abs(one.limit - best.slope), one.widened)
        if best.step <= one.step * _SHRINK**3 and surprise > 0.01 * steepest + 10 * one.noise:
            best = Difference("rough")
        if one.is_rounding or abs(one.apart) <= max(1e-4 * abs(one.limit), 1e-7 * steepest):
            now = Difference("smooth", one.limit, abs(one.apart) + one.noise, one.step)
            if not now.error >= best.error or now.contradicts(best):
                best = now
    return best


def _kink(tries: Sequence[_Try]) -> Difference:
    """The kink that the finest steps show which are not drowned by rounding; "rough" where they show none."""
    kink, jump = Difference("rough"), 0.0
    for before, one in pairwise(tries):
        if one.is_kinked:
            if before.is_kinked:  # twice in a row, which is not by chance
                kink, jump = Difference("kink", step=one.step, left=one.left, right=one.right), one.jump
        elif jump and 10 * one.noise >= jump:
            break
        elif one.jump > 10 * one.noise:  # what looked like a kink from farther away was none
            kink, jump = Difference("rough"), 0.0
    return kink


def _scales(x: float) -> Iterator[float]:
    """What the steps are measured by: the size of x, and 1, where that is something else."""
    size = abs(x)
    if size > 0.0:
        yield size
    if not 0.25 <= size <= 4.0:
        yield 1.0


def _tries(f: Callable[[float], float], x: float, scale: float, noise: float) -> list[_Try | float]:
    """The steps, from large to small, until rounding explains all that changes; a float where f has no value."""
    here = f(x)
    tries: list[_Try | float] = []
    rounding = 0
    for number in range(_MOST_STEPS):
        one = _tried(f, x, here, scale / 8 / _SHRINK**number, noise) if rounding < _ROUNDED_STEPS else None
        if one is None:
            break
        if isinstance(one, _Try) and tries and isinstance(tries[-1], _Try):
            one = one.after(tries[-1])
        rounding = rounding + 1 if isinstance(one, _Try) and one.is_rounding else 0
        tries.append(one)
    return tries


def _tried(f: Callable[[float], float], x: float, here: float, step: float, noise: float) -> _Try | float | None:
    """What a step shows; the step itself where f has no value, None where floats are too far apart for it."""
    above = x + step
    below = x - (above - x)  # as far away, also where x + step was rounded
    if above - x < 4 * math.ulp(x) or not (below < x < above):
        return None
    try:
        high, low = f(above), f(below)
    except (ArithmeticError, ValueError):
        return step
    height = max(abs(high), abs(low), abs(here))
    if not (math.isfinite(height) and math.isfinite(high - low)):
        return step
    return _Try(
        (above - below) / 2,
        (high - low) / (above - below),
        (here - low) / (x - below),
        (high - here) / (above - x),
        2 * (noise + EPSILON * height + _SMALLEST) / (above - x),
    )
