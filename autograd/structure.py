"""Whether two recorded graphs compute the same thing from other numbers, as a program made of one of them assumes."""

from __future__ import annotations

from collections.abc import Sequence

from .graph import topological_order
from .value import Value


def structural_difference(
    one: Value, other: Value, inputs: Sequence[Value] = (), other_inputs: Sequence[Value] = ()
) -> str:
    """The first difference between what `one` and `other` compute, in words; "" where there is none.

    inputs, other_inputs: leaves of the two graphs that stand for each other, whatever their numbers. All other leaves,
    and the constants, have to be the same.

    >>> x, y, w = Value(1.0), Value(2.0), Value(0.5)
    >>> structural_difference(w * x, w * y, [x], [y])
    ''
    >>> structural_difference(w * x, (w * y).exp(), [x], [y])
    'one ends with mul, the other with exp'
    """
    if one.op is not other.op:
        return f"one ends with {_named(one)}, the other with {_named(other)}"
    order, other_order = topological_order(one), topological_order(other)
    stands_for = dict(zip(inputs, other_inputs, strict=True))
    taken = set(other_inputs)
    for step, (a, b) in enumerate(zip(order, other_order, strict=False), start=1):
        if a.op is not b.op:
            return f"value {step} is {_named(a)} in one, {_named(b)} in the other"
        if not a.inputs and (a in stands_for or b in taken):
            if stands_for.get(a) is not b:
                return f"value {step} is another input"
        elif not a.inputs:
            if a is not b and not _same(a.data, b.data):
                return f"value {step} is a leaf of {a.data!r} in one, of {b.data!r} in the other"
        else:
            for left, right in zip(a.operands, b.operands, strict=True):
                if isinstance(left, Value) and isinstance(right, Value):
                    if stands_for.get(left) is not right:
                        return f"value {step}, {_named(a)}, reads other values"
                elif isinstance(left, Value) or isinstance(right, Value) or not _same(left, right):
                    return f"value {step}, {_named(a)}, has another constant: {left!r}, {right!r}"
        stands_for[a] = b
    if len(order) != len(other_order):
        return f"one has {len(order)} values, the other {len(other_order)}"
    return ""


def _named(value: Value) -> str:
    return value.op.name if value.op else "a leaf"


def _same(left: float, right: float) -> bool:
    return left == right or (left != left and right != right)
