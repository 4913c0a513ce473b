"""The parts of a trace: `Assignment`, a line; `Partial`, a derivative of a line; and `Trace`, the list of lines."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..console import on_console
from ..core.domain_errors import no_partial
from ..core.op import NO_FUNCTIONS
from ..core.python_function import PythonFunction
from ..core.value import Value
from ..errors import DomainError, UsageError
from ..notation.expression import Tree, substitute
from ..notation.markup import aligned_latex, folded, formula_html, table_html
from ..notation.mathematics import LATEX, LISTING
from ..notation.naming import Names
from ..notation.simplify import ONE, Product, merged, sum_of
from ..notation.typesetting import PYTHON, write


class Chain:
    """One path from the target of a line down to a value in its expression, as a linked list with a link an operation.

    above: the link before this one; None for the operation that computed the target.
    value: what this link's operation computed.
    index: through which of the operation's operands the path goes on.
    trees: what the names in the operation's row, its inputs and `out`, stand for here.
    product: the product of the partials of all links so far.
    """

    __slots__ = ("above", "index", "product", "trees", "value")

    def __init__(self, above: Chain | None, value: Value, index: int, trees: Mapping[str, Tree]) -> None:
        self.above = above
        self.value = value
        self.index = index
        self.trees = trees
        so_far = ONE if above is None else above.product
        self.product: Product = so_far.times(self.tree)

    @property
    def tree(self) -> Tree:
        """The partial of this link's operation, in symbols."""
        op = self.value.op
        assert op is not None
        return substitute(op.partial_trees[self.index], self.trees)

    @property
    def number(self) -> float:
        """The product, computed from the numbers that were recorded."""
        return math.prod(map(_link_number, self.links()))

    @property
    def because(self) -> str:
        """The reasons of the rows that were used, each once."""
        return reasons([self])

    def links(self) -> list[Chain]:
        """All links, from the target down."""
        link: Chain | None = self
        links = []
        while link is not None:
            links.append(link)
            link = link.above
        return links[::-1]


class Partial:
    """∂target/∂input of one line: the sum over all chains to the input of the products along them.

    Reading `number` raises DomainError where it has no real answer (sqrt at 0).
    """

    __slots__ = ("_number", "chains", "wrt")

    def __init__(self, wrt: Assignment) -> None:
        self.wrt = wrt
        self.chains: list[Chain] = []
        self._number: float | None = None

    @property
    def product(self) -> Product:
        """The partial in symbols, simplified. A sum of several terms is a single factor of the product."""
        terms = merged([chain.product for chain in self.chains])
        return terms[0] if len(terms) == 1 else Product(factors=(sum_of(terms),))

    @property
    def tree(self) -> Tree:
        """The partial as an expression."""
        return self.product.tree

    @property
    def number(self) -> float:
        """The partial, computed from the numbers that were recorded."""
        if self._number is None:
            self._number = total(chain.number for chain in self.chains)
        return self._number

    @property
    def because(self) -> str:
        """The reasons of the rows that were used, each once."""
        return reasons(self.chains)


def reasons(chains: Iterable[Chain]) -> str:
    """The reasons of the rows that chains go through, each once."""
    links = [link for chain in chains for link in chain.links()]
    found = dict.fromkeys(link.value.op.reasons[link.index] for link in links if link.value.op is not None)
    return "; ".join(" ".join(reason.split()) for reason in found)


def total(numbers: Iterable[float]) -> float:
    """The exact sum, rounded once. Numbers that are not finite, or overflow on the way, are added as floats.

    >>> total([1e16, 3.0, -1e16])
    3.0
    """
    listed = list(numbers)
    try:
        return math.fsum(listed)
    except (OverflowError, ValueError):
        return sum(listed)


def _link_number(link: Chain) -> float:
    value = link.value
    op = value.op
    assert op is not None
    try:
        partial: float = op.partial_functions[link.index](*value.numbers, value.data)
        return partial
    except (ArithmeticError, ValueError) as error:
        raise no_partial(value, error) from error


class Way(NamedTuple):
    """One way that a gradient takes: from a line to a value in its expression, along one chain.

    There are two ways to a value that the expression holds twice, as in a + a.
    """

    line: Assignment
    to: Assignment
    chain: Chain


class Assignment:
    """One line of the trace: target = expression.

    value: the Value that was recorded.
    target: its name in trees and in generated Python, a unique identifier.
    label: its name as shown to people.
    expression: a tree (expression.py); for a leaf, its number.
    number: the number that was recorded.
    inputs: the lines whose targets are in the expression, each once, from left to right.
    partials: the partials with respect to inputs, in the same order; only those that were asked for.
    is_leaf: whether no operation produced it.
    group: the neuron that the line belongs to; a line without a name belongs to that of its consumer.
    """

    __slots__ = ("expression", "group", "inputs", "is_leaf", "label", "number", "partials", "target", "value")

    def __init__(self, value: Value, target: str, label: str) -> None:
        self.value = value
        self.target = target
        self.label = label
        self.number = value.data
        self.group = None if value.group is None else str(value.group)
        self.expression: Tree = ("number", value.data)
        self.inputs: tuple[Assignment, ...] = ()
        self.partials: tuple[Partial, ...] = ()
        self.is_leaf = not value.inputs

    def __repr__(self) -> str:
        return f"<Assignment {self.target} = {write(self.expression, PYTHON)}>"


