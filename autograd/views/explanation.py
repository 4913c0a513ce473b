"""One gradient by the chain rule, as the articles write it: a product along every path, and the sum of the products.

    ∂L/∂x1 = ∂L/∂o1 · ∂o1/∂h1 · ∂h1/∂x1
           + ∂L/∂o1 · ∂o1/∂h2 · ∂h2/∂x1

The number of paths can double with every layer. So they are counted and summed line by line, down the trace, and only
those with the largest products are written out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from ..console import on_console
from ..core.value import Value
from ..errors import UsageError
from ..notation.expression import Tree
from ..notation.markup import aligned_html, aligned_latex
from ..notation.mathematics import LATEX, MATHML, TEXT, digits
from ..notation.simplify import Product
from ..notation.typesetting import write
from ..tracing.assignments import Assignment, Partial, Trace, total
from ..tracing.builder import trace

# How many paths are written out, and how many factors of each; the others are only counted.
MOST_PATHS = 8
_MOST_FACTORS = 16


Edge = tuple[Assignment, Partial]


class Path(NamedTuple):
    """One way from the root down to a value: the edge it ends with, and the path before that."""

    product: float  # of the partials along the path
    above: Path | None
    line: Assignment | None
    partial: Partial | None

    def edges(self) -> list[Edge]:
        """The edges from the root down."""
        found = []
        path: Path | None = self
        while path is not None and path.line is not None and path.partial is not None:
            found.append((path.line, path.partial))
            path = path.above
        return found[::-1]


class _Reached:
    """The paths from the root down to one line.

    count: how many. gradient: the sum of their products, as backward() adds it up. largest: those with the largest
    products. others: numbers whose sum is that of all other products.
    """

    __slots__ = ("count", "gradient", "largest", "others")

    def __init__(self) -> None:
        self.count = 0
        self.gradient = 0.0
        self.largest: list[Path] = []
        self.others: list[float] = []

    def extend(self, above: _Reached, line: Assignment, partial: Partial) -> None:
        """Add the paths down to the line above, each longer by one edge."""
        number = partial.number
        self.count += above.count
        self.gradient += above.gradient * number
        # All paths of the line above get the same factor, so its largest stay the largest.
        paths = self.largest + [Path(path.product * number, path, line, partial) for path in above.largest]
        if len(paths) > MOST_PATHS:
            paths.sort(key=_size, reverse=True)
        self.largest = paths[:MOST_PATHS]
        self.others += [path.product for path in paths[MOST_PATHS:]]
        if above.others:
            self.others.append(total(above.others) * number)


class Explanation:
    """∂root/∂wrt by the chain rule, or ∂of/∂wrt. Prints as text; a notebook shows it typeset.

    gradient: the number.
    n_paths: how many paths lead from the root to wrt.
    paths: those that are written out: all, or, of too many, those with the largest products.
    rest: the sum of the products of the others.
    """

    def __init__(self, lines: Trace, wrt: Assignment, of: Assignment | None = None) -> None:
        self._root = of or lines.root
        self._wrt = wrt
        self._labels = lines.labels | {wrt.target: wrt.label}
        start = _Reached()
        start.count, start.gradient, start.largest = 1, 1.0, [Path(1.0, None, None, None)]
        # An entry goes when its line is passed, because a count of paths can have as many digits as there are lines.
        reached = {self._root: start}
        found = start if wrt is self._root else _Reached()
        for line in lines.backward:
            above = reached.pop(line, None)
            if above is None:
                continue
            for partial in line.partials:
                to = found if partial.wrt is wrt else reached.setdefault(partial.wrt, _Reached())
                to.extend(above, line, partial)
        self.n_paths, self.gradient, self.paths = found.count, found.gradient, found.largest
        self.rest = total(found.others)

    def _rows(self) -> list[tuple[str, Tree]]:
        """The right side, stage by stage, with a term in each row: ("=" or "+", term)."""
        if self._wrt is self._root:
            return [("=", ("number", 1))]
        if not self.paths:
            return [("=", ("number", 0))]
        edges = [path.edges() for path in self.paths]
        stages: list[list[Tree]] = [
            [_product(path, lambda line, one: ("derivative", line.target, one.wrt.target)) for path in edges],
            [],
            [_product(path, lambda _, one: ("figure", one.number)) for path in edges],
        ]
        if max(map(len, edges)) <= _MOST_FACTORS:  # with factors left out, it would be wrong
            stages[1] = [_written_out([partial for _, partial in path]) for path in edges]
        stages = [stage for stage in stages if stage]
        sums: list[Tree] = [("figure", path.product) for path in self.paths]
        others = self.n_paths - len(edges)
        if others:
            for stage in stages:
                stage.append(("words", f"{_counted(others)} more path{'s' if others > 1 else ''}"))
            sums.append(("figure", self.rest))
        stages += [[("+", *sums)] if len(sums) > 1 else sums, [("figure", self.gradient)]]
        # A stage that reads the same as the one before is left out.
        shown = [[write(term, TEXT) for term in stage] for stage in stages]
        different = [stage for stage, text, before in zip(stages, shown, [[], *shown], strict=False) if text != before]
        return [("+" if number else "=", term) for stage in different for number, term in enumerate(stage)]

    def _left(self) -> Tree:
        return ("derivative", self._root.target, self._wrt.target)

    @on_console
    def __str__(self) -> str:
        left = write(self._left(), TEXT, self._labels)
        lines = [f"{' ' * len(left)} {sign} {write(term, TEXT, self._labels)}" for sign, term in self._rows()]
        return "\n".join([left + lines[0][len(left) :], *lines[1:], *self._notes()])

    __repr__ = __str__

    def _notes(self) -> list[str]:
        """What a reader would otherwise miss."""
        if not self.paths:
            return [f"{self._root.label} does not depend on {self._wrt.label}"]
        others = self.n_paths - len(self.paths)
        if not others:
            return []
        rest = f"the other {_counted(others)} add up to" if others > 1 else "the other one is"
        return [
            f"{_counted(self.n_paths)} paths; the {len(self.paths)} with the largest products are shown, "
            f"{rest} {digits(self.rest)}"
        ]

    def latex(self) -> str:
        """The explanation as LaTeX, in an aligned environment."""
        lines = [
            f"&{'' if sign == '=' else '{}'}{sign} {write(term, LATEX, self._labels)}" for sign, term in self._rows()
        ]
        lines[0] = write(self._left(), LATEX, self._labels) + " " + lines[0]
        return aligned_latex(lines)

    def mathml(self) -> str:
        """The explanation as MathML."""
        rows = [(sign, write(term, MATHML, self._labels)) for sign, term in self._rows()]
        return aligned_html(write(self._left(), MATHML, self._labels), rows)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        return f'<div style="overflow-x:auto;text-align:left">{self.mathml()}{notes}</div>'

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def _size(path: Path) -> float:
    return math.inf if math.isnan(path.product) else abs(path.product)


def _product(path: Sequence[Edge], factor: Callable[[Assignment, Partial], Tree]) -> Tree:
    """The product of a factor for each edge; of a long path, only its two ends."""
    half = len(path) if len(path) <= _MOST_FACTORS else _MOST_FACTORS // 2
    factors = [factor(*edge) for edge in path[:half]]
    if half < len(path):
        factors += [("words", f"⋯ {len(path) - 2 * half} more ⋯"), *(factor(*edge) for edge in path[-half:])]
    return factors[0] if len(factors) == 1 else ("*", *factors)


def _written_out(partials: Sequence[Partial]) -> Tree:
    product = Product()
    for partial in partials:
        product = product.times(partial.tree)
    return product.tree


def _counted(number: int) -> str:
    return f"{number:,}" if number < 10**15 else f"about 1e{int(math.log10(number))}"


def explain(root: Value, wrt: Value) -> Explanation:
    """∂root/∂wrt by the chain rule: for each path the product of partials, in symbols and numbers; and the sum.

    Of more than eight paths, those with the eight largest products are shown, and the sum of the others. Raises
    UsageError if wrt is not a Value, DomainError where a partial has no real answer.

    >>> x, w = Value(-2.0, "x"), Value(1.0, "w")
    >>> z = (w * x).named("z")
    >>> print(explain((z.sigmoid() - 1).named("L"), w))
    ∂L/∂w = ∂L/∂t1 · ∂t1/∂z · ∂z/∂w
          = t1 · (1 - t1) · x
          = 1 · 0.105 · -2
          = -0.21
    """
    if not isinstance(wrt, Value):
        raise UsageError(f"explain(root, wrt) takes a Value of the graph, such as net.w1, not {wrt!r:.40}")
    lines = trace(root, wrt=[wrt])
    if wrt in lines:
        return Explanation(lines, lines[wrt])
    target = lines.names.identifier(wrt.name or "x")
    return Explanation(lines, Assignment(wrt, target, lines.names.label(wrt.name or "x", target)))
