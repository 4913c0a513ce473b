"""predict for many rows, and what is told of classes: against loops over single rows, and counts by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import UsageError, Value
from nn import MLP, Module, Neuron, accuracy, confusion_matrix
from nn import prediction as rooms

RANDOM = Random(3)
ROWS = [[RANDOM.gauss(0, 1) for _ in range(3)] for _ in range(300)]


def by_hand(net: MLP, row: list[float]) -> list[float]:
    """Tanh hidden neurons and linear outputs, from the numbers of the parameters."""
    activations: list[Callable[[float], float]] = [math.tanh, float]
    for layer, activation in zip(net.layers, activations, strict=True):
        sums = []
        for neuron in layer.neurons:
            assert neuron.bias is not None
            sums.append(sum(w.data * x for w, x in zip(neuron.weights, row, strict=True)) + neuron.bias.data)
        row = [activation(total) for total in sums]
    return row


@pytest.mark.parametrize("without_numpy", [False, True])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("count", [1, 2, 40, 300])
def test_many_rows_are_as_many_single_ones(
    count: int, outputs: int, without_numpy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if without_numpy:
        monkeypatch.setattr(rooms, "find_spec", lambda name: None)
    net = MLP(3, [8, outputs], "tanh", "linear", seed=1)
    before = net.state_dict()
    found = net.predict(ROWS[:count])
    wanted = [by_hand(net, row) for row in ROWS[:count]]
    assert len(found) == count
    for one, numbers in zip(found, wanted, strict=True):
        assert (one if outputs > 1 else [one]) == pytest.approx(numbers, rel=1e-12, abs=1e-12)
        assert type(one) is (list if outputs > 1 else float)
    assert net.predict(np.array(ROWS[:count])) == found
    assert net.state_dict() == before


def test_a_single_row_is_one_answer_and_of_a_layer_too() -> None:
    net = MLP(3, [8, 1], "tanh", "linear", seed=1)
    assert net.predict(ROWS[0]) == pytest.approx(by_hand(net, ROWS[0])[0], rel=1e-13)
    assert net.predict(np.array(ROWS[0])) == net.predict(ROWS[0])
    assert net.layers[0].predict([ROWS[0], ROWS[1]]) == [net.layers[0].predict(row) for row in ROWS[:2]]
    assert Neuron(weights=[2.0], bias=False, activation="linear").predict([[1.0], [3.0]]) == [2.0, 6.0]


def test_a_program_is_run_for_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    computed = rooms.computed

    def counted(net: Any, row: Any) -> Any:
        calls.append(row)
        return computed(net, row)

    monkeypatch.setattr(rooms, "computed", counted)
    MLP(3, [8, 1], seed=1).predict(ROWS)
    assert len(calls) == 10  # those that are compared


def test_a_network_that_branches_is_right_for_every_row() -> None:
    class Leaky(Neuron):
        def output(self, xs: Any) -> Value:
            total: Value = super().output(xs)
            return total if total.data > 0 else total * 0.1

    net = Leaky(weights=[1.0, 2.0, -1.0], bias=False, activation="linear")
    wanted = [x + 2 * y - z for x, y, z in ROWS]
    assert net.predict(ROWS) == pytest.approx([s if s > 0 else 0.1 * s for s in wanted], rel=1e-12)


def test_a_module_without_n_inputs_gets_what_it_is_given() -> None:
    class Pairs(Module):
        def __call__(self, inputs: Any) -> Any:
            return Value(1.0) * sum(a * b for a, b in inputs)

    assert Pairs().predict([[1.0, 2.0], [3.0, 4.0]]) == 14.0


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1.0, 2.0, 3.0], [1.0, 2.0]], "row 1 of inputs has 2 number(s), but the network reads 3"),
        ([[1.0, 2.0, 3.0], [1.0, "a", 2.0]], "row 1 of inputs, column 1: 'a' is text; expected a number."),
        ([[1.0, math.nan, 3.0]], "row 0 of inputs, column 1 is nan"),
        ([[1.0, 2.0, 3.0], 5.0], "row 1 of inputs is 5.0; expected a list of numbers"),
    ],
)
def test_rows_that_cannot_be_meant_are_refused(rows: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        MLP(3, [1]).predict(rows)
    assert words in str(caught.value)


# Classes -------------------------------------------------------------------------------------------------------------


def three() -> MLP:
    """Its three outputs are the three inputs: the class is the largest."""
    net = MLP(3, [3], "linear", bias=False, weight_init="zero")
    net.set_parameters({"w1": 1, "w5": 1, "w9": 1})
    return net


POINTS = [[3.0, 1.0, 2.0], [0.0, 1.0, 0.5], [0.0, 0.1, 0.2], [5.0, 6.0, 0.0], [9.0, 6.0, 0.0]]  # seen as 0, 1, 2, 1, 0
TRUE = [0, 1, 1, 1, 2]
MATRIX = [[1, 0, 0], [0, 2, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        (TRUE, None),
        (np.array(TRUE), None),
        ([[k] for k in TRUE], None),
        (np.array(TRUE).reshape(-1, 1), None),
        ([[float(k == place) for place in range(3)] for k in TRUE], None),
        ([["ant", "bee", "cat"][k] for k in TRUE], ["ant", "bee", "cat"]),
        (np.array([["ant", "bee", "cat"][k] for k in TRUE]), np.array(["ant", "bee", "cat"])),
        ([[["ant", "bee", "cat"][k]] for k in TRUE], ("ant", "bee", "cat")),
        ([10 * k for k in TRUE], [0, 10, 20]),
    ],
)
def test_targets_of_every_form(targets: Any, classes: Any) -> None:
    assert accuracy(three(), POINTS, targets, classes=classes) == 0.6
    assert confusion_matrix(three(), POINTS, targets, classes=classes) == MATRIX


def test_two_classes_of_one_output() -> None:
    net = Neuron(weights=[1.0], bias=False, activation="linear")
    rows = [[0.2], [0.9], [0.7], [0.1]]  # above 1/2 is class 1
    assert confusion_matrix(net, rows, [0, 1, 0, 1]) == [[1, 1], [1, 1]]
    assert confusion_matrix(net, rows, ["no", "yes", "no", "no"], ["no", "yes"]) == [[2, 1], [0, 1]]
    assert confusion_matrix(net, [[-2.0], [3.0], [0.5]], [-1, 1, -1]) == [[1, 1], [0, 1]]  # scores, above 0


@pytest.mark.parametrize(
    ("targets", "classes", "words"),
    [
        (
            ["ant", "dog", "bee", "bee", "cat"],
            ["ant", "bee", "cat"],
            "row 1 of targets is 'dog' (must be one of 'ant', ",
        ),
        (["ant"] * 5, ["ant", "bee"], "classes names 2 classes, but the network's outputs tell 3"),
        (
            ["ant"] * 5,
            None,
            "'ant' among the targets is the name of a class: say which output is which, by classes=",
        ),
        (["ant"] * 5, ["ant", "bee", "ant"], "classes has 'ant' twice; each output is a class of its own"),
        (["ant"] * 5, 3, "classes is 3; expected a list of names of classes, in the order of the outputs"),
        (["ant"] * 4, ["ant", "bee", "cat"], "inputs has 5 rows, but targets has 4"),
    ],
)
def test_what_is_no_class_is_refused(targets: Any, classes: Any, words: str) -> None:
    for judge in (accuracy, confusion_matrix):
        with pytest.raises(UsageError) as caught:
            judge(three(), POINTS, targets, classes=classes)
        assert words in str(caught.value)
