"""Training that leads to numbers that are not finite: it stops with the last finite ones, and says what to try."""

from __future__ import annotations

import math
import re
from random import Random
from typing import Any

import pytest

from autograd import DomainError, UpdateRule, Value
from nn import MLP, SGD, Adam, Module, Neuron, Optimizer, fit
from nn.training import run

ENGINES: list[Any] = ["compiled", "eager"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(8))
def test_a_deep_linear_network_with_inputs_to_100(seed: int, engine: Any) -> None:
    """All eight seeds run away; three of them ended as 'loss nan to nan'."""
    random = Random(seed)
    inputs = [[random.uniform(-100, 100)] for _ in range(20)]
    targets = [2 * x + 1 for (x,) in inputs]
    net = MLP(1, [8, 8, 8, 1], "linear", seed=seed)
    optimizer = SGD(net.parameters(), 0.1)
    with pytest.raises(DomainError) as caught:
        fit(net, inputs, targets, optimizer=optimizer, epochs=5, engine=engine)
    message = str(caught.value)
    assert re.match(
        rf"in epoch 0, row {optimizer.steps}: (the loss is (nan|inf)|power, by its rule x \*\* y, has)", message
    )
    assert message.endswith(
        " The learning rate is 0.1: try a smaller one, such as 0.01, or scale the inputs, as nn.standardise does"
    )
    assert "Scale the operands" not in message
    assert all(math.isfinite(parameter.data) for parameter in net.parameters())
    assert optimizer.steps > 0


class _Product(Module):
    """The sum of w · x, without a square that would raise for being too large."""

    def __init__(self, *numbers: float) -> None:
        self.ws = [Value(number, f"w{place}") for place, number in enumerate(numbers, start=1)]

    def parameters(self) -> list[Value]:
        return self.ws

    def __call__(self, inputs: Any) -> Any:
        total = self.ws[0] * inputs[0]
        for w, x in zip(self.ws[1:], inputs[1:], strict=True):
            total = total + w * x
        return total


def times(prediction: Any, target: Any) -> Any:
    return prediction * target


class _Stopped:
    """What a run that stopped has left."""

    def __init__(self, net: Any, inputs: Any, targets: Any, optimizer: Optimizer, engine: Any, **settings: Any) -> None:
        with pytest.raises(DomainError) as caught:
            fit(net, inputs, targets, times, optimizer, 100, engine=engine, **settings)
        self.message = str(caught.value)
        self.parameters = [parameter.data for parameter in net.parameters()]
        self.steps, self.epoch = optimizer.steps, optimizer.epoch
        self.states = optimizer.states


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("chunk_seconds", [0.0, 0.1])
def test_a_parameter_that_would_not_be_finite(engine: Any, chunk_seconds: float, monkeypatch: Any) -> None:
    """By hand: w falls by 0.5e308, 0 and 0.1e308 in an epoch; the ninth update would make it -1.8e308, and no float."""
    monkeypatch.setattr(run, "CHUNK_SECONDS", chunk_seconds)
    net = _Product(0.0)
    found = _Stopped(net, [[0.5], [0.0], [0.1]], [1.0] * 3, SGD(net.parameters(), 1e308), engine)
    assert found.message == (
        "in epoch 2, the update after row 2 makes w1 -inf. The learning rate is 1e+308: try a smaller one, such as "
        "1e+307, or scale the inputs, as nn.standardise does"
    )
    assert found.parameters == [pytest.approx(-1.7e308, rel=1e-14)]
    assert (found.steps, found.epoch) == (8, 2)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("chunk_seconds", [0.0, 0.1])
