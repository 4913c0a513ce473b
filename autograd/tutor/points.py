"""The graph at other points: other numbers for the leaves, and what every line and every partial is there.

The trace is written out once more as Python, and run. A point that has no answer (the log of a negative number) is no
point.
"""

from __future__ import annotations

import linecache
import math
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from ..assignments import Assignment, Chain, Partial, Trace
from ..expression import Tree, parts, substitute
from ..graph import topological_order
from ..primitives import PRIMITIVES
from ..rules import Op, run_source, tuple_of
from ..source import Needing
from ..typesetting import write
from ..value import Value

# Beyond this a sigmoid is flat: the parts of its slope come near 0 and near 1, and mistakes look alike.
LARGEST_SUM = 6.0
# Over as much again the slope of such a function changes by more than this factor; that of x ** 3 only by 4.
_STEEP = 50.0

_NAMES = {**PRIMITIVES, "pow": math.pow, "inf": math.inf, "nan": math.nan}
# Steps as they are just beside 0.
_UPPER = {"heaviside": lambda x: float(x >= 0.0), "sign": lambda x: 1.0 if x >= 0.0 else -1.0}
_LOWER = {"heaviside": lambda x: float(x > 0.0), "sign": lambda x: 1.0 if x > 0.0 else -1.0}
_graphs = count(1)


class Point(NamedTuple):
    """What everything is where the leaves have these numbers.

    leaves: their numbers, in the order of the trace. values: of all lines. partials: of all edges. sizes: of each edge,
    the sum of the absolute values of the terms of its partial. others: of the expressions that were asked for besides;
    NaN where one has no answer. sums: what functions read that have a kink where it is 0, or are flat far from it.
    """

    leaves: tuple[float, ...]
    values: tuple[float, ...]
    partials: tuple[float, ...]
    sizes: tuple[float, ...]
    others: Sequence[float]
    sums: tuple[float, ...]


class Sum(NamedTuple):
    """What a function reads, where its slope jumps as that passes 0, or where it is flat or huge far from 0.

    kinked: the name of the function whose slope jumps; "" where none does. is_steep: whether it should stay small.
    """

    tree: Tree
    kinked: str
    is_steep: bool


class Landscape:
    """A trace, at any point.

    others: further expressions over the names of the lines, to be computed at every point.
    edges: every line with each of its partials, in the order of the backward pass.
    sums: what each number among the sums of a point is.
    kinks: for each edge, at which of them its slope jumps.
    """

    def __init__(self, lines: Trace, others: Sequence[Tree]) -> None:
        self.lines = list(lines)
        self._order = topological_order(lines.root.value)
        self.labels = lines.labels
        self.leaves = lines.leaves
        self.edges = list(lines.edges())
        names = lines.names.copy()
        leaves, found = names.identifier("leaves"), names.identifier("found")
        errors, self._values = names.identifier("Errors"), names.identifier("values")
        style = Needing()
        of_edges = [list(dict.fromkeys(_sums(partial))) for _, partial in self.edges]
        self.sums = list(dict.fromkeys(one for sums in of_edges for one in sums))
        place = {one: number for number, one in enumerate(self.sums)}
        self.kinks = [[place[one] for one in sums if one.kinked] for sums in of_edges]
        self._steep = [place[one] for one in self.sums if one.is_steep]
        body = [f"{tuple_of(leaf.target for leaf in lines.leaves)} = {leaves}"]
        body += [f"{line.target} = {write(line.expression, style)}" for line in lines.lines]
        body.append(f"{found} = []")
        for tree in others:
            append = f"{found}.append({write(tree, style)})"
            body += ["try:", f"    {append}", f"except {errors}:", f"    {found}.append(nan)"]
        columns = [
            (line.target for line in self.lines),
            (write(partial.tree, style) for _, partial in self.edges),
            (" + ".join(f"abs({write(chain.product.tree, style)})" for chain in one.chains) for _, one in self.edges),
        ]
        numbers = [tuple_of(column) for column in columns]
        body.append(f"return {', '.join(numbers)}, {found}, {tuple_of(write(one.tree, style) for one in self.sums)}")
        source = "\n    ".join([f"def at({leaves}):", *body]) + "\n"
        self._at = self._defined("at", source, {errors: (ArithmeticError, ValueError)})
        self._none = [math.nan] * len(others)
        self._recorded = tuple(leaf.number for leaf in lines.leaves)

    def _defined(self, name: str, source: str, names: Mapping[str, Any]) -> Callable[..., Any]:
        function: Callable[..., Any] = run_source(source, f"landscape {next(_graphs)}", {**_NAMES, **names})[name]
        # The text that tracebacks show goes when the landscape does.
        weakref.finalize(self, linecache.cache.pop, function.__code__.co_filename, None)
        return function

    def at(self, leaves: Sequence[float]) -> Point | None:
        """The point where the leaves have these numbers, in the order of the trace; None where something has none."""
        numbers = tuple(leaves)
        try:
            point = Point(numbers, *self._at(numbers))
        except (ArithmeticError, ValueError):
            return None
        return point if all(map(math.isfinite, (*point.values, *point.partials))) else None

    def is_moderate(self, point: Point) -> bool:
        """Whether no function is so far out at a point that mistakes look alike there."""
        return all(abs(point.sums[place]) <= LARGEST_SUM for place in self._steep)

    def beside(self, point: Point) -> list[tuple[float, ...]]:
        """The partials of all edges just beside a point: on the upper side of every kink that it is on, and the lower.

        Raises ArithmeticError or ValueError where there are none.
        """
        return [partials(point.values) for partials in self._beside]

    @cached_property
    def _beside(self) -> list[Callable[..., Any]]:
        found = tuple_of(write(_by_steps(partial.tree), Needing()) for _, partial in self.edges)
        source = f"def beside({self._values}):\n    {tuple_of(line.target for line in self.lines)} = {self._values}\n"
        source += f"    return {found}\n"
        return [self._defined("beside", source, steps) for steps in (_UPPER, _LOWER)]

    def noise(self, point: Point) -> list[float]:
        """For each edge, how much of its partial is rounding: 1 - out has few digits left where out is nearly 1.

        It is what one unit in the last place of each number that the engine computes it from does to it. Raises
        ArithmeticError or ValueError where there is no telling.
        """
        known = {leaf.value: number for leaf, number in zip(self.leaves, point.leaves, strict=True)}
        read: dict[Value, list[float]] = {}
        for value in self._order:
            if value.op is not None:
                read[value] = [known[one] if isinstance(one, Value) else one for one in value.operands]
                known[value] = value.op.expression_function(*read[value])
        return [
            sum(
                _noise([_moved(link, read[link.value], known[link.value]) for link in chain.links()])
                for chain in partial.chains
            )
            for _, partial in self.edges
        ]

    def with_changes(self, changed: Mapping[Assignment, float]) -> Point | None:
        """The recorded point, but for some leaves."""
        return self.at([changed.get(leaf, leaf.number) for leaf in self.leaves])

    def here(self) -> Point:
        """The point that was recorded, with the numbers that backward() has. Raises DomainError where it does."""
        partials = tuple(partial.number for _, partial in self.edges)
        values = tuple(line.number for line in self.lines)
        try:
            _, _, sizes, others, sums = self._at(self._recorded)
        except (ArithmeticError, ValueError):  # computed in another order, a number can overflow
            return Point(self._recorded, values, partials, tuple(map(abs, partials)), self._none, ())
        return Point(self._recorded, values, partials, sizes, others, sums)