class Trace:
    """The lines of a recorded graph, inputs before consumers, h1 before h2: first the leaves, then what is computed.

    root: the line of the value that was traced.
    leaves: the lines of the leaves: inputs, then targets, then the rest.
    lines: the lines that compute.
    backward: the lines that compute, in the order of the backward pass: consumers before inputs, h1 before h2.
    labels: the label of each target that differs from it.
    names: gives new names that no target has.
    functions: the Python functions that expressions and partials call besides the table's, by name.

    Prints as text; a notebook shows it typeset. `trace[value]` is the line of a value.
    """

    def __init__(
        self,
        lines: dict[Value, Assignment],
        root: Value,
        names: Names,
        functions: Mapping[str, PythonFunction] = NO_FUNCTIONS,
    ) -> None:
        self._line_of = lines
        self.functions = functions
        self.root = lines[root]
        self.names = names
        self.lines = [line for line in lines.values() if not line.is_leaf]
        # In the order in which they are read: w1 before w5.
        leaves = dict.fromkeys(one for line in (*self.lines, self.root) for one in (*line.inputs, line) if one.is_leaf)
        order = {"input": 0, "target": 1}
        self.leaves = sorted(leaves, key=lambda leaf: order.get(leaf.value.role or "", 2))
        self.backward = _backward_order(self.lines)
        self.labels = {line.target: line.label for line in self if line.label != line.target}
        for line in self.backward:
            for one in line.inputs:
                if one.group is None and not one.value.name:
                    one.group = line.group

    def __iter__(self) -> Iterator[Assignment]:
        yield from self.leaves
        yield from self.lines

    def __reversed__(self) -> Iterator[Assignment]:
        yield from reversed(self.lines)
        yield from reversed(self.leaves)

    def __len__(self) -> int:
        return len(self._line_of)

    def __contains__(self, value: object) -> bool:
        return value in self._line_of

    def get(self, value: Value) -> Assignment | None:
        """The line of a value, or None if it has none."""
        return self._line_of.get(value)

    def __getitem__(self, value: Value) -> Assignment:
        if value not in self._line_of:
            raise UsageError(f"{value!r} has no line of its own in this trace: it is not in the graph, or has no name")
        return self._line_of[value]

    def edges(self) -> Iterator[tuple[Assignment, Partial]]:
        """Every line with each of its partials, in the order of the backward pass, those of leaves first."""
        for line in self.backward:
            for partial in line.partials:
                if partial.wrt.is_leaf:
                    yield line, partial
            for partial in line.partials:
                if not partial.wrt.is_leaf:
                    yield line, partial

    def ways(self) -> Iterator[Way]:
        """Every way of the backward pass, in its order: for each edge, one for each of its chains."""
        for line, partial in self.edges():
            for chain in partial.chains:
                yield Way(line, partial.wrt, chain)

    def _equations(self, line: Assignment) -> list[tuple[Tree, Tree]]:
        """Left and right side of the line and of each of its partials."""
        target, figure = ("name", line.target), ("figure", line.number)
        if line.is_leaf:
            return [(target, figure)]
        return [(target, ("=", line.expression, figure))] + [
            (("derivative", line.target, partial.wrt.target), _with_figure(partial)) for partial in line.partials
        ]

    def _text(self, line: Assignment) -> str:
        return "\n    ".join(write(("=", *sides), LISTING, self.labels) for sides in self._equations(line))

    @on_console
    def __str__(self) -> str:
        return "\n".join(map(self._text, self))

    @on_console
    def __repr__(self) -> str:
        first, hidden, last = folded([*self])
        gap = [f"⋯ {hidden} {_MORE}"] if hidden else []
        return "\n".join([*map(self._text, first), *gap, *map(self._text, last)])

    def latex(self) -> str:
        """The lines and their partials as LaTeX, in an aligned environment."""
        equations = [sides for line in self for sides in self._equations(line)]
        shown = [[write(side, LATEX, self.labels) for side in sides] for sides in equations]
        return aligned_latex([f"{left} &= {right}" for left, right in shown])

    def _repr_latex_(self) -> str | None:
        if folded([*self])[1]:
            return None  # too long to be typeset at once; the HTML is folded
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        first, hidden, last = folded([*self])
        gap = f"{hidden} {_MORE}" if hidden else ""
        return table_html(["line", "partials"], [*map(self._row, first)], gap, [*map(self._row, last)])

    def _row(self, line: Assignment) -> list[str]:
        shown = [formula_html(("=", *sides), self.labels) for sides in self._equations(line)]
        return [shown[0], "".join(f"<div>{partial}</div>" for partial in shown[1:])]


_MORE = "more lines; print(trace) prints them all"


def _with_figure(partial: Partial) -> Tree:
    tree = partial.tree
    try:
        return tree if tree[0] == "number" else ("=", tree, ("figure", partial.number))
    except DomainError:
        return ("=", tree, ("words", "undefined"))


def _backward_order(lines: list[Assignment]) -> list[Assignment]:
    """Consumers before inputs; where several lines could come next, the first of them in forward order."""
    place = {line: number for number, line in enumerate(lines)}
    consumers = dict.fromkeys(lines, 0)
    for line in lines:
        for one in line.inputs:
            if one in consumers:
                consumers[one] += 1
    ready = [number for line, number in place.items() if not consumers[line]]
    order = []
    while ready:
        line = lines[heapq.heappop(ready)]
        order.append(line)
        for one in line.inputs:
            if one in consumers:
                consumers[one] -= 1
                if not consumers[one]:
                    heapq.heappush(ready, place[one])
    return order