def test_a_loss_that_is_not_finite(engine: Any, chunk_seconds: float, monkeypatch: Any) -> None:
    """By hand: w falls by 1e158 at each row; times 1e150 it is no float once it is below -1.8e158."""
    monkeypatch.setattr(run, "CHUNK_SECONDS", chunk_seconds)
    net = _Product(0.0)
    found = _Stopped(net, [[1.0], [1e150]], [1.0, 1e-150], SGD(net.parameters(), 1e158), engine)
    assert found.message.startswith("in epoch 1, row 1: the loss is -inf. The learning rate is 1e+158: try a smaller")
    assert found.parameters == [pytest.approx(-3e158, rel=1e-14)]
    assert (found.steps, found.epoch) == (3, 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_that_is_not_finite_in_a_batch(engine: Any) -> None:
    """By hand: w falls by 2e158 for a batch; then the second row of the first batch has no finite loss."""
    net = _Product(0.0)
    inputs, targets = [[1.0], [1e150], [1.0]], [1.0, 1e-150, 0.0]
    found = _Stopped(net, inputs, targets, SGD(net.parameters(), 1e158), engine, batch_size=2, reduction="sum")
    assert found.message.startswith("in epoch 1, row 1: the loss is -inf. The learning rate")
    assert (found.parameters, found.steps) == ([pytest.approx(-2e158, rel=1e-14)], 2)
    net = _Product(0.0)
    found = _Stopped(net, [[0.5]] * 5, [1.0] * 5, SGD(net.parameters(), 1e308), engine, batch_size=5, reduction="sum")
    assert found.message.startswith("in epoch 0, the update after rows 0, 1, 2, …, 4 makes w1 -inf. The learning rate")
    assert (found.parameters, found.steps) == ([0.0], 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_the_optimiser_remembers_is_finite_too(engine: Any) -> None:
    """With an infinite mean of squares Adam would never move that parameter again, and say nothing."""
    net = _Product(0.0, 0.0)
    found = _Stopped(net, [[1.0, 1e200]], [1.0], Adam(net.parameters(), 0.001), engine)
    assert found.message.startswith(
        "in epoch 0, the update after row 0 makes s, which the optimiser remembers of w2, inf. The learning rate is "
    )
    assert (found.parameters, found.states, found.steps) == ([0.0, 0.0], [(0.0, 0.0)] * 2, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_losses_that_add_up_to_more_than_a_float(engine: Any) -> None:
    net = _Product(1.0)
    found = _Stopped(net, [[1e308], [1e308]], [1.0, 1.0], SGD(net.parameters(), 0.0), engine)
    assert found.message.startswith("in epoch 0, the losses of this epoch add up to inf. The learning rate is 0: scale")
    assert (found.parameters, found.steps) == ([1.0], 1)
    found = _Stopped(net, [[1e308], [1e308]], [1.0, 1.0], SGD(net.parameters(), 0.0), engine, batch_size=2)
    assert found.message.startswith("in epoch 0, the losses of rows 0, 1 add up to inf. No update came before")


def test_before_any_update_it_is_not_the_learning_rate() -> None:
    engines: list[Any] = ["auto", *ENGINES]
    for engine in engines:
        net = _Product(1e200)
        found = _Stopped(net, [[1.0], [1e150]], [0.0, 1.0], SGD(net.parameters(), 0.1), engine, shuffle=False)
        where = "in epoch 0, row 1: the loss is inf. The learning rate" if engine != "compiled" else (
            "before training, row 1: the loss is inf. No update came before, so it is not the learning rate, 0.1: "
        )  # fmt: skip
        assert found.message.startswith(where)
        assert found.parameters == [1e200]
        found = _Stopped(net, [[1e150]], [1.0], SGD(net.parameters(), 0.1), engine)
        assert found.message.endswith(
            "row 0: the loss is inf. No update came before, so it is not the learning rate, 0.1: scale the inputs, or "
            "start from smaller parameters"
        )


@pytest.mark.parametrize("engine", ["auto", *ENGINES, "numpy"])
def test_before_any_update_no_operation_gives_advice_about_the_learning_rate(engine: Any) -> None:
    net = _Product(1e200)
    with pytest.raises(DomainError) as caught:
        fit(net, [[1.0]], [0.0], optimizer=SGD(net.parameters(), 0.1), engine=engine)
    message = str(caught.value)
    when = "in epoch 0" if engine == "eager" else "before training"
    assert message.startswith(f"{when}, row 0: power, by its rule x ** y, has no answer at x = -1e+200")
    assert message.endswith("so it is not the learning rate, 0.1: scale the inputs, or start from smaller parameters")


def test_an_evaluation_that_is_not_finite() -> None:
    for engine in ENGINES:
        net = _Product(0.0)
        # The row that has no finite loss is the one that training has just moved away from.
        found = _Stopped(
            net, [[1e150], [1.0]], [1e-150, 1.0], SGD(net.parameters(), 1e158), engine, evaluate_every=1
        )  # fmt: skip
        assert found.message.startswith("after epoch 0, row 0: the loss is -inf. The learning rate is 1e+158: try")
        assert (found.parameters, found.steps, found.epoch) == ([-2e158], 2, 1)


def test_a_rule_without_an_answer_says_what_to_try() -> None:
    class Up(Optimizer):
        rule = UpdateRule({"w": "w + learning_rate * sqrt(0.5 - w)"}, ["learning_rate"])

    for engine in ENGINES:
        net = Neuron(weights=[0.1, 0.45], bias=False, activation="linear")
        found = _Stopped(net, [[1.0, 1.0]], [1.0], Up(net.parameters(), 0.1), engine)
        assert re.match(
            r"in epoch \d, the update after row 0: w2: <UpdateRule .*> has no answer at w = ", found.message
        )
        assert ". Keep what it reads inside the domain of the rule. The learning rate is 0.1: try" in found.message
