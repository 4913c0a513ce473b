"""How many digits an equation needs so that a reader who computes it from the digits shown finds it true.

Four digits are enough for most numbers on their own. Together they may read as false: 2.5 = 2.5 − 0.1 · 0.002417. An
equation is true at the digits shown if its right side, computed from the numbers as they are written, rounds to its
left side; and if two numbers that differ, of which a third is the difference, are not written alike. `numbers.js` has
the same rules for the numbers that a reader changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..notation.mathematics import DRAWN, digits

# A float has 15 digits that every decimal number of 15 digits keeps.
FEWEST, MOST = 4, 15
Shown = Callable[[float], float]


class Equation(NamedTuple):
    """A result and how it comes about.

    right: what the right side is, for a function that rounds an operand to its digits and one that rounds a result.
    terms: numbers that must not be written as the result is: something is added to them. scale: what rounding leaves
    of numbers of that scale is shown as 0.
    """

    result: float
    right: Callable[[Shown, Shown], float]
    terms: Sequence[float] = ()
    scale: float = 0.0


def figure(number: float, scale: float = 0.0, significant: int = FEWEST) -> str:
    """A number with that many digits; 0 where it is what rounding left of numbers of that scale."""
    return DRAWN.figure(0.0 if abs(number) < 1e-15 * scale else number, significant)


def enough(equations: Sequence[Equation]) -> tuple[int, int, bool]:
    """How many digits operands and results need, at least, and whether the equations are true with them.

    >>> enough([Equation(2.4997583, lambda of, _: of(2.5) - of(0.1) * of(0.002417), [2.5])])
    (5, 5, True)
    """
    for results in range(FEWEST, MOST + 1):
        if any(_alike(equation, results) for equation in equations):
            continue
        for operands in range(results, MOST + 1):
            if all(_holds(equation, operands, results) for equation in equations):
                return operands, results, True
    return FEWEST, FEWEST, False


def apart(one: float, other: float) -> int:
    """How many digits tell two numbers apart."""
    wanted = (n for n in range(FEWEST, MOST + 1) if one == other or digits(one, n) != digits(other, n))
    return next(wanted, FEWEST)


def _rounded(significant: int) -> Shown:
    return lambda number: float(digits(number, significant))


def _alike(equation: Equation, significant: int) -> bool:
    result = digits(equation.result, significant)
    return any(digits(term, significant) == result for term in equation.terms)


def _holds(equation: Equation, operands: int, results: int) -> bool:
    right = equation.right(_rounded(operands), _rounded(results))
    if not (math.isfinite(right) and math.isfinite(equation.result)):
        return True
    if abs(equation.result) < 1e-15 * equation.scale:
        return abs(right) <= 10.0 ** (1 - operands) * equation.scale
    left = float(digits(equation.result, results))
    # A reader who is one half off has rounded as well as one can.
    return abs(right - left) <= 0.500001 * _unit(left, results)


def _unit(shown: float, significant: int) -> float:
    """What the last of the digits of a number counts, as `digits` writes it: integers to six digits have all."""
    unit = 10.0 ** (int(f"{shown:e}".partition("e")[2]) + 1 - significant)
    return min(unit, 1.0) if abs(shown) < 1e6 else unit
