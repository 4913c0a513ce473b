"""What "Copy as a test" copies: the graph, for the numbers that are shown, and the assertions about its partials."""

from __future__ import annotations

import math
from typing import Any

from ..core import functions, lists
from ..notation.expression import Tree, names_in
from ..notation.simplify import Product, sum_of
from ..notation.typesetting import PYTHON, write
from ..tracing.assignments import Assignment, Way
from ..tracing.directory import key_in_code, splits
from .frames import Film

# Functions of Values that autograd exports under the names that the table gives them.
_EXPORTED = {*functions.__all__, *lists.__all__}
_BUILT_IN = {"abs", "pow"}
# What a reader can take in; a longer partial, or one by more ways, is given as a number.
_LONGEST_PARTIAL, _MOST_WAYS = 240, 4


def as_copied(film: Film) -> dict[str, Any]:
    """What the page makes a test of.

    imports: the functions that the lines call; missing: those that a reader has to have in scope. lines: the forward
    lines. whole: for each line of the trace the key and the expression of ∂root/∂line. local: the same for each way.
    An expression that Python alone cannot compute is "": the page writes the number.
    """
    called = {name for line in film.lines.lines for name in _calls(line.expression)}
    everything = _ways_to(film)
    root, names = film.lines.root, {line.target for line in film.lines}
    return {
        "imports": sorted(called & _EXPORTED),
        "missing": sorted(called - _EXPORTED - _BUILT_IN),
        "names": [line.target for line in film.lines],
        "lines": [f"{line.target} = ({write(line.expression, PYTHON)})" for line in film.lines.lines],
        "whole": [(_key(names, root, line), _as_lambda(everything.get(line))) for line in film.lines],
        "local": [(_key(names, way.line, way.to), _as_lambda(_partial_of(way))) for way in film.ways],
    }


def _partial_of(way: Way) -> Tree:
    """The whole partial of the way's line with respect to what it leads to, which may stand in it twice."""
    [partial] = [one for one in way.line.partials if one.wrt is way.to]
    return partial.tree


def _ways_to(film: Film) -> dict[Assignment, Tree]:
    """∂root/∂line as the sum of the products along the ways, for lines to which there are few."""
    products: dict[Assignment, list[Product]] = {film.lines.root: [Product()]}
    for way in film.ways:
        above = products.get(way.line, [])
        some = products.setdefault(way.to, [])
        some += [product.times(way.chain.product.tree) for product in above[: _MOST_WAYS + 1]]
        del some[_MOST_WAYS + 1 :]
    return {line: sum_of(some) for line, some in products.items() if len(some) <= _MOST_WAYS}


def _key(names: set[str], of: Assignment, wrt: Assignment) -> str:
    """As the copied graph has it, where every line is named by its identifier."""
    text = f"d_{of.target}_d_{wrt.target}"
    readings = [parts for parts in splits(text) if names.issuperset(parts)]
    return key_in_code(of.target, wrt.target, len(readings) == 1 and text not in names)


def _as_lambda(tree: Tree | None) -> str:
    if tree is None or not _python_alone(tree):
        return ""
    arguments = ", ".join(dict.fromkeys(names_in(tree)))
    text = f"lambda {arguments}: {write(tree, PYTHON)}"
    return text if arguments and len(text) <= _LONGEST_PARTIAL else ""


def _calls(tree: Tree) -> set[str]:
    found = {tree[1]} if tree[0] == "call" else set()
    return found.union(*(_calls(part) for part in tree[1:] if isinstance(part, tuple)))


def _python_alone(tree: Tree) -> bool:
    """Whether no function has to be imported, nor a number such as inf."""
    if tree[0] == "number":
        return math.isfinite(tree[1])
    return _calls(tree) <= {"abs"} and all(_python_alone(part) for part in tree[1:] if isinstance(part, tuple))
