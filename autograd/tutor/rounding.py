"""Which answers differ by rounding only, theirs or the engine's: of 1 - out little is left where out is nearly 1."""

from __future__ import annotations

import math
from contextlib import suppress

from ..tracing.decimals import exact_gradient
from .answers import Written
from .points import Point, PointEvaluator
from .sampling import same
from .subgraph import Subgraph

ENGINES = "the engine's own digits are lost to rounding"
YOURS = "your own digits are lost to rounding"
BOTH = "both are rounding"

# Decimals take some 20 microseconds an operation.
_MOST_LINES = 2000
# So many roundings of numbers as large as the terms: more than a formula has operations.
_LAST_PLACES = 64 * 2.0**-53
# To see how large a gradient is where nothing is saturated, the leaves are multiplied by this, so many times: from 1000
# they come down to 1.
_SHRINK, _MOST_STEPS = 0.6, 14


class Rounding:
    """Compares answers about one partial with exact arithmetic."""

    def __init__(self, subgraph: Subgraph, evaluator: PointEvaluator) -> None:
        self._subgraph = subgraph
        self._evaluator = evaluator

    def of_answer(self, point: Point, answer: float) -> str:
        """Whose digits are lost where an answer is not what the engine says; "" where the answer is wrong."""
        if not self._subgraph.is_settled_at(point):
            return ""
        exact = self._exact(point)
        if same(exact, answer, 0.0):
            return ENGINES
        if abs(answer - exact) > self._allowed(point, exact):
            return ""
        return YOURS if self.is_the_engines(point) else BOTH

    def of_number(self, point: Point, written: Written) -> str:
        """What is said of a number that is not the engine's, but for rounding; "" where it is wrong."""
        if not self._subgraph.is_settled_at(point):
            return ""
        exact = self._exact(point)
        if written.is_rounded(exact) or (written.fits(exact) and not self.is_the_engines(point)):
            return f"right in exact arithmetic; {ENGINES} here"
        if written.figures is None and abs(written.number - exact) <= self._allowed(point, exact):
            return f"{YOURS if self.is_the_engines(point) else BOTH} here"
        return ""

    def _exact(self, point: Point) -> float:
        """The gradient in exact arithmetic; as floats have it where that fails, or would take longer than a second."""
        subgraph, lines = self._subgraph, self._evaluator.lines
        if len(lines) <= _MOST_LINES:
            leaves = dict(zip(self._evaluator.leaves, point.leaves, strict=True))
            with suppress(ArithmeticError, ValueError):
                return exact_gradient(lines, subgraph.edges, leaves, subgraph.of, subgraph.wrt)
        return subgraph.true(point)

    def is_the_engines(self, point: Point) -> bool:
        """Whether the engine has the digits that are compared."""
        return same(self._exact(point), self._subgraph.true(point), 0.0)

    def _allowed(self, point: Point, exact: float) -> float:
        """What rounding may leave of terms that cancel far out, as p - 1 does: they are as large as nearer to 0."""
        if self._evaluator.is_moderate(point):
            return 0.0
        largest, leaves = abs(exact), list(point.leaves)
        for _ in range(_MOST_STEPS):
            leaves = [_SHRINK * one for one in leaves]
            nearer = self._evaluator.at(leaves)
            if nearer is not None:
                size = abs(self._subgraph.true(nearer))
                largest = max(largest, size) if math.isfinite(size) else largest
        return _LAST_PLACES * largest
