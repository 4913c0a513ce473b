"""Where a NaN or an infinity began: the first number that is not finite, in the forward or else the backward pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from ..console import on_console
from ..core.graph import topological_order
from ..core.place import Place
from ..core.value import Value
from ..errors import UsageError
from ..notation.markup import table_html
from ..notation.mathematics import TEXT
from ..notation.typesetting import write
from ..tracing.assignments import Trace
from ..tracing.builder import trace
from ..views.steps import Step
from .forward_mode import each_partial

# A path of more values than this is shown by its ends.
_LONGEST_PATH = 12


class NonFinite:
    """Where a NaN or an infinity began. Prints as text; a notebook shows it as a table.

    In the forward pass:
    value: the first Value whose data are not finite. number: these data. to: None.
    rule: the text of its expression, "" for a leaf. path: the Values from `value` up to the root.

    In the backward pass:
    value: the Value whose partial was taken. to: the Value whose gradient became infinite or NaN.
    number: the contribution, or the sum that it made infinite. rule: the text of the partial.
    path: the Values from the root down to `to`.

    In both: operands: the numbers that the operation of `value` read, by the names in its rule.
    place: the file and line that made `value`, if `record_lines()` kept it; else None.
    """

    def __init__(
        self, lines: Trace, value: Value, number: float, path: Sequence[Value], rule: str, step: Step | None = None
    ) -> None:
        self.value = value
        self.number = number
        self.to = None if step is None else step.to
        self.path = list(path)
        self.place: Place | None = value.place
        op = value.op
        self.operands = {} if op is None else dict(zip(op.inputs, value.numbers, strict=True))
        self.rule = rule
        self._names = {} if op is None else _labels(lines, value)
        self._label = {one: lines[one].label for one in {*self.path, value}}
        self._step = step

    @property
    def _facts(self) -> list[tuple[str, str]]:
        """The rows of the report: (about what, text)."""
        label, op = _shown(self._label[self.value]), self.value.op
        facts = []
        if self._step is not None:
            step = self._step
            facts.append(("step", step.text))
            facts.append(("numbers", step.text_numbers))
            if op is not None:
                facts.append(("rule", f"{label} is {op.name}, {op.expression}; its partial is {self.rule}"))
        elif op is not None:
            facts.append(("rule", f"{label} is {op.name}, {self.rule}"))
        else:
            facts.append(("rule", f"{label} is a leaf: the number was put in, no operation computed it"))
        for name, number in self.operands.items():
            called = f" = {self._names[name]}" if name in self._names else ""
            facts.append(("operand", f"{name}{called} = {number!r}"))
        labels = [_shown(self._label[one]) for one in self.path]
        if len(labels) > _LONGEST_PATH:
            half = _LONGEST_PATH // 2
            labels = [*labels[:half], f"⋯ {len(labels) - 2 * half} more ⋯", *labels[-half:]]
        facts.append(("path", " → ".join(labels)))
        facts.append(("line", str(self.place) if self.place else "not recorded; run it in `with record_lines():`"))
        return facts

    @property
    def _headline(self) -> str:
        label = _shown(self._label[self.value])
        if self._step is None:
            return f"{self.number!r} began at {label}, in the forward pass"
        to = _shown(self._label[self._step.to])
        return f"{self.number!r} began on the way from {label} to {to}, in the backward pass"

    @on_console
    def __str__(self) -> str:
        return "\n".join([self._headline, *(f"    {what:<8} {text}" for what, text in self._facts)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[escape(what), escape(text)] for what, text in self._facts]
        return table_html(["", self._headline], rows)


def _shown(label: str) -> str:
    return write(("name", label), TEXT)


def _labels(lines: Trace, value: Value) -> dict[str, str]:
    """The labels of a value's operands, by the names in its rule."""
    op = value.op
    assert op is not None
    return {
        name: _shown(lines[operand].label)
        for name, operand in zip(op.inputs, value.operands, strict=True)
        if isinstance(operand, Value)
    }


