"""Slopes by central differences, (f(x + h) - f(x - h)) / 2h, with the step h chosen for the function and the point.

No derivative is read here, only numbers that f gives. A large step sees the curve bend, a small one sees floats being
rounded; in between is the best one, and it depends on the size of x and on f. So steps are tried, each a quarter of
the one before, and what two neighbours say is extrapolated to h = 0 (Richardson, 1911). The estimate kept is the one
with the smallest error: told by how far neighbours differ, and by how much the rounding of f matters at that step.

Beside the central difference each step has a slope on the left and one on the right. Where f is smooth, they close up
as h shrinks; where it has a kink they do not. And where f has no value at x ± h, the edge of its domain is that close.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

EPSILON = sys.float_info.epsilon
_SMALLEST = math.ulp(0.0)  # what lies below is rounded away
_SHRINK = 4.0
_MOST_STEPS = 27  # from 1/8 of the scale down to where floats end
# Smooth: left and right slopes draw together at least so fast from step to step (as fast as h does, where f bends).
_STILL_APART = 0.7
_NO_JUMP = 3.0


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
    """One step: the central difference, the slopes on both sides, and how much rounding may matter in them."""

    step: float
    slope: float
    left: float
    right: float
    noise: float

    @property
    def turn(self) -> float:
        return self.right - self.left

    @property
    def jump(self) -> float:
        return abs(self.turn)

    def is_kinked_as(self, before: _Try) -> bool:
        """Whether left and right are as far apart as they were a step before, the same way, and not by rounding.

        Where f itself jumps they draw apart instead, by as much as the step shrinks.
        """
        is_seen = self.jump > 10 * self.noise and before.jump > 10 * before.noise
        return is_seen and _STILL_APART < self.turn / before.turn < _NO_JUMP


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
    """What the steps of one scale, from large to small, amount to.

    Slopes settle where two that follow each other differ by little, or by no more than rounding explains. Steps that
    are large for a wave see it at points of any height, and by chance their slopes may agree. So what finer steps say,
    as surely, goes before; what the very next ones do not bear out is dropped; and the search ends only where it is
    rounding that makes them worse.
    """
    best, kink, edge = Difference("rough"), Difference("rough"), Difference("rough")
    kink_jump, is_kinked = 0.0, False
    before: _Try | None = None
    extrapolated = math.nan
    steepest = 0.0  # of all slopes so far; what is far below counts as flat
    worse = 0  # how many steps in a row were not better
    for one in _tries(f, x, scale, noise):
        if isinstance(one, float):
            edge, before, extrapolated = Difference("edge", step=one), None, math.nan
            continue
        steepest = max(steepest, abs(one.left), abs(one.right))
        was_kinked, is_kinked = is_kinked, before is not None and one.is_kinked_as(before)
        if is_kinked:
            if was_kinked:  # twice in a row, which is not by chance
                kink, kink_jump = Difference("kink", step=one.step, left=one.left, right=one.right), one.jump
            extrapolated = math.nan
        elif kink_jump and 10 * one.noise >= kink_jump:
            break  # what was a kink a step ago has only been drowned
        elif before is not None:
            if one.jump > 10 * one.noise:  # what looked like a kink from farther away was none
                kink, kink_jump = Difference("rough"), 0.0
            earlier = extrapolated
            extrapolated = one.slope + (one.slope - before.slope) / ((before.step / one.step) ** 2 - 1)
            apart = extrapolated - earlier if earlier == earlier else one.slope - before.slope
            error = abs(apart) + one.noise
            is_rounding = abs(apart) <= 2 * one.noise
            worse = worse + 1 if is_rounding else 0
            surprise = max(abs(extrapolated - best.slope), one.jump - before.jump)
            if best.step <= one.step * _SHRINK**3 and surprise > 0.01 * steepest + 10 * one.noise:
                best = Difference("rough")  # that was by chance: the steps before were whole periods of a wave, say
            if is_rounding or abs(apart) <= max(1e-4 * abs(extrapolated), 1e-7 * steepest):
                now = Difference("smooth", extrapolated, error, one.step)
                if not error >= best.error or now.contradicts(best):
                    best, worse = now, 0
            if worse >= 3 and best.kind == "smooth":
                break  # from here on it is only rounding
        before = one
    return next((one for one in (best, kink, edge) if one.kind != "rough"), best)


def _scales(x: float) -> Iterator[float]:
    """What the steps are measured by: the size of x, and 1, where that is something else."""
    size = abs(x)
    if size > 0.0:
        yield size
    if not 0.25 <= size <= 4.0:
        yield 1.0


def _tries(f: Callable[[float], float], x: float, scale: float, noise: float) -> Iterator[_Try | float]:
    """One after the other, each step: what it shows, or the step itself where f has no value."""
    here = f(x)
    step = scale / 8
    for _ in range(_MOST_STEPS):
        above = x + step
        below = x - (above - x)  # as far away, also where x + step was rounded
        if above - x < 4 * math.ulp(x) or not (below < x < above):
            return
        try:
            high, low = f(above), f(below)
        except (ArithmeticError, ValueError):
            yield step
        else:
            height = max(abs(high), abs(low), abs(here))
            if math.isfinite(height) and math.isfinite(high - low):
                yield _Try(
                    (above - below) / 2,
                    (high - low) / (above - below),
                    (here - low) / (x - below),
                    (high - here) / (above - x),
                    2 * (noise + EPSILON * height + _SMALLEST) / (above - x),
                )
            else:
                yield step
        step /= _SHRINK
