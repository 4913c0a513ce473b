"""The shapes of expressions over arrays, so that they are broadcast as intended.

An expression is a tree (notation/expression.py) with three more kinds: ("@", a, b), a product of matrices; ("post", a,
".T"), an expression with text after it; and calls that change a shape. These are opaque: their shape is noted when they
are made. The shape of any other expression follows from those inside it.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any, NamedTuple

from ...notation.expression import Tree
from .families import Family

SAMPLES = "samples"
Shape = tuple[str | int, ...]


def shape_of_family(family: Family) -> Shape:
    """(samples, members); without samples if the family does not depend on the data, without members if there is one.

    >>> shape_of_family(Family(0, "data"))
    ('samples', 0)
    """
    rows: Shape = (SAMPLES,) if family.depends else ()
    return rows if len(family) == 1 else (*rows, len(family))


def shape_text(shape: Shape) -> str:
    """A shape as Python writes it.

    >>> shape_text(("samples", 2)), shape_text((3,)), shape_text(())
    ('(samples, 2)', '(3,)', 'a number')
    """
    if not shape:
        return "a number"
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


class Way(NamedTuple):
    """How a gradient in the shape of a reader becomes one of what was read.

    frame: the reader's shape. over_samples, over_members: the axes along which the gradient is summed. places: the
    columns of the source that it belongs to, () for all; or at: an index, as text.
    """

    frame: Shape
    over_samples: bool = False
    over_members: bool = False
    places: tuple[int, ...] = ()
    at: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.over_samples or self.over_members or self.places or self.at)


class Shapes:
    """Makes expressions whose shapes it remembers."""

    def __init__(self) -> None:
        self._of: dict[Tree, Shape] = {}

    def noted(self, tree: Tree, shape: Shape) -> Tree:
        """The tree, with its shape remembered."""
        self._of[tree] = shape
        return tree

    def is_noted(self, tree: Tree) -> bool:
        """Whether the tree is a name, or opaque."""
        return tree in self._of

    def name(self, name: str, shape: Shape) -> Tree:
        """A name of an array."""
        return self.noted(("name", name), shape)

    def post(self, tree: Tree, text: str, shape: Shape) -> Tree:
        """An expression with text after it: an index, or a call of a method."""
        return self.noted(("post", tree, text), shape)

    def call(self, function: str, *arguments: Tree, shape: Shape) -> Tree:
        """A call of a function that changes shapes."""
        return self.noted(("call", function, *arguments), shape)

    def matmul(self, left: Tree, right: Tree) -> Tree:
        """The product of two matrices, or vectors.

        >>> shapes = Shapes()
        >>> x, w = shapes.name("X", ("samples", 2)), shapes.name("w", (2,))
        >>> shapes.of(shapes.matmul(x, w)), shapes.of(shapes.matmul(x, shapes.turned(shapes.name("W", (3, 2)))))
        (('samples',), ('samples', 3))
        """
        a, b = self.of(left), self.of(right)
        return self.noted(("@", left, right), (*a[:-1], *(b[:-2] if len(b) > 1 else ()), *b[1:]))

    def turned(self, tree: Tree) -> Tree:
        """A matrix, transposed."""
        if tree[0] == "post" and tree[2] == ".T":
            original: Tree = tree[1]
            return original
        return self.post(tree, ".T", self.of(tree)[::-1])

    def of(self, tree: Tree) -> Shape:
        """The shape of an expression."""
        known = self._of.get(tree)
        if known is not None:
            return known
        shape: Shape = ()
        for part in tree[1:]:
            if isinstance(part, tuple):
                shape = _broadcast(shape, self.of(part))
        return shape

    def widened(self, tree: Tree) -> Tree:
        """An expression with one number a sample as a column, to be broadcast over members; any other unchanged.

        >>> shapes = Shapes()
        >>> d, w = shapes.name("d", ("samples",)), shapes.name("w", (3,))
        >>> shapes.widened(("*", ("number", 2.0), d))
        ('*', ('number', 2.0), ('post', ('name', 'd'), '[:, None]'))
        """
        if self.of(tree) != (SAMPLES,):
            return tree
        if tree in self._of:
            return self.post(tree, "[:, None]", (SAMPLES, 1))
        return (tree[0], *(self.widened(part) if isinstance(part, tuple) else part for part in tree[1:]))


def _broadcast(one: Shape, other: Shape) -> Shape:
    pairs = zip_longest(reversed(one), reversed(other), fillvalue=1)
    dimensions: list[Any] = [a if b == 1 else b for a, b in pairs]
    return tuple(reversed(dimensions))
