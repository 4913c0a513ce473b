"""Slopes by central differences, (f(x + h) - f(x - h)) / 2h, with the step h chosen for the function and the point.

Nothing but values of f is used, no derivative. At a large step the curvature of f distorts the slope, at a small one
rounding does. Which step is best depends on x and on f, so many are tried, each a quarter of the one before. From two
neighbouring steps the slope at h = 0 is extrapolated (Richardson, 1911). The estimate with the smallest error is kept.
The error is the difference to the neighbouring estimate, plus the rounding of f divided by the step.

Each step also gives a slope on the left and one on the right. Where f is smooth, these approach each other as h
shrinks; at a kink they do not. If f has no value at x + h or x - h, the edge of its domain is closer than h.
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
_MOST_STEPS = 27  # from 1/8 of the scale down to the spacing of floats
# After this many steps in a row that only rounding tells apart, no more are tried. Fewer may look so by chance, as
# those of a fast wave whose period divides the steps.
_ROUNDED_STEPS = 5
# From one step to the next the gap between left and right slope changes by a factor: 1/4 where f is smooth, 1 at a
# kink, 4 where f jumps. A factor between these two is that of a kink.
_STILL_APART, _NO_JUMP = 0.7, 3.0


class Difference(NamedTuple):
    """A slope by differences, or why there is none.

    kind: "smooth"; "kink", if the slopes on the left and on the right differ; "edge", if f has no value next to x;
        "rough", if the differences do not settle, because f jumps or is lost in rounding.
    slope, error: the estimate and how far off it may be; nan unless "smooth".
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
    """One step: the central difference, the slopes on both sides, and how far rounding may put them off.

    Compared with the step before, which is four times as large:
    is_kinked: whether left and right slopes are as far apart as before, in the same direction, and not by rounding.
    limit: the two central differences extrapolated to step 0; nan if is_kinked, or if there is no step before.
    apart: the limit minus the one before; if that is nan, the difference minus the one before.
    widened: by how much left and right slopes are farther apart.
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
        """The same try, compared with the one before."""
        is_seen = self.jump > 10 * self.noise and before.jump > 10 * before.noise
        if is_seen and _STILL_APART < self.turn / before.turn < _NO_JUMP:
            return self._replace(is_kinked=True)
        limit = self.slope + (self.slope - before.slope) / ((before.step / self.step) ** 2 - 1)
        apart = self.slope - before.slope if math.isnan(before.limit) else limit - before.limit
        return self._replace(limit=limit, apart=apart, widened=self.jump - before.jump)


def difference(f: Callable[[float], float], x: float, noise: float = 0.0) -> Difference:
    """The slope of f at x. An ArithmeticError or a ValueError of f means that it has no value there.

    noise: how far rounding inside f may put f(x) off; at least one unit in the last place is assumed.

    >>> found = difference(math.exp, 1.0)
    >>> found.kind, round(found.slope, 9), found.error < 1e-8
    ('smooth', 2.718281828, True)
    >>> difference(abs, 0.0).kind, difference(math.sqrt, 0.0).kind
    ('kink', 'edge')
    """
    found = [_on_scale(f, x, scale, noise) for scale in _scales(x)]
    # A slope found at any scale is the answer. Of two that contradict each other take the one with the smaller step,
    # otherwise the one with the smaller error.
    smooth = sorted((one for one in found if one.kind == "smooth"), key=lambda one: one.error)
    if smooth:
        return min(smooth, key=lambda one: one.step) if smooth[-1].contradicts(smooth[0]) else smooth[0]
    return min(found, key=lambda one: ("kink", "edge", "rough").index(one.kind))


def _on_scale(f: Callable[[float], float], x: float, scale: float, noise: float) -> Difference:
    """What the steps of one scale show: a slope if they settle, else a kink, else the edge of the domain."""
    tries = _tries(f, x, scale, noise)
    seen = [one for one in tries if isinstance(one, _Try)]
    kink = _kink(seen)
    if kink.kind == "kink":  # finer steps, in which rounding hides it, do not count
        jump = abs(kink.right - kink.left)
        seen = [one for one in seen if one.step >= kink.step or 10 * one.noise < jump]
    edges = [Difference("edge", step=one) for one in tries if isinstance(one, float)]
    answers = [_smooth(seen), kink, *edges[-1:]]
    return next((one for one in answers if one.kind != "rough"), answers[0])


def _smooth(tries: Sequence[_Try]) -> Difference:
    """The slope on which the steps, from large to small, settle; "rough" if they do not.

    They settle where a step differs little from the one before, or by no more than rounding explains. Large steps over
    a fast wave may agree by chance. So a slope is dropped if one of the next three steps contradicts it, and replaced
    by that of a finer step that has settled.
    """
    best = Difference("rough")
    steepest = 0.0  # the largest slope so far, to which "little" is relative
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
    """The kink that the steps show, down to where rounding hides it; "rough" if they show none."""
    kink, jump = Difference("rough"), 0.0
    for before, one in pairwise(tries):
        if one.is_kinked:
            if before.is_kinked:  # twice in a row is not by chance
                kink, jump = Difference("kink", step=one.step, left=one.left, right=one.right), one.jump
        elif jump and 10 * one.noise >= jump:
            break
        elif one.jump > 10 * one.noise:  # what larger steps showed was no kink
            kink, jump = Difference("rough"), 0.0
    return kink


def _scales(x: float) -> Iterator[float]:
    """The scales of the steps: the size of x, and 1 if that differs much."""
    size = abs(x)
    if size > 0.0:
        yield size
    if not 0.25 <= size <= 4.0:
        yield 1.0


def _tries(f: Callable[[float], float], x: float, scale: float, noise: float) -> list[_Try | float]:
    """The steps, from large to small, until only rounding tells them apart; where f has no value, the step itself."""
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
    """What a step shows; the step itself if f has no value there, None if it is too small for the spacing of floats."""
    above = x + step
    below = x - (above - x)  # at the same distance, even if x + step was rounded
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
