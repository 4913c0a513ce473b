"""Forward mode: dual numbers pushed through a recorded graph, from one leaf up to the root.

Beside its number each value gets a slope: how fast it moves when the leaf moves. The leaf's own slope is 1, and

    slope of out = Σ over its inputs of  ∂out/∂input · slope of the input.

That is the chain rule from the other end. Forward mode takes one pass for each leaf, reverse mode one pass for all.
They read the same partials and share nothing else. So they check each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..core.domain_errors import no_partial
from ..core.graph import topological_order
from ..core.value import Value


class Slope(NamedTuple):
    """∂root/∂leaf, and the sum of the absolute products along its paths, which bounds its rounding error."""

    slope: float
    size: float


def forward_slopes(root: Value, leaves: Sequence[Value]) -> list[Slope]:
    """∂root/∂leaf for each leaf, by forward mode. Raises DomainError where a partial has no real answer.

    >>> x, y = Value(2.0), Value(3.0)
    >>> forward_slopes(x * y - x, [x, y])
    [Slope(slope=2.0, size=4.0), Slope(slope=2.0, size=2.0)]
    """
    order = [value for value in topological_order(root) if value.inputs]
    partials = {value: list(each_partial(value)) for value in order}
    answers = []
    for leaf in leaves:
        moving = {leaf: Slope(1.0, 1.0)}
        for value in order:
            parts = [(partial, moving[one]) for one, partial in partials[value] if one in moving]
            if parts:
                moving[value] = Slope(
                    sum(partial * one.slope for partial, one in parts),
                    sum(abs(partial) * one.size for partial, one in parts),
                )
        answers.append(moving.get(root, Slope(0.0, 0.0)))
    return answers


def each_partial(value: Value) -> Iterator[tuple[Value, float]]:
    """The inputs of a value in order, each with ∂value/∂input, by the row of the table."""
    op = value.op
    assert op is not None
    for operand, partial in zip(value.operands, op.partial_functions, strict=True):
        if isinstance(operand, Value):  # a constant exponent never meets log(x)
            try:
                number = partial(*value.numbers, value.data)
            except (ArithmeticError, ValueError) as error:
                raise no_partial(value, error) from error
            yield operand, number
