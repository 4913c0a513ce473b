"""A partial as a test: the line of Python that checks it, and passes."""

from __future__ import annotations

import math

from ..core.value import Value
from ..errors import DomainError
from ..notation.expression import Tree, names_in
from ..notation.simplify import Product, sum_of
from ..notation.typesetting import PYTHON, write
from .keys import Directory
from .subgraph import Subgraph

# What a reader can take in as one line; a longer partial is given as a number.
_LONGEST_LINE = 300


def as_test(directory: Directory, of: Value, wrt: Value) -> str:
    """The line that tests ∂of/∂wrt; nothing where one of them has no line of its own, or the partial is no number.

    The partial is written as a function of the named values, or as a number where Python alone could not compute it.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> z = (w * x).named("z")
    >>> as_test(Directory((z * z + w).named("L")), z, w)
    'assert_partials(L, {"d_z_d_w": lambda x: x})'
    """
    of_line, wrt_line = directory.lines.get(of), directory.lines.get(wrt)
    if of_line is None or wrt_line is None:
        return ""
    key, root = directory.code(of_line, wrt_line), directory.lines.root.target
    subgraph = Subgraph(list(directory.lines.edges()), of_line, wrt_line)
    try:
        number = subgraph.gradient([partial.number for _, partial in subgraph.edges])
    except DomainError:
        return ""
    if not math.isfinite(number):
        return ""
    if tree := _tree(subgraph):
        arguments = ", ".join(dict.fromkeys(names_in(tree)))
        line = f"assert_partials({root}, {{{key}: lambda {arguments}: {write(tree, PYTHON)}}})"
        if arguments and len(line) <= _LONGEST_LINE and _python_alone(tree):
            return line
    return f"assert_partials({root}, {{{key}: {number!r}}})"


def _tree(subgraph: Subgraph) -> Tree | None:
    """The sum over all paths of the products of their partials; None where there are no paths, or too many."""
    terms = []
    for path in subgraph.paths:
        product = Product()
        for edge in path:
            product = product.times(subgraph.edges[edge][1].tree)
        terms.append(product)
    return sum_of(terms) if terms else None


def _python_alone(tree: Tree) -> bool:
    """Whether no function has to be imported, nor a number such as inf."""
    if tree[0] == "number":
        return math.isfinite(tree[1])
    if tree[0] == "call" and tree[1] != "abs":
        return False
    return all(_python_alone(part) for part in tree[1:] if isinstance(part, tuple))
