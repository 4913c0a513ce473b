"""Copies and pickles: same graph, however deep, with identities kept."""

from __future__ import annotations

import copy
import io
import pickle
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from autograd import TABLE, UsageError, Value, define_operation
from nn import MLP, Neuron
from nn.articles import sigmoid_with_mistake

DEEP = 1_000_000


def chain(start: Value, length: int) -> Value:
    for _ in range(length):
        start = start * 1.0
    return start


def python_pickle(thing: Any) -> Any:
    """Through the pickler that is written in Python, which batches differently."""
    file = io.BytesIO()
    pickle._Pickler(file).dump(thing)
    return pickle.loads(file.getvalue())


def c_pickle(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


COPIERS: list[Callable[[Any], Any]] = [copy.deepcopy, c_pickle, python_pickle]
each_way = pytest.mark.parametrize("copied", COPIERS)


@each_way
def test_a_copy_is_the_same_graph_in_new_values(copied: Callable[[Any], Any]) -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    x.role, w.group = "input", "h1"
    y = (2 - x * w + w**2).named("y")
    y.backward()
    x2, w2, y2 = copied((x, w, y))
    assert (x2.name, x2.role, w2.group, y2.name, y2.data) == ("x", "input", "h1", "y", y.data)
    assert (x2.grad, w2.grad, y2.grad) == (x.grad, w.grad, 1.0)
    assert y2.op is y.op
    assert y2.inputs[0].operands[0] == 2.0
    y2.backward()
    assert (x2.grad, w2.grad) == (2 * x.grad, 2 * w.grad)
    assert y2.inputs[0].inputs[0].inputs == (x2, w2)
    assert y2 is not y


@each_way
def test_identities_are_kept(copied: Callable[[Any], Any]) -> None:
    a = Value(2.0)
    b = a * 3
    c = b + b
    a2, b2 = copied((a, b))
    assert b2.inputs[0] is a2
    c2, a2, b2 = copied([c, a, b])
    assert c2.inputs[0] is c2.inputs[1] is b2
    assert b2.inputs[0] is a2


@pytest.mark.slow
@each_way
@pytest.mark.parametrize("length", [999, 1000, 1001, 2000, 5000])
def test_one_deep_graph_within_another(copied: Callable[[Any], Any], length: int) -> None:
    x = Value(1.0)
    inner = chain(x, length)
    outer = chain(inner, length)
    for order in ((inner, outer, x), (outer, x, inner)):
        again = dict(zip(map(id, order), copied(order), strict=True))
        value = again[id(outer)]
        for _ in range(length):
            value = value.inputs[0]
        assert value is again[id(inner)]
        for _ in range(length):
            value = value.inputs[0]
        assert value is again[id(x)]


@pytest.mark.slow
@pytest.mark.parametrize("copied", [copy.deepcopy, c_pickle])
def test_a_million_operations(copied: Callable[[Any], Any]) -> None:
    limit = sys.getrecursionlimit()
    x = Value(1.0)
    x2, y2 = copied((x, chain(x, DEEP)))
    y2.backward()
    assert x2.grad == 1.0
    assert x.grad == 0.0
    assert sys.getrecursionlimit() == limit


def test_a_shallow_copy_shares_its_inputs() -> None:
    x = Value(2.0)
    y = (x * 3).named("y")
    again = copy.copy(y)
    assert again is not y
    assert (again.inputs, again.name, again.op) == ((x,), "y", y.op)


def test_pickling_that_fails_half_way_does_not_harm_the_next() -> None:
    y = chain(Value(1.0), 5000)
    for place in (0, 2500, 4999):
        at = y
        for _ in range(place):
            at = at.inputs[0]
        at.group = lambda: None  # type: ignore[assignment]
        with pytest.raises((pickle.PicklingError, AttributeError)):
            pickle.dumps(y)
        at.group = None
        # Of the values above the failing one none was written yet; each must still be able to start a pickle.
        for again in (y.inputs[0], y):
            assert pickle.loads(pickle.dumps(again)).data == 1.0


@pytest.mark.usefixtures("clean_table")
def test_a_defined_operation_must_be_defined_where_it_is_loaded() -> None:
    triple = define_operation("triple", "3 * x", {"x": "3"}, "in proportion")
    text = pickle.dumps(triple(Value(2.0)))
    x2 = pickle.loads(text).inputs[0]
    assert x2.data == 2.0
    del TABLE["triple"]
    with pytest.raises(UsageError, match="operation 'triple'; call define_operation"):
        pickle.loads(text)


@each_way
def test_a_network_is_copied_with_its_parameters(copied: Callable[[Any], Any]) -> None:
    net = MLP(2, [2, 1], seed=1)
    again = copied(net)
    assert again.predict([1, 2]) == net.predict([1, 2])
    again.set_parameters({"w1": 100})
    assert again.predict([1, 2]) != net.predict([1, 2])
    assert again.h1.weights[0] is again.w1


@pytest.mark.parametrize("copied", [copy.deepcopy, c_pickle])
def test_every_value_of_a_chain_at_once(copied: Callable[[Any], Any]) -> None:
    values = [Value(1.0)]
    for _ in range(2000):
        values.append(values[-1] * 1.0)
    again = copied(values)
    assert all(later.inputs == (earlier,) for earlier, later in pairwise(again))


def test_deep_copies_of_many_roots_walk_each_value_once() -> None:
    values = [Value(1.0)]
    for _ in range(20_000):
        values.append(values[-1] * 1.0)
    assert copy.deepcopy(values)[-1].data == 1.0  # walked root by root this would take minutes


def test_an_operation_of_the_table_is_copied_as_itself() -> None:
    op = TABLE["mul"]
    assert c_pickle(op) is copy.deepcopy(op) is op


@pytest.mark.usefixtures("clean_table")
def test_an_operation_defined_with_other_inputs_is_not_mistaken_for_the_one_in_the_pickle() -> None:
    text = pickle.dumps(define_operation("either", "3 * x", {"x": "3"}, "in proportion")(Value(2.0)))
    define_operation("either", "x + y", {"x": "1", "y": "1"}, "as far as either")
    with pytest.raises(UsageError, match=r"this pickle uses 'either' as '3 \* x' with partials {'x': '3'}; here it is"):
        pickle.loads(text)
    define_operation("either", "3 * x", {"x": "4"}, "another derivative")
    with pytest.raises(UsageError, match="this pickle uses 'either'"):
        pickle.loads(text)
    define_operation("either", "3 * x", {"x": "3"}, "in proportion")
    assert pickle.loads(text).data == 6.0


def test_a_neuron_with_a_defined_activation_is_pickled() -> None:
    neuron = Neuron(weights=[1.0], bias=0, activation=sigmoid_with_mistake)
    assert c_pickle(neuron).predict([0.5]) == neuron.predict([0.5])
