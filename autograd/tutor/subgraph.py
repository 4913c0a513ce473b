"""What lies below a line, and between two: the edges on the paths down, and the gradients along them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..tracing.assignments import Assignment, Partial
from .answers import ROUNDING
from .points import Landscape, Point

# So many paths are told apart; of more, only the edges.
MOST_PATHS = 32


class Sweep:
    """The gradients of one line with respect to all lines below it: one reverse sweep for each point."""

    def __init__(self, landscape: Landscape, of: Assignment) -> None:
        self._number = {of: 0}
        self._places: list[int] = []
        self._ends: list[tuple[int, int]] = []
        self._last: tuple[Point, list[float]] | None = None
        for place, (line, partial) in enumerate(landscape.edges):
            if line in self._number:
                to = self._number.setdefault(partial.wrt, len(self._number))
                self._places.append(place)
                self._ends.append((self._number[line], to))

    def reaches(self, wrt: Assignment) -> bool:
        """Whether a path leads down to a line."""
        return wrt in self._number

    def gradient(self, wrt: Assignment, point: Point) -> float:
        """The gradient with respect to one line."""
        if self._last is None or self._last[0] is not point:
            gradients = [0.0] * len(self._number)
            gradients[0] = 1.0
            for place, (a, b) in zip(self._places, self._ends, strict=True):
                gradients[b] += gradients[a] * point.partials[place]
            self._last = point, gradients
        return self._last[1][self._number[wrt]]


class Subgraph:
    """The part of a trace between `of` and `wrt`, given all its edges, and where the slopes of these jump.

    edges: the lines with their partials that lie on a path, from `of` downwards.
    places: their places among all edges of the trace.
    kinks: which of a point's sums are read on the way where a slope jumps, as that of relu does.
    n_paths: how many paths there are.
    paths: each of them as the places of its edges in `edges`; none of them where there are too many.
    on_all: for each edge, whether all paths go through it.
    """

    def __init__(
        self,
        edges: Sequence[tuple[Assignment, Partial]],
        of: Assignment,
        wrt: Assignment,
        landscape: Landscape | None = None,
    ) -> None:
        self.of, self.wrt = of, wrt
        below, above = {of}, {wrt}
        for line, partial in edges:
            if line in below:
                below.add(partial.wrt)
        for line, partial in reversed(edges):
            if partial.wrt in above:
                above.add(line)
        inside = below & above
        self.places = [
            place
            for place, (line, partial) in enumerate(edges)
            if line in inside and partial.wrt in inside and line is not wrt
        ]
        self.edges: list[tuple[Assignment, Partial]] = [edges[place] for place in self.places]
        number = {of: 0}
        for _, partial in self.edges:
            number.setdefault(partial.wrt, len(number))
        self.ends = [(number[line], number[partial.wrt]) for line, partial in self.edges]
        self._last = number.get(wrt)
        self._landscape = landscape
        self.kinks = sorted({kink for place in self.places for kink in landscape.kinks[place]}) if landscape else []
        self._size = len(number)
        down, up = self._counts()
        self.n_paths = 0 if self._last is None else down[self._last]
        self.on_all = [down[a] * up[b] == self.n_paths for a, b in self.ends]
        self.paths = self._paths() if self.n_paths <= MOST_PATHS else []

    def _counts(self) -> tuple[list[int], list[int]]:
        """How many paths lead from `of` to each line, and from each line to `wrt`."""
        down, up = [0] * self._size, [0] * self._size
        down[0] = 1
        for a, b in self.ends:
            down[b] += down[a]
        if self._last is not None:
            up[self._last] = 1
        for a, b in reversed(self.ends):
            up[a] += up[b]
        return down, up

    def _paths(self) -> list[tuple[int, ...]]:
        arrived: dict[int, list[tuple[int, ...]]] = {0: [()]}
        for place, (a, b) in enumerate(self.ends):
            arrived.setdefault(b, []).extend([(*path, place) for path in arrived[a]])
        return [] if self._last is None else arrived[self._last]

    def gradients(self, partials: Sequence[float]) -> list[float]:
        """∂of/∂ every line on the way, from the partials of `edges`."""
        gradients = [0.0] * self._size
        gradients[0] = 1.0
        for (a, b), partial in zip(self.ends, partials, strict=True):
            gradients[b] += gradients[a] * partial
        return gradients

    def gradients_of(self, partials: Sequence[float]) -> list[float]:
        """∂ every line on the way / ∂wrt."""
        gradients = [0.0] * self._size
        if self._last is not None:
            gradients[self._last] = 1.0
        for (a, b), partial in zip(reversed(self.ends), reversed(partials), strict=True):
            gradients[a] += gradients[b] * partial
        return gradients

    def gradient(self, partials: Sequence[float]) -> float:
        """∂of/∂wrt from the partials of `edges`: the sum over all paths."""
        return 0.0 if self._last is None else self.gradients(partials)[self._last]

    def pattern(self, point: Point) -> tuple[bool, ...]:
        """Which of the functions with a kink are on which side of it: relus on and off."""
        return tuple(point.sums[kink] > 0 for kink in self.kinks)

    def is_on_a_kink(self, point: Point) -> bool:
        """Whether a function on the way reads a number at which its slope jumps."""
        return not all(point.sums[kink] for kink in self.kinks) if point.sums else bool(self.kinks)

    def is_settled_at(self, point: Point) -> bool:
        """Whether the gradient is a number, and the same on both sides of every kink: relu at 0 has a slope only by
        convention.
        """
        size = self.size(point)
        if not math.isfinite(size):
            return False
        if self._landscape is None or not self.kinks:
            return True
        if not point.sums:  # unknown
            return False
        if not self.is_on_a_kink(point):
            return True
        try:
            sides = self._landscape.beside(point)
        except (ArithmeticError, ValueError):
            return False
        gradients = [self.gradient([partials[place] for place in self.places]) for partials in sides]
        return all(abs(one - self.true(point)) <= ROUNDING * size for one in gradients)

    def true(self, point: Point) -> float:
        """∂of/∂wrt at a point."""
        return self.gradient([point.partials[place] for place in self.places])

    def size(self, point: Point) -> float:
        """The sum of the absolute values of the path terms at a point."""
        return self.gradient([point.sizes[place] for place in self.places])
