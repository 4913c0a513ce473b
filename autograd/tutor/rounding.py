"""Which answers differ by rounding only, theirs or the engine's: of 1 - out little is left where out is nearly 1."""

from __future__ import annotations

import math
from contextlib import suppress
from random import Random

from ..notation.paper import Written
from ..tracing.decimals import exact_gradient, moved_by_rounding
from .answers import Function
from .points import Point
from .sampling import same
from .subgraph import Subgraph

ENGINES = "the engine's own digits are lost to rounding"
YOURS = "your own digits are lost to rounding"
BOTH = "both are rounding"

# Decimals take some 20 microseconds an operation.
_MOST_LINES = 2000
# So many roundings of numbers as large as the terms: more than a formula has operations.
_LAST_PLACES = 64 * 2.0**-53
# Every number on the way may be off by some units in the last place; some are tried up and some down, so many times.
_OFF, _TRIALS = 8 * 2.0**-53, 4
# To see how large a gradient is where nothing is saturated, the leaves are multiplied by this, so many times: from 1000
# they come down to 1.
_SHRINK, _MOST_STEPS = 0.6, 14


def of_answer(function: Function, subgraph: Subgraph, point: Point, answer: float) -> str:
    """Whose digits are lost where an answer is not what the engine says; "" where the answer is wrong."""
    if not subgraph.is_settled_at(point):
        return ""
    exact = _exact(subgraph, point)
    if same(exact, answer, 0.0):
        return ENGINES
    numbers = dict(zip(subgraph.evaluator.lines, point.values, strict=True))
    if abs(answer - exact) > max(_allowed(subgraph, point, exact), moved_by_rounding(function, numbers)):
        return ""
    return YOURS if is_the_engines(subgraph, point) else BOTH


def of_number(subgraph: Subgraph, point: Point, written: Written) -> str:
    """What is said of a number that is not the engine's, but for rounding; "" where it is wrong."""
    if not subgraph.is_settled_at(point):
        return ""
    exact = _exact(subgraph, point)
    if written.is_rounded(exact) or (written.fits(exact) and not is_the_engines(subgraph, point)):
        return f"right in exact arithmetic; {ENGINES} here"
    if written.figures is None and abs(written.number - exact) <= _allowed(subgraph, point, exact):
        return f"{YOURS if is_the_engines(subgraph, point) else BOTH} here"
    return ""


def _exact(subgraph: Subgraph, point: Point) -> float:
    """The gradient in exact arithmetic; as floats have it where that fails, or would take longer than a second."""
    if len(subgraph.evaluator.lines) <= _MOST_LINES:
        leaves = dict(zip(subgraph.evaluator.leaves, point.leaves, strict=True))
        with suppress(ArithmeticError, ValueError):
            return exact_gradient(subgraph.evaluator.lines, subgraph.edges, leaves, subgraph.of, subgraph.wrt)
    return subgraph.true(point)


def is_the_engines(subgraph: Subgraph, point: Point) -> bool:
    """Whether the engine has the digits that are compared."""
    return same(_exact(subgraph, point), subgraph.true(point), 0.0)


def _allowed(subgraph: Subgraph, point: Point, exact: float) -> float:
    """What rounding may leave of terms that cancel far out, as p - 1 does: they are as large as nearer to 0."""
    if subgraph.evaluator.is_moderate(point):
        return 0.0
    scales = [_SHRINK**step for step in range(1, _MOST_STEPS + 1)]
    nearer = [subgraph.evaluator.at([scale * one for one in point.leaves]) for scale in scales]
    sizes = [abs(subgraph.true(one)) for one in nearer if one is not None]
    return max(_LAST_PLACES * max([abs(exact), *filter(math.isfinite, sizes)]), _lost_in_factors(subgraph, point))


def _lost_in_factors(subgraph: Subgraph, point: Point) -> float:
    """How far the gradient moves with the rounding of what its factors read: far, in 1 / (1 - h) with h near 1."""
    lines, random = subgraph.evaluator.lines, Random(0)
    # What is lost in one line has grown by the next, and the factors are off together.
    off = dict(zip(lines, map(abs, point.values), strict=True))
    for (line, partial), slope in reversed([*zip(subgraph.evaluator.edges, point.partials, strict=True)]):
        off[line] += abs(slope) * off[partial.wrt]
    pairs = [*zip(point.values, off.values(), strict=True)]
    before = subgraph.partials(point)
    moves = [0.0] * len(before)
    for _ in range(_TRIALS):
        moved = [x + random.choice((-_OFF, _OFF)) * error for x, error in pairs]
        with suppress(ArithmeticError, ValueError):
            partials = subgraph.evaluator.beside[0](moved)
            after = [partials[place] for place in subgraph.places]
            moves = [max(move, abs(a - b)) for move, a, b in zip(moves, before, after, strict=True)]
    still = [abs(partial) for partial in before]
    lost = subgraph.gradient([a + b for a, b in zip(still, moves, strict=True)]) - subgraph.gradient(still)
    return lost if math.isfinite(lost) else 0.0