def find_nonfinite(root: Value) -> NonFinite | None:
    """Where the first NaN or infinity of a graph began, or None where all data and all gradients are finite.

    It looks through the recorded data, inputs before consumers; then through the sums of `root.backward()`, in its
    order, touching no grad. Inside `with record_lines():` the answer has the line of the program.

    Raises UsageError if root is not a Value, DomainError if it first meets a partial that has no real answer.

    >>> a, b = Value(1e200, "a"), Value(1e200, "b")
    >>> c = (a * b).named("c")
    >>> print(find_nonfinite(((c - c).named("d") + 1).named("L")))
    inf began at c, in the forward pass
        rule     c is mul, x * y
        operand  x = a = 1e+200
        operand  y = b = 1e+200
        path     c → d → L
        line     not recorded; run it in `with record_lines():`
    """
    if not isinstance(root, Value):
        raise UsageError(f"find_nonfinite(root) looks through a graph, such as that of the loss L, not {root!r:.40}")
    order = topological_order(root)
    found = _forward(order)
    if found is not None:
        value, number = found
        rule = "" if value.op is None else value.op.expression
        return NonFinite(trace(root, "operations"), value, number, _path_to_root(order, value), rule)
    edge = _backward(order)
    if edge is None:
        return None
    lines = trace(root, "operations")
    step = edge.step(lines)
    number = step.after if math.isfinite(step.contribution) else step.contribution
    return NonFinite(lines, edge.value, number, [*_path_to_root(order, edge.value)[::-1], step.to], edge.rule, step)


def _forward(order: Sequence[Value]) -> tuple[Value, float] | None:
    """The first value whose number is not finite. A leaf's number is the one that was read, not what it was set to."""
    for value in order:
        for operand, number in zip(value.operands, value.numbers, strict=True):
            if isinstance(operand, Value) and not operand.inputs and not math.isfinite(number):
                return operand, number
        if not math.isfinite(value.data) and (value.inputs or value is order[-1]):
            return value, value.data
    return None


class _Edge(NamedTuple):
    """One addition of the backward pass: before + upstream · ∂value/∂operand."""

    value: Value
    name: str  # of that operand, in the row of the operation
    upstream: float
    before: float

    @property
    def rule(self) -> str:
        assert self.value.op is not None
        return self.value.op.partials[self.name]

    def step(self, lines: Trace) -> Step:
        """The addition as a `Step`, which is put into words. name tells apart the two of x / x."""
        op, line = self.value.op, lines[self.value]
        assert op is not None
        place = op.inputs.index(self.name)
        [way] = [way for way in lines.ways() if way.line is line and way.chain.index == place]
        return Step(lines, way, self.upstream, self.before)


def _backward(order: Sequence[Value]) -> _Edge | None:
    """The first addition whose sum is not finite, in the order of backward().

    The order matters: 1.5e308 - 1e308 + 1e308 is finite, 1.5e308 + 1e308 - 1e308 is not.
    """
    gradient = dict.fromkeys(order, 0.0)
    gradient[order[-1]] = 1.0
    for value in reversed(order):
        if value.pullback is None:
            continue
        for name, (one, partial) in zip(value.pullback.wanted(), each_partial(value), strict=True):
            before = gradient[one]
            gradient[one] += gradient[value] * partial
            if not math.isfinite(gradient[one]):
                return _Edge(value, name, gradient[value], before)
    return None


def _path_to_root(order: Sequence[Value], value: Value) -> list[Value]:
    """One path from a value up to the root, if possible through values that are not finite."""
    above: dict[Value, Value] = {}
    for consumer in order:
        for one in consumer.inputs:
            if one not in above or (math.isfinite(above[one].data) and not math.isfinite(consumer.data)):
                above[one] = consumer
    path = [value]
    while path[-1] is not order[-1]:
        path.append(above[path[-1]])
    return path
