"""The graph that a program was made from: computed again by the engine, or compared with a newer graph.

A program is fast because it knows neither operations nor names. Two questions need them:

    Why is there no answer?    `Recipe.run` records the graph again, from the numbers at which the program failed; the
                               engine raises the error that names value, operands and rule.
    Is it still this graph?    `structural_difference` says where a graph that was recorded later, from other numbers,
                               computes something else.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from itertools import chain
from operator import is_
from typing import Any, NamedTuple

from ..core.backward import gradients
from ..core.graph import topological_order
from ..core.list_op import ListOp, list_op
from ..core.lists import record
from ..core.op import TABLE, Op
from ..core.operations import recorder
from ..core.recording import recorded
from ..core.value import Value


class Recipe(NamedTuple):
    """A recorded graph as plain data, which can be pickled. Values are numbered: first the leaves, then the steps.

    leaves: the (number, name) of each leaf.
    inputs, parameters: the places of the leaves whose numbers the caller passes.
    rows: the rows of the table that are used, as (name, expression, partials, reasons, Python functions); list rows as
        (name, length).
    steps: (place of its row, operands, name) of each operation. An operand is the place of an earlier value, an int, or
        a constant, a float. The last value is the root.
    """

    leaves: list[tuple[float, str]]
    inputs: list[int]
    parameters: list[int]
    rows: list[tuple[Any, ...]]
    steps: list[tuple[int, tuple[int | float, ...], str]]

    def run(self, xs: Sequence[float], ws: Sequence[float]) -> tuple[float, list[float]]:
        """Record the graph from these numbers; returns the root's number, and its gradients with respect to parameters.

        Raises DomainError where the engine does.
        """
        numbers = [number for number, _ in self.leaves]
        for places, given in ((self.inputs, xs), (self.parameters, ws)):
            for place, one in zip(places, given, strict=True):
                numbers[place] = one
        operations = [_recorder_of(*row) for row in self.rows]
        # Without lines: the running line is not where the operations were written.
        with recorded(with_lines=False):
            values = [Value(number, name) for number, (_, name) in zip(numbers, self.leaves, strict=True)]
            for row, operands, name in self.steps:
                value = operations[row](*(values[one] if type(one) is int else one for one in operands))
                values.append(value.named(name))
            # Only the wanted partials are computed: others may have no answer.
            return values[-1].data, gradients(values[-1], [values[place] for place in self.parameters], False)


def recipe_of(root: Value, inputs: Sequence[Value], parameters: Sequence[Value], read: Mapping[Value, float]) -> Recipe:
    """The recipe of a recorded graph. read: the numbers of leaves as operations read them."""
    order = topological_order(root)
    computed = [value for value in order if value.inputs]
    # The root may not depend on all inputs and parameters.
    leaves = dict.fromkeys([*inputs, *parameters, *(value for value in order if not value.inputs)])
    if not computed:
        leaves[root] = leaves.pop(root)  # the root comes last
    place = {value: number for number, value in enumerate([*leaves, *computed])}
    ops = list(dict.fromkeys(value.op for value in computed if value.op))
    row = {op: number for number, op in enumerate(ops)}
    return Recipe(
        [(read.get(leaf, leaf.data), leaf.name) for leaf in leaves],
        [place[value] for value in inputs],
        [place[value] for value in parameters],
        [_as_data(op) for op in ops],
        [
            (row[value.op], tuple(place[one] if isinstance(one, Value) else one for one in value.operands), value.name)
            for value in computed
            if value.op
        ],
    )


def _as_data(op: Op) -> tuple[Any, ...]:
    if isinstance(op, ListOp):
        return op.name, op.count
    return op.name, op.expression, op.partials, dict(zip(op.inputs, op.reasons, strict=True)), op.functions


def _recorder_of(name: str, *row: Any) -> Callable[..., Any]:
    """The function that records an operation of a recipe, from all its operands.

    If the table has no such row, or another of that name, the row of the recipe is compiled.
    """
    if len(row) == 1:
        op = list_op(name, *row)
        return lambda *operands: record(op, operands)
    expression, partials, reasons, functions = row
    known = TABLE.get(name)
    if known and (known.expression, known.partials, known.functions) == (expression, partials, functions):
        return recorder(known)
    return recorder(Op(name, expression, partials, reasons, functions))


def structural_difference(
    one: Value, other: Value, inputs: Sequence[Value] = (), other_inputs: Sequence[Value] = ()
) -> str:
    """The first difference between what `one` and `other` compute, in words; "" if there is none.

    inputs, other_inputs: leaves of the two graphs that correspond to each other, whatever their numbers. All other
    leaves, and the constants, have to be the same.

    >>> x, y, w = Value(1.0), Value(2.0), Value(0.5)
    >>> structural_difference(w * x, w * y, [x], [y])
    ''
    >>> structural_difference(w * x, (w * y).exp(), [x], [y])
    'one ends with mul, the other with exp'
    """
    stands_for = dict(zip(inputs, other_inputs, strict=True))
    if _is_plainly_the_same(one, other, stands_for):
        return ""
    if one.op is not other.op:
        return f"one ends with {_named(one)}, the other with {_named(other)}"
    order, other_order = topological_order(one), topological_order(other)
    taken = set(other_inputs)
    for step, (a, b) in enumerate(zip(order, other_order, strict=False), start=1):
        difference = _difference(a, b, stands_for, taken)
        if difference:
            return f"value {step}{difference}"
        stands_for[a] = b
    if len(order) != len(other_order):
        return f"one has {len(order)} values, the other {len(other_order)}"
    return ""


def _difference(a: Value, b: Value, stands_for: Mapping[Value, Value], taken: Container[Value]) -> str:
    """How two corresponding values differ, in words; "" if they do not.

    stands_for: the values of the other graph that correspond to inputs and to earlier values. taken: the other inputs.
    """
    if a.op is not b.op:
        return f" is {_named(a)} in one, {_named(b)} in the other"
    if not a.inputs:
        if a in stands_for or b in taken:
            return "" if stands_for.get(a) is b else " is another input"
        is_same = a is b or _same(a.data, b.data)
        return "" if is_same else f" is a leaf of {a.data!r} in one, of {b.data!r} in the other"
    for left, right in zip(a.operands, b.operands, strict=True):
        if not _is_same_operand(left, right):
            return f", {_named(a)}, has another constant: {left!r}, {right!r}"
        if isinstance(left, Value) and stands_for.get(left) is not right:
            return f", {_named(a)}, reads other values"
    return ""


def _is_plainly_the_same(one: Value, other: Value, inputs: Mapping[Value, Value]) -> bool:
    """A quick test whether both graphs are the same, value by value, without recording deferred sums.

    False does not mean that they differ.
    """
    order, others = topological_order(one, records=False), topological_order(other, records=False)
    if len(order) != len(others):
        return False
    taken = {*inputs.values()}
    for a, b in zip(order, others, strict=True):
        pullback = a._pullback
        if pullback is not b._pullback or len(a._inputs) != len(b._inputs):
            return False
        if pullback is None:
            if inputs.get(a) is not b if a in inputs or b in taken else a is not b and not _same(a.data, b.data):
                return False
        elif not pullback.is_deferred and not all(map(_is_same_operand, a.operands, b.operands)):
            return False
    read, read_there = (chain.from_iterable([value._inputs for value in values]) for values in (order, others))
    return all(map(is_, map(dict(zip(order, others, strict=True)).get, read), read_there))


def _is_same_operand(left: Value | float, right: Value | float) -> bool:
    """Whether both are Values, the same or not, or the same constant."""
    if isinstance(left, Value) or isinstance(right, Value):
        return isinstance(left, Value) and isinstance(right, Value)
    return _same(left, right)


def _named(value: Value) -> str:
    return value.op.name if value.op else "a leaf"


def _same(left: float, right: float) -> bool:
    return repr(left) == repr(right)  # NaN is NaN, and -0.0 is not 0.0
