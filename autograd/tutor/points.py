"""The graph at other points: other numbers for the leaves, and what every line and every partial is there.

The trace is written out as Python, and run. Where something has none (the log of a negative number) there is no point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from ..codegen.listing import Needing
from ..core.primitives import LIST_PRIMITIVES, PRIMITIVES
from ..core.source import run_source, tuple_of
from ..notation.expression import Tree, names_in, parts
from ..notation.typesetting import write
from ..tracing.assignments import Assignment, Trace
from .kinks import LARGEST, LOWER, UPPER, by_steps, sums

_NAMES = {**PRIMITIVES, **LIST_PRIMITIVES, "pow": math.pow, "inf": math.inf, "nan": math.nan}
_evaluators = count(1)


class Point(NamedTuple):
    """What everything is where the leaves have these numbers.

    leaves: their numbers, in the order of the trace. values: of all lines. partials: of all edges. others: of the
    expressions that were asked for besides; NaN where one has no answer. sums: what functions read that have a kink
    where it is 0, or are flat far from it; none where that is unknown.
    """

    leaves: tuple[float, ...]
    values: tuple[float, ...]
    partials: tuple[float, ...]
    others: Sequence[float]
    sums: tuple[float, ...]


class PointEvaluator:
    """Computes a trace at any point.

    others: further expressions over the names of the lines, to be computed at every point.
    edges: every line with each of its partials, in the order of the backward pass.
    sums: what each number among the sums of a point is.
    kinks: for each edge, at which of them its slope jumps.
    """

    def __init__(self, lines: Trace, others: Sequence[Tree]) -> None:
        self.lines = list(lines)
        self.trace = lines
        calls = [part for line in lines.lines for part in parts(line.expression) if part[:2] == ("call", "pick")]
        indices = {name for call in calls for name in names_in(call[3])}
        self._indices = [place for place, leaf in enumerate(lines.leaves) if leaf.target in indices]
        self.leaves = lines.leaves
        self.edges = list(lines.edges())
        names = lines.names.copy()
        leaves, found = names.identifier("leaves"), names.identifier("found")
        errors, self._values = names.identifier("Errors"), names.identifier("values")
        style = Needing()
        of_edges = [list(dict.fromkeys(sums(partial))) for _, partial in self.edges]
        self.sums = list(dict.fromkeys(one for of_edge in of_edges for one in of_edge))
        place = {one: number for number, one in enumerate(self.sums)}
        self.kinks = [[place[one] for one in of_edge if one.kinked] for of_edge in of_edges]
        self._steep = [place[one] for one in self.sums if one.is_steep]
        body = [f"{tuple_of(leaf.target for leaf in lines.leaves)} = {leaves}"]
        body += [f"{line.target} = {write(line.expression, style)}" for line in lines.lines]
        body.append(f"{found} = []")
        for tree in others:
            append = f"{found}.append({write(tree, style)})"
            body += ["try:", f"    {append}", f"except {errors}:", f"    {found}.append(nan)"]
        values = tuple_of(line.target for line in self.lines)
        partials = tuple_of(write(partial.tree, style) for _, partial in self.edges)
        read = tuple_of(write(one.tree, style) for one in self.sums)
        body.append(f"return {values}, {partials}, {found}, {read}")
        source = "\n    ".join([f"def at({leaves}):", *body]) + "\n"
        self._at = self._defined("at", source, {errors: (ArithmeticError, ValueError)})
        self._gradients: dict[Assignment, tuple[Point, dict[Assignment, float]]] = {}

    def _defined(self, name: str, source: str, names: Mapping[str, Any]) -> Any:
        known = {**_NAMES, **self.trace.functions, **names}
        return run_source(source, f"points {next(_evaluators)}", known, owner=self)[name]

    def at(self, leaves: Sequence[float]) -> Point | None:
        """The point where the leaves have these numbers, in the order of the trace; None where something has none.

        A leaf that is read as an index keeps its own number where it would get one that is not whole.
        """
        given = list(leaves)
        for place in self._indices:
            if not given[place].is_integer():
                given[place] = self.leaves[place].number
        numbers = tuple(given)
        try:
            point = Point(numbers, *self._at(numbers))
        except (ArithmeticError, ValueError):
            return None
        return point if all(map(math.isfinite, (*point.values, *point.partials))) else None

    def with_changes(self, changed: Mapping[Assignment, float]) -> Point | None:
        """The recorded point, but for some leaves."""
        return self.at([changed.get(leaf, leaf.number) for leaf in self.leaves])

    def here(self) -> Point:
        """The point that was recorded, with the numbers that backward() has. Raises DomainError where it does."""
        leaves = tuple(leaf.number for leaf in self.leaves)
        values = tuple(line.number for line in self.lines)
        partials = tuple(partial.number for _, partial in self.edges)
        try:
            return Point(leaves, values, partials, *self._at(leaves)[2:])
        except (ArithmeticError, ValueError):  # computed in another order, a number can overflow
            return Point(leaves, values, partials, (), ())

    def is_moderate(self, point: Point, largest: float = LARGEST) -> bool:
        """Whether no function is so far out at a point that mistakes look alike there."""
        return all(abs(point.sums[place]) <= largest for place in self._steep) if point.sums else not self._steep

    def gradients(self, of: Assignment, point: Point) -> dict[Assignment, float]:
        """The gradients of one line with respect to all lines below it. Those of the last point are kept."""
        last, gradients = self._gradients.get(of, (None, {}))
        if last is not point:
            gradients = {of: 1.0}
            for (line, partial), number in zip(self.edges, point.partials, strict=True):
                if line in gradients:
                    gradients[partial.wrt] = gradients.get(partial.wrt, 0.0) + gradients[line] * number
            self._gradients[of] = point, gradients
        return gradients

    @cached_property
    def beside(self) -> list[Callable[[Sequence[float]], Sequence[float]]]:
        """The partials of all edges from the values of all lines, on the upper side of every kink, and on the lower."""
        found = tuple_of(write(by_steps(partial.tree), Needing()) for _, partial in self.edges)
        source = f"def beside({self._values}):\n    {tuple_of(line.target for line in self.lines)} = {self._values}\n"
        source += f"    return {found}\n"
        return [self._defined("beside", source, steps) for steps in (UPPER, LOWER)]
