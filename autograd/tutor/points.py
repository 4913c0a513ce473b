"""The graph at other points: other numbers for the leaves, and what every line and every partial is there.

The trace is written out once more as Python, and run. A point that has no answer (the log of a negative number) is no
point.
"""

from __future__ import annotations

import linecache
import math
import weakref
from collections.abc import Mapping, Sequence
from itertools import count
from typing import NamedTuple

from ..assignments import Assignment, Chain, Partial, Trace
from ..expression import Tree, parts
from ..primitives import PRIMITIVES
from ..rules import run_source, tuple_of
from ..source import Needing
from ..typesetting import write

_NAMES = {**PRIMITIVES, "pow": math.pow, "inf": math.inf, "nan": math.nan}
_graphs = count(1)


class Point(NamedTuple):
    """What everything is where the leaves have these numbers.

    leaves: their numbers, in the order of the trace. values: of all lines. partials: of all edges. sizes: of each edge,
    the sum of the absolute values of the terms of its partial. others: of the expressions that were asked for besides;
    NaN where one has no answer. sums: what functions of one input read.
    """

    leaves: tuple[float, ...]
    values: tuple[float, ...]
    partials: tuple[float, ...]
    sizes: tuple[float, ...]
    others: Sequence[float]
    sums: tuple[float, ...]


class Landscape:
    """A trace, at any point.

    others: further expressions over the names of the lines, to be computed at every point.
    edges: every line with each of its partials, in the order of the backward pass.
    kinks: for each edge, which of a point's sums are read by a function whose slope jumps at 0.
    """

    def __init__(self, lines: Trace, others: Sequence[Tree]) -> None:
        self.lines = list(lines)
        self.leaves = lines.leaves
        self.edges = list(lines.edges())
        names = lines.names.copy()
        leaves, found = names.identifier("leaves"), names.identifier("found")
        errors = names.identifier("Errors")
        style = Needing()
        read = [_read_by_functions(partial) for _, partial in self.edges]
        sums = {text: tree for of_edge in read for text, (tree, _) in of_edge.items()}
        place = {text: number for number, text in enumerate(sums)}
        self.kinks = [[place[text] for text, (_, has_kink) in of_edge.items() if has_kink] for of_edge in read]
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
        body.append(f"return {', '.join(numbers)}, {found}, {tuple_of(write(tree, style) for tree in sums.values())}")
        source = "\n    ".join([f"def at({leaves}):", *body]) + "\n"
        known = _NAMES | {errors: (ArithmeticError, ValueError)}
        self._at = run_source(source, f"landscape {next(_graphs)}", known)["at"]
        # The text that tracebacks show goes when the landscape does.
        weakref.finalize(self, linecache.cache.pop, self._at.__code__.co_filename, None)
        self._none = [math.nan] * len(others)
        self._recorded = tuple(leaf.number for leaf in lines.leaves)

    def at(self, leaves: Sequence[float]) -> Point | None:
        """The point where the leaves have these numbers, in the order of the trace; None where something has none."""
        numbers = tuple(leaves)
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


def _read_by_functions(partial: Partial) -> dict[str, tuple[Tree, bool]]:
    """What functions of one number read, and whether the slope of one of them jumps at 0."""
    found = {}
    for link in (link for chain in partial.chains for link in chain.links() if functions_of_one(link)):
        read = next(iter(link.trees.values()))
        jumps = any(part[0] == "call" and part[1] in ("heaviside", "sign") for part in parts(link.tree))
        found[repr(read)] = (read, jumps)
    return found
