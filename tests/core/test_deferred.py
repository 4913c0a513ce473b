"""The sum of a neuron: nobody can tell that its products and additions are recorded when they are looked at."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

import pytest

from autograd import UsageError, Value, grad, hessian, no_grad, record_lines, record_reads, to_python, trace
from autograd.core.deferred import weighted_sum
from autograd.core.graph import topological_order
from autograd.core.lists import recorded_value

from ..conftest import Spoil

Sum = Callable[[list[Value], list[Value], Value | None], Value]


def by_operators(weights: list[Value], xs: list[Value], bias: Value | None = None) -> Value:
    """What weighted_sum stands for."""
    terms = [w * x for w, x in zip(weights, xs, strict=True)]
    return reduce(add, terms if bias is None else [*terms, bias])


def graph(total: Sum, has_bias: bool = True) -> tuple[Value, list[Value]]:
    """Two neurons that share inputs, and a third that reads both, and one of them twice; and the leaves."""
    xs = [Value(x, f"x{place}") for place, x in enumerate((0.3, -1.7, 2.1), start=1)]
    ws = [Value(0.1 * place - 0.65, f"w{place}") for place in range(1, 10)]
    bs = [Value(b, f"b{place}") for place, b in enumerate((0.7, -0.2, 0.05), start=1)]
    of = bs if has_bias else [None, None, None]
    h1 = total(ws[:3], xs, of[0]).named("sum_h1").tanh().named("h1")
    h2 = total(ws[3:6], xs, of[1]).named("sum_h2").sigmoid().named("h2")
    out = total(ws[6:], [h1, h2, h2], of[2]).named("sum_o1")
    return ((out - 1.0) ** 2).named("L"), [*xs, *ws, *(bs if has_bias else [])]


def seen(root: Value) -> list[Any]:
    """All that can be seen of a graph."""
    order = topological_order(root)
    place = {value: number for number, value in enumerate(order)}
    return [
        (one.data, one.grad, one.name, one.op, one.numbers, [place[x] for x in one.inputs], len(one.operands))
        for one in order
    ]


@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("looks_first", [True, False])
def test_the_graph_is_that_of_the_operators_to_the_last_bit(looks_first: bool, has_bias: bool) -> None:
    (one, _), (other, _) = graph(weighted_sum, has_bias), graph(by_operators, has_bias)
    if looks_first:
        assert seen(one) == seen(other)
    for root in (one, other):
        root.backward()
        root.backward(0.5)
    assert seen(one) == seen(other)
    assert str(trace(one)) == str(trace(other))
    assert to_python(one) == to_python(other)


def test_the_gradients_are_those_of_calculus() -> None:
    w1, w2, a, b = Value(2.0), Value(-3.0), Value(5.0), Value(0.5)
    weighted_sum([w1, w2, w1], [a, a, a], b).backward()
    assert (w1.grad, w2.grad, a.grad, b.grad) == (10.0, 5.0, 2.0 - 3.0 + 2.0, 1.0)


def test_second_derivatives_go_through_it() -> None:
    def f(w: float, x: float) -> Any:
        return weighted_sum([w, w * w], [x, x]) * x

    assert grad(f, (0, 1))(3.0, 5.0) == (25.0 * 7.0, 2.0 * 5.0 * 12.0)
    assert hessian(f, (0, 1))(3.0, 5.0) == ((50.0, 70.0), (70.0, 24.0))


def test_it_keeps_the_numbers_that_were_read() -> None:
    w1, w2, x, b = (Value(number) for number in (2.0, 3.0, 5.0, 1.0))
    total = weighted_sum([w1, w2], [x, x], b)
    for leaf in (w1, w2, x, b):
        leaf.data = 100.0
    total.backward()
    assert (w1.grad, x.grad) == (5.0, 5.0)
    so_far, bias = total.inputs
    assert bias is b
    assert (total.numbers, so_far.numbers) == ((25.0, 1.0), (10.0, 15.0))
    assert [product.numbers for product in so_far.inputs] == [(2.0, 5.0), (3.0, 5.0)]
    assert total.grad == so_far.grad == so_far.inputs[0].grad == 1.0


def test_blocks_get_what_they_ask_for() -> None:
    w, x = Value(2.0), Value(5.0)
    with no_grad():
        assert repr(weighted_sum([w, w], [x, w], Value(0.5))) == "Value(14.5)"
        assert weighted_sum([w, w], [x, x]).inputs == ()
        with record_reads() as reads:
            weighted_sum([w, w], [x, w])
    assert {read.value for read in reads} >= {w, x}
    assert len(weighted_sum([w, w], [x, x]).inputs) == 2
    with record_lines():
        total = weighted_sum([w, w], [x, x])
    assert all(one.place is not None and one.place.file == __file__ for one in (total, *total.inputs))


def test_copies_and_pickles_are_of_the_whole_graph() -> None:
    root, _ = graph(weighted_sum)
    wanted = seen(graph(by_operators)[0])
    assert seen(pickle.loads(pickle.dumps(root))) == wanted
    root, _ = graph(weighted_sum)
    assert seen(copy.deepcopy(root)) == wanted
    one = weighted_sum([Value(2.0), Value(3.0)], [Value(5.0), Value(7.0)])
    assert copy.copy(one).inputs == one.inputs


def test_a_second_look_during_the_first_finds_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    total = weighted_sum([Value(2.0), Value(3.0)], [Value(5.0), Value(7.0)])
    found: list[Any] = []

    def interrupted(*arguments: Any) -> Value:
        """What another thread does in the middle of it."""
        monkeypatch.undo()
        found.append(total.inputs)
        return recorded_value(*arguments)

    monkeypatch.setattr("autograd.core.deferred.recorded_value", interrupted)
    assert total.inputs is found[0] is total.inputs
    assert [product.data for product in total.inputs] == [10.0, 21.0]


def test_it_follows_the_rows_of_the_table(spoilt: Spoil) -> None:
    w, x = Value(2.0), Value(5.0)
    with spoilt("mul", x="2 * y"):
        weighted_sum([w, w], [x, x]).backward()
    assert w.grad == 2 * (5.0 + 5.0)
    with spoilt("add", y="3"):
        weighted_sum([w], [x], w).backward()
    assert w.grad == 20.0 + 5.0 + 3.0


def test_numbers_among_the_values_and_a_wrong_length() -> None:
    w, x = Value(2.0), Value(5.0)
    assert weighted_sum([w, 3.0], [x, x], 1.0).data == 26.0
    assert weighted_sum([2.0, 3.0], [1.0, 1.0]) == 5.0
    assert weighted_sum([w], [x]).op.name == "mul"
    with pytest.raises(UsageError, match="a weight for each input: 2 weights, 1 inputs"):
        weighted_sum([w, w], [x])
