"""What a mistake does to a gradient: each kind of edit is an object that gives its value at a point.

A factor of the chain becomes another number (left out, it is 1), one path is all that is counted, or the one that is
not, the whole is scaled, or another partial is given in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from ..tracing.assignments import Assignment
from .points import Point
from .subgraph import Subgraph

# What a factor becomes, from what it is and the point.
Becomes = Callable[[float, Point], float]


class Chain:
    """A subgraph at a point: the partials of its edges, or others in their place, and what edits compute of them."""

    def __init__(self, subgraph: Subgraph, point: Point, partials: Sequence[float] | None = None) -> None:
        self.subgraph, self.point = subgraph, point
        self.partials = subgraph.partials(point) if partials is None else partials
        # From `of` down to each line, and from each line down to `wrt`.
        self.above, self.below = subgraph.gradients(self.partials), subgraph.gradients_of(self.partials)
        self.true = float(self.below[0])

    @cached_property
    def products(self) -> list[float]:
        """The product along each path."""
        return [math.prod([self.partials[edge] for edge in path]) for path in self.subgraph.paths]


class Factors(NamedTuple):
    """Factors that become others; each by the place of its edge among those of the trace."""

    changes: Mapping[int, Becomes]

    def value(self, chain: Chain) -> float:
        """The gradient with these factors."""
        if len(self.changes) > 1:
            return chain.subgraph.gradient(self.changed(chain))
        ((place, becomes),) = self.changes.items()
        edge = chain.subgraph.edge_at[place]
        a, b = chain.subgraph.ends[edge]
        before = chain.partials[edge]
        after = becomes(before, chain.point)
        if chain.subgraph.on_all[edge]:  # without a difference, in which digits are lost
            return chain.above[a] * after * chain.below[b]
        return chain.true + chain.above[a] * (after - before) * chain.below[b]

    def changed(self, chain: Chain) -> list[float]:
        """The partials of the edges, with these factors."""
        partials = list(chain.partials)
        for place, becomes in self.changes.items():
            edge = chain.subgraph.edge_at[place]
            partials[edge] = becomes(partials[edge], chain.point)
        return partials


class Paths(NamedTuple):
    """Of all paths only these are counted."""

    counted: frozenset[int]

    def value(self, chain: Chain) -> float:
        """The sum of their products."""
        return sum([chain.products[path] for path in sorted(self.counted)])


class Multiplied(NamedTuple):
    """All paths are multiplied, and what they share is counted once or each time."""

    shared_once: bool

    def value(self, chain: Chain) -> float:
        """The product."""
        if self.shared_once:
            edges = {edge for path in chain.subgraph.paths for edge in path}
            return math.prod([chain.partials[edge] for edge in sorted(edges)])
        return math.prod(chain.products)


class Scaled(NamedTuple):
    """The whole is multiplied by a number."""

    factor: float

    def value(self, chain: Chain) -> float:
        """The gradient times the number."""
        return chain.true * self.factor


class Instead(NamedTuple):
    """The partial of something else, or with respect to something else."""

    of: Assignment
    wrt: Assignment

    def value(self, chain: Chain) -> float:
        """That partial."""
        return chain.subgraph.evaluator.gradients(self.of, chain.point)[self.wrt]


Edit = Factors | Paths | Multiplied | Scaled | Instead


def together(one: Edit, other: Edit) -> Callable[[Chain], float] | None:
    """What two edits give at once; None where they cannot be, or where one of them makes no difference."""
    match one, other:
        case (Scaled(factor), edit) | (edit, Scaled(factor)):
            return lambda chain: factor * edit.value(chain)
        case Factors(some), Factors(more):
            return None if some.keys() & more.keys() else Factors({**some, **more}).value
        case (Factors() as factors, edit) | (edit, Factors() as factors):
            return lambda chain: edit.value(Chain(chain.subgraph, chain.point, factors.changed(chain)))
        case Paths(some_paths), Paths(others):
            both = some_paths & others
            return None if both in (some_paths, others, frozenset()) else Paths(both).value
    return None