def functions_of_one(chain: Chain) -> bool:
    """Whether the chain's last operation is a curve: a function of one number, and no straight line."""
    op = chain.value.op
    return op is not None and len(op.inputs) == 1 and op.partial_trees[0][0] not in ("number", "neg")


def _sums(partial: Partial) -> Iterator[Sum]:
    """What is read where the slope of a partial jumps, and by the functions that are flat or huge far from 0."""
    for link in (link for chain in partial.chains for link in chain.links()):
        op = link.value.op
        assert op is not None
        if functions_of_one(link) and is_steep(op):
            yield Sum(link.trees[op.inputs[0]], "", True)
        for part in _steps(op.partial_trees[link.index]):
            read = [substitute(argument, link.trees) for argument in part[2:]]
            if part[1] != "larger":
                yield Sum(read[0], op.name, False)
            elif read[0] != read[1]:
                yield Sum(_difference(*read), op.name, False)


def _steps(tree: Tree) -> list[Tree]:
    """Where an expression jumps."""
    return [part for part in parts(tree) if part[0] == "call" and part[1] in ("heaviside", "sign", "larger")]


def _by_steps(tree: Tree) -> Tree:
    """The tree with `larger` written as a step, so that of two that tie the same one wins wherever they are compared.

    >>> _by_steps(("call", "larger", ("name", "y"), ("name", "x")))
    ('-', ('number', 1), ('call', 'heaviside', ('-', ('name', 'x'), ('name', 'y'))))
    """
    tree = tuple(_by_steps(part) if isinstance(part, tuple) else part for part in tree)
    if tree[:2] != ("call", "larger") or tree[2] == tree[3]:
        return tree
    difference = _difference(*tree[2:])
    step: Tree = ("call", "heaviside", difference)
    return step if difference[1] == tree[2] else ("-", ("number", 1), step)


def _difference(x: Tree, y: Tree) -> Tree:
    """What is 0 where larger(x, y) jumps, and the same for larger(y, x)."""
    return ("-", *sorted((x, y), key=repr))


def _moved(link: Chain, read: Sequence[float], out: float) -> tuple[float, float]:
    """The partial of one operation, and how far it moves with the last places of what it is computed from."""
    op = link.value.op
    assert op is not None
    slope = op.partial_functions[link.index]
    numbers = list(zip((*link.value.operands, link.value), (*read, out), strict=True))
    true, moves = slope(*read, out), 0.0
    if _steps(op.partial_trees[link.index]):  # to jump is not to be rounded
        return true, moves
    for moved in {one for one, _ in numbers if isinstance(one, Value)}:  # in x * x both
        moves += abs(slope(*(math.nextafter(x, math.inf) if one is moved else x for one, x in numbers)) - true)
    return true, moves


def _noise(factors: Sequence[tuple[float, float]]) -> float:
    """How far a product moves with its factors."""
    return sum(
        moves * math.prod(abs(true) for i, (true, _) in enumerate(factors) if i != place)
        for place, (_, moves) in enumerate(factors)
    )


def is_steep(op: Op) -> bool:
    """Whether the slope of a function of one number runs off or dies out exponentially, as its row has it."""
    for near in (LARGEST_SUM, -LARGEST_SUM):
        try:
            slopes = [abs(op.partial_functions[0](x, op.expression_function(x))) for x in (near, 2 * near)]
        except (ArithmeticError, ValueError):
            continue
        if _STEEP * min(slopes) < max(slopes):
            return True
    return False
