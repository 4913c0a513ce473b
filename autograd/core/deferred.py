"""`weighted_sum`: what a neuron adds up, kept as one operation until somebody looks at the sum's inputs.

w1 * x1 + w2 * x2 + … + b1 is two operations for each weight, and hardly anyone looks at the Values in between. So these
are deferred: the first look at the sum's inputs records them, from the numbers that were read. From then on the sum is
the last of the additions, as if the operators had recorded it. The backward sweep does not look: it takes the sum in
one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import chain
from operator import add, mul
from typing import Any, NamedTuple

from ..errors import UsageError
from .blocks import all_asked_for, requests
from .graph import topological_order
from .lists import recorded_value
from .op import TABLE, Pullback, times_grad
from .source import run_source
from .value import Value

_PRODUCT, _SUM = (TABLE[name].pullbacks[True, True] for name in ("mul", "add"))


def weighted_sum(weights: Sequence[Any], xs: Sequence[Any], bias: Any = None) -> Any:
    """weights[0] * xs[0] + weights[1] * xs[1] + … + bias: the same value and graph as by operators, in less time.

    >>> w1, w2, x, b = Value(2.0, "w1"), Value(3.0, "w2"), Value(5.0, "x"), Value(1.0, "b")
    >>> total = weighted_sum([w1, w2], [x, x], b)
    >>> total.op.name, total.inputs
    ('add', (Value(25.0), Value(1.0, 'b')))
    """
    biases = () if bias is None else (bias,)
    inputs = (*weights, *xs, *biases)
    is_plain = {*map(type, inputs)} == {Value} and len(weights) == len(xs) and len(inputs) > 2
    asks_for_values, is_paused = _asked_for() if requests else (False, False)
    # In tests the rows may have other partials.
    if asks_for_values or not is_plain or _DEFERRED.rules != (_PRODUCT.pull, _SUM.pull):
        if len(weights) != len(xs):
            raise UsageError(f"a weighted sum needs a weight for each input: {len(weights)} weights, {len(xs)} inputs")
        return reduce(add, [*(w * x for w, x in zip(weights, xs, strict=True)), *biases])
    numbers = [one._data for one in weights], [one._data for one in xs], [one._data for one in biases]
    data = reduce(add, [*map(mul, numbers[0], numbers[1]), *numbers[2]])
    return Value(data) if is_paused else recorded_value(data, inputs, numbers, _DEFERRED)


def deferred_terms(value: Value) -> Terms | None:
    """The terms of a sum that is still deferred; None for any other value."""
    pullback, inputs, numbers = value._pullback, value._inputs, value._first
    if pullback is not _DEFERRED or value._pullback is not pullback:
        return None
    count = len(numbers[0])
    return Terms(inputs[:count], inputs[count : 2 * count], inputs[2 * count :], [*chain(*numbers)])


def count_values(order: Sequence[Value]) -> int:
    """How many values a graph has, deferred ones included. order: `topological_order(root, records=False)`."""
    deferred = [one._inputs for one in order if one._pullback is _DEFERRED]
    return len(order) + sum(len(inputs) - 2 for inputs in deferred)


def leaves_and_size(root: Value) -> tuple[list[Value], int]:
    """The leaves of a graph, and how many values it has. Nothing deferred is recorded by that.

    >>> leaves_and_size(weighted_sum([Value(2.0, "w1"), Value(3.0, "w2")], [Value(5.0, "x"), Value(1.0, "y")]))[1]
    7
    """
    order = topological_order(root, records=False)
    return [one for one in order if not one._inputs], count_values(order)


def _asked_for() -> tuple[bool, bool]:
    """Whether blocks ask for each new value, or for what it reads; and whether nothing is recorded."""
    paused, lines, reads, made = all_asked_for()
    asks_for_values = paused is False or not (lines is made is None) or bool(paused and reads is not None)
    return asks_for_values, bool(paused)


class Terms(NamedTuple):
    """weights[0] * xs[0] + weights[1] * xs[1] + … + biases[0], if there is a bias.

    numbers: those that were read: of the weights, then of the xs, then of the bias.
    """

    weights: tuple[Value, ...]
    xs: tuple[Value, ...]
    biases: tuple[Value, ...]
    numbers: list[float]

    @property
    def inputs(self) -> tuple[Value, ...]:
        """All Values that the sum reads."""
        return (*self.weights, *self.xs, *self.biases)


class _Deferred(Pullback):
    """The pullback of a deferred sum. The value keeps all its inputs, the weights first, and in `_first` three lists of
    the numbers that were read: of the weights, the xs and the bias.
    """

    __slots__ = ("rules",)

    is_deferred = True

    def __init__(self) -> None:
        self.op = _SUM.op
        self.rules = _PRODUCT.pull, _SUM.pull
        names = {"len": len, "map": map, "reversed": reversed, "zip": zip}
        self.pull = run_source(self.source(), "weighted sum", names)["pull"]

    def source(self) -> str:
        """The text of `pull`. Additions hand a gradient on unchanged, so each product gets that of the sum. The
        partials of a product are those of the row mul: `x_.grad += grad * y` and `y_.grad += grad * x`.
        """
        by_x, by_y = map(times_grad, _PRODUCT.op.partial_trees)
        return f"""def pull(self):
    weights, xs, bias = self._first
    count = len(weights)
    inputs = self._inputs
    grad = self.grad
    for bias_ in inputs[2 * count:]:
        bias_.grad += grad
    read = inputs[:count], inputs[count:2 * count], weights, xs
    for x_, y_, x, y in zip(*map(reversed, read)):
        x_.grad += {by_x}
        y_.grad += {by_y}
"""

    def record(self, total: Value) -> None:
        """Record what was deferred: the products, and the additions, of which `total` becomes the last."""

        def recorded(rule: Pullback, inputs: tuple[Value, ...], numbers: tuple[float, ...]) -> Value:
            value = recorded_value(rule.op.expression_function(*numbers), inputs, numbers, rule)
            value.grad = total.grad
            return value

        # Read in one statement: another thread may be recording the same sum, and the first to finish counts.
        pullback, inputs, read = total._pullback, total._inputs, total._first
        if pullback is not self:
            return
        weights, xs, bias = read
        count = len(weights)
        pairs = zip(inputs, inputs[count:], weights, xs, strict=False)
        products = [recorded(_PRODUCT, (x_, y_), (x, y)) for x_, y_, x, y in pairs]
        last, *others = products
        terms = [*others, *inputs[2 * count :]]
        for term, number in zip(terms, [*(one._data for one in others), *bias], strict=True):
            last = recorded(_SUM, (last, term), (last._data, number))
        # In one statement, which Ctrl-C does not interrupt.
        if total._pullback is self:
            total._inputs, total._first, total._second, total._pullback = last._inputs, last._first, last._second, _SUM


_DEFERRED = _Deferred()
