"""Array code for narrow layers, in which all samples of a member are next to each other in memory.

NumPy's inner loop runs over the last axis. If an array has a row for each sample and few members in a row, starting the
loops takes longer than computing. So products of matrices and broadcast columns are computed transposed, with a row for
each member, and transposed back, which copies nothing. What is computed from them keeps that order in memory.
"""

from __future__ import annotations

from ...notation.expression import Tree, parts
from .shapes import SAMPLES, Shapes

# Rows with this many members are long enough.
_LONG_ROW = 32


def turned(tree: Tree, shapes: Shapes) -> Tree:
    """The same expression, computed with a row for each member if that is faster.

    >>> shapes = Shapes()
    >>> d, w = shapes.name("d", ("samples",)), shapes.name("w", (3,))
    >>> turned(("*", shapes.widened(d), w), shapes)
    ('post', ('*', ('name', 'd'), ('post', ('name', 'w'), '[:, None]')), '.T')
    """
    shape = shapes.of(tree)
    is_narrow = len(shape) == 2 and shape[0] == SAMPLES and 1 < int(shape[1]) < _LONG_ROW
    if is_narrow and any(part[0] == "@" or _is_column(part) for part in parts(tree)):
        return shapes.turned(_with_rows_of_members(tree, shapes))
    return tree


def _is_column(tree: Tree) -> bool:
    return tree[0] == "post" and str(tree[2]) == "[:, None]"


def _with_rows_of_members(tree: Tree, shapes: Shapes) -> Tree:
    """The expression, transposed."""
    if _is_column(tree):
        column: Tree = tree[1]
        return column
    if tree[0] == "@":
        return shapes.matmul(shapes.turned(tree[2]), shapes.turned(tree[1]))
    shape = shapes.of(tree)
    if not shape:
        return tree
    if not shapes.is_noted(tree):
        each = [_with_rows_of_members(part, shapes) if isinstance(part, tuple) else part for part in tree[1:]]
        return (tree[0], *each)
    return shapes.turned(tree) if len(shape) == 2 else shapes.post(tree, "[:, None]", (*shape, 1))
