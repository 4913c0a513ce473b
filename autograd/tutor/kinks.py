"""What the tutor has to know of the functions in a graph: where the slope of one jumps, and which are flat far from 0.

Both are read off the rows of the calculus table, so that they hold for operations that users define, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..core.op import TABLE, Op
from ..notation.expression import Tree, parts, substitute
from ..tracing.assignments import Chain, Partial

# Beyond this a sigmoid is flat: the parts of its slope come near 0 and near 1, and mistakes look alike.
LARGEST = 6.0
# From here on 1 - sigmoid is 0 in floats.
SATURATED = 36.0
# From LARGEST to twice that, the slope of an exponential changes by a factor of 400, that of x ** 3 by 4.
_STEEP = 50.0

# Steps that have at 0 the value of one of the sides: the upper one, and the lower.
UPPER = {"heaviside": lambda x: float(x >= 0.0), "sign": lambda x: 1.0 if x >= 0.0 else -1.0}
LOWER = {"heaviside": lambda x: float(x > 0.0), "sign": lambda x: 1.0 if x > 0.0 else -1.0}


class Sum(NamedTuple):
    """An operand, or a difference of two, at whose zero a slope jumps, or that saturates a function where it is large.

    kinked: the name of the function whose slope jumps; "" where none does. is_steep: whether it saturates one.
    """

    tree: Tree
    kinked: str
    is_steep: bool


def functions_of_one(chain: Chain) -> bool:
    """Whether the chain's last operation is a function of one number that is no straight line."""
    op = chain.value.op
    return op is not None and len(op.inputs) == 1 and op.partial_trees[0][0] not in ("number", "neg")


def sums(partial: Partial) -> Iterator[Sum]:
    """Where the slopes in a partial jump, and what saturates the functions in it."""
    for link in (link for chain in partial.chains for link in chain.links()):
        op = link.value.op
        assert op is not None
        if functions_of_one(link) and is_steep(op):
            yield Sum(link.trees[op.inputs[0]], "", True)
        for call in [part for part in parts(op.partial_trees[link.index]) if part[0] == "call"]:
            read = [substitute(argument, link.trees) for argument in call[2:]]
            if call[1] in ("heaviside", "sign"):
                yield Sum(read[0], op.name, False)
            elif call[1] == "larger" and read[0] != read[1]:
                yield Sum(_difference(*read), op.name, False)
            elif len(read) == 1 and call[1] in TABLE and is_steep(TABLE[call[1]]):  # sigmoid(x - y) of logaddexp
                yield Sum(read[0], "", True)


def by_steps(tree: Tree) -> Tree:
    """The tree with `larger` written as a step, so that of two that tie the same one wins wherever they are compared.

    >>> by_steps(("call", "larger", ("name", "y"), ("name", "x")))
    ('-', ('number', 1), ('call', 'heaviside', ('-', ('name', 'x'), ('name', 'y'))))
    """
    tree = tuple(by_steps(part) if isinstance(part, tuple) else part for part in tree)
    if tree[:2] != ("call", "larger") or tree[2] == tree[3]:
        return tree
    difference = _difference(*tree[2:])
    step: Tree = ("call", "heaviside", difference)
    return step if difference[1] == tree[2] else ("-", ("number", 1), step)


def _difference(x: Tree, y: Tree) -> Tree:
    """What is 0 where larger(x, y) jumps, and the same for larger(y, x)."""
    return ("-", *sorted((x, y), key=repr))


def is_steep(op: Op) -> bool:
    """Whether the slope of a function of one number runs off or dies out exponentially, as its row has it."""
    for near in (LARGEST, -LARGEST):
        try:
            slopes = [abs(op.partial_functions[0](x, op.expression_function(x))) for x in (near, 2 * near)]
        except (ArithmeticError, ValueError):
            continue
        if _STEEP * min(slopes) < max(slopes):
            return True
    return False
