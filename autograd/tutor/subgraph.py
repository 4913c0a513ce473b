"""What lies between two lines of a trace: the edges on the paths down, and the gradients along them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..notation.paper import ROUNDING
from ..tracing.assignments import Assignment, Partial
from .points import Point, PointEvaluator

# The paths to an input of a network with hidden layers of eight and four neurons. Of more paths, only edges are told.
MOST_PATHS = 32


class Subgraph:
    """The part of a trace between `of` and `wrt`.

    edges: the lines with their partials that lie on a path, from `of` downwards.
    places: their places among all edges of the trace; edge_at: which of them stands at such a place.
    kinks: which of a point's sums are read on the way where a slope jumps, as that of relu does.
    n_paths: how many paths there are.
    paths: each of them as the places of its edges in `edges`; none of them where there are too many.
    on_all: for each edge, whether all paths go through it.
    """

    def __init__(self, evaluator: PointEvaluator, of: Assignment, wrt: Assignment) -> None:
        self.evaluator, self.of, self.wrt = evaluator, of, wrt
        edges = evaluator.edges
        below, above = {of}, {wrt}
        for line, partial in edges:
            if line in below:
                below.add(partial.wrt)
        for line, partial in reversed(edges):
            if partial.wrt in above:
                above.add(line)
        self.places = [n for n, (line, partial) in enumerate(edges) if line in below and partial.wrt in above]
        self.edge_at = {place: edge for edge, place in enumerate(self.places)}
        self.edges: list[tuple[Assignment, Partial]] = [edges[place] for place in self.places]
        number = {of: 0}
        for line in [*(partial.wrt for _, partial in self.edges), wrt]:
            number.setdefault(line, len(number))
        self.ends = [(number[line], number[partial.wrt]) for line, partial in self.edges]
        self._last = number[wrt]
        self._size = len(number)
        self.kinks = sorted({kink for place in self.places for kink in evaluator.kinks[place]})
        # Every partial 1: a gradient is then the number of paths.
        ones = [1] * len(self.ends)
        down, up = self.gradients(ones), self.gradients_of(ones)
        self.n_paths = int(down[self._last])
        self.on_all = [down[a] * up[b] == self.n_paths for a, b in self.ends]
        self.paths = self._paths() if self.n_paths <= MOST_PATHS else []

    def _paths(self) -> list[tuple[int, ...]]:
        arrived: dict[int, list[tuple[int, ...]]] = {0: [()]}
        for place, (a, b) in enumerate(self.ends):
            arrived.setdefault(b, []).extend([(*path, place) for path in arrived[a]])
        return arrived.get(self._last, [])

    def gradients(self, partials: Sequence[float]) -> list[float]:
        """∂of/∂ every line on the way, from the partials of `edges`."""
        gradients: list[float] = [0] * self._size
        gradients[0] = 1
        for (a, b), partial in zip(self.ends, partials, strict=True):
            gradients[b] += gradients[a] * partial
        return gradients

    def gradients_of(self, partials: Sequence[float]) -> list[float]:
        """∂ every line on the way / ∂wrt."""
        gradients: list[float] = [0] * self._size
        gradients[self._last] = 1
        for (a, b), partial in zip(reversed(self.ends), reversed(partials), strict=True):
            gradients[a] += gradients[b] * partial
        return gradients

    def gradient(self, partials: Sequence[float]) -> float:
        """∂of/∂wrt from the partials of `edges`: the sum over all paths."""
        return float(self.gradients(partials)[self._last])

    def partials(self, point: Point) -> list[float]:
        """The partials of `edges` at a point."""
        return [point.partials[place] for place in self.places]

    def true(self, point: Point) -> float:
        """∂of/∂wrt at a point."""
        return self.gradient(self.partials(point))

    def noise(self, point: Point) -> float:
        """What rounding leaves of the path terms at a point, where they cancel."""
        return ROUNDING * self.gradient([abs(partial) for partial in self.partials(point)])

    def is_on_a_kink(self, point: Point) -> bool:
        """Whether a function on the way reads a number at which its slope jumps."""
        return not all(point.sums[kink] for kink in self.kinks) if point.sums else bool(self.kinks)

    def is_settled_at(self, point: Point) -> bool:
        """Whether the gradient is a number, and no convention: relu has a slope at 0 by convention only."""
        noise = self.noise(point)
        if not math.isfinite(noise) or not self.is_on_a_kink(point):
            return math.isfinite(noise)
        try:
            sides = [partials(point.values) for partials in self.evaluator.beside]
        except (ArithmeticError, ValueError):
            return False
        gradients = [self.gradient([partials[place] for place in self.places]) for partials in sides]
        return all(abs(one - self.true(point)) <= noise for one in gradients)
