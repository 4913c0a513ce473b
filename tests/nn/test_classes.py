"""Which class an output says and a target means: every form of target counts, or is refused in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd import UsageError, Value
from nn import MLP, Neuron, accuracy
from nn.classes import Classes, predicted_class
from tests.support.labelled import DataFrame, Series

# o1 = sigmoid(10 · x1): class 1 where x1 is positive.
PROBABILITY = Neuron(weights=[10.0], bias=0)
# o1 = x1: a score, by its sign.
SCORE = Neuron(weights=[1.0], bias=0, activation="linear")
WRONG_SCORE = Neuron(weights=[-1.0], bias=0, activation="linear")
ROWS = [[1.0], [-1.0], [2.0], [-2.0]]
# o1 = x1, o2 = -x1: class 0 where x1 is positive.
TWO = MLP(1, [2], activation="linear", weight_init="zero", bias_init="zero")
TWO.set_parameters({"w1": 1.0, "w2": -1.0})
CLASSES = "with this network's outputs, classes are the whole numbers from 0 to 1"


def test_accuracy_of_one_output_and_of_several() -> None:
    assert accuracy(PROBABILITY, ROWS, [1, 0, 0, 0]) == 0.75
    assert [predicted_class(TWO, [x]) for x in (3.0, -3.0)] == [0, 1]
    assert accuracy(TWO, [[3.0], [-3.0]], [0.0, 1.0]) == 1.0
    assert accuracy(TWO, [[3.0], [-3.0]], [[1, 0], [1, 0]]) == 0.5


@pytest.mark.parametrize(
    "targets",
    [
        [[0], [1]],
        [(0.0,), (1.0,)],
        np.array([[0], [1]]),
        np.array([0.0, 1.0]),
        Series([0, 1], labels=[7, 3]),
        [Series([0], labels=["y"]), Series([1], labels=["y"])],
        [False, True],
    ],
)
@pytest.mark.parametrize("is_perfect", [True, False])
def test_a_target_alone_in_its_list_is_that_target(targets: Any, is_perfect: bool) -> None:
    negative_is_0, negative_is_1 = Neuron(weights=[10.0], bias=0), Neuron(weights=[-10.0], bias=0)
    net = negative_is_0 if is_perfect else negative_is_1
    # A perfect network and one that is all wrong.
    assert accuracy(net, [[-1.0], [1.0]], targets) == float(is_perfect)
    assert accuracy(TWO, [[3.0], [-3.0]] if is_perfect else [[-3.0], [3.0]], targets) == float(is_perfect)


def test_scores_tell_minus_one_from_one_by_their_sign() -> None:
    # Above ½ lies one score only, so by the rule for probabilities this would be another number.
    rows = [[0.25], [-0.25], [0.4], [-3.0], [2.0]]
    assert accuracy(SCORE, rows, [1, -1, 1, -1, 1]) == 1.0
    assert accuracy(WRONG_SCORE, rows, [1, -1, 1, -1, 1]) == 0.0
    assert accuracy(SCORE, rows, [[1], [-1], [-1], [-1], [1]]) == 0.8
    assert Classes(SCORE, rows, [1.0, -1.0, 1.0, -1.0, 1.0]).labels == [-1, 1]
    tanh = Neuron(weights=[1.0], bias=0, activation="tanh")
    assert accuracy(tanh, rows, [1, -1, 1, -1, 1]) == 1.0


def test_several_scores_by_hinge_are_classes_by_their_largest_target() -> None:
    assert accuracy(TWO, [[3.0], [-3.0]], [[1, -1], [-1, 1]]) == 1.0


@pytest.mark.parametrize(
    ("net", "targets", "words"),
    [
        (
            PROBABILITY,
            [1, -1, 1, -1],
            f"row 1 of targets is class -1; {CLASSES}",
        ),
        (
            SCORE,
            [1, -1, 0, -1],
            f"row 2 of targets is class 0; {CLASSES}, or -1 and 1",
        ),
        (SCORE, [1, 0, 0.5, 0], "row 2 of targets is class 0.5; "),
        (PROBABILITY, [1, 0, 2, 0], "row 2 of targets is class 2; "),
        (TWO, [1, 0, -1, 0], f"row 2 of targets is class -1; {CLASSES}"),
        (PROBABILITY, [1, 0, "1", 0], "'1' among the targets is the name of a class"),
        (
            PROBABILITY,
            ["yes", "no", "yes", "no"],
            "'yes' among the targets is the name of a class: say which output is which",
        ),
        (PROBABILITY, "1010", "targets is '1010'; expected a list of numbers, one for each row"),
        (PROBABILITY, [1, 0, None, 0], "row 2 of targets: a Value holds one real number, not NoneType"),
        (PROBABILITY, [1, 0, math.nan, 0], "row 2 of targets is nan; expected a finite number"),
        (PROBABILITY, [1, 0, [1, 0], 0], "row 2 of targets has 2 numbers, but the network has 1 output(s)"),
        (TWO, [[1, 0], [0, 1, 0], [1, 0], [1, 0]], "row 1 of targets has 3 numbers, but the network has 2 output(s)"),
        (TWO, [[1, 0], [0, 0], [1, 0], [1, 0]], "row 1 of targets is [0.0, 0.0], whose largest number is there twice"),
        (PROBABILITY, [1, 0], "inputs has 4 rows, but targets has 2"),
        (
            PROBABILITY,
            DataFrame({"y": [1, 0, 1, 0]}),
            "targets is a DataFrame, whose members are the names",
        ),
    ],
)
def test_targets_that_are_no_class_are_refused(net: Any, targets: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        accuracy(net, ROWS, targets)
    assert words in str(caught.value)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_outputs_that_are_not_finite_are_in_no_class(number: float) -> None:
    for net in (SCORE, MLP(1, [2], activation="linear")):
        net = type(net)(1, [2], activation="linear") if isinstance(net, MLP) else Neuron(1, activation="linear")
        net.set_parameters({"w1": number})
        with pytest.raises(
            UsageError, match=rf"the network gives .*{number}.* at \[1.0\].*: has its training diverged"
        ):
            accuracy(net, ROWS, [1, 0, 1, 0])


@pytest.mark.parametrize("target", [[0, 1], np.array([0, 1]), np.array([[0, 1]]), None, 1])
def test_where_classes_have_names_targets_are_these_names(target: Any) -> None:
    with pytest.raises(UsageError, match=r"row 1 of targets is .* \(must be one of 'cat', 'dog'\)"):
        accuracy(TWO, ROWS[:2], ["cat", target], classes=["cat", "dog"])


def test_no_samples_have_no_share() -> None:
    with pytest.raises(UsageError, match="there are no samples: inputs is empty"):
        accuracy(PROBABILITY, [], [])


def test_a_network_that_is_no_module() -> None:
    def net(inputs: Any) -> Value:
        return Value(inputs[0])

    assert accuracy(net, ROWS, [1, -1, 1, 1]) == 0.75


def test_a_network_that_only_predicts() -> None:
    class Table:
        def predict(self, inputs: Any) -> float:
            return float(inputs[0] > 0.0)

    assert accuracy(Table(), ROWS, [1, 0, 1, 1]) == 0.75
